"""How an app was started, as a person types it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_porthole.recognition.shown_command import LONGEST, shown_command

PYTHON = sys.executable


@pytest.fixture(autouse=True)
def _path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.defpath)


def _program(path: Path, first_line: str) -> str:
    path.write_text(f"{first_line}\nprint('started')\n")
    path.chmod(0o755)
    return str(path)


def test_it_can_be_typed(tmp_path: Path) -> None:
    file = tmp_path / "my app's.py"
    file.write_text("print('started')")
    shown = shown_command([PYTHON, file.name, "--title", "$HOME"], str(tmp_path))
    assert shown.startswith(PYTHON)
    done = subprocess.run(
        ["/bin/sh", "-c", shown], cwd=tmp_path, check=True, capture_output=True, timeout=30
    )
    assert done.stdout == b"started\n"


@pytest.mark.parametrize("line", ["#!{python}", "#! {python}", "#!/usr/bin/env {python}"])
def test_the_kernels_own_addition_is_left_out(tmp_path: Path, line: str) -> None:
    program = _program(tmp_path / "streamlit", line.format(python=PYTHON))
    assert shown_command([PYTHON, program, "run", "app.py"], "/") == f"{program} run app.py"


@pytest.mark.parametrize("line", ["#!/bin/sh", "#!/usr/bin/env python-of-another", "import sys"])
def test_what_is_no_addition_stays(tmp_path: Path, line: str) -> None:
    program = _program(tmp_path / "streamlit", line)
    assert shown_command([PYTHON, program, "run"], "/") == f"{PYTHON} {program} run"


def test_scripts_that_cant_be_started_alone_are_not(tmp_path: Path) -> None:
    program = Path(_program(tmp_path / "streamlit", f"#!{PYTHON}"))
    program.chmod(0o644)
    assert shown_command([PYTHON, str(program)], "/") == f"{PYTHON} {program}"


def test_programs_on_the_path_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    program = _program(tmp_path / "streamlit", f"#!{PYTHON}")
    assert shown_command([PYTHON, program, "hello"], "/") == "streamlit hello"
    other = tmp_path / "other"
    other.mkdir()
    hidden = _program(other / "streamlit", f"#!{PYTHON}")
    assert shown_command([PYTHON, hidden, "hello"], "/") == f"{hidden} hello"


def test_relative_programs_are_looked_for_in_their_folder(tmp_path: Path) -> None:
    _program(tmp_path / "start", "#!/bin/sh")
    assert shown_command(["./start", "now"], str(tmp_path)) == "./start now"
    assert shown_command(["./start", "now"], "/") == ""


@pytest.mark.parametrize(
    "argv",
    [
        [],
        # Written over the command line by the program.
        ["next-server (v16.4.6)"],
        ["gunicorn: master [app:app]"],
        [f"{PYTHON}-that-was-removed", "app.py"],
        [PYTHON, "-c", "import app\napp.run()"],
        [PYTHON, "\x1b[31m.py"],
        [PYTHON, "x" * LONGEST],
    ],
)
def test_what_cant_be_repeated_is_not_shown(argv: list[str]) -> None:
    assert shown_command(argv, "/") == ""


@pytest.mark.parametrize(
    "secret",
    [
        ["--token=4711"],
        ["--token", "4711"],
        ["--ServerApp.token='4711'"],
        ["--IdentityProvider.password=4711"],
        ["--token-password", "4711"],
        ["--api-key", "4711"],
        ["--basic-auth", "me:4711"],
        ["API_KEY=4711"],
        ["--header", "Authorization: Bearer 4711"],
        ["--client-secret=4711"],
        ["-c", "import app; app.run(password='4711')"],
        ["--db=postgresql://me:4711@host/db"],
        ["http://host/?token=4711"],
    ],
)
def test_secrets_are_not_shown(secret: list[str]) -> None:
    """Threat: who looks over somebody's shoulder reads what they have typed in a terminal."""
    assert shown_command([PYTHON, "app.py", *secret], "/") == ""


@pytest.mark.parametrize(
    "argument",
    [
        "--no-token",
        "--token=",
        "--author=me",
        "--keep-alive=5",
        "secrets_app.py",
        "token.ipynb",
        "http://host:80/a@b",
    ],
)
def test_what_is_no_secret_is_shown(argument: str) -> None:
    shown = shown_command([PYTHON, "app.py", argument, "last"], "/")
    assert shown == f"{PYTHON} app.py {argument} last"


def test_an_option_without_a_value_tells_nothing() -> None:
    assert shown_command([PYTHON, "app.py", "--auth"], "/") != ""
    assert shown_command([PYTHON, "app.py", "--auth", "--debug"], "/") != ""
