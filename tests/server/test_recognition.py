"""Recognising apps by their processes, and by asking them."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path

import pytest
from support.app import App, Connection, answer
from support.jupyter import free_port
from support.programs import running_program
from support.recognition import recognise, title, told

from jupyter_porthole.listening import Listening, listening, sock_diag
from jupyter_porthole.recognition import Recognised, Recognition, recognition

#: How long an app is really waited for.
PATIENCE = recognition.PATIENCE

API = """
from fastapi import FastAPI

app = FastAPI(title="Fruit")
"""


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for as long as a busy machine may take."""
    monkeypatch.setattr(recognition, "PATIENCE", 30.0)


# By real processes


def test_a_file_server_is_recognised(tmp_path: Path) -> None:
    port = free_port()
    argv = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    with running_program(argv, port, tmp_path):
        found = Recognition().by_process(port)
        assert found is not None
        assert (found.app.name, found.app.kind) == ("http.server", "web")
        assert found.title == f"http.server — {tmp_path.name}"
    assert Recognition().by_process(port) is None
    assert recognise(port) is None


@pytest.mark.parametrize("reloads", [[], ["--reload"]])
def test_an_api_is_recognised_by_what_its_module_imports(
    tmp_path: Path, reloads: list[str]
) -> None:
    (tmp_path / "api.py").write_text(API)
    port = free_port()
    argv = [sys.executable, "-m", "uvicorn", "api:app", f"--port={port}", *reloads]
    with running_program(argv, port, tmp_path):
        found = Recognition().by_process(port)
        assert title(found) == "FastAPI (api:app)"
        assert found is not None


def test_an_api_is_recognised_by_asking_it(tmp_path: Path) -> None:
    port = free_port()
    code = f"{API}\nimport uvicorn\nuvicorn.run(app, port={port})"
    with running_program([sys.executable, "-c", code], port, tmp_path):
        known = Recognition()
        assert known.by_process(port) is None
        assert title(asyncio.run(known.recognise(port))) == "FastAPI (Fruit)"
        # What was learnt is told without asking, too.
        assert title(known.by_process(port)) == "FastAPI (Fruit)"


def test_a_kernel_is_no_app_but_may_hold_one(tmp_path: Path) -> None:
    file = tmp_path / "kernel-1.json"
    names = ("shell", "iopub", "stdin", "control", "hb")
    ports = {f"{name}_port": free_port() for name in names}
    file.write_text(json.dumps({**ports, "ip": "127.0.0.1", "transport": "tcp", "key": ""}))
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", str(file)]
    with running_program(argv, ports["shell_port"], tmp_path) as kernel:
        found = Recognition().by_process(ports["shell_port"])
        assert found is not None
        assert (found.title, found.app.kind) == ("Jupyter kernel", "other")
    assert told(list(kernel.argv), tmp_path, port=free_port()) is None
    file.unlink()
    # It can't be told apart: better not to ask it.
    assert title(told(list(kernel.argv), tmp_path)) == "Jupyter kernel"


# What is asked, and of whom

PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b"
MLFLOW = b"<title>MLflow</title>"


def test_an_app_is_asked_once_and_gently(app: App) -> None:
    async def ask_often(known: Recognition) -> list[Recognised | None]:
        return await asyncio.gather(*(known.recognise(app.port) for _ in range(3)))

    known = Recognition()
    assert asyncio.run(ask_often(known)) == [None] * 3
    assert asyncio.run(known.recognise(app.port)) is None
    assert known.by_process(app.port) is None
    assert [request.line for request in app.requests] == ["GET / HTTP/1.1"]
    # Nothing that tells of anybody.
    assert app.last.fields == [
        ("Host", f"localhost:{app.port}"),
        ("Accept", "text/html,*/*;q=0.1"),
        ("Connection", "close"),
    ]


def test_at_most_one_more_question_is_asked(app: App) -> None:
    app.record(b"HTTP/1.1 404 .\r\nServer: uvicorn\r\nContent-Length: 0\r\n\r\n")
    assert recognise(app.port) is None
    assert [request.target for request in app.requests] == ["/", "/openapi.json"]


