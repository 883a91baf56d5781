"""Responses that functions of the configuration rewrite."""

from __future__ import annotations

import contextlib
import gzip
import threading
from collections.abc import Iterator
from http.client import HTTPException

import pytest
from support.app import OK, App, Connection
from support.client import Client, fetch
from support.handshake import HANDSHAKE, SWITCHING
from support.jupyter import BASE_URL, TOKEN, Jupyter, running
from support.named import NO_PAGES, configuration, message

CODE = """
import asyncio
from tornado.httpclient import HTTPResponse
from tornado.httputil import HTTPHeaders

def dog_to_cat(response):
    response.headers["I-Like"] = "tacos"
    response.body = response.body.replace(b"dog", b"cat")

# As in jupyter-server-proxy's documentation.
def cats_only(response, path):
    if path.startswith("/cat-club"):
        response.code = 403
        response.body = b"dogs not allowed"

def tells(response, request, orig_response, host, port, path):
    assert isinstance(orig_response.orig_response, HTTPResponse)
    told = [request.method, request.path, request.query, request.headers.get("X-Own")]
    told += [host, port, path, orig_response.code, orig_response.body]
    response.body = repr(told).encode()

class Stamp:
    def __init__(self, text):
        self.text = text

    def stamp(self, response, *, path="/", **more):
        response.headers["Stamp"] = f"{self.text} {path} {len(more)}"

def code(response, path):
    response.code = int(path.strip("/"))

def code_and_reason(response):
    response.code, response.reason = 201, "As You Wish"

def no_reason(response):
    response.reason = None

def headers(response, orig_response):
    response.headers = {"X-Only": "1", "Location": "/there", "Set-Cookie": "a=b; Path=/"}

def more_headers(response, orig_response):
    response.headers.add("Set-Cookie", "c=d")
    response.headers["X-Code"] = str(orig_response.code)
    del response.headers["X-App"]
    response.headers["Content-Length"] = "3"
    response.headers["Transfer-Encoding"] = "gzip"

async def later(response):
    await asyncio.sleep(0)
    response.body = b"later"

def fails(response):
    raise LookupError("the secret is " + response.headers["X-App"])

def ends(response):
    raise SystemExit("oh")

def asks(response, user):
    pass

def text(response):
    response.body = "text"

def header_of_two_lines(response):
    response.headers = {"X-Own": "1\\r\\nX-Evil: 1"}

def wrong_name(response):
    response.headers = {"X Own": "1"}

def not_latin(response):
    response.headers = {"X-Own": "\\u8fdc"}

def wrong_code(response):
    response.code = 99

def interim_code(response):
    response.code = 100

def original(response, orig_response):
    orig_response.body = b"changed"
    orig_response.headers["X-Changed"] = "1"

def appends(letter):
    def append(response):
        response.body += letter
    return append

functions = {
    "dogs": [dog_to_cat, cats_only],
    "cats": [cats_only, dog_to_cat],
    "tuple": (dog_to_cat, cats_only),
    "tells": tells,
    "stamp": Stamp("yes").stamp,
    "code": code,
    "code_and_reason": code_and_reason,
    "no_reason": no_reason,
    "headers": headers,
    "more_headers": more_headers,
    "later": later,
    "letters": [appends(b"a"), appends(b"b"), appends(b"c")],
    "original": original,
    "fails": fails,
    "ends": ends,
    "asks": asks,
    "text": text,
    "header_of_two_lines": header_of_two_lines,
    "wrong_name": wrong_name,
    "not_latin": not_latin,
    "wrong_code": wrong_code,
    "interim_code": interim_code,
}
c.ServerProxy.servers = {
    **{name: {"port": PORT, "rewrite_response": given} for name, given in functions.items()},
    "mapped": {"port": PORT, "rewrite_response": tells, "mappath": {"/from": "/to"}},
    "plain": {"port": PORT},
}
c.ServerProxy.non_service_rewrite_response = [dog_to_cat, tells]
"""

DOG = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nX-App: 1\r\n\r\n1 dog"


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory, backend: App) -> Iterator[Jupyter]:
    """Return a Jupyter that rewrites responses."""
    code = configuration(CODE, PORT=backend.port)
    with running(tmp_path_factory.mktemp("jupyter"), code=code, config=NO_PAGES) as jupyter:
        yield jupyter


