"""What a path names that is proxied; ``tests/protocol/paths.test.ts`` asks the same."""

from __future__ import annotations

import pytest

from jupyter_porthole.proxied_path import ProxiedPath, read_proxied_path
from jupyter_porthole.routes import Routes

ROUTES = Routes(
    "/jupyter/",
    {"a": "/jupyter/a", "a/b": "/jupyter/a/b", "my app": "/jupyter/my%20app"},
    own_paths=("/jupyter/a/own",),
)


@pytest.mark.parametrize("rest", ["/", "/x", "/../x"])
@pytest.mark.parametrize("way", ["", "absolute/"])
@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("8501", None),
        ("1", None),
        ("65535", None),
        ("node7:8787", "node7"),
        ("NODE7.cluster.example:80", "NODE7.cluster.example"),
        ("127.0.0.1:80", "127.0.0.1"),
        ("[fe80::1]:80", "[fe80::1]"),
    ],
)
def test_ports_are_named(name: str, host: str | None, way: str, rest: str) -> None:
    prefix = f"/jupyter/proxy/{way}{name}"
    place = {"port": int(name.rpartition(":")[2]), "host": host}
    expected = ProxiedPath(place, prefix, is_absolute=way != "")
    assert read_proxied_path(ROUTES, prefix + rest) == expected


@pytest.mark.parametrize("host", ["", "node7:", "absolute/", "absolute/node7:"])
@pytest.mark.parametrize(
    "port",
    [
        "",
        "0",
        "-1",
        "+9300",
        "09300",
        "65536",
        "99999",
        "100000",
        "9300.0",
        "0x2454",
        "９３００",  # noqa: RUF001
        "٩٣٠٠",
        "9300@evil",
        "9300:80@evil",
        "9300%40x",
        "9300;x",
        "9300\n",
        "9300:",
        "evil",
    ],
)
def test_other_texts_are_no_ports(port: str, host: str) -> None:
    """Threat: two readers of an address disagree about its port (CVE-2022-21697)."""
    assert read_proxied_path(ROUTES, f"/jupyter/proxy/{host}{port}/") is None


@pytest.mark.parametrize("host", ["", "a@b", "::1", "[::1", "[evil]", "a b", "nodé", "a%2Fb"])
def test_other_texts_are_no_hosts(host: str) -> None:
    assert read_proxied_path(ROUTES, f"/jupyter/proxy/{host}:8787/") is None


@pytest.mark.parametrize(
    ("path", "name", "prefix"),
    [
        ("/jupyter/a/", "a", "/jupyter/a"),
        ("/jupyter/a/x", "a", "/jupyter/a"),
        ("/jupyter/a/b/", "a/b", "/jupyter/a/b"),
        ("/jupyter/a/bc", "a", "/jupyter/a"),
        ("/jupyter/a/owned", "a", "/jupyter/a"),
        ("/jupyter/my%20app/x", "my app", "/jupyter/my%20app"),
    ],
)
def test_the_longest_name_counts(path: str, name: str, prefix: str) -> None:
    expected = ProxiedPath({"app": name}, prefix, is_absolute=False)
    assert read_proxied_path(ROUTES, path) == expected


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/jupyter/",
        "/jupyter/lab",
        "/jupyter/a",
        "/jupyter/ab/",
        "/jupyter/A/",
        "/jupyter/a/own",
        "/jupyter/a/own/x",
        "/jupyter/proxy/8501",
        "/jupyter/proxyz/8501/",
        "/proxy/8501/",
        "/x/jupyter/proxy/8501/",
    ],
)
def test_other_paths_name_nothing(path: str) -> None:
    assert read_proxied_path(ROUTES, path) is None


def test_there_may_be_no_ports() -> None:
    routes = Routes("/", {"app": "/proxy/8501"}, has_ports=False)
    expected = ProxiedPath({"app": "app"}, "/proxy/8501", is_absolute=False)
    assert read_proxied_path(routes, "/proxy/8501/x") == expected
    assert read_proxied_path(routes, "/proxy/8502/x") is None
