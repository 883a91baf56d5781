"""Which headers named apps get."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from support.app import App, Request
from support.client import fetch
from support.handshake import HANDSHAKE, SWITCHING
from support.jupyter import BASE_URL, TOKEN, Jupyter, running
from support.named import NO_PAGES, configuration, message

CODE = """
calls = []

def counted(port):
    calls.append(port)
    return {"X-Count": str(len(calls))}

def fails():
    raise LookupError("no secret")

named = {
    "plain": {},
    "table": {
        "request_headers_override": {
            "X-Own": "{base_url}:{port}:{unix_socket}:{prefix}",
            "X-{port}": "1",
            "user-agent": "override",
            "X-Empty": "",
            "X-Latin": "caf\\xe9",
        }
    },
    "function": {"request_headers_override": lambda port, base_url: {"X-Own": "{port}"}},
    "counted": {"request_headers_override": counted},
    "credentials": {
        "request_headers_override": {
            "Host": "app.example",
            "Authorization": "Basic YTpi",
            "Cookie": "a=b",
            "X-Forwarded-Prefix": "/elsewhere",
        }
    },
    "framing": {
        "request_headers_override": {
            "Content-Length": "3",
            "Transfer-Encoding": "gzip",
            "Connection": "close",
            "Upgrade": "h2c",
            "TE": "trailers",
            "X-Own": "yes",
        }
    },
    "client": {"host": "client"},
    "client_whole": {"host": "client", "absolute_url": True},
    "fails": {"request_headers_override": fails},
    "unknown_key": {"request_headers_override": {"X-Own": "{user}"}},
    "number": {"request_headers_override": lambda: {"X-Own": 1}},
    "list": {"request_headers_override": lambda: [("X-Own", "1")]},
    "two_lines": {"request_headers_override": {"X-Own": "1\\r\\nX-Evil: 1"}},
    "not_latin": {"request_headers_override": {"X-Own": "\\u8fdc"}},
    "wrong_name": {"request_headers_override": {"X Own": "1"}},
    "no_name": {"request_headers_override": {"": "1"}},
}
for options in named.values():
    options["port"] = PORT