@pytest.fixture
def recorded(backend: App) -> App:
    """Return that app with a new record and an answer about a dog."""
    backend.requests.clear()
    backend.record(DOG)
    return backend


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("dogs/", 200, b"1 cat"),
        ("dogs/cat-club", 403, b"dogs not allowed"),
        ("cats/cat-club", 403, b"cats not allowed"),
        ("tuple/cat-club", 403, b"dogs not allowed"),
        ("letters/", 200, b"1 dogabc"),
        ("later/", 200, b"later"),
        ("plain/", 200, b"1 dog"),
    ],
)
def test_functions_rewrite_in_their_order(
    named: Jupyter, recorded: App, path: str, status: int, body: bytes
) -> None:
    response = fetch(named, f"{BASE_URL}{path}")
    assert (response.status, response.body) == (status, body)
    assert response.value("Content-Length") == str(len(body))
    assert response.value("Content-Type") == "text/plain"
    is_about_cats = path.startswith(("dogs", "cats", "tuple"))
    assert response.value("I-Like") == ("tacos" if is_about_cats else None)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("tells/a%20b?c=%20", ["localhost", "{port}", "/a b"]),
        ("tells/", ["localhost", "{port}", "/"]),
        ("mapped/from", ["localhost", "{port}", "/to"]),
        ("proxy/{port}/a%20b?c=%20", ["localhost", "'{port}'", "/a b"]),
        ("proxy/127.0.0.1:{port}/a", ["127.0.0.1", "'{port}'", "/a"]),
        ("proxy/absolute/{port}/a", ["localhost", "'{port}'", "/a"]),
    ],
)
def test_functions_are_told_what_it_is_about(
    named: Jupyter, recorded: App, path: str, place: list[str]
) -> None:
    target = BASE_URL + path.format(port=recorded.port)
    asked, _, query = target.partition("?")
    host, port, within = place
    response = fetch(named, target, fields=[("X-Own", "mine")])
    told = (
        f"['GET', {asked!r}, {query!r}, 'mine', {host!r}, "
        f"{port.format(port=recorded.port)}, {within!r}, 200, b'1 dog']"
    )
    assert response.body.decode() == told


def test_a_function_may_be_a_method_that_asks_by_keyword(named: Jupyter, recorded: App) -> None:
    assert fetch(named, f"{BASE_URL}stamp/x").value("Stamp") == "yes /x 4"


@pytest.mark.parametrize(
    ("path", "reason"), [("code/404", "Not Found"), ("code/200", "OK"), ("code/799", "Unknown")]
)
def test_a_code_changes_its_reason(named: Jupyter, recorded: App, path: str, reason: str) -> None:
    response = fetch(named, f"{BASE_URL}{path}")
    assert (str(response.status), response.reason) == (path[-3:], reason)


def test_a_reason_of_ones_own_stays(named: Jupyter, recorded: App) -> None:
    response = fetch(named, f"{BASE_URL}code_and_reason/")
    assert (response.status, response.reason) == (201, "As You Wish")
    recorded.record(b"HTTP/1.1 200 Fine\r\nContent-Length: 0\r\n\r\n")
    assert fetch(named, f"{BASE_URL}code/404").reason == "Fine"
    assert fetch(named, f"{BASE_URL}no_reason/").reason == ""


def test_headers_are_rewritten(named: Jupyter, recorded: App) -> None:
    response = fetch(named, f"{BASE_URL}headers/")
    assert response.value("X-Only") == "1"
    assert response.values("Content-Type") == []
    # What a function sets is the app's, seen from outside.
    assert response.value("Location") == f"{BASE_URL}headers/there"
    assert response.value("Set-Cookie") == f"a=b; Path={BASE_URL}headers"
    recorded.record(
        b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nSet-Cookie: b=c\r\nX-App: 1\r\n"
        b"X-Latin: caf\xe9\r\nContent-Length: 2\r\n\r\nok"
    )
    response = fetch(named, f"{BASE_URL}more_headers/")
    assert [cookie.partition(";")[0] for cookie in response.values("Set-Cookie")] == [
        "a=b",
        "b=c",
        "c=d",
    ]
    assert (response.value("X-Code"), response.value("X-App")) == ("200", None)
    assert response.value("X-Latin") == "caf\xe9"
    # The length is told anew.
    assert (response.value("Content-Length"), response.body) == ("2", b"ok")
    assert response.values("Transfer-Encoding") == []


