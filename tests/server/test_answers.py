"""Our own answers, contract section 5."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path

import pytest
from support.app import App, Connection, serving
from support.client import Client, fetch
from support.jupyter import BASE_URL, Jupyter, running
from support.named import NO_PAGES
from support.ports import free_port

PREFIX = f"{BASE_URL}proxy"
PAGE = [("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")]


@pytest.fixture
def unused_port() -> int:
    """Return a port on which nobody listens."""
    return free_port()


def test_programs_get_json(any_jupyter: Jupyter, unused_port: int) -> None:
    response = fetch(any_jupyter, f"{PREFIX}/{unused_port}/", "POST")
    assert response.status == 502
    assert response.value("Content-Type") == "application/json"
    assert f"Nothing listens on port {unused_port}." in json.loads(response.body)["message"]


@pytest.mark.parametrize("fields", [PAGE, [("Sec-Fetch-Mode", "navigate"), ("Accept", "*/*")]])
def test_people_get_a_page_that_tries_again(
    any_jupyter: Jupyter, unused_port: int, fields: list[tuple[str, str]]
) -> None:
    response = fetch(any_jupyter, f"{PREFIX}/{unused_port}/", fields=fields)
    page = response.body.decode()
    assert response.status == 502
    assert response.value("Content-Type") == "text/html; charset=utf-8"
    assert f"Nothing listens on port {unused_port}." in page
    assert "tries again" in page
    assert "<script>" in page
    assert response.value("X-Content-Type-Options") == "nosniff"
    assert response.value("Cache-Control") == "no-store"
    policy = response.value("Content-Security-Policy") or ""
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy


def test_a_fetch_is_no_page(jupyter: Jupyter, unused_port: int) -> None:
    fields = [("Sec-Fetch-Mode", "cors"), ("Accept", "text/html")]
    response = fetch(jupyter, f"{PREFIX}/{unused_port}/", fields=fields)
    assert response.value("Content-Type") == "application/json"


def test_a_form_is_not_sent_again(jupyter: Jupyter, unused_port: int) -> None:
    page = fetch(jupyter, f"{PREFIX}/{unused_port}/", "POST", PAGE).body.decode()
    assert "Nothing listens" in page
    assert "<script>" not in page


def test_nothing_of_the_request_is_quoted(jupyter: Jupyter) -> None:
    target = f"{PREFIX}/%3Cscript%3Ealert(1)%3C/script%3E/?<b>"
    response = fetch(jupyter, target, fields=PAGE)
    assert response.status == 404
    assert re.findall(rb"alert|<b>", response.body) == []


def test_an_app_that_came_up_is_reached_at_once(jupyter: Jupyter, unused_port: int) -> None:
    """An answer that nobody listens is not remembered."""
    assert fetch(jupyter, f"{PREFIX}/{unused_port}/").status == 502
    with serving(port=unused_port):
        assert fetch(jupyter, f"{PREFIX}/{unused_port}/").status == 200
    assert fetch(jupyter, f"{PREFIX}/{unused_port}/").status == 502


def test_an_app_that_speaks_no_http_is_named(jupyter: Jupyter, app: App) -> None:
    app.play = lambda connection: connection.read_head() and connection.send(b"SSH-2.0-x\r\n")
    response = fetch(jupyter, f"{PREFIX}/{app.port}/")
    assert response.status == 502
    assert "SSH listens on port" in json.loads(response.body)["message"]


def test_a_slow_app_is_waited_for_as_long_as_configured(tmp_path: Path, app: App) -> None:
    over = threading.Event()

    def play(connection: Connection) -> None:
        connection.read_request()
        over.wait()

    app.play = play
    config = NO_PAGES | {"Porthole": {"response_timeout": 0.5}}
    with running(tmp_path / "jupyter", config=config) as server:
        response = fetch(server, f"{PREFIX}/{app.port}/")
        over.set()
    assert response.status == 504
    assert "response_timeout" in json.loads(response.body)["message"]


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET {path} HTTP/1.1\r\n\r\n", b"400"),
        (b"GET {path} HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", b"400"),
        (b"GET {path} HTTP/9.1\r\nHost: x\r\n\r\n", b"400"),
    ],
)
def test_malformed_requests_are_refused(
    jupyter: Jupyter, app: App, head: bytes, status: bytes
) -> None:
    with Client(jupyter) as client:
        client.socket.sendall(head.replace(b"{path}", f"{PREFIX}/{app.port}/".encode()))
        received = client.receive_all()
    assert received == b"" or received.startswith(b"HTTP/1.1 " + status)
    assert app.connections == 0


def test_a_head_that_is_too_long_is_refused(jupyter: Jupyter, app: App) -> None:
    with Client(jupyter) as client:
        client.send(f"{PREFIX}/{app.port}/")
        client.receive()
        client.send(f"{PREFIX}/{app.port}/", fields=[("X-Long", "x" * 70_000)])
        assert client.receive_all().startswith(b"HTTP/1.1 431 ")
    assert len(app.requests) == 1