def test_what_an_api_calls_itself_fits_into_a_title(app: App) -> None:
    document = json.dumps({"openapi": "3.1.0", "info": {"title": f"A\n\tb{'c' * 100}"}}).encode()
    app.record(
        b"HTTP/1.1 200 .\r\nServer: uvicorn\r\nContent-Length: %d\r\n\r\n%b"
        % (len(document), document)
    )
    assert title(recognise(app.port)) == f"FastAPI (A b{'c' * 56}…)"


def test_redirects_are_not_followed(app: App) -> None:
    app.record(b"HTTP/1.1 302 .\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")
    assert recognise(app.port) is None
    assert [request.target for request in app.requests] == ["/"]


def test_whoever_is_known_is_not_asked(tmp_path: Path) -> None:
    port = free_port()
    argv = [sys.executable, "-u", "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    with running_program(argv, port, tmp_path):
        assert title(recognise(port)) == f"http.server — {tmp_path.name}"
        assert b"GET" not in (tmp_path / "program.log").read_bytes()


def test_others_are_not_asked(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threat: somebody else's program learns of this user, or is started by the question."""
    theirs = sock_diag.ListeningSocket("127.0.0.1", app.port, os.getuid() + 4321, 1)
    monkeypatch.setattr(listening, "find_sockets", lambda _: [theirs])
    assert recognise(app.port) is None
    assert app.connections == 0


@pytest.mark.parametrize(
    "response",
    [
        PAGE % (len(MLFLOW), MLFLOW),
        # More is promised than comes, or said in pieces, or after an interim answer.
        PAGE % (1000, MLFLOW),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n"
        % (len(MLFLOW), MLFLOW),
        b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + PAGE % (len(MLFLOW), MLFLOW),
        b"HTTP/1.0 500 Oh\r\n\r\n" + MLFLOW,
        PAGE % (100000, MLFLOW.ljust(100000)),
    ],
)
def test_answers_are_read_as_far_as_they_come(app: App, response: bytes) -> None:
    def play(connection: Connection) -> None:
        assert connection.read_request() is not None
        connection.send(response)

    app.play = play
    assert title(recognise(app.port)) == "MLflow"


def test_an_endless_answer_is_read_in_part(app: App) -> None:
    sent = 0

    def play(connection: Connection) -> None:
        nonlocal sent
        assert connection.read_request() is not None
        connection.send(b"HTTP/1.1 200 OK\r\n\r\n" + MLFLOW)
        while True:
            connection.send(b"." * 65536)
            sent += 65536

    app.play = play
    assert title(recognise(app.port)) == "MLflow"
    # What lay in the kernel's buffers.
    assert sent < 20_000_000


@pytest.mark.parametrize(
    "response",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"",
        b"\0" * 100000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n?\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200,
    ],
)
def test_other_languages_are_not_understood(app: App, response: bytes) -> None:
    def play(connection: Connection) -> None:
        connection.read_request()
        connection.send(response)

    app.play = play
    assert recognise(app.port) is None


def test_who_says_nothing_is_waited_for_a_second(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognition, "PATIENCE", PATIENCE)

    def play(connection: Connection) -> None:
        connection.file.read()

    app.play = play
    started = time.monotonic()
    assert recognise(app.port) is None
    assert 0.9 < time.monotonic() - started < 5


def test_the_oldest_is_forgotten(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognition, "MOST_KNOWN", 1)
    known = Recognition()
    asyncio.run(known.recognise(app.port))
    assert told(["tensorboard"], Path("/")) is not None
    known.of(Listening(1, 1, "127.0.0.1", 1, ("tensorboard",), "/"))
    known.of(Listening(1, 2, "127.0.0.1", 1, ("tensorboard",), "/"))
    assert len(known._told) == 1
    app.play = answer(PAGE % (len(MLFLOW), MLFLOW))
    assert asyncio.run(known.recognise(app.port)) is None
