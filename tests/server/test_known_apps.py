"""The table of known apps, against what real ones were started by and what they answered."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from support.app import App, Connection, Play
from support.recognition import recognise, title, told

from jupyter_porthole.recognition import Recognition, recognition
from jupyter_porthole.recognition.drawn_icon import luminance
from jupyter_porthole.recognition.known_app import KnownApp
from jupyter_porthole.recognition.known_apps import KNOWN_APPS

#: What real apps were started by, and what they answered, somewhat shortened.
RECORDED = Path(__file__).with_name("recorded_apps")


@dataclass(frozen=True)
class Run:
    """A recorded run of a real app."""

    argv: list[str]
    #: The name of its working directory, which held these files.
    folder: str
    files: dict[str, str]
    #: How it is recognised.
    by_process: str | None
    by_answer: str | None
    answers: list[dict[str, Any]]


RUNS = [
    pytest.param(Run(**run), id=f"{path.stem}-{number}")
    for path in sorted(RECORDED.iterdir())
    for number, run in enumerate(json.loads(path.read_text())["runs"], 1)
]


# By what was recorded


@pytest.mark.parametrize("run", RUNS)
def test_real_processes_tell(run: Run, tmp_path: Path) -> None:
    cwd = tmp_path / run.folder
    cwd.mkdir()
    for name, text in run.files.items():
        (cwd / name).write_text(text)
    argv = [argument.replace("/home/alice/project", str(cwd)) for argument in run.argv]
    assert title(told(argv, cwd)) == run.by_process


@pytest.mark.parametrize("run", RUNS)
def test_real_answers_tell(run: Run, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    # A busy machine may take longer.
    monkeypatch.setattr(recognition, "PATIENCE", 30.0)
    app.play = _replay(run.answers)
    # This process itself tells nothing.
    assert Recognition().by_process(app.port) is None
    assert title(recognise(app.port)) == run.by_answer


def _replay(answers: list[dict[str, Any]]) -> Play:
    responses = {each["path"]: _response(each) for each in answers}

    def play(connection: Connection) -> None:
        while (request := connection.read_request()) is not None:
            missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
            connection.send(responses.get(request.target, missing))

    return play


def _response(recorded: dict[str, Any]) -> bytes:
    body = "\n".join(recorded["text"]).encode()
    fields = {**recorded["fields"], "Content-Length": len(body)}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {recorded['status']} .\r\n{head}\r\n".encode() + body


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["tensorboard", "--logdir=/data/a/runs/exp3"], "TensorBoard — /data/a/runs/exp3"),
        (["tensorboard", f"--logdir=/{'x' * 40}/runs/exp3/"], "TensorBoard — runs/exp3"),
        (["tensorboard"], "TensorBoard"),
        (["mlflow", "ui"], "MLflow"),
        (["mlflow", "run", "."], None),
        (["gunicorn", "-b", "127.0.0.1:5000", "mlflow.server:app"], "MLflow"),
        # Somebody's own module.
        (["uvicorn", "tensorboard:app"], None),
        (["dask", "scheduler"], None),
        (["dask", "scheduler", "--dashboard-address", ":8501"], "Dask"),
        (["postgres", "-D", "/data"], "PostgreSQL"),
        (["ssh", "-L", "8501:node7:6006", "login"], None),
        (["python", "-c", "import dash"], None),
        ([], None),
    ],
)
def test_processes_tell(argv: list[str], expected: str | None, tmp_path: Path) -> None:
    assert title(told(argv, tmp_path)) == expected


def test_a_folder_is_named_from_where_it_is_run(tmp_path: Path) -> None:
    argv = ["tensorboard", "--logdir", f"{tmp_path}/runs/exp3"]
    assert title(told(argv, tmp_path)) == "TensorBoard — runs/exp3"


# By sources

LONG = "# padding\n" * 6000


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import dash", "Dash (app.py)"),
        ("import os, dash.html as html", "Dash (app.py)"),
        ("from dash.dependencies import Input", "Dash (app.py)"),
        # A dashboard has a server, too.
        ("from flask import Flask\nfrom dash import Dash", "Dash (app.py)"),
        ("from fastapi import FastAPI\nfrom nicegui import ui", "NiceGUI (app.py)"),
        ("\N{BYTE ORDER MARK}import dash", "Dash (app.py)"),
        (f"import dash\n\n{LONG}\n\nx = '''\n{LONG}'''", "Dash (app.py)"),
        ("def f():\n    import dash", None),
        ("if True:\n    import dash", None),
        ("from . import dash", None),
        ("import dashboard", None),
        ("'import dash'", None),
        ("import dash\nprint 'two'", None),
        ("import dash\n\0", None),
        ("import dash\n" + "(" * 5000, None),
        ("", None),
    ],
)
def test_scripts_tell_by_their_imports(source: str, expected: str | None, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(source)
    assert title(told(["python", "app.py"], tmp_path)) == expected


def test_what_is_no_script_tells_nothing(tmp_path: Path) -> None:
    assert told(["python", "app.py"], tmp_path) is None
    (tmp_path / "app.py").write_bytes(b"# coding: nonsense\nimport dash")
    assert told(["python", "app.py"], tmp_path) is None
    (tmp_path / "app.py").unlink()
    # Opening it would wait for somebody to write to it.
    os.mkfifo(tmp_path / "app.py")
    assert told(["python", "app.py"], tmp_path) is None
    (tmp_path / "app.py").unlink()
    (tmp_path / "app.py").mkdir()
    assert told(["python", "app.py"], tmp_path) is None


@pytest.mark.parametrize("file", ["shop.py", "shop/__init__.py", "shop/__main__.py"])
def test_modules_tell_by_their_imports(file: str, tmp_path: Path) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text("import flask")
    assert title(told(["python", "-m", "shop"], tmp_path)) == "Flask"
    assert title(told(["gunicorn", "shop:app"], tmp_path)) == "Flask (shop:app)"


# The table


def test_the_table_can_be_used() -> None:
    names = [app.name for app in KNOWN_APPS]
    assert len(names) == len(set(names))
    for app in KNOWN_APPS:
        signs = [*app.signs, *([app.question.sign, app.question.after] if app.question else [])]
        for sign in signs:
            for pattern in (sign.title, sign.text, *sign.fields.values()):
                re.compile(pattern)
            assert all(name == name.lower() for name in sign.fields)
        assert app.kind == "web" or not (app.signs or app.question), app.name
        for way in app.public_paths:
            re.compile("|".join((way.unless, way.source, way.unless_source)))
            assert way.variables or way.arguments, app.name


@pytest.mark.parametrize("app", KNOWN_APPS, ids=lambda app: app.name)
def test_icons_can_be_seen(app: KnownApp) -> None:
    root = ElementTree.fromstring(app.icon)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert len(root[1].text or "") == 2
    ground = luminance(root[0].attrib["fill"])
    letters = luminance(root[1].attrib["fill"])
    # WCAG 2.2: 3 for graphics, on JupyterLab's light and dark pages, 4.5 for text.
    assert _contrast(ground, luminance("#ffffff")) >= 3
    assert _contrast(ground, luminance("#111111")) >= 3
    assert _contrast(ground, letters) >= 4.5


def _contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)
