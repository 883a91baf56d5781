"""Pages about apps that can't be shown, which name the app, the reason and the remedy."""

from __future__ import annotations

import html
import re
import shlex
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme
from support.app import App, Connection, answer, serving
from support.client import Client, Response, fetch
from support.handshake import ACCEPT, HANDSHAKE, SWITCHING
from support.jupyter import BASE_URL, TOKEN, Jupyter, free_port, running
from support.named import NO_PAGES, PAGE, message
from support.posing import posing_as
from support.programs import running_program
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

PREFIX = f"{BASE_URL}proxy"

#: What is left of a handshake behind a gateway that knows no WebSockets.
LOST_HANDSHAKE = [field for field in HANDSHAKE if field[0] not in ("Connection", "Upgrade")]


def _code(response: Response) -> str | None:
    return response.value("Porthole-Answer")


def _open(jupyter: Jupyter, port: int, path: str = "/") -> Response:
    """Open a page as a browser does."""
    return fetch(jupyter, f"{PREFIX}/{port}{path}", fields=PAGE)


def _text(page: Response) -> str:
    """Return what a person reads."""
    body = page.body.decode().partition("</style>")[2]
    return html.unescape(re.sub(r"<script>.*?</script>|<[^>]*>", "", body, flags=re.DOTALL))


def _tries_again(page: Response) -> bool:
    return b"<script>" in page.body


# Apps that have ended


@pytest.mark.parametrize("is_granted", [True, False])
def test_an_app_that_has_ended_is_named_with_how_to_start_it(
    jupyter: Jupyter, tmp_path: Path, is_granted: bool
) -> None:
    port = free_port()
    argv = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    with running_program(argv, port, tmp_path):
        if is_granted:
            # Jupyter's leave for it outlives it.
            assert _open(jupyter, port).status == 200
        else:
            assert fetch(jupyter, f"{BASE_URL}porthole/api/ports").status == 200
    page = _open(jupyter, port)
    assert (page.status, _code(page)) == (502, "app-ended")
    text = _text(page)
    name = f"http.server — {tmp_path.name}"
    assert f"{name}, which listened on port {port}, is not running any more." in text
    assert f"Start it again in {tmp_path}:" in text
    assert shlex.join(argv[1:]) in text
    assert _tries_again(page)
    assert name in message(fetch(jupyter, f"{PREFIX}/{port}/"))
    with running_program(argv, port, tmp_path):
        assert _open(jupyter, port).status == 200


def test_a_command_with_a_secret_is_not_shown(jupyter: Jupyter, tmp_path: Path) -> None:
    """Threat: a page shows on a wall what was typed in a terminal."""
    port = free_port()
    argv = posing_as("streamlit", tmp_path, port, "run", "app.py", "--api-key=4711")
    with running_program(argv, port, tmp_path):
        assert _open(jupyter, port).status == 200
    text = _text(_open(jupyter, port))
    assert "Streamlit (app.py), which listened on port" in text
    assert f"Start it again in {tmp_path}, as you did before." in text
    assert "4711" not in text


def test_what_listened_in_between_is_not_taken_for_it(jupyter: Jupyter, tmp_path: Path) -> None:
    port = free_port()
    with running_program(posing_as("bokeh", tmp_path, port, "serve"), port, tmp_path):
        assert _open(jupyter, port).status == 200
    with serving(port=port):
        # A look at who listens.
        assert fetch(jupyter, f"{BASE_URL}porthole/api/ports").status == 200
    assert _code(_open(jupyter, port)) == "not-listening"


def test_only_who_may_see_the_app_is_told(jupyter: Jupyter, tmp_path: Path) -> None:
    port = free_port()
    with running_program(posing_as("bokeh", tmp_path, port, "serve"), port, tmp_path):
        assert _open(jupyter, port).status == 200
    for fields in ([], PAGE):
        response = fetch(jupyter, f"{PREFIX}/{port}/", fields=fields, authorised=False)
        assert response.status in (302, 403)
        assert b"Bokeh" not in response.body


# Apps that speak TLS


