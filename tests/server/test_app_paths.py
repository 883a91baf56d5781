"""Which paths named apps are asked for, and where their answers lead."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from support.app import App
from support.client import fetch
from support.handshake import HANDSHAKE, SWITCHING
from support.jupyter import BASE_URL, Jupyter, running
from support.message import PREFIX_FIELDS
from support.named import NO_PAGES, configuration, message

CODE = """
class Maps:
    def __call__(self, path):
        return "/called" + path

async def later(path):
    return "/later" + path

def fails(path):
    raise LookupError("no such page")

asked = []

def counts(path):
    asked.append(path)
    return f"/{len(asked)}"

named = {
    "plain": {},
    "a name": {},
    "group/app": {},
    "whole": {"absolute_url": True},
    "table": {
        "mappath": {
            "/": "/index.html",
            "/a b": "/c d\\xe9?e#f%41",
            "/\\u8fdc": "relative",
            "/query": "/page?x=1",
            "/self": "/self",
        }
    },
    "whole_table": {"mappath": {"/": "/index.html"}, "absolute_url": True},
    "function": {"mappath": lambda path: path.upper()},
    "same": {"mappath": lambda path: path},
    "object": {"mappath": Maps()},
    "async": {"mappath": later},
    "fails": {"mappath": fails},
    "nothing": {"mappath": lambda path: None},
    "wrong_argument": {"mappath": lambda url: url},
    "counts": {"mappath": counts},
}
for options in named.values():
    options["port"] = PORT
