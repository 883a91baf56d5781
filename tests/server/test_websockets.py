"""WebSockets, contract section 4."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from support.app import App, Connection
from support.client import Client
from support.handshake import ACCEPT, HANDSHAKE, SWITCHING
from support.jupyter import BASE_URL, TLS_1_2, TOKEN, Jupyter
from support.wait import wait_until
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.sync.server import ServerConnection, serve
from websockets.typing import Subprotocol

PREFIX = f"{BASE_URL}proxy"


@pytest.fixture(scope="module")
def echo_port() -> Iterator[int]:
    """Return the port of a WebSocket server that echoes, with a sub-protocol."""

    def echo(connection: ServerConnection) -> None:
        for message in connection:
            if message == "close":
                connection.close(4321, "as you wish")
            else:
                connection.send(message)

    def choose(_: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
        return offered[-1] if offered else None

    server = serve(echo, "127.0.0.1", 0, select_subprotocol=choose, max_size=None)
    with server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.socket.getsockname()[1]
        server.shutdown()


@contextmanager
def _open(jupyter: Jupyter, path: str, **options: object) -> Iterator[ClientConnection]:
    with connect(
        # Of TLS, if it is spoken, the socket knows.
        f"ws://{jupyter.host}{path}",
        sock=jupyter.connect(TLS_1_2),
        additional_headers={"Authorization": f"token {TOKEN}"},
        max_size=None,
        **options,
    ) as connection:
        yield connection


def test_messages_of_all_sizes_come_back(any_jupyter: Jupyter, echo_port: int) -> None:
    with _open(any_jupyter, f"{PREFIX}/{echo_port}/ws") as connection:
        for size in (0, 1, 125, 126, 65535, 65536, 5_000_000):
            connection.send(b"\x81" * size)
            assert connection.recv(timeout=30) == b"\x81" * size
        connection.send("远程开发者")
        assert connection.recv(timeout=30) == "远程开发者"
        assert connection.ping().wait(30)


def test_the_app_chooses_protocol_and_extensions(any_jupyter: Jupyter, echo_port: int) -> None:
    options = {"subprotocols": ["chat.v1", "chat.v2"], "compression": "deflate"}
    with _open(any_jupyter, f"{PREFIX}/{echo_port}/", **options) as connection:
        assert connection.subprotocol == "chat.v2"
        assert connection.response
        assert "permessage-deflate" in connection.response.headers["Sec-WebSocket-Extensions"]
        connection.send("x" * 10000)
        assert connection.recv(timeout=30) == "x" * 10000


def test_close_codes_pass(any_jupyter: Jupyter, echo_port: int) -> None:
    with _open(any_jupyter, f"{PREFIX}/{echo_port}/") as connection:
        connection.send("close")
        with pytest.raises(ConnectionClosed) as closed:
            connection.recv(timeout=30)
    assert closed.value.rcvd
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4321, "as you wish")


def _upgrading(app: App, answer: bytes, seen: list[Connection] | None = None) -> None:
    """Answer each handshake by these bytes, then echo."""

    def play(connection: Connection) -> None:
        request = connection.read_head()
        assert request
        app.requests.append(request)
        connection.send(answer)
        if seen is not None:
            seen.append(connection)
        while data := connection.socket.recv(65536):
            connection.send(data)

    app.play = play


def test_the_handshake_is_rewritten_like_a_request(any_jupyter: Jupyter, app: App) -> None:
    _upgrading(app, SWITCHING + b"X-App: 1\r\nSet-Cookie: a=b; Path=/\r\n\r\n")
    prefix = f"{PREFIX}/{app.port}"
    fields = [
        *HANDSHAKE,
        ("Origin", any_jupyter.origin),
        ("Sec-WebSocket-Protocol", "a, b"),
        ("x-lower", "1"),
        ("Cookie", "own=1; jupyterhub-session-id=x"),
    ]
    with Client(any_jupyter) as client:
        client.send(f"{prefix}/ws//%2F?x=1&token={TOKEN}", fields=fields)
        response = client.head()
    assert response.status == 101
    assert response.headers["Sec-WebSocket-Accept"] == ACCEPT
    assert response.headers["X-App"] == "1"
    assert response.headers["Set-Cookie"] == f"a=b; Path={prefix}"
    last = app.last
    assert last.target == "/ws//%2F?x=1"
    assert last.value("Host") == f"localhost:{app.port}"
    assert last.value("Origin") == f"http://localhost:{app.port}"
    assert last.value("X-Forwarded-Prefix") == prefix
    assert last.value("Cookie") == "own=1"
    assert last.values("Authorization") == []
    assert (last.value("Upgrade"), last.value("Connection")) == ("websocket", "Upgrade")
    assert ("x-lower", "1") in last.fields
    assert ("Sec-WebSocket-Protocol", "a, b") in last.fields


def test_frames_in_the_handshakes_segment_are_not_lost(any_jupyter: Jupyter, app: App) -> None:
    _upgrading(app, SWITCHING + b"\r\nfrom the app")
    with Client(any_jupyter) as client:
        client.socket.sendall(
            client.request(f"{PREFIX}/{app.port}/", fields=HANDSHAKE) + b"from the client"
        )
        received = b""
        while len(received.partition(b"\r\n\r\n")[2]) < len(b"from the appfrom the client"):
            received += client.socket.recv(65536)
    assert received.endswith(b"from the appfrom the client")


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 9\r\n\r\nnot today",
        b"Transfer-Encoding: chunked\r\n\r\n9\r\nnot today\r\n0\r\n\r\n",
    ],
)
def test_a_refusal_arrives_and_ends_the_connection(
    any_jupyter: Jupyter, app: App, framing: bytes
) -> None:
    """Threat: spliced on, the next request would reach the app without being judged."""
    _upgrading(app, b"HTTP/1.1 418 No Tea Here\r\nX-Why: 1\r\n" + framing)
    with Client(any_jupyter) as client:
        client.socket.sendall(
            client.request(f"{PREFIX}/{app.port}/", fields=HANDSHAKE)
            + client.request(f"{PREFIX}/{app.port}/hidden", authorised=False)
        )
        response = client.receive()
        assert (response.status, response.reason) == (418, "No Tea Here")
        assert (response.value("X-Why"), response.body) == ("1", b"not today")
        assert client.socket.recv(1) == b""
    assert len(app.requests) == 1


def test_nobody_there_is_an_answer_too(any_jupyter: Jupyter) -> None:
    with Client(any_jupyter) as client:
        client.send(f"{PREFIX}/1/", fields=HANDSHAKE)
        response = client.receive()
        assert response.status == 502
        assert "port 1" in json.loads(response.body)["message"]
        assert client.socket.recv(1) == b""


def test_an_app_that_breaks_off_is_an_answer_too(jupyter: Jupyter, app: App) -> None:
    app.play = lambda connection: connection.read_head() and None
    with Client(jupyter) as client:
        client.send(f"{PREFIX}/{app.port}/", fields=HANDSHAKE)
        assert client.receive().status == 502


def test_who_leaves_takes_the_other_side_along(any_jupyter: Jupyter, app: App) -> None:
    seen: list[Connection] = []
    left = threading.Event()

    def play(connection: Connection) -> None:
        connection.read_head()
        connection.send(SWITCHING + b"\r\n")
        seen.append(connection)
        assert connection.socket.recv(1) == b""
        left.set()

    app.play = play
    with Client(any_jupyter) as client:
        client.send(f"{PREFIX}/{app.port}/", fields=HANDSHAKE)
        assert client.head().status == 101
    assert left.wait(5)
    with Client(any_jupyter) as client:
        _upgrading(app, SWITCHING + b"\r\n", seen)
        client.send(f"{PREFIX}/{app.port}/", fields=HANDSHAKE)
        assert client.head().status == 101
        wait_until(lambda: len(seen) == 2, "the app has answered")
        seen[1].socket.shutdown(socket.SHUT_RDWR)
        assert client.socket.recv(1) == b""


def test_kernels_can_be_reached_after_an_app(any_jupyter: Jupyter, app: App) -> None:
    """Jupyter's own WebSockets work on connections that the sidecar has."""
    with Client(any_jupyter) as client:
        client.send(f"{PREFIX}/{app.port}/")
        assert client.receive().status == 200
        client.send(f"{BASE_URL}api/events/subscribe", fields=HANDSHAKE)
        response = client.head()
        assert response.status == 101
        assert response.headers["Sec-WebSocket-Accept"] == ACCEPT


def test_other_upgrades_are_offers_that_are_not_taken(jupyter: Jupyter, app: App) -> None:
    app.record()
    with Client(jupyter) as client:
        fields = [("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c")]
        for _ in range(2):
            client.send(f"{PREFIX}/{app.port}/", fields=fields)
            assert client.receive().body == b"ok"
    assert app.last.values("Upgrade") == []
