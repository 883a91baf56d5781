"""What named apps are started with, and where they listen."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.app import App, serving
from support.client import fetch
from support.jupyter import BASE_URL, Jupyter, running
from support.named import (
    NO_PAGES,
    PAGE,
    REPORTER,
    configuration,
    describe,
    message,
    opened,
    report,
)
from support.ports import free_port

CODE = """
import functools

class Maker:
    def command(self, port, base_url):
        return [*REPORTER, str(port), base_url]

    @staticmethod
    def environment(unix_socket, **known):
        return {"APP_SOCKET": f"<{unix_socket}>", "APP_KNOWN": " ".join(known)}

def some(port):
    return [*REPORTER, "{port}", str(type(port)), "{base_url}"]

def defaults(base_url, unknown="default", *more, port=0):
    return [*REPORTER, str(port), unknown, base_url, repr(more)]

def for_partial(flag, port):
    return [*REPORTER, str(port), flag]

def asks(port, username):
    return [*REPORTER, "{port}"]

def raises():
    raise LookupError("no licence")

def ends():
    raise SystemExit("no licence")

plain = [*REPORTER, "{port}"]
c.ServerProxy.servers = {
    "list": {"command": [*plain, "a b", "{{port}}", "{base_url}x", "-{unix_socket}-"]},
    "tuple": {"command": tuple(plain)},
    "more_templates": {"command": [*plain, "{prefix}", "{cwd}", "{python}"], "cwd": FOLDER},
    "group/app (1)": {"command": [*plain, "{prefix}"]},
    "some": {"command": some},
    "all": {"command": lambda **known: [*REPORTER, "{port}", *sorted(known)]},
    "defaults": {"command": defaults},
    "method": {"command": Maker().command, "environment": Maker.environment},
    "partial": {"command": functools.partial(for_partial, "bound")},
    "environment": {
        "command": plain,
        "environment": {"APP_{port}": "{base_url}:{port}", "APP_HOME": ""},
    },
    "folder": {"command": plain},
    "fixed_port": {"command": plain, "port": FIXED_PORT},
    "socket": {"command": [*REPORTER, "{unix_socket}", "{port}"], "unix_socket": True},
    "socket_path": {
        "command": [*REPORTER, "{unix_socket}"],
        "unix_socket": SOCKET + ".started",
        "port": FIXED_PORT,
    },
    "by_others": {"port": PORT},
    "by_others_2": {"command": [], "port": PORT},
    "by_others_3": {"command": lambda: [], "port": PORT},
    "by_others_socket": {"unix_socket": SOCKET},
    "nobody": {"port": FREE_PORT},
    "nobody_socket": {"unix_socket": SOCKET + ".missing"},
    "unknown_key": {"command": [*plain, "{user}"]},
    "wrong_braces": {"command": [*plain, "{\\"a\\": 1}"]},
    "unknown_argument": {"command": asks},
    "raises": {"command": raises},
    "ends": {"command": ends},
    "returns_text": {"command": lambda: "python -m http.server"},
    "returns_number": {"command": lambda: 42},
    "returns_numbers": {"command": lambda port: [*REPORTER, port]},
    "environment_raises": {"command": plain, "environment": raises},
    "environment_list": {"command": plain, "environment": lambda: ["A=1"]},
    "environment_number": {"command": plain, "environment": lambda: {"APP_A": 1}},
    "environment_key": {"command": plain, "environment": {"APP_A": "{no}"}},
    "no_folder": {"command": plain, "cwd": FOLDER + "/missing"},
}
c.Porthole.apps = {
    "folder": {"command": plain, "cwd": FOLDER},
    "home": {"command": plain, "cwd": "~"},
}
"""


@pytest.fixture(scope="module")
def fixed_port() -> int:
    """Return a port for an app that wants a certain one."""
    return free_port()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for what apps find and make."""
    return tmp_path_factory.mktemp("s")


@pytest.fixture(scope="module")
def named(
    tmp_path_factory: pytest.TempPathFactory, folder: Path, backend: App, fixed_port: int
) -> Iterator[Jupyter]:
    """Return a Jupyter with apps of many commands."""
    code = configuration(
        CODE,
        REPORTER=REPORTER,
        FOLDER=str(folder),
        SOCKET=str(folder / "socket"),
        PORT=backend.port,
        FIXED_PORT=fixed_port,
        FREE_PORT=free_port(),
    )
    environment = {"APP_INHERITED": "yes", "APP_HOME": "here"}
    with running(
        tmp_path_factory.mktemp("jupyter"), code=code, config=NO_PAGES, environment=environment
    ) as jupyter:
        yield jupyter


def _arguments(jupyter: Jupyter, name: str) -> list[str]:
    """Return what an app got, without its port, which has to be the right one."""
    told = report(fetch(jupyter, f"{BASE_URL}{name}/"))
    port, *arguments = told["arguments"]
    assert int(port) == describe(jupyter, name)["port"]
    return arguments


def test_a_command_is_a_list_of_templates(named: Jupyter) -> None:
    assert _arguments(named, "list") == ["a b", "{port}", f"{BASE_URL}x", "--"]
    assert _arguments(named, "tuple") == []


