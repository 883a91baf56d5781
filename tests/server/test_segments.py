"""TCP promises bytes, not segments: wherever a network cuts a message, the app sees the same.

Each message is cut at every place there is, and its second part sent when whoever has the
connection has had its chance to look at the first.
"""

from __future__ import annotations

import socket
from collections.abc import Callable

from support.app import App, Connection
from support.client import Client
from support.jupyter import BASE_URL, Jupyter

PREFIX = f"{BASE_URL}proxy"
SWITCHING = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
HANDSHAKE = [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13")]


class Beholder:
    """Other connections of the same Jupyter; an answer on each means that it has looked around.

    Jupyter and the sidecar do one thing after the other: what came first was looked at first.
    """

    def __init__(self, jupyter: Jupyter, port: int) -> None:
        self._jupyters, self._apps = Client(jupyter), Client(jupyter)
        self._target = f"{PREFIX}/{port}/other"

    def look(self) -> None:
        """Wait until both processes have dealt with what had come."""
        self._jupyters.send(f"{BASE_URL}api")
        assert self._jupyters.receive().status == 200
        self._apps.send(self._target)
        assert self._apps.receive().status == 200

    def close(self) -> None:
        """Close the connections."""
        self._jupyters.socket.close()
        self._apps.socket.close()


def _reading(app: App, seen: list[bytes], last: bytes, answer: bytes) -> None:
    """Let the app record each connection's bytes up to the last ones, then answer."""

    def play(connection: Connection) -> None:
        received = b""
        while data := connection.socket.recv(65536):
            received += data
            if b"/other " in received and received.endswith(b"\r\n\r\n"):
                connection.send(OK)
                received = b""
            elif answer is SWITCHING and received.endswith(b"\r\n\r\n"):
                connection.send(answer)
            if received.endswith(last):
                seen.append(received)
                if answer is not SWITCHING:
                    connection.send(answer)
                received = b""

    app.play = play


def _bad_cuts(
    jupyter: Jupyter, app: App, message: Callable[[Client], bytes], last: bytes, answer: bytes
) -> list[tuple[int, bytes]]:
    """Return all cuts of which the app has seen something else than of the whole."""
    seen: list[bytes] = []
    _reading(app, seen, last, answer)
    beholder = Beholder(jupyter, app.port)

    def send(cut: int) -> bytes:
        with Client(jupyter) as client:
            if jupyter.unix_socket is None:
                client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            whole = message(client)
            client.socket.sendall(whole[:cut])
            if cut < len(whole):
                beholder.look()
                client.socket.sendall(whole[cut:])
            assert client.head().status in (101, 200)
            if answer is SWITCHING:
                while len(seen) == count:
                    beholder.look()
        return seen[-1]

    count = 0
    with Client(jupyter) as client:
        length = len(message(client))
    whole = send(length)
    assert whole.endswith(last)
    bad = []
    for cut in range(1, length):
        count = len(seen)
        got = send(cut)
        if got != whole or len(seen) != count + 1:
            bad.append((cut, got))
    beholder.close()
    return bad


def test_a_request_with_a_body(any_jupyter: Jupyter, app: App) -> None:
    def message(client: Client) -> bytes:
        return client.request(f"{PREFIX}/{app.port}/a?b", "POST", [], b"\r\n\x00\xffbody!")

    assert _bad_cuts(any_jupyter, app, message, b"body!", OK) == []


def test_a_request_without_a_body(any_jupyter: Jupyter, app: App) -> None:
    def message(client: Client) -> bytes:
        return client.request(f"{PREFIX}/{app.port}/a?b", "GET", [("X-Last", "\xe9")])

    assert _bad_cuts(any_jupyter, app, message, b"\r\n\r\n", OK) == []


def test_a_handshake_with_its_first_frame(any_jupyter: Jupyter, app: App) -> None:
    def message(client: Client) -> bytes:
        head = client.request(f"{PREFIX}/{app.port}/ws", "GET", HANDSHAKE)
        return head + b"\x81\x85\x00\x00\x00\x00frame"

    assert _bad_cuts(any_jupyter, app, message, b"frame", SWITCHING) == []
