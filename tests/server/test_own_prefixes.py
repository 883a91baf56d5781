"""Apps that were started with a prefix of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.jupyter import free_port
from support.posing import posing_as
from support.programs import running_program
from support.recognition import told

from jupyter_porthole.recognition.command_lines import read_command
from jupyter_porthole.recognition.own_prefixes import Home, find_home, find_own_prefix
from jupyter_porthole.recognition.recognition import Recognition, recognise_command

BASE = "/user/alice/"


def _prefix(*argv: str) -> str:
    found = told(list(argv), Path("/"))
    assert found is not None
    return found.own_prefix


@pytest.mark.parametrize(
    "argv",
    [
        ("bokeh", "serve", "app.py", "--prefix", "/a/b"),
        ("panel", "serve", "app.py", "--prefix=a/b/"),
        ("streamlit", "run", "app.py", "--server.baseUrlPath", "a/b"),
        ("tensorboard", "--logdir", "x", "--path_prefix", "/a/b"),
        ("marimo", "run", "app.py", "--base-url", "/a/b"),
        ("voila", "--Voila.base_url=/a/b/"),
        ("voila", "--base_url=/a/b/"),
        ("jupyter-lab", "--ServerApp.base_url=/a/b/"),
        ("jupyter-lab", "--NotebookApp.base_url=/a/b/"),
        ("node", "vite.js", "--base", "/a/b/"),
    ],
)
def test_an_option_tells_it(argv: tuple[str, ...]) -> None:
    assert _prefix(*argv) == "/a/b"


@pytest.mark.parametrize(
    "argv",
    [
        ("bokeh", "serve", "app.py"),
        ("bokeh", "serve", "app.py", "--prefix", "/"),
        # What pages name is another thing than what is asked for.
        ("voila", "--Voila.server_url=/", "--Voila.base_url=/a/b/"),
        ("solara", "run", "app.py", "--root-path", "/a/b"),
        ("uvicorn", "app:app", "--root-path", "/a/b"),
        ("dask", "scheduler", "--dashboard-address", ":8501", "--dashboard-prefix", "/a/b"),
    ],
)
def test_others_take_paths_without(argv: tuple[str, ...]) -> None:
    found = told(list(argv), Path("/"))
    assert found is None or found.own_prefix == ""


@pytest.mark.parametrize(
    ("name", "arguments", "variable"),
    [
        ("streamlit", ["run", "app.py"], "STREAMLIT_SERVER_BASE_URL_PATH"),
        ("mlflow", ["server"], "_MLFLOW_STATIC_PREFIX"),
    ],
)
def test_a_variable_tells_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    arguments: list[str],
    variable: str,
) -> None:
    monkeypatch.setenv(variable, "/a/b/")
    port = free_port()
    with running_program(posing_as(name, tmp_path, port, *arguments), port, tmp_path):
        found = Recognition().by_process(port)
        assert found is not None
        assert found.own_prefix == "/a/b"


def test_a_process_that_is_gone_tells_nothing() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait(30)
    command = read_command(["mlflow", "server"], "/")
    app = recognise_command(command)
    assert app is not None
    for pid in (process.pid, None):
        assert find_own_prefix(app, command, pid) == ""


@pytest.mark.parametrize(
    ("own", "absolute", "home"),
    [
        ("", False, Home()),
        ("", True, Home()),
        ("/user/alice/proxy/8501", False, Home(keeps_prefix=True)),
        ("/user/alice/proxy/absolute/8501", True, Home(keeps_prefix=True)),
        ("/user/alice/proxy/8501", True, Home(pages_at="/user/alice/proxy/8501/")),
        (
            "/user/alice/proxy/absolute/8501",
            False,
            Home(pages_at="/user/alice/proxy/absolute/8501/"),
        ),
        ("/a/b", False, Home(pages_at="/user/alice/proxy/8501/a/b/")),
        ("/a/b", True, Home()),
        # Another port, another user.
        (
            "/user/alice/proxy/8502",
            False,
            Home(pages_at="/user/alice/proxy/8501/user/alice/proxy/8502/"),
        ),
        ("/ä b\r\nX: y", False, Home(pages_at="/user/alice/proxy/8501/%C3%A4%20b%0D%0AX%3A%20y/")),
    ],
)
def test_its_home(own: str, absolute: bool, home: Home) -> None:
    assert find_home(own, BASE, 8501, absolute=absolute) == home


def test_escapes_mean_the_same() -> None:
    assert find_home("/user/a@b/proxy/1", "/user/a%40b/", 1, absolute=False).keeps_prefix
    home = find_home("/a%20b", BASE, 1, absolute=False)
    assert home.pages_at == "/user/alice/proxy/1/a%20b/"
