"""What clients and apps may send without harm to anybody else."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator

import psutil
import pytest
from support.app import OK, App, Connection, serving
from support.client import Client, fetch
from support.jupyter import BASE_URL, TOKEN, Jupyter
from support.wait import wait_until

PREFIX = f"{BASE_URL}proxy"
HANDSHAKE = [
    ("Connection", "Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
]
CLOSING = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture(autouse=True)
def same_sidecar(jupyter: Jupyter, app: App) -> Iterator[None]:
    """Check that the sidecar survives each of these tests and still serves."""
    # Closed each time, so that the next request meets what a test makes of the app.
    app.record(CLOSING)
    assert fetch(jupyter, f"{PREFIX}/{app.port}/").status == 200
    before = jupyter.sidecar().pid
    yield
    with serving() as another:
        assert fetch(jupyter, f"{PREFIX}/{another.port}/").status == 200, jupyter.log()[-3000:]
    assert jupyter.sidecar().pid == before


def _reset(client: Client) -> None:
    """Close a connection by a reset, as a client that has crashed does."""
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.socket.close()


# Clients


@pytest.mark.parametrize("authorised", [False, True])
def test_leaving_during_a_handshake(jupyter: Jupyter, app: App, authorised: bool) -> None:
    """Threat: an error on a connection that nobody listens to ends the process."""
    for _ in range(40):
        client = Client(jupyter)
        client.send(f"{PREFIX}/{app.port}/", fields=HANDSHAKE, authorised=authorised)
        _reset(client)


@pytest.mark.parametrize("last", ["CONNECT", "upgrade"])
def test_taking_over_a_connection_that_is_in_use(jupyter: Jupyter, app: App, last: str) -> None:
    """Threat: two responses for one connection at the same time."""
    target = f"{PREFIX}/{app.port}/"
    with Client(jupyter) as client:
        second = (
            b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n"
            if last == "CONNECT"
            else client.request(target, fields=HANDSHAKE)
        )
        client.socket.sendall(client.request(target, authorised=False) + second)
        client.receive_all()


def test_a_flood_of_requests_on_one_connection(jupyter: Jupyter, app: App) -> None:
    """Threat: one connection keeps the sidecar from serving all others."""
    flood = f"GET {PREFIX}/{app.port}/ HTTP/1.1\r\nHost: {jupyter.host}\r\n\r\n".encode() * 20_000
    with Client(jupyter) as client:
        sending = threading.Thread(target=_send_and_ignore, args=(client.socket, flood))
        sending.start()
        for _ in range(5):
            assert fetch(jupyter, f"{PREFIX}/{app.port}/").status == 200
        sending.join(30)
        assert not sending.is_alive()


def _send_and_ignore(connection: socket.socket, data: bytes) -> None:
    try:
        connection.sendall(data)
    except OSError:
        # It is closed in the middle of this, on purpose.
        return


def test_a_handshake_with_a_body_is_refused(jupyter: Jupyter, app: App) -> None:
    seen = app.connections
    response = fetch(jupyter, f"{PREFIX}/{app.port}/", fields=HANDSHAKE, body=b"hello")
    assert response.status == 400
    assert app.connections == seen


@pytest.mark.parametrize(
    "request_text",
    [
        "GET {target} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "POST {target} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
)
def test_odd_requests_after_a_good_one(jupyter: Jupyter, app: App, request_text: str) -> None:
    target = f"{PREFIX}/{app.port}/"
    seen = len(app.requests)
    with Client(jupyter) as client:
        client.send(target)
        assert client.receive().status == 200
        authorised = request_text.replace("\r\n", f"\r\nAuthorization: token {TOKEN}\r\n", 1)
        client.socket.sendall(authorised.format(target=target).encode())
        assert client.receive().status == 400
    assert len(app.requests) == seen + 1


def test_a_request_of_http_1_0_has_a_host_for_the_app(jupyter: Jupyter, app: App) -> None:
    head = f"POST {PREFIX}/{app.port}/ HTTP/1.0\r\nAuthorization: token {TOKEN}\r\n"
    with Client(jupyter) as client:
        client.socket.sendall(f"{head}Content-Length: 5\r\n\r\nhello".encode())
        assert client.receive_all().endswith(b"ok")
    assert (app.last.value("Host"), app.last.body) == (f"localhost:{app.port}", b"hello")


def test_a_long_address_can_be_sent_to_the_login(jupyter: Jupyter, app: App) -> None:
    target = f"{PREFIX}/{app.port}/{'x' * 20_000}"
    assert fetch(jupyter, target, authorised=False).status == 302


@pytest.mark.parametrize("leave", [Client.__exit__, _reset])
@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_leaves_at_any_moment_leaves_nothing(
    jupyter: Jupyter, app: App, leave: Callable[..., None], version: str, method: str
) -> None:
    """Threat: connections to the app that nobody closes."""
    ended = threading.Semaphore(0)
    started = 0

    def play(connection: Connection) -> None:
        nonlocal started
        started += 1
        connection.file.read()
        ended.release()

    app.play = play
    processes = [jupyter.sidecar(), psutil.Process(jupyter.process.pid)]
    before = [process.num_fds() for process in processes]
    for number in range(40):
        client = Client(jupyter)
        # Different each time, so that Jupyter is asked.
        fields = [("X-Number", str(number)), ("Content-Length", "500")]
        request = client.request(
            f"{PREFIX}/{app.port}/", method, fields if method == "POST" else fields[:1]
        )
        client.socket.sendall(request.replace(b"HTTP/1.1", f"HTTP/{version}".encode()) + b"he")
        if leave is _reset:
            _reset(client)
        else:
            client.socket.close()

    def is_clean() -> bool:
        now = [process.num_fds() for process in processes]
        return all(count <= old + 6 for count, old in zip(now, before, strict=True))

    wait_until(is_clean, "all connections are closed")
    for _ in range(started):
        assert ended.acquire(timeout=10)


# Credentials


@pytest.mark.parametrize(
    "parameter",
    [
        f"%74oken={TOKEN}",
        f"token=%20{TOKEN}",
        f"token=+{TOKEN}",
        f"token={TOKEN}%00",
        f"token=%61{TOKEN[1:]}",
        f"x=1&tok%65n={TOKEN}&token={TOKEN}",
    ],
)
def test_jupyters_token_is_found_in_all_its_spellings(
    jupyter: Jupyter, app: App, parameter: str
) -> None:
    """Threat: Jupyter decodes what we compare as it stands."""
    target = f"{PREFIX}/{app.port}/?{parameter}"
    referer = [("Referer", f"https://front.example/jupyter/lab?{parameter}")]
    assert fetch(jupyter, target, fields=referer, authorised=False).status == 200
    assert TOKEN[1:] not in app.last.target
    assert TOKEN[1:] not in (app.last.value("Referer") or "")
    # The grant of a request with a token is none for requests without one.
    bare = fetch(jupyter, f"{PREFIX}/{app.port}/", fields=referer, authorised=False)
    assert bare.status == 302
    page = [("Accept", "text/html"), *referer]
    assert fetch(jupyter, target, "HEAD", page, authorised=False).status == 200
    assert fetch(jupyter, target, fields=page, authorised=False).status == 302


def test_each_authorization_field_is_looked_at(jupyter: Jupyter, app: App) -> None:
    cookie = fetch(
        jupyter, f"{BASE_URL}?token={TOKEN}", fields=[("Accept", "text/html")], authorised=False
    ).values("Set-Cookie")[0]
    fields = [
        ("Cookie", cookie.partition(";")[0]),
        ("Authorization", f"token {TOKEN}"),
        ("Authorization", "Basic eDp5"),
    ]
    assert fetch(jupyter, f"{PREFIX}/{app.port}/", fields=fields, authorised=False).status == 200
    assert app.last.values("Authorization") == ["Basic eDp5"]
    assert app.last.values("Cookie") == []
    odd = [("Cookie", "\x85" + cookie.partition(";")[0])]
    fetch(jupyter, f"{PREFIX}/{app.port}/", fields=odd, authorised=False)
    assert all("username" not in (request.value("Cookie") or "") for request in app.requests)


def test_an_odd_referer_is_no_reason_to_log_the_token(jupyter: Jupyter, app: App) -> None:
    before = len(jupyter.log())
    for fields in ([("Referer", "http://[")], [("Origin", "http://[")]):
        response = fetch(
            jupyter, f"{PREFIX}/{app.port}/?token={TOKEN}", "POST", fields, authorised=False
        )
        assert response.status in (200, 403)
    assert TOKEN not in jupyter.log()[before:]


# Apps

ODD_HEADS = [
    b"HTTP/1.1 042 X\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 000 X\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 101 S\r\n\r\n",
    b"HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: odd\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    b"HTTP/1.1 403 Bad\x01x\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000,
]


@pytest.mark.parametrize("head", ODD_HEADS)
@pytest.mark.parametrize("way", ["GET", "POST", "upgrade"])
def test_apps_that_answer_nonsense(jupyter: Jupyter, app: App, head: bytes, way: str) -> None:
    def play(connection: Connection) -> None:
        connection.read_request()
        connection.send(head)
        connection.file.read()

    app.play = play
    target = f"{PREFIX}/{app.port}/odd"
    if way == "upgrade":
        response = fetch(jupyter, target, fields=HANDSHAKE)
    else:
        response = fetch(jupyter, target, way, body=b"hello" if way == "POST" else b"")
    # A reason with control characters can be mended, and a handshake may get any 101.
    mended = {b"Bad": 403, b"odd": 101 if way == "upgrade" else 502}
    expected = next((status for part, status in mended.items() if part in head), 502)
    assert response.status in (502, expected)


@pytest.mark.parametrize("way", ["GET", "POST"])
@pytest.mark.parametrize(
    "links", [b"Link: garbage\r\n", b"Link: </a>; rel=preload; as=style, </b>; rel=preload\r\n"]
)
def test_odd_hints_do_not_cost_the_response(
    jupyter: Jupyter, app: App, way: str, links: bytes
) -> None:
    app.record(b"HTTP/1.1 103 Early Hints\r\n" + links + b"\r\n" + OK)
    with Client(jupyter) as client:
        fields = [("Connection", "close")]
        body = b"hello" if way == "POST" else b""
        client.send(f"{PREFIX}/{app.port}/hints", way, fields, body)
        received = client.receive_all()
    assert received.startswith(b"HTTP/1.1 103 Early Hints\r\n" + links + b"\r\nHTTP/1.1 200 OK")


def test_an_app_that_dies_within_its_refusal(jupyter: Jupyter, app: App) -> None:
    def play(connection: Connection) -> None:
        connection.read_request()
        connection.send(b"HTTP/1.1 403 F\r\nContent-Length: 10\r\n\r\nok")

    app.play = play
    with Client(jupyter) as client:
        client.send(f"{PREFIX}/{app.port}/", fields=HANDSHAKE)
        received = client.receive_all()
    assert received.startswith(b"HTTP/1.1 403 F")
    assert received.endswith(b"\r\n\r\nok")