def test_the_original_stays_as_it_is(named: Jupyter, recorded: App) -> None:
    response = fetch(named, f"{BASE_URL}original/")
    assert (response.body, response.values("X-Changed")) == (b"1 dog", [])


@pytest.mark.parametrize("name", ["dogs", "tells"])
def test_a_request_with_a_body_is_answered(named: Jupyter, recorded: App, name: str) -> None:
    body = b"x" * 1_000_000
    response = fetch(named, f"{BASE_URL}{name}/x", "POST", body=body)
    assert response.status == 200
    assert recorded.last.body == body
    assert response.body == b"1 cat" or response.body.startswith(b"['POST', ")


def test_a_long_response_comes_whole(named: Jupyter, recorded: App) -> None:
    body = b"dog" * 3_000_000
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    recorded.record(head + body)
    assert fetch(named, f"{BASE_URL}dogs/").body == b"cat" * 3_000_000


def test_a_response_that_is_too_long_is_not_sent(named: Jupyter, recorded: App) -> None:
    length = 100 * 1024 * 1024 + 1
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n".encode()
    recorded.record(head + bytes(length))
    response = fetch(named, f"{BASE_URL}dogs/")
    assert (response.status, response.value("Porthole-Answer")) == (502, "too-long")


def test_an_app_that_never_ends_is_left(named: Jupyter, backend: App) -> None:
    """It would send for ever, and cost a core."""
    left = threading.Event()

    def play(connection: Connection) -> None:
        connection.read_request()
        connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while True:
                connection.send(b"100000\r\n" + bytes(0x100000) + b"\r\n")
        except OSError:
            left.set()

    for method, body in (("GET", b""), ("POST", b"x")):
        backend.play = play
        left.clear()
        response = fetch(named, f"{BASE_URL}dogs/", method, body=body)
        assert (response.status, response.value("Porthole-Answer")) == (502, "too-long")
        assert left.wait(30), method


#: Any app could end the sidecar by these, and with it the connections of all others.
UPSETTING = {
    "trailers that can't come": b"Trailer: X-Sum\r\nContent-Length: 5\r\n\r\n1 dog",
    "trailers": b"Trailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5\r\n1 dog\r\n0\r\nX-Sum: 1\r\n\r\n",
    "bytes behind the end": b"Content-Length: 5\r\n\r\n1 dog and more",
    "an end of the connection": b"Connection: close\r\nContent-Length: 5\r\n\r\n1 dog",
}


@pytest.mark.parametrize("what", UPSETTING)
def test_an_app_cannot_upset_the_sidecar(named: Jupyter, backend: App, what: str) -> None:
    def play(connection: Connection) -> None:
        # Before the body has come: the rest of the upload meets a closed connection.
        connection.read_head()
        connection.send(b"HTTP/1.1 413 Content Too Large\r\n" + UPSETTING[what])

    backend.play = play
    for _ in range(5):
        with Client(named) as client:
            # Whoever refuses an upload may reset the connection before all of it was sent.
            with contextlib.suppress(OSError):
                client.send(f"{BASE_URL}dogs/", "POST", body=bytes(3_000_000))
            with contextlib.suppress(OSError, HTTPException):
                assert client.receive().status in (413, 502)
    backend.record(DOG)
    assert fetch(named, f"{BASE_URL}dogs/").body == b"1 cat"
    assert "The sidecar ended" not in named.log()


