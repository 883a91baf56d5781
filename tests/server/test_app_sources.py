"""Where named apps come from, by which name they are reached, and what harm a wrong one does."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from support.app import App
from support.client import fetch
from support.jupyter import BASE_URL, Jupyter, running
from support.named import NO_PAGES, PAGE, REST, configuration, describe, message

#: Two packages that announce apps.
MODULE = """
import sys

PORT = {port}


def good():
    return {{"port": PORT, "launcher_entry": {{"title": "From a package"}}}}


def raises():
    raise RuntimeError("R is not installed")


def ends():
    sys.exit("no R")


def nonsense():
    return 42


def wrong():
    return {{"port": "eighty"}}
"""
ENTRY_POINTS = {
    "first-package": """
        of_package = named_apps:good
        of_two = named_apps:good
        of_three = named_apps:good
        rescued = named_apps:raises
        a name = named_apps:good
        missing = no_such_module:setup
        missing_function = named_apps:no_such_function
        raises = named_apps:raises
        ends = named_apps:ends
        nonsense = named_apps:nonsense
        wrong = named_apps:wrong
        """,
    "second-package": """
        second = named_apps:good
        """,
}

CODE = """
from jupyter_server_proxy.config import LauncherEntry, ServerProcess
from traitlets import Dict, HasTraits, Int, Unicode

class OwnClass(HasTraits):
    port = Int(PORT)
    mappath = Dict({"/": "/mapped"})
    comment = Unicode("is no option")

def app(title):
    return {"port": PORT, "launcher_entry": {"title": title}}

