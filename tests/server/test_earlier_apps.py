"""Which app listened on a port before."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from support.app import App, answer
from support.jupyter import free_port
from support.posing import posing_as
from support.programs import running_program

from jupyter_porthole.listening import Listening
from jupyter_porthole.recognition import Recognition, earlier_apps
from jupyter_porthole.recognition.earlier_apps import EarlierApp, EarlierApps


def _listening(port: int, inode: int = 1, argv: tuple[str, ...] = ("sh",)) -> Listening:
    return Listening(port, inode, "127.0.0.1", 1, argv, "/home/me")


def test_the_last_one_is_remembered() -> None:
    apps = EarlierApps()
    assert apps.on(1) is None
    apps.note(_listening(1), "Old")
    apps.note(_listening(1), "New")
    apps.note(_listening(2), "Other")
    assert apps.on(1) == EarlierApp("New", "/home/me", "sh")
    apps.note(_listening(1), "")
    assert apps.on(1) is None
    assert apps.on(2) is not None


def test_the_oldest_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earlier_apps, "MOST_KNOWN", 2)
    apps = EarlierApps()
    for port in (1, 2, 1, 3):
        apps.note(_listening(port), "App")
    assert [port for port in (1, 2, 3) if apps.on(port) is not None] == [1, 3]


def test_what_is_recognised_is_noted(tmp_path: Path) -> None:
    port = free_port()
    known = Recognition()
    argv = posing_as("bokeh", tmp_path, port, "serve", "app.py")
    with running_program(argv, port, tmp_path):
        assert known.by_process(port) is not None
    noted = known.earlier.on(port)
    assert noted is not None
    assert (noted.title, noted.folder) == ("Bokeh (app.py)", str(tmp_path))
    assert noted.command.endswith(f"bokeh serve app.py --port={port}")


def test_what_its_answer_tells_is_noted(app: App) -> None:
    app.play = answer(b"HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\n<title>MLflow</title>")
    known = Recognition()
    known.by_process(app.port)
    assert known.earlier.on(app.port) is None
    asyncio.run(known.recognise(app.port))
    noted = known.earlier.on(app.port)
    assert noted is not None
    assert noted.title == "MLflow"


@pytest.mark.parametrize("argv", [("redis-server",), ("unknown",)])
def test_what_nobody_opens_replaces_what_was_there(argv: tuple[str, ...]) -> None:
    known = Recognition()
    known.of(_listening(1, 1, ("bokeh", "serve")))
    assert known.earlier.on(1) is not None
    known.of(_listening(1, 2, argv))
    assert known.earlier.on(1) is None