@pytest.fixture(params=["any client", "clients with certificates"])
def tls(request: pytest.FixtureRequest) -> ssl.SSLContext:
    """Return how an app speaks TLS, by a certificate that nobody knows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("elsewhere.example").configure_cert(context)
    if request.param == "clients with certificates":
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def test_an_app_that_speaks_tls_is_told_of(jupyter: Jupyter, tls: ssl.SSLContext) -> None:
    with serving(tls=tls) as app:
        port = app.port
        page = _open(jupyter, port)
        assert (page.status, _code(page)) == (502, "speaks-tls")
        # The request, and a handshake.
        assert app.connections == 2
    text = _text(page)
    assert f"Port {port} wants to be asked by HTTPS." in text
    assert "Start it without its certificate" in text
    assert f'c.Porthole.apps = {{"my-app": {{"port": {port}, "https": True,' in text
    assert _tries_again(page)
    with serving(port=port):
        assert _open(jupyter, port).status == 200


def test_its_other_requests_are_not_worth_a_handshake(
    jupyter: Jupyter, tls: ssl.SSLContext
) -> None:
    with serving(tls=tls) as app:
        assert _code(fetch(jupyter, f"{PREFIX}/{app.port}/")) == "broke-off"
        assert app.connections == 1


ALERT = b"\x15\x03\x03\x00\x02\x02\x32"


@pytest.mark.parametrize("said", [b"", ALERT])
@pytest.mark.parametrize("then", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_what_breaks_off_is_not_always_tls(
    jupyter: Jupyter, app: App, said: bytes, then: bytes
) -> None:
    def play(connection: Connection) -> None:
        is_first = app.connections == 1
        connection.socket.recv(65536)
        connection.send(said if is_first else then)

    app.play = play
    assert _code(_open(jupyter, app.port)) == "broke-off"
    assert app.connections == 2


def test_a_handshake_is_not_waited_for_long(jupyter: Jupyter, app: App) -> None:
    ended = []

    def play(connection: Connection) -> None:
        if app.connections > 1:
            # The other side gives up on it.
            while connection.socket.recv(65536):
                pass
            ended.append(True)

    app.play = play
    assert _code(_open(jupyter, app.port)) == "broke-off"
    assert app.connections == 2


# What speaks another language


@pytest.mark.parametrize(
    ("said", "speaker"),
    [
        (b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", "SSH"),
        (b"-ERR wrong number of arguments for 'get' command\r\n", "Redis"),
        (b"J\0\0\0\n8.0.36\0\x08\0\0\0", "MySQL"),
        (b"\xff\0\0\0\0\0\0\0\x01\x7f", "A Jupyter kernel"),
    ],
)
def test_what_has_no_pages_is_named(jupyter: Jupyter, app: App, said: bytes, speaker: str) -> None:
    def play(connection: Connection) -> None:
        connection.send(said)
        # It waits, as most do, until the other side has enough.
        while connection.socket.recv(65536):
            pass

    app.play = play
    page = _open(jupyter, app.port)
    assert (page.status, _code(page)) == (502, "no-pages")
    text = _text(page)
    assert re.search(rf"{speaker}.* listens on port {app.port}: it has no pages\.", text)
    assert "check the port" in text
    assert not _tries_again(page)
    assert app.connections == 1


def test_what_is_known_to_have_no_pages_is_named(jupyter: Jupyter, tmp_path: Path) -> None:
    port = free_port()
    code = f"""
import socket
server = socket.create_server(("127.0.0.1", {port}))
while True:
    connection, _ = server.accept()
    connection.close()