def test_there_are_more_templates(named: Jupyter, folder: Path) -> None:
    expected = [f"{BASE_URL}more_templates", str(folder), sys.executable]
    assert _arguments(named, "more_templates") == expected
    assert _arguments(named, "group/app%20(1)") == [f"{BASE_URL}group/app%20(1)"]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("some", ["<class 'int'>", BASE_URL]),
        ("all", ["base_url", "cwd", "port", "prefix", "python", "unix_socket"]),
        ("defaults", ["default", BASE_URL, "()"]),
        ("method", [BASE_URL]),
        ("partial", ["bound"]),
    ],
)
def test_a_function_gets_what_it_asks_for(named: Jupyter, name: str, arguments: list[str]) -> None:
    assert _arguments(named, name) == arguments


def test_the_environment_is_added_to_jupyters(named: Jupyter) -> None:
    told = report(fetch(named, f"{BASE_URL}environment/"))
    port = told["arguments"][0]
    assert told["environment"] == {
        "APP_INHERITED": "yes",
        "APP_HOME": "",
        f"APP_{port}": f"{BASE_URL}:{port}",
    }


def test_the_environment_may_be_a_function(named: Jupyter) -> None:
    told = report(fetch(named, f"{BASE_URL}method/"))
    assert told["environment"]["APP_SOCKET"] == "<>"
    known = {"port", "base_url", "prefix", "cwd", "python"}
    assert set(told["environment"]["APP_KNOWN"].split()) == known


def test_an_app_starts_where_jupyter_or_its_own_folder_is(named: Jupyter, folder: Path) -> None:
    assert report(fetch(named, f"{BASE_URL}list/"))["cwd"] == str(Path.cwd())
    assert report(fetch(named, f"{BASE_URL}folder/"))["cwd"] == str(folder)
    assert report(fetch(named, f"{BASE_URL}home/"))["cwd"] == str(Path.home())


def test_each_app_gets_a_free_port_of_its_own(named: Jupyter) -> None:
    ports = {report(fetch(named, f"{BASE_URL}{name}/"))["arguments"][0] for name in ("some", "all")}
    assert len(ports) == 2
    assert "0" not in ports


def test_a_port_can_be_chosen(named: Jupyter, fixed_port: int) -> None:
    told = report(fetch(named, f"{BASE_URL}fixed_port/"))
    assert told["arguments"] == [str(fixed_port)]


def test_a_socket_comes_instead_of_a_port(named: Jupyter, folder: Path) -> None:
    told = report(fetch(named, f"{BASE_URL}socket/x"))
    path, port = told["arguments"]
    assert (Path(path).is_socket(), port, told["target"]) == (True, "0", "/x")
    assert Path(path).stat().st_mode & 0o077 == 0 or Path(path).parent.stat().st_mode & 0o077 == 0
    with opened(named, f"{BASE_URL}socket/ws") as connection:
        connection.recv(timeout=30)
        connection.send("over the socket")
        assert connection.recv(timeout=30) == "over the socket"


def test_the_sockets_path_can_be_chosen_and_counts_more(named: Jupyter, folder: Path) -> None:
    told = report(fetch(named, f"{BASE_URL}socket_path/"))
    assert told["arguments"] == [str(folder / "socket.started")]


@pytest.mark.parametrize("name", ["by_others", "by_others_2", "by_others_3"])
def test_somebody_else_may_run_the_app(named: Jupyter, backend: App, name: str) -> None:
    backend.record()
    assert fetch(named, f"{BASE_URL}{name}/x").body == b"ok"
    assert backend.last.target == "/x"
    app = describe(named, name)
    assert (app["state"], app["port"], app["pid"]) == ("external", backend.port, None)


def test_somebody_else_may_listen_on_a_socket(named: Jupyter, folder: Path) -> None:
    with serving(unix_socket=folder / "socket") as app:
        app.record()
        assert fetch(named, f"{BASE_URL}by_others_socket/x").body == b"ok"
        assert app.last.target == "/x"


@pytest.mark.parametrize(("name", "place"), [("nobody", "port"), ("nobody_socket", "socket")])
def test_nobody_listens_where_somebody_else_should(named: Jupyter, name: str, place: str) -> None:
    response = fetch(named, f"{BASE_URL}{name}/")
    assert (response.status, response.value("Porthole-Answer")) == (502, "not-listening")
    assert message(response).startswith(f"Nothing listens on {name}")
    assert place in message(response)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("unknown_key", "{user}"),
        ("wrong_braces", '{"a": 1}'),
        ("unknown_argument", "username"),
        ("raises", "LookupError: no licence"),
        ("ends", "no licence"),
        ("returns_text", "'python -m http.server'"),
        ("returns_number", "42"),
        ("returns_numbers", "not a text"),
        ("environment_raises", "LookupError: no licence"),
        ("environment_list", "environment"),
        ("environment_number", "not a text"),
        ("environment_key", "{no}"),
        ("no_folder", "Folder not found"),
    ],
)
def test_what_cant_be_started_is_told_at_once(named: Jupyter, name: str, problem: str) -> None:
    response = fetch(named, f"{BASE_URL}{name}/")
    assert (response.status, response.value("Porthole-Answer")) == (502, "app-failed")
    assert problem in message(response)
    page = fetch(named, f"{BASE_URL}{name}/", fields=PAGE)
    assert (page.status, page.value("Porthole-Answer")) == (502, "app-failed")
    assert f"{name} is not running." in page.body.decode()
    assert describe(named, name)["state"] == "failed"
