"""Apps that speak no HTTP, whose bytes WebSockets carry, and other named apps on any way."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import select
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import WAYS
from support.app import App, Connection, serving
from support.client import Client, fetch
from support.handshake import HANDSHAKE, SWITCHING
from support.jupyter import BASE_URL, Jupyter, running
from support.named import NO_PAGES, PAGE, REPORTER, configuration, message, opened
from support.ports import free_port
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection

CODE = """
raw = {"raw_socket_proxy": True, "launcher_entry": {"title": "Desktop"}}
c.ServerProxy.servers = {
    "tcp": {"port": PORT, **raw},
    "unix": {"unix_socket": SOCKET, **raw},
    "started": {"command": [*REPORTER, "{port}"], **raw},
    "started_unix": {"command": [*REPORTER, "{unix_socket}"], "unix_socket": True, **raw},
    "nobody": {"port": FREE_PORT, **raw},
    "fails": {"command": ["/no/such/program"], **raw},
    "plain": {"port": PORT},
}
"""

MB = 1024 * 1024

#: What may lie between a sender and a reader who doesn't read: buffers of the kernel and
#: of the sidecar.
BOUND = 48 * MB


def echo(connection: Connection) -> None:
    """Send back what comes."""
    while data := connection.socket.recv(65536):
        connection.send(data)


@pytest.fixture(scope="module")
def shared_app() -> Iterator[App]:
    """Return an app on TCP."""
    with serving() as app:
        yield app


@pytest.fixture(scope="module")
def unix_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[App, Path]]:
    """Return an app on a Unix socket, and the socket's path."""
    path = tmp_path_factory.mktemp("s") / "socket"
    with serving(unix_socket=path) as app:
        yield app, path


@pytest.fixture(scope="module")
def code(shared_app: App, unix_app: tuple[App, Path]) -> str:
    """Return the configuration of all Jupyters."""
    return configuration(
        CODE,
        REPORTER=REPORTER,
        PORT=shared_app.port,
        SOCKET=str(unix_app[1]),
        FREE_PORT=free_port(),
    )


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory, code: str) -> Iterator[Jupyter]:
    """Return a Jupyter with such apps."""
    with running(tmp_path_factory.mktemp("j"), code=code, config=NO_PAGES) as jupyter:
        yield jupyter


@pytest.fixture(scope="module", params=WAYS)
def any_named(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, code: str
) -> Iterator[Jupyter]:
    """Return one for each way from its clients to the sidecar."""
    way = request.param
    if way in ("door", "late"):
        jupyter = copy.copy(request.getfixturevalue("named"))
        jupyter.serves_first = way == "late"
        yield jupyter
        return
    folder = tmp_path_factory.mktemp("j")
    options: dict[str, dict[str, Any]] = {
        "relay": {"config": NO_PAGES | {"Porthole": {"handover": "relay"}}},
        "tls": {"certificate": request.getfixturevalue("certificate"), "config": NO_PAGES},
        "unix": {"unix_socket": folder / "s", "config": NO_PAGES},
    }
    with running(folder, code=code, **options[way]) as jupyter:
        yield jupyter


@pytest.fixture
def backend(shared_app: App, unix_app: tuple[App, Path]) -> App:
    """Return the app on TCP; it and the one on a Unix socket send back what comes."""
    shared_app.play = unix_app[0].play = echo
    return shared_app


@pytest.mark.parametrize("name", ["tcp", "unix"])
def test_messages_are_bytes(any_named: Jupyter, backend: App, name: str) -> None:
    with opened(any_named, f"{BASE_URL}{name}/") as connection:
        for sent in (b"\x00\xff", "text, 远程", b"x" * 100_000):
            connection.send(sent)
            expected = sent.encode() if isinstance(sent, str) else sent
            received = b""
            while len(received) < len(expected):
                part = connection.recv(timeout=30)
                assert isinstance(part, bytes)
                received += part
            assert received == expected
        assert connection.ping(b"there?").wait(30)