"""
    program = tmp_path / "redis-server"
    program.write_text(code)
    with running_program([sys.executable, str(program)], port, tmp_path):
        page = _open(jupyter, port)
        assert _code(page) == "no-pages"
        assert f"Redis listens on port {port}: it has no pages." in _text(page)


def test_what_is_wrongly_thought_to_have_none_is_shown(jupyter: Jupyter, tmp_path: Path) -> None:
    port = free_port()
    with running_program(posing_as("redis-server", tmp_path, port), port, tmp_path):
        assert _open(jupyter, port).status == 200


# A gateway that blocks WebSockets


@pytest.fixture(scope="module")
def behind_gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    """Return a Jupyter of its own, whose log tells."""
    with running(tmp_path_factory.mktemp("jupyter"), config=NO_PAGES) as jupyter:
        yield jupyter


@contextmanager
def _app_of_websockets(folder: Path) -> Iterator[int]:
    port = free_port()
    argv = posing_as("streamlit", folder, port, "run", "app.py")
    with running_program(argv, port, folder):
        yield port


def _lose(jupyter: Jupyter, port: int, path: str = "/ws") -> Response:
    """Send what a gateway leaves of a handshake; by HTTP/1.0, as nginx does."""
    with Client(jupyter) as client:
        request = client.request(f"{PREFIX}/{port}{path}", fields=LOST_HANDSHAKE)
        client.socket.sendall(request.replace(b" HTTP/1.1\r\n", b" HTTP/1.0\r\n", 1))
        return client.receive()


@contextmanager
def _check(jupyter: Jupyter, port: int, protocol: str = "porthole") -> Iterator[ClientConnection]:
    """Open the WebSocket by which a page finds out whether they come through."""
    with connect(
        f"ws://{jupyter.host}{PREFIX}/{port}/.porthole/websocket",
        sock=jupyter.connect(),
        additional_headers={"Authorization": f"token {TOKEN}"},
        subprotocols=[Subprotocol(protocol)],
    ) as connection:
        yield connection


def test_a_lost_handshake_is_told_of(behind_gateway: Jupyter, app: App) -> None:
    for version in (b"HTTP/1.0", b"HTTP/1.1"):
        with Client(behind_gateway) as client:
            request = client.request(f"{PREFIX}/{app.port}/ws", fields=LOST_HANDSHAKE)
            client.socket.sendall(request.replace(b"HTTP/1.1", version, 1))
            response = client.receive()
        assert (response.status, _code(response)) == (426, "upgrade-lost")
        assert response.value("Upgrade") == "websocket"
        # A gateway is not to go on with the connection of a request that is to be its last.
        assert response.value("Connection") == "Upgrade, close"
        assert "blocks WebSockets" in message(response)
    assert app.connections == 0
    assert behind_gateway.log().count("blocks WebSockets") == 1
    # It isn't known to need them.
    assert _open(behind_gateway, app.port).status == 200


def test_whoever_opens_the_app_next_is_told_why_it_is_dead(
    behind_gateway: Jupyter, tmp_path: Path
) -> None:
    with _app_of_websockets(tmp_path) as port:
        assert _open(behind_gateway, port).status == 200
        assert _lose(behind_gateway, port).status == 426
        # What the app's own scripts ask for.
        assert fetch(behind_gateway, f"{PREFIX}/{port}/health").status == 200
        page = _open(behind_gateway, port, "/x?y")
        assert (page.status, _code(page)) == (502, "websockets-blocked")
        text = _text(page)
        assert "Streamlit (app.py) needs a live connection (WebSocket)" in text
        assert "proxy_set_header Upgrade $http_upgrade;" in text
        assert "https://" in text
        assert b'<a href="">' in page.body
        path = f"{PREFIX}/{port}/.porthole/websocket"
        assert f'data-socket="{path}"'.encode() in page.body
        # It can be opened all the same.
        assert _open(behind_gateway, port, "/x?y").body == b"/x?y"


@pytest.mark.parametrize("way", ["the page's own", "the app's"])
def test_a_whole_handshake_ends_that(behind_gateway: Jupyter, tmp_path: Path, way: str) -> None:
    with _app_of_websockets(tmp_path) as port:
        assert _lose(behind_gateway, port).status == 426
        if way == "the app's":
            # Which refuses it, but gets it.
            assert fetch(behind_gateway, f"{PREFIX}/{port}/ws", fields=HANDSHAKE).status == 200
        else:
            with _check(behind_gateway, port) as connection:
                assert connection.subprotocol == "porthole"
                assert list(connection) == []
        assert _open(behind_gateway, port).status == 200


def test_a_page_that_still_waits_is_no_news(behind_gateway: Jupyter, tmp_path: Path) -> None:
    with _app_of_websockets(tmp_path) as port:
        with Client(behind_gateway) as client:
            fields = [*LOST_HANDSHAKE, ("Sec-WebSocket-Protocol", "porthole")]
            client.send(f"{PREFIX}/{port}/.porthole/websocket", fields=fields)
            assert client.receive().status == 426
        assert _open(behind_gateway, port).status == 200


def test_the_check_is_nobody_elses(jupyter: Jupyter, app: App) -> None:
    app.record(SWITCHING + b"Sec-WebSocket-Protocol: mine\r\n\r\n")
    fields = [*HANDSHAKE, ("Sec-WebSocket-Protocol", "mine")]
    target = f"{PREFIX}/{app.port}/.porthole/websocket"
    with Client(jupyter) as client:
        client.send(target, fields=fields)
        head = client.head()
        assert (head.status, head.getheader("Sec-WebSocket-Accept")) == (101, ACCEPT)
    assert app.last.target == "/.porthole/websocket"
    fields = [*HANDSHAKE, ("Sec-WebSocket-Protocol", "porthole")]
    assert fetch(jupyter, target, fields=fields, authorised=False).status == 403
    assert len(app.requests) == 1


@pytest.fixture
def cookie(behind_gateway: Jupyter) -> tuple[str, str]:
    """Return the cookie of a browser that has logged in."""
    target = f"{BASE_URL}?token={behind_gateway.token}"
    response = fetch(behind_gateway, target, fields=PAGE, authorised=False)
    pairs = [value.partition(";")[0] for value in response.values("Set-Cookie")]
    return "Cookie", "; ".join(pairs)


@pytest.mark.parametrize(
    ("is_known", "origin"), [(False, ""), (True, "https://evil.example"), (True, "ours")]
)
def test_nobody_else_can_have_it_told(
    behind_gateway: Jupyter, tmp_path: Path, cookie: tuple[str, str], is_known: bool, origin: str
) -> None:
    """Threat: another site has a page of ours shown in an app's place."""
    fields = [*LOST_HANDSHAKE, ("Origin", behind_gateway.origin if origin == "ours" else origin)]
    fields += [cookie] if is_known else []
    with _app_of_websockets(tmp_path) as port:
        target = f"{PREFIX}/{port}/ws"
        response = fetch(behind_gateway, target, fields=fields, authorised=False)
        assert response.status == (426 if origin == "ours" else 403)
        page = _open(behind_gateway, port)
        assert page.status == (502 if origin == "ours" else 200)


