"""What counts as activity of a person: a Jupyter that has none is ended by many a hub."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timezone

import pytest
from support.app import App, Connection, serving
from support.client import Client, fetch
from support.handshake import HANDSHAKE, SWITCHING
from support.jupyter import BASE_URL, Jupyter, running
from support.named import NO_PAGES, configuration, message, opened
from support.ports import free_port
from support.wait import wait_until

CODE = """
import re

def by_request(handler):
    return "Busy" in handler.request.headers

def fails(handler):
    raise LookupError("who knows")

named = {
    "counted": {},
    "idle": {"update_last_activity": False},
    "by_request": {"update_last_activity": by_request},
    "fails": {"update_last_activity": fails},
    "polls": {
        "exclude_last_activity_patterns": [
            r"/jupyter/polls/events\\Z",
            re.compile("/JUPYTER/polls/ws", re.IGNORECASE),
            "/events",
        ]
    },
    "idle_polls": {"update_last_activity": False, "exclude_last_activity_patterns": ["x"]},
    "raw": {"raw_socket_proxy": True},
    "idle_raw": {"raw_socket_proxy": True, "update_last_activity": False},
}
for options in named.values():
    options["port"] = PORT
c.ServerProxy.servers = named
"""


@pytest.fixture(scope="module")
def backend() -> Iterator[App]:
    """Return the app that all names lead to: it answers, or sends back what it gets."""
    with serving() as app:
        app.play = _play
        yield app


def _play(connection: Connection) -> None:
    # An app of bare bytes is known by the first of them.
    if connection.file.peek(1)[:1] == b"!":
        while data := connection.file.read1():
            connection.send(data)
        return
    while (request := connection.read_request()) is not None:
        if request.value("Upgrade") == "websocket":
            connection.send(SWITCHING + b"\r\n")
            while data := connection.file.read1():
                connection.send(data)
            return
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory, backend: App) -> Iterator[Jupyter]:
    """Return a Jupyter with apps of whom not all is activity."""
    code = configuration(CODE, PORT=backend.port)
    with running(tmp_path_factory.mktemp("jupyter"), code=code, config=NO_PAGES) as jupyter:
        yield jupyter


def last_activity(jupyter: Jupyter) -> datetime:
    """Return when there was some."""
    response = fetch(jupyter, f"{BASE_URL}api/status")
    text = json.loads(response.body)["last_activity"]
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def counts(jupyter: Jupyter, act: Callable[[], None]) -> None:
    """Assert that what somebody does advances Jupyter's last activity."""
    began = datetime.now(timezone.utc)
    act()
    wait_until(lambda: last_activity(jupyter) >= began, "it counts")


def test_what_is_no_activity_of_an_app(named: Jupyter, backend: App) -> None:
    """The first activity is told at once: nothing before it may have been one."""
    before = last_activity(named)
    for path, fields in (
        ("idle/", []),
        ("idle_polls/", []),
        ("by_request/", []),
        ("polls/events", []),
        ("polls/events?x", []),
        ("polls/ws/1", []),
        ("proxy/no-port/", []),
        # A page that shows their states would keep an idle Jupyter alive.
        ("porthole/api/apps", []),
        ("porthole/api/apps/counted", []),
        ("server-proxy/servers-info", []),
        ("idle/", HANDSHAKE),
        ("polls/ws", HANDSHAKE),
    ):
        response = fetch(named, f"{BASE_URL}{path}", fields=fields)
        assert response.status in (101, 200, 404), path
    # Our own pages ask by themselves, whether anybody looks at them or not.
    for path in ("counted/", f"proxy/{free_port()}/"):
        assert fetch(named, f"{BASE_URL}{path}", "HEAD", [("Porthole-Page", "1")]).status < 503
    for path in ("counted/", f"proxy/{backend.port}/"):
        assert fetch(named, f"{BASE_URL}{path}", authorised=False).status == 302
    with Client(named) as client:
        client.send(f"{BASE_URL}idle/ws", fields=HANDSHAKE)
        assert client.head().status == 101
        client.socket.sendall(b"hello")
        assert client.socket.recv(5, 0x100) == b"hello"
    with opened(named, f"{BASE_URL}idle_raw/") as connection:
        connection.send("!hello")
        assert connection.recv(timeout=30) == b"!hello"
    assert fetch(named, f"{BASE_URL}fails/").status == 502
    began = datetime.now(timezone.utc)
    assert fetch(named, f"{BASE_URL}counted/").status == 200
    first = wait_until(
        lambda: (last := last_activity(named)) != before and last, "a request counts"
    )
    assert first >= began


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("counted/", []),
        ("counted/ws", HANDSHAKE),
        ("proxy/{port}/", []),
        ("by_request/", [("Busy", "1")]),
        ("polls/events/1", []),
    ],
)
def test_requests_count(
    named: Jupyter, backend: App, path: str, fields: list[tuple[str, str]]
) -> None:
    target = BASE_URL + path.format(port=backend.port)
    counts(named, lambda: fetch(named, target, fields=fields) and None)


def test_uploads_count(named: Jupyter) -> None:
    counts(named, lambda: fetch(named, f"{BASE_URL}counted/", "POST", body=b"x") and None)


def test_messages_of_both_sides_count(named: Jupyter, backend: App) -> None:
    connections: list[Connection] = []

    def play(connection: Connection) -> None:
        connection.read_request()
        connection.send(SWITCHING + b"\r\n")
        connections.append(connection)
        while connection.file.read1():
            pass

    backend.play = play
    try:
        with Client(named) as client:
            client.send(f"{BASE_URL}counted/ws", fields=HANDSHAKE)
            assert client.head().status == 101
            counts(named, lambda: client.socket.sendall(b"from the client"))
            counts(named, lambda: connections[0].send(b"from the app"))
    finally:
        backend.play = _play


def test_bare_bytes_count(named: Jupyter) -> None:
    with opened(named, f"{BASE_URL}raw/") as connection:
        counts(named, lambda: connection.send("!hello"))
        assert connection.recv(timeout=30) == b"!hello"


def test_a_function_that_fails_is_told_of(named: Jupyter) -> None:
    response = fetch(named, f"{BASE_URL}fails/")
    assert (response.status, response.value("Porthole-Answer")) == (502, "app-failed")
    assert "update_last_activity raised LookupError: who knows" in message(response)