c.ServerProxy.servers = {
    "of_two": app("of servers"),
    "of_three": app("of servers"),
    "rescued": app("of servers"),
    "a.*b": app("literal"),
    "a": app("short"),
    "a/b": app("long"),
    "a/b/c/": app("longest"),
    "caf\\xe9 (1)": app("accent"),
    "\\u8fdc\\u7a0b": app("Chinese"),
    "q?x=1&y#z%41": app("odd"),
    "proxy": app("reserved"),
    "api/contents": app("reserved"),
    "../up": app("outside"),
    "a//b": app("empty part"),
    "real": ServerProcess(
        port=PORT,
        new_browser_tab=False,
        absolute_url=True,
        launcher_entry=LauncherEntry(enabled=False, category="Console"),
    ),
    "own_class": OwnClass(),
    "renamed_here": ServerProcess(name="other_name", port=PORT),
    "own_name": {"name": "given_name", "port": PORT},
    "not_found": ServerProcess(command=["/no/such/program"]),
    "typo": {"port": PORT, "tiemout": 3, "launcher_entry": {"titel": "x"}},
    "nothing": {},
    "not_a_dictionary": 42,
    "text_command": {"command": "python -m http.server"},
    "pattern": {"port": PORT, "exclude_last_activity_patterns": ["("]},
    "wrong_tile": {"port": PORT, "launcher_entry": "Title"},
    "no_port": {"command": ["x"], "port": 70000},
    "below_0": {"port": -5},
    "zero_byte": {"command": ["x"], "unix_socket": "a\\0b"},
    "wrong_mapping": {"port": PORT, "mappath": {"/": 5}},
    "replaced": app("of servers"),
}
# As several files of a configuration do it.
c.ServerProxy.servers["added"] = app("added")
c.Porthole.apps = {
    "of_three": app("of Porthole"),
    "replaced": {"command": 42},
    "ours": {
        "command": ["/no/such/program"],
        "cwd": "~",
        "readiness_path": "/ready",
        "host": "client",
        "restart": "never",
        "https": True,
        "verify_certificate": False,
        "certificate_authorities": "/no/such/file",
    },
    "wrong_choice": {"port": PORT, "host": "somebody"},
}
"""


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory, backend: App) -> Iterator[Jupyter]:
    """Return a Jupyter with apps of all sources."""
    packages = tmp_path_factory.mktemp("packages")
    (packages / "named_apps.py").write_text(MODULE.format(port=backend.port))
    for name, points in ENTRY_POINTS.items():
        _install(packages, name, points)
    # An empty entry would be the folder that this is run in.
    path = os.pathsep.join(filter(None, [str(packages), os.environ.get("PYTHONPATH")]))
    with running(
        tmp_path_factory.mktemp("jupyter"),
        code=configuration(CODE, PORT=backend.port),
        config=NO_PAGES,
        environment={"PYTHONPATH": path},
    ) as jupyter:
        yield jupyter


def _install(folder: Path, name: str, points: str) -> None:
    metadata = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    lines = [line.strip() for line in points.splitlines()]
    (metadata / "entry_points.txt").write_text("\n".join(["[jupyter_serverproxy_servers]", *lines]))


@pytest.mark.parametrize(
    ("name", "source", "title"),
    [
        ("of_package", "the package first-package", "From a package"),
        ("second", "the package second-package", "From a package"),
        ("of_two", "c.ServerProxy.servers", "of servers"),
        ("of_three", "c.Porthole.apps", "of Porthole"),
        ("added", "c.ServerProxy.servers", "added"),
        # What can't be used doesn't push aside what can.
        ("rescued", "c.ServerProxy.servers", "of servers"),
        ("replaced", "c.ServerProxy.servers", "of servers"),
    ],
)
def test_the_last_source_counts(
    named: Jupyter, recorded: App, name: str, source: str, title: str
) -> None:
    app = describe(named, name)
    assert (app["source"], app["title"]) == (source, title)
    assert fetch(named, f"{BASE_URL}{name}/x").body == b"ok"
    assert recorded.last.target == "/x"


def test_one_log_line_says_who_has_replaced_whom(named: Jupyter) -> None:
    def lines(name: str) -> list[str]:
        return re.findall(rf"The app '{name}' of (.*)", named.log())

    assert lines("of_two") == [
        "c.ServerProxy.servers takes the place of that of the package first-package."
    ]
    assert lines("of_three") == [
        "c.ServerProxy.servers takes the place of that of the package first-package.",
        "c.Porthole.apps takes the place of that of c.ServerProxy.servers.",
    ]
    assert lines("added") == []


BROKEN = {
    "missing": "No module named 'no_such_module'",
    "missing_function": "no_such_function",
    "raises": "RuntimeError: R is not installed",
    "ends": "no R",
    "nonsense": "int, not a dictionary",
    "wrong": "port",
    "nothing": "no command, no port and no path",
    "not_a_dictionary": "int, not a dictionary",
    "text_command": "command",
    "pattern": "exclude_last_activity_patterns",
    "wrong_tile": "not a dictionary",
    "wrong_choice": "host",
    "no_port": "70000 is no port",
    "below_0": "-5 is no port",
    "zero_byte": "zero byte",
    "wrong_mapping": "mappath",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_app_says_what_is_wrong(named: Jupyter, name: str) -> None:
    response = fetch(named, f"{BASE_URL}{name}/")
    assert (response.status, response.value("Porthole-Answer")) == (502, "app-failed")
    assert BROKEN[name] in message(response)
    page = fetch(named, f"{BASE_URL}{name}/", fields=PAGE)
    assert page.status == 502
    assert page.value("Content-Type") == "text/html; charset=utf-8"
    text = unescape(page.body.decode())
    assert f"{name} is not running." in text
    assert BROKEN[name] in text
    app = describe(named, name)
    assert app["state"] == "failed"
    assert BROKEN[name] in app["failure"]
    assert len(re.findall(f"The app '{name}' .* can't be used", named.log())) == 1


def test_a_broken_app_has_no_tile(named: Jupyter) -> None:
    infos = json.loads(fetch(named, f"{BASE_URL}server-proxy/servers-info").body)
    assert not BROKEN.keys() & {app["name"] for app in infos["server_processes"]}
    apps = json.loads(fetch(named, REST).body)["apps"]
    assert not any(app["enabled"] for app in apps if app["name"] in BROKEN)


def test_an_unknown_option_is_told_of(named: Jupyter, recorded: App) -> None:
    assert fetch(named, f"{BASE_URL}typo/").status == 200
    assert "'typo' of c.ServerProxy.servers has an unknown option: tiemout" in named.log()


def test_jupyter_server_proxys_own_class_will_do(named: Jupyter, recorded: App) -> None:
    app = describe(named, "real")
    assert (app["enabled"], app["category"], app["new_browser_tab"]) == (False, "Console", False)
    assert fetch(named, f"{BASE_URL}real/x").status == 200
    assert recorded.last.target == f"{BASE_URL}real/x"
    assert "/no/such/program" in message(fetch(named, f"{BASE_URL}not_found/"))


def test_a_class_like_it_will_do(named: Jupyter, recorded: App) -> None:
    assert fetch(named, f"{BASE_URL}own_class/").status == 200
    assert recorded.last.target == "/mapped"


@pytest.mark.parametrize("name", ["other_name", "given_name"])
def test_a_name_among_the_options_counts_more(named: Jupyter, recorded: App, name: str) -> None:
    assert fetch(named, f"{BASE_URL}{name}/").status == 200


def test_the_options_that_jupyter_server_proxy_lacks(named: Jupyter) -> None:
    assert "/no/such/program" in message(fetch(named, f"{BASE_URL}ours/"))
    assert "The app 'ours'" not in named.log()


@pytest.mark.parametrize(
    ("path", "prefix"),
    [
        ("a", "a"),
        ("a/x", "a"),
        ("a/bc", "a"),
        ("a/b", "a/b"),
        ("a/b/x", "a/b"),
        ("a/b/c/x", "a/b/c"),
        ("a/%62/x", "a"),
        ("a.*b/x", "a.*b"),
        ("a%20name/x", "a%20name"),
        ("caf%C3%A9%20(1)/x", "caf%C3%A9%20(1)"),
        ("%E8%BF%9C%E7%A8%8B/x", "%E8%BF%9C%E7%A8%8B"),
        ("q%3Fx=1&y%23z%2541/x", "q%3Fx=1&y%23z%2541"),
    ],
)
def test_a_name_is_a_literal_and_the_longest_wins(
    named: Jupyter, recorded: App, path: str, prefix: str
) -> None:
    assert fetch(named, f"{BASE_URL}{path}", "POST").status == 200
    assert recorded.last.target == path[len(prefix) :] or "/"
    assert recorded.last.value("X-Forwarded-Prefix") == f"{BASE_URL}{prefix}"


@pytest.mark.parametrize("path", ["axxb/", "ab/", "A/", "of_packages/", "of_package.x/"])
def test_what_only_resembles_a_name_is_jupyters(named: Jupyter, recorded: App, path: str) -> None:
    assert fetch(named, f"{BASE_URL}{path}", "POST").status in (403, 404)
    assert recorded.requests == []


@pytest.mark.parametrize("query", ["", "?", "?a=b&c"])
@pytest.mark.parametrize("path", ["of_package", "a/b", "a%20name"])
def test_a_missing_slash_is_added(named: Jupyter, recorded: App, path: str, query: str) -> None:
    for method in ("GET", "HEAD"):
        response = fetch(named, f"{BASE_URL}{path}{query}", method)
        assert response.status == 302
        assert response.value("Location") == f"{BASE_URL}{path}/{query}"
    assert recorded.requests == []


@pytest.mark.parametrize("name", ["proxy", "api/contents", "../up", "a//b"])
def test_a_name_that_would_hide_jupyter_is_left_out(named: Jupyter, name: str) -> None:
    assert re.findall(rf"The app '{re.escape(name)}' of \S+ is left out: .*\.", named.log())
    assert name not in {app["name"] for app in json.loads(fetch(named, REST).body)["apps"]}
    assert fetch(named, f"{BASE_URL}api/contents").status == 200