def test_a_chunked_response_comes_whole(named: Jupyter, recorded: App) -> None:
    recorded.record(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n1 \r\n3\r\ndog\r\n0\r\n\r\n"
    )
    response = fetch(named, f"{BASE_URL}dogs/")
    assert (response.value("Content-Length"), response.body) == ("5", b"1 cat")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_has_no_body_gets_none(named: Jupyter, recorded: App, method: str) -> None:
    with Client(named) as client:
        for head in (
            b"HTTP/1.1 204 No Content\r\n\r\n",
            b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n',
            *([b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"] if method == "HEAD" else []),
        ):
            recorded.record(head)
            client.send(f"{BASE_URL}letters/", method)
            response = client.receive(method)
            assert (response.status, response.body) == (int(head[9:12]), b"")
            assert response.value("I-Like") is None


def test_encoded_bodies_come_as_they_are(named: Jupyter, recorded: App) -> None:
    body = gzip.compress(b"1 dog")
    recorded.record(
        f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    response = fetch(named, f"{BASE_URL}letters/")
    assert response.value("Content-Encoding") == "gzip"
    assert response.body == body + b"abc"


@pytest.mark.parametrize(
    "name",
    [
        "fails",
        "ends",
        "asks",
        "text",
        "header_of_two_lines",
        "wrong_name",
        "not_latin",
        "wrong_code",
        "interim_code",
    ],
)
def test_a_function_that_fails_is_told_of(named: Jupyter, recorded: App, name: str) -> None:
    before = named.log().count("A function of rewrite_response failed")
    with Client(named) as client:
        for method in ("GET", "POST"):
            client.send(f"{BASE_URL}{name}/", method, body=b"x" if method == "POST" else b"")
            response = client.receive()
            assert (response.status, response.value("Porthole-Answer")) == (502, "rewrite-failed")
            assert "could not be rewritten" in message(response)
            assert b"secret" not in response.body
    assert named.log().count("A function of rewrite_response failed") == before + 2


def test_an_app_that_breaks_off_is_told_of(named: Jupyter, backend: App) -> None:
    def play(connection: Connection) -> None:
        connection.read_request()
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nnot all")

    backend.play = play
    response = fetch(named, f"{BASE_URL}dogs/", "POST", body=b"x")
    assert (response.status, response.value("Porthole-Answer")) == (502, "broke-off")


def test_ports_are_rewritten_and_named_apps_arent(named: Jupyter, recorded: App) -> None:
    response = fetch(named, f"{BASE_URL}proxy/{recorded.port}/x")
    assert response.value("I-Like") == "tacos"
    assert fetch(named, f"{BASE_URL}plain/x").values("I-Like") == []


def test_our_own_answers_are_not_rewritten(named: Jupyter) -> None:
    response = fetch(named, f"{BASE_URL}proxy/1/")
    assert (response.status, response.value("I-Like")) == (502, None)


def test_websockets_are_left_alone(named: Jupyter, recorded: App) -> None:
    recorded.record(SWITCHING + b"\r\n1 dog")
    with Client(named) as client:
        client.send(f"{BASE_URL}dogs/", fields=HANDSHAKE)
        received = b""
        while not received.endswith(b"1 dog"):
            received += client.socket.recv(65536)
    assert received.startswith(b"HTTP/1.1 101 ")
    assert b"I-Like" not in received


@pytest.mark.parametrize(
    ("name", "fields"), [("plain", []), ("dogs", [("Accept", "text/event-stream")])]
)
def test_streams_pass_as_they_come(
    named: Jupyter, backend: App, name: str, fields: list[tuple[str, str]]
) -> None:
    """As with jupyter-server-proxy, event streams are never rewritten: they have no end."""
    may_go_on = threading.Event()

    def play(connection: Connection) -> None:
        connection.read_request()
        connection.send(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n7\r\ndata: 1\r\n"
        )
        assert may_go_on.wait(30)
        connection.send(b"7\r\ndata: 2\r\n0\r\n\r\n")

    backend.play = play
    with Client(named) as client:
        client.socket.settimeout(5)
        client.send(f"{BASE_URL}{name}/", fields=fields)
        try:
            response = client.head()
            assert response.read1() == b"data: 1"
        finally:
            may_go_on.set()
        assert response.read() == b"data: 2"


def test_rewriting_is_not_for_clients_to_ask(named: Jupyter, recorded: App) -> None:
    """Threat: somebody has functions of the configuration run on what they like."""
    fields = [("Porthole-Rewrite", '{"place": {"app": "dogs"}, "path": "/", "method": "GET"}')]
    body = b'{"status": 200, "reason": "", "headers": []}\n1 dog'
    for target in (f"{BASE_URL}api", f"{BASE_URL}plain/"):
        response = fetch(named, target, "POST", fields, body)
        assert b"cat" not in response.body
    assert fetch(named, f"{BASE_URL}plain/").body == b"1 dog"
    assert recorded.requests[0].body == body
    assert TOKEN not in repr(recorded.requests)
    recorded.record(OK)
