"""What a command line runs."""

from __future__ import annotations

import os

import pytest

from jupyter_porthole.recognition.command_lines import Command, read_command


@pytest.mark.parametrize(
    ("argv", "command"),
    [
        (["/usr/bin/streamlit", "run"], Command("streamlit", ("run",))),
        (["python3", "/usr/bin/streamlit", "run"], Command("streamlit", ("run",))),
        (["python3.12", "app.py", "x"], Command("app.py", ("x",), "/home/app.py")),
        (["python", "-u", "-X", "dev", "/a/b.py"], Command("b.py", (), "/a/b.py")),
        (["python", "-Xdev", "-Wd", "b.py"], Command("b.py", (), "/home/b.py")),
        (["python", "--check-hash-based-pycs", "never", "b"], Command("b")),
        (
            ["python", "-m", "http.server", "1"],
            Command("http.server", ("1",), module="http.server"),
        ),
        (["python", "-um", "panel", "-m"], Command("panel", ("-m",), module="panel")),
        (["python", "-mpanel"], Command("panel", (), module="panel")),
        (["pypy3", "-c", "code", "x.py"], Command("pypy3")),
        (["python"], Command("python")),
        (["python", "-"], Command("python")),
        (["python", "-m"], Command("")),
        (["node", "/a/node_modules/.bin/vite", "-l"], Command("vite", ("-l",))),
        (["node", "--import", "x", "--inspect", "vite.mjs"], Command("vite")),
        (["/usr/lib/code-server/lib/node", "/usr/lib/code-server/"], Command("code-server")),
        (["node"], Command("node")),
        (["next-server (v15.1.0)"], Command("next-server")),
        (["sshd: alice@pts/0"], Command("sshd:")),
        (["/opt/my apps/serve"], Command("serve")),
        ([], Command("")),
        (
            ["gunicorn", "--chdir", "x", "shop.wsgi:make()"],
            Command(
                "gunicorn",
                ("--chdir", "x", "shop.wsgi:make()"),
                target="shop.wsgi:make()",
                module="shop.wsgi",
                folder="/home/x",
            ),
        ),
        (
            ["panel", "serve", "--x=a.py", "b/c.py", "d.py"],
            Command("panel", ("serve", "--x=a.py", "b/c.py", "d.py"), "/home/b/c.py"),
        ),
    ],
)
def test_command_lines_are_read(argv: list[str], command: Command) -> None:
    read = read_command(argv, "/home")
    assert os.path.normpath(read.folder) == (command.folder or "/home")
    assert read == Command(
        command.program,
        command.arguments,
        command.script,
        command.target,
        command.module,
        read.folder,
    )


@pytest.mark.parametrize(
    ("argv", "value"),
    [
        (["x", "--port", "1"], "1"),
        (["x", "--port=1=2"], "1=2"),
        (["x", "-p", "1"], "1"),
        (["x", "--port"], ""),
        (["x", "--ports", "1"], ""),
    ],
)
def test_options_are_read(argv: list[str], value: str) -> None:
    assert read_command(argv, "/").option("--port", "-p") == value