c.ServerProxy.servers = named
"""


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory, backend: App) -> Iterator[Jupyter]:
    """Return a Jupyter with apps that want their paths otherwise."""
    code = configuration(CODE, PORT=backend.port)
    with running(tmp_path_factory.mktemp("jupyter"), code=code, config=NO_PAGES) as jupyter:
        yield jupyter


@pytest.fixture(params=["request", "handshake"])
def ask(request: pytest.FixtureRequest, named: Jupyter, recorded: App) -> Callable[[str], str]:
    """Return a function that asks a named app for a path, and returns the target that it got."""
    is_handshake = request.param == "handshake"
    if is_handshake:
        recorded.record(SWITCHING + b"\r\n")

    def ask(path: str) -> str:
        fields = HANDSHAKE if is_handshake else []
        response = fetch(named, f"{BASE_URL}{path}", fields=fields)
        assert response.status == (101 if is_handshake else 200), response.body
        return recorded.last.target

    return ask


@pytest.mark.parametrize(
    "rest",
    [
        "/",
        "/x",
        "//x//",
        "/%2F%2e%2E/x",
        "/a/./b/../c",
        "/?",
        "/x?a=%20+%C3%A9&b",
        "/%23x%3Fy",
        "/;v=1,w:@!$&'()*+",
        "/%e4%bd%a0%FF",
    ],
)
@pytest.mark.parametrize("name", ["plain", "a%20name", "group/app"])
def test_bytes_after_the_name_go_out_unchanged(
    ask: Callable[[str], str], name: str, rest: str
) -> None:
    assert ask(f"{name}{rest}") == rest


@pytest.mark.parametrize("rest", ["/", "//x", "/%2Fx?a=b"])
def test_an_app_may_get_the_whole_path(ask: Callable[[str], str], rest: str) -> None:
    assert ask(f"whole{rest}") == f"{BASE_URL}whole{rest}"


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("table/", "/index.html"),
        ("table/?a=%20b", "/index.html?a=%20b"),
        ("table/a%20b?q", "/c%20d%C3%A9?e%23f%2541&q"),
        ("table/%61%20b", "/c%20d%C3%A9?e%23f%2541"),
        ("table/%E8%BF%9C", "/relative"),
        ("table/query", "/page?x=1"),
        ("table/query?y=2", "/page?x=1&y=2"),
        ("table/self", "/self"),
        ("table/other%2Fx", "/other%2Fx"),
        ("table//", "//"),
        ("whole_table/", f"{BASE_URL}whole_table/index.html"),
        ("whole_table/x", f"{BASE_URL}whole_table/x"),
        ("function/a%20b/%c3%a9?q=r", "/A%20B/%C3%89?q=r"),
        ("function/%FF", "/%FF"),
        ("same/a%20b/%c3%a9?q=r", "/a%20b/%c3%a9?q=r"),
        ("object/x", "/called/x"),
        ("async/x", "/later/x"),
    ],
)
def test_paths_are_mapped(named: Jupyter, recorded: App, path: str, target: str) -> None:
    assert fetch(named, f"{BASE_URL}{path}").status == 200
    assert recorded.last.target == target


@pytest.mark.parametrize("path", ["table/", "function/a%20b", "fails/x"])
def test_paths_of_websockets_are_not_mapped(named: Jupyter, recorded: App, path: str) -> None:
    recorded.record(SWITCHING + b"\r\n")
    assert fetch(named, f"{BASE_URL}{path}", fields=HANDSHAKE).status == 101
    assert recorded.last.target == path[path.index("/") :]


def test_a_path_without_its_slash_is_mapped_too(named: Jupyter, recorded: App) -> None:
    assert fetch(named, f"{BASE_URL}table", "POST").status == 200
    assert recorded.last.target == "/index.html"


def test_a_function_is_asked_about_each_path(named: Jupyter, recorded: App) -> None:
    """Threat: what holds for one path would be used for another one."""
    targets = []
    for path in ("a", "b", "c?x", "d?x"):
        assert fetch(named, f"{BASE_URL}counts/{path}").status == 200
        targets.append(recorded.last.target)
    assert targets == ["/1", "/2", "/3?x", "/4?x"]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("fails", "mappath raised LookupError: no such page"),
        ("nothing", "mappath returned None"),
        ("wrong_argument", "'url'"),
    ],
)
def test_a_function_that_fails_is_told_of(
    named: Jupyter, recorded: App, name: str, problem: str
) -> None:
    response = fetch(named, f"{BASE_URL}{name}/x")
    assert (response.status, response.value("Porthole-Answer")) == (502, "app-failed")
    assert problem in message(response)
    assert problem in named.log()
    assert recorded.requests == []


@pytest.mark.parametrize(
    ("name", "forwarded"),
    [("plain", "plain"), ("a%20name", "a%20name"), ("group/app", "group/app"), ("whole", None)],
)
def test_an_app_is_told_where_it_is_seen(
    ask: Callable[[str], str], named: Jupyter, recorded: App, name: str, forwarded: str | None
) -> None:
    ask(f"{name}/x")
    prefix = None if forwarded is None else f"{BASE_URL}{forwarded}"
    for field in PREFIX_FIELDS:
        assert recorded.last.value(field) == prefix
    assert recorded.last.value("X-Forwarded-Host") == named.host
    assert recorded.last.value("X-Forwarded-Proto") == "http"
    assert recorded.last.value("Host") == f"localhost:{recorded.port}"


@pytest.mark.parametrize("name", ["plain", "a%20name", "group/app", "table"])
def test_answers_stay_below_the_name(named: Jupyter, recorded: App, name: str) -> None:
    prefix = f"{BASE_URL}{name}"
    for location, expected in (
        ("/x?y", f"{prefix}/x?y"),
        (f"http://localhost:{recorded.port}/x", f"{prefix}/x"),
        (f"{prefix}/x", f"{prefix}/x"),
        ("x", "x"),
        ("https://elsewhere.example/x", "https://elsewhere.example/x"),
    ):
        recorded.record(
            b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n"
            b"Set-Cookie: a=b; Path=/; Domain=example.org\r\n"
            b"Location: " + location.encode() + b"\r\n\r\n"
        )
        response = fetch(named, f"{prefix}/")
        assert response.value("Location") == expected
        assert response.value("Set-Cookie") == f"a=b; Path={prefix}"


def test_answers_to_the_whole_path_are_right_already(named: Jupyter, recorded: App) -> None:
    prefix = f"{BASE_URL}whole"
    recorded.record(
        b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nSet-Cookie: a=b; Path=/\r\n"
        b"Location: " + f"{prefix}/x".encode() + b"\r\n\r\n"
    )
    response = fetch(named, f"{prefix}/")
    assert response.value("Location") == f"{prefix}/x"
    assert response.value("Set-Cookie") == f"a=b; Path={prefix}"


def test_cookies_of_a_handshake_stay_below_the_name(named: Jupyter, recorded: App) -> None:
    recorded.record(SWITCHING + b"Set-Cookie: a=b; Path=/\r\n\r\n")
    response = fetch(named, f"{BASE_URL}plain/ws", fields=HANDSHAKE)
    assert response.value("Set-Cookie") == f"a=b; Path={BASE_URL}plain"