def test_named_apps_of_http_are_reached(any_named: Jupyter, backend: App) -> None:
    backend.record(SWITCHING + b"\r\nfrom the app")
    with Client(any_named) as client:
        client.send(f"{BASE_URL}plain/ws?x", fields=HANDSHAKE)
        received = b""
        while not received.endswith(b"from the app"):
            received += client.socket.recv(65536)
    assert received.startswith(b"HTTP/1.1 101 ")
    assert backend.last.target == "/ws?x"
    backend.record()
    body = b"z" * 1_000_000
    assert fetch(any_named, f"{BASE_URL}plain/y", "POST", body=body).body == b"ok"
    assert backend.last.body == body


@pytest.mark.parametrize("name", ["started", "started_unix"])
def test_an_app_is_started(named: Jupyter, name: str) -> None:
    with opened(named, f"{BASE_URL}{name}/") as connection:
        connection.send(b"GET /bare HTTP/1.1\r\n\r\n")
        received = b""
        while not received.endswith(b"}"):
            received += connection.recv(timeout=30)
    told = json.loads(received.partition(b"\r\n\r\n")[2])
    # It was asked for no HTTP, just for a connection, and has counted that.
    assert (told["target"], told["fields"]) == ("/bare", [])


def test_much_data_passes_to_the_app(named: Jupyter, backend: App) -> None:
    pieces = [os.urandom(MB) for _ in range(24)]

    def play(connection: Connection) -> None:
        digest = hashlib.sha256()
        for _ in pieces:
            digest.update(connection.file.read(MB))
        connection.send(digest.digest())

    backend.play = play
    with opened(named, f"{BASE_URL}tcp/") as connection:
        for piece in pieces:
            connection.send(piece)
        assert connection.recv(timeout=30) == hashlib.sha256(b"".join(pieces)).digest()


def test_much_data_passes_from_the_app(named: Jupyter, backend: App) -> None:
    data = os.urandom(24 * MB)

    def play(connection: Connection) -> None:
        connection.send(data)
        # Until the client has gone.
        connection.socket.recv(1)

    backend.play = play
    received, digest = 0, hashlib.sha256()
    with opened(named, f"{BASE_URL}tcp/") as connection:
        while received < len(data):
            part = connection.recv(timeout=30)
            assert isinstance(part, bytes)
            digest.update(part)
            received += len(part)
    assert digest.digest() == hashlib.sha256(data).digest()


def test_a_client_that_does_not_read_holds_the_app_up(named: Jupyter, backend: App) -> None:
    stalled = threading.Event()
    sent = 0

    def play(connection: Connection) -> None:
        nonlocal sent
        connection.socket.setblocking(False)
        while sent < 8 * BOUND:
            if not select.select([], [connection.socket], [], 1)[1]:
                break
            sent += connection.socket.send(bytes(MB))
        stalled.set()

    backend.play = play
    sidecar = named.sidecar()
    before = sidecar.memory_info().rss
    with Client(named) as client:
        client.send(f"{BASE_URL}tcp/", fields=HANDSHAKE)
        assert client.head().status == 101
        assert stalled.wait(60)
        assert 0 < sent < BOUND
        assert sidecar.memory_info().rss - before < BOUND


def test_an_app_that_does_not_read_holds_the_client_up(named: Jupyter, backend: App) -> None:
    done = threading.Event()
    backend.play = lambda _: done.wait(60) and None
    sidecar = named.sidecar()
    before = sidecar.memory_info().rss
    # A frame with a mask of zeros (RFC 6455, section 5.2).
    frame = b"\x82\xff" + MB.to_bytes(8, "big") + bytes(4) + bytes(MB)
    try:
        with Client(named) as client:
            client.send(f"{BASE_URL}tcp/", fields=HANDSHAKE)
            assert client.head().status == 101
            client.socket.setblocking(False)
            sent = 0
            while sent < 8 * BOUND and select.select([], [client.socket], [], 1)[1]:
                # The whole frame or what fits of it: nobody reads the next one then.
                rest = sent % len(frame)
                sent += client.socket.send(frame[rest:])
            assert 0 < sent < BOUND
            assert sidecar.memory_info().rss - before < BOUND
    finally:
        done.set()