# Apps with a prefix of their own


def _opened(jupyter: Jupyter, target: str) -> Response:
    return fetch(jupyter, target, fields=PAGE)


def test_an_app_that_was_told_its_public_path_just_works(jupyter: Jupyter, tmp_path: Path) -> None:
    port = free_port()
    root = f"{PREFIX}/{port}"
    argv = posing_as("bokeh", tmp_path, port, "serve", f"--prefix={root}")
    with running_program(argv, port, tmp_path):
        for path in ("/", "/app?x=1"):
            assert _opened(jupyter, root + path).body.decode() == root + path
        # By an address that has paths sent whole, too, it is led there.
        response = _opened(jupyter, f"{PREFIX}/absolute/{port}/?a=1")
        assert (response.status, response.value("Location")) == (302, f"{root}/?a=1")


def test_an_app_with_another_prefix_is_found_there(jupyter: Jupyter, tmp_path: Path) -> None:
    port = free_port()
    root = f"{PREFIX}/{port}"
    argv = posing_as("bokeh", tmp_path, port, "serve", "--prefix=/a/b")
    with running_program(argv, port, tmp_path):
        response = _opened(jupyter, f"{root}/?c=%2F")
        assert (response.status, response.value("Location")) == (302, f"{root}/a/b/?c=%2F")
        assert response.body == b""
        assert _opened(jupyter, f"{root}/a/b/?c=%2F").body == b"/a/b/?c=%2F"
        # What isn't there isn't there.
        assert _opened(jupyter, f"{root}/x").status == 404
        assert fetch(jupyter, f"{root}/").status == 404
        assert _opened(jupyter, f"{PREFIX}/absolute/{port}/").status == 404


def test_an_app_for_absolute_paths_is_found_there(jupyter: Jupyter, tmp_path: Path) -> None:
    port = free_port()
    root = f"{PREFIX}/absolute/{port}"
    argv = posing_as("panel", tmp_path, port, "serve", f"--prefix={root}/")
    with running_program(argv, port, tmp_path):
        response = _opened(jupyter, f"{PREFIX}/{port}/")
        assert (response.status, response.value("Location")) == (302, f"{root}/")
        assert _opened(jupyter, f"{root}/").body.decode() == f"{root}/"


def test_what_the_configuration_says_counts_more(tmp_path: Path) -> None:
    port = free_port()
    root = f"{PREFIX}/{port}"
    config = {**NO_PAGES, "Porthole": {"sub_paths": {str(port): "strip"}}}
    argv = posing_as("bokeh", tmp_path, port, "serve", f"--prefix={root}")
    with (
        running(tmp_path / "jupyter", config=config) as jupyter,
        running_program(argv, port, tmp_path),
    ):
        response = _opened(jupyter, f"{root}/")
        assert (response.status, response.body) == (404, b"/")


def test_the_404_of_others_is_theirs(jupyter: Jupyter, app: App) -> None:
    app.play = answer(b"HTTP/1.1 404 Not Here\r\nContent-Length: 4\r\n\r\nmine")
    response = _opened(jupyter, f"{PREFIX}/{app.port}/")
    assert (response.status, response.body) == (404, b"mine")