c.Porthole.apps = named
"""


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory, backend: App) -> Iterator[Jupyter]:
    """Return a Jupyter with apps that want other headers."""
    code = configuration(CODE, PORT=backend.port)
    with running(tmp_path_factory.mktemp("jupyter"), code=code, config=NO_PAGES) as jupyter:
        yield jupyter


Ask = Callable[..., Request]


@pytest.fixture(params=["GET", "POST", "handshake"])
def ask(request: pytest.FixtureRequest, named: Jupyter, recorded: App) -> Ask:
    """Return a function that asks a named app and returns what that got."""
    method = request.param

    def ask(name: str, fields: list[tuple[str, str]] | None = None) -> Request:
        target = f"{BASE_URL}{name}/x"
        if method == "handshake":
            recorded.record(SWITCHING + b"\r\n")
            response = fetch(named, target, fields=[*HANDSHAKE, *(fields or [])])
            assert response.status == 101
        else:
            body = b"hello" if method == "POST" else b""
            assert fetch(named, target, method, fields, body).status == 200
            assert recorded.last.body == body
        return recorded.last

    return ask


def test_headers_are_set(ask: Ask, recorded: App) -> None:
    port = recorded.port
    got = ask("table", [("User-Agent", "client"), ("x-own", "client"), ("X-Other", "client")])
    assert got.value("X-Own") == f"{BASE_URL}:{port}::{BASE_URL}table"
    assert got.value(f"X-{port}") == "1"
    assert got.value("User-Agent") == "override"
    assert got.value("X-Empty") == ""
    assert got.value("X-Latin") == "café"
    assert got.value("X-Other") == "client"


def test_a_function_may_make_them(ask: Ask, recorded: App) -> None:
    assert ask("function").value("X-Own") == str(recorded.port)


def test_a_function_is_asked_once_a_grant(named: Jupyter, recorded: App) -> None:
    counts = []
    for path in ("a", "b", "c"):
        fetch(named, f"{BASE_URL}counted/{path}")
        counts.append(recorded.last.value("X-Count"))
    assert counts == [counts[0]] * 3


def test_what_is_ours_otherwise_can_be_set(ask: Ask) -> None:
    got = ask("credentials", [("Cookie", "c=d"), ("X-Forwarded-Prefix", "/client")])
    assert got.value("Host") == "app.example"
    assert got.value("Authorization") == "Basic YTpi"
    assert got.value("Cookie") == "a=b"
    assert got.value("X-Forwarded-Prefix") == "/elsewhere"


def test_framing_cant_be_set(ask: Ask) -> None:
    """Threat: a request could hide another one that nobody has judged."""
    connection = ask("plain").values("Connection")
    got = ask("framing")
    assert got.value("X-Own") == "yes"
    assert got.values("Transfer-Encoding") == []
    assert got.values("TE") == []
    assert got.value("Content-Length") == ("5" if got.line.startswith("POST") else None)
    assert got.value("Upgrade") in (None, "websocket")
    assert got.values("Connection") == connection


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("fails", "LookupError: no secret"),
        ("unknown_key", "{user}"),
        ("number", "not a text"),
        ("list", "request_headers_override returned"),
        ("two_lines", "request_headers_override"),
        ("not_latin", "request_headers_override"),
        ("wrong_name", "request_headers_override"),
        ("no_name", "request_headers_override"),
    ],
)
def test_headers_that_cant_be_set_are_told_of(
    named: Jupyter, recorded: App, name: str, problem: str
) -> None:
    for method, fields in (("GET", []), ("POST", []), ("GET", HANDSHAKE)):
        response = fetch(named, f"{BASE_URL}{name}/", method, fields)
        assert (response.status, response.value("Porthole-Answer")) == (502, "app-failed")
        assert problem in message(response)
    assert recorded.requests == []


def test_an_app_is_addressed_by_its_own_name(ask: Ask, named: Jupyter, recorded: App) -> None:
    page = f"{named.origin}{BASE_URL}plain/page?x"
    got = ask("plain", [("Origin", named.origin), ("Referer", page)])
    own = f"http://localhost:{recorded.port}"
    assert got.value("Host") == f"localhost:{recorded.port}"
    assert got.value("Origin") == own
    assert got.value("Referer") == f"{own}/page?x"


@pytest.mark.parametrize("name", ["client", "client_whole"])
def test_an_app_may_want_the_clients_host(ask: Ask, named: Jupyter, name: str) -> None:
    page = f"{named.origin}{BASE_URL}{name}/page?x"
    got = ask(name, [("Origin", named.origin), ("Referer", page)])
    assert got.value("Host") == named.host
    assert got.value("Origin") == named.origin
    assert got.value("Referer") == page


def test_pages_of_jupyter_are_not_told(ask: Ask, named: Jupyter) -> None:
    for name in ("plain", "client"):
        page = f"{named.origin}{BASE_URL}lab/tree/secret.ipynb?token={TOKEN}"
        referer = ask(name, [("Referer", page)]).value("Referer") or ""
        assert "secret" not in referer
        assert TOKEN not in referer


@pytest.mark.parametrize("name", ["plain", "client", "table"])
def test_credentials_of_jupyter_are_kept_back(ask: Ask, name: str) -> None:
    got = ask(name, [("Cookie", "own=1; jupyterhub-session-id=x; b=2")])
    assert got.value("Cookie") == "own=1; b=2"
    assert got.values("Authorization") == []
    assert TOKEN not in got.line


def test_an_apps_own_cookies_go_there(ask: Ask) -> None:
    assert ask("plain", [("Cookie", "a=b; c=d")]).value("Cookie") == "a=b; c=d"