@pytest.mark.parametrize(
    ("offered", "chosen"), [(None, None), (["binary", "base64"], "binary"), (["x"], "x")]
)
def test_the_first_sub_protocol_is_chosen(
    named: Jupyter, backend: App, offered: list[str] | None, chosen: str | None
) -> None:
    with opened(named, f"{BASE_URL}tcp/", subprotocols=offered) as connection:
        assert connection.subprotocol == chosen


def test_a_client_that_closes_ends_the_apps_connection(named: Jupyter, backend: App) -> None:
    ended = threading.Event()

    def play(connection: Connection) -> None:
        echo(connection)
        ended.set()

    backend.play = play
    with opened(named, f"{BASE_URL}tcp/") as connection:
        connection.send("hello")
        assert connection.recv(timeout=30) == b"hello"
        connection.close()
        assert connection.close_code in (1000, 1005)
        assert ended.wait(30)


def test_a_client_that_breaks_off_ends_the_apps_connection(named: Jupyter, backend: App) -> None:
    ended = threading.Event()

    def play(connection: Connection) -> None:
        try:
            echo(connection)
        finally:
            ended.set()

    backend.play = play
    with Client(named) as client:
        client.send(f"{BASE_URL}tcp/", fields=HANDSHAKE)
        assert client.head().status == 101
        client.socket.shutdown(socket.SHUT_RDWR)
    assert ended.wait(30)


def test_an_app_that_closes_has_its_last_bytes_arrive(named: Jupyter, backend: App) -> None:
    data = os.urandom(3 * MB)
    backend.play = lambda connection: connection.send(data)
    with opened(named, f"{BASE_URL}tcp/") as connection:
        received = b"".join(_until_closed(connection))
        assert received == data
        assert connection.close_code in (1000, 1005)


def _until_closed(connection: ClientConnection) -> Iterator[bytes]:
    for part in connection:
        assert isinstance(part, bytes)
        yield part


@pytest.mark.parametrize("name", ["tcp", "unix"])
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "DELETE"])
def test_requests_are_refused(named: Jupyter, backend: App, name: str, method: str) -> None:
    before = backend.connections
    response = fetch(named, f"{BASE_URL}{name}/x", method)
    assert (response.status, response.value("Porthole-Answer")) == (405, "websocket-only")
    if method != "HEAD":
        assert "Desktop is reached by WebSockets only" in message(response)
    assert backend.connections == before


def test_people_are_told_that_it_has_no_page(named: Jupyter) -> None:
    for target in ("tcp", "tcp/"):
        page = fetch(named, f"{BASE_URL}{target}", fields=PAGE)
        assert page.status == 405
        assert "Desktop is reached by WebSockets only" in page.body.decode()


@pytest.mark.parametrize(("name", "answer"), [("nobody", "not-listening"), ("fails", "app-failed")])
def test_a_handshake_is_refused_where_nobody_listens(
    named: Jupyter, name: str, answer: str
) -> None:
    with pytest.raises(InvalidStatus) as refused, opened(named, f"{BASE_URL}{name}/"):
        pass
    response = refused.value.response
    assert (response.status_code, response.headers["Porthole-Answer"]) == (502, answer)


def test_strangers_get_no_connection(named: Jupyter, backend: App) -> None:
    before = backend.connections
    response = fetch(named, f"{BASE_URL}tcp/", fields=HANDSHAKE, authorised=False)
    assert response.status == 403
    assert backend.connections == before


def test_a_wrong_handshake_is_answered(named: Jupyter, backend: App) -> None:
    for name, wrong in (("Sec-WebSocket-Version", "7"), ("Sec-WebSocket-Key", "too short")):
        fields = [(key, wrong if key == name else value) for key, value in HANDSHAKE]
        assert fetch(named, f"{BASE_URL}tcp/", fields=fields).status == 400
