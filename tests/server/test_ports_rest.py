"""What the REST interface tells about ports."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.app import App
from support.client import fetch
from support.jupyter import BASE_URL, Jupyter, free_port, running
from support.named import NO_PAGES, WARY, configuration, message
from support.programs import running_program

PORTS = f"{BASE_URL}porthole/api/ports"

CODE = 'c.Porthole.apps = {"elsewhere": {"port": PORT}}'


@pytest.fixture(scope="module")
def named_port() -> int:
    """Return the port of the app that the Jupyter of this module names."""
    return free_port()


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory, named_port: int) -> Iterator[Jupyter]:
    """Return a Jupyter that doesn't let everybody in."""
    code = configuration(WARY + CODE, PORT=named_port)
    with running(tmp_path_factory.mktemp("jupyter"), code=code, config=NO_PAGES) as server:
        yield server


def told(jupyter: Jupyter, port: int) -> dict[str, Any]:
    """Return what is told about one port."""
    response = fetch(jupyter, f"{PORTS}/{port}")
    assert response.status == 200, response.body
    assert response.value("Cache-Control") == "no-store"
    return json.loads(response.body)


def listed(jupyter: Jupyter) -> dict[int, dict[str, Any]]:
    """Return what is told about all ports, by port."""
    response = fetch(jupyter, PORTS)
    assert response.status == 200, response.body
    assert response.value("Cache-Control") == "no-store"
    assert list(json.loads(response.body)) == ["ports"]
    return {each["port"]: each for each in json.loads(response.body)["ports"]}


def test_an_app_is_told(jupyter: Jupyter, tmp_path: Path, named_port: int) -> None:
    argv = [sys.executable, "-m", "http.server", str(named_port), "--bind", "127.0.0.1"]
    with running_program(argv, named_port, tmp_path) as running:
        found = told(jupyter, named_port)
        icon = found.pop("icon")
        assert found == {
            "port": named_port,
            "kind": "web",
            "name": "http.server",
            "title": f"http.server — {tmp_path.name}",
            "process": running.name,
            "pid": running.pid,
            "started": running.started,
            "app": "elsewhere",
            "is_this_jupyter": False,
        }
        assert icon.startswith("<svg ")
        assert listed(jupyter)[named_port] == {**found, "icon": icon}
    assert fetch(jupyter, f"{PORTS}/{named_port}").status == 404
    assert named_port not in listed(jupyter)


def test_the_list_asks_nobody(jupyter: Jupyter, app: App) -> None:
    app.record(b"HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\n<title>MLflow</title>")
    unknown = listed(jupyter)[app.port]
    assert (unknown["kind"], unknown["name"], unknown["title"]) == ("unknown", None, None)
    assert (unknown["icon"], unknown["pid"], unknown["app"]) == (None, os.getpid(), None)
    assert app.connections == 0
    known = told(jupyter, app.port)
    assert (known["kind"], known["name"], known["title"]) == ("web", "MLflow", "MLflow")
    # What was learnt, the list tells, too.
    assert listed(jupyter)[app.port] == known
    assert [request.line for request in app.requests] == ["GET / HTTP/1.1"]
    assert "token" not in str(app.last.fields).lower()


def test_jupyter_itself_is_told(jupyter: Jupyter) -> None:
    found = listed(jupyter)[jupyter.port]
    assert (found["name"], found["pid"]) == ("Jupyter", jupyter.process.pid)
    assert found["is_this_jupyter"]


def test_who_says_nothing_is_unknown(jupyter: Jupyter) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert told(jupyter, port)["kind"] == "unknown"


@pytest.mark.parametrize("port", ["0", "65536", "-1", "08501", "8501x", "\N{FULLWIDTH DIGIT ONE}"])
def test_what_is_no_port_is_not_found(jupyter: Jupyter, port: str) -> None:
    quoted = port.encode().hex("%")
    response = fetch(jupyter, f"{PORTS}/%{quoted}")
    assert response.status == 404
    assert message(response) == "A port is a number from 1 to 65535."


def test_a_closed_port_is_not_found(jupyter: Jupyter) -> None:
    port = free_port()
    response = fetch(jupyter, f"{PORTS}/{port}")
    assert response.status == 404
    assert message(response) == f"No program of yours listens on port {port}."


@pytest.mark.parametrize("path", [PORTS, f"{PORTS}/1"])
def test_it_is_for_those_who_may(jupyter: Jupyter, path: str) -> None:
    assert fetch(jupyter, path, authorised=False).status == 403
    assert fetch(jupyter, path, "GET", [("Forbid", "read:porthole")]).status == 403
    assert fetch(jupyter, path, "POST").status in (403, 405)


def test_a_look_is_no_activity(jupyter: Jupyter) -> None:
    status = f"{BASE_URL}api/status"
    before = json.loads(fetch(jupyter, status).body)["last_activity"]
    listed(jupyter)
    told(jupyter, jupyter.port)
    assert json.loads(fetch(jupyter, status).body)["last_activity"] == before
