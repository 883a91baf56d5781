"""What frontends are told about named apps, as jupyter-server-proxy tells it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from support.client import fetch
from support.jupyter import BASE_URL, Jupyter, running
from support.named import NO_PAGES, WARY, configuration, describe

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PNG = b"\x89PNG\r\n\x1a\n and so on"

CODE = """
from pathlib import Path
c.ServerProxy.servers = {
    "defaults": {"port": 1},
    "all": {
        "port": 1,
        "new_browser_tab": False,
        "launcher_entry": {
            "enabled": False,
            "title": "A <title>",
            "path_info": "all/page?x=1#here",
            "category": "Other",
            "icon_path": FOLDER + "/icon.svg",
        },
    },
    "a b/\\xe9": {"port": 1, "launcher_entry": {"icon_path": Path(FOLDER) / "icon.png"}},
    "compressed": {"port": 1, "launcher_entry": {"icon_path": FOLDER + "/icon.svgz"}},
    "no_file": {"port": 1, "launcher_entry": {"icon_path": FOLDER + "/missing.svg"}},
    "folder": {"port": 1, "launcher_entry": {"icon_path": FOLDER}},
    "broken": {},
}
"""

INFO = f"{BASE_URL}server-proxy/servers-info"
ICON = f"{BASE_URL}server-proxy/icon"


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    """Return a Jupyter with apps that have tiles of all kinds."""
    folder = tmp_path_factory.mktemp("icons")
    for name, data in (("icon.svg", SVG), ("icon.png", PNG), ("icon.svgz", b"\x1f\x8b")):
        (folder / name).write_bytes(data)
    code = configuration(WARY + CODE, FOLDER=str(folder))
    with running(tmp_path_factory.mktemp("jupyter"), code=code, config=NO_PAGES) as jupyter:
        yield jupyter


def test_the_shape_is_jupyter_server_proxys(named: Jupyter) -> None:
    response = fetch(named, INFO)
    assert (response.value("Content-Type") or "").startswith("application/json")
    infos = json.loads(response.body)
    assert list(infos) == ["server_processes"]
    assert infos["server_processes"][:3] == [
        {
            "name": "defaults",
            "launcher_entry": {
                "enabled": True,
                "title": "defaults",
                "path_info": "defaults/",
                "category": "Notebook",
            },
            "new_browser_tab": True,
        },
        {
            "name": "all",
            "launcher_entry": {
                "enabled": False,
                "title": "A <title>",
                "path_info": "all/page?x=1#here",
                "category": "Other",
                "icon_url": f"{ICON}/all",
            },
            "new_browser_tab": False,
        },
        {
            "name": "a b/é",
            "launcher_entry": {
                "enabled": True,
                "title": "a b/é",
                "path_info": "a b/é/",
                "category": "Notebook",
                "icon_url": f"{ICON}/a%20b/%C3%A9",
            },
            "new_browser_tab": True,
        },
    ]
    assert "broken" not in [app["name"] for app in infos["server_processes"]]


@pytest.mark.parametrize(
    ("name", "kind", "data"),
    [
        ("all", "image/svg+xml", SVG),
        ("a%20b/%C3%A9", "image/png", PNG),
        ("a%20b%2F%C3%A9", "image/png", PNG),
        ("compressed", "application/octet-stream", b"\x1f\x8b"),
    ],
)
def test_icons_are_sent(named: Jupyter, name: str, kind: str, data: bytes) -> None:
    response = fetch(named, f"{ICON}/{name}")
    assert (response.status, response.body) == (200, data)
    assert response.value("Content-Type") == kind
    assert response.value("X-Content-Type-Options") == "nosniff"


def test_an_icon_is_no_program(named: Jupyter) -> None:
    """Threat: an SVG image that is opened as a page runs its scripts in Jupyter's origin."""
    policy = fetch(named, f"{ICON}/all").value("Content-Security-Policy") or ""
    assert "default-src 'none'" in policy
    assert "sandbox" in policy.split("; ")
    assert "script-src" not in policy
    assert "allow-scripts" not in policy


@pytest.mark.parametrize(
    "name", ["defaults", "no_file", "folder", "broken", "nobody", "all/x", "../all", "%2e%2e"]
)
def test_a_missing_icon_is_not_found(named: Jupyter, name: str) -> None:
    assert fetch(named, f"{ICON}/{name}").status == 404


def test_the_rest_interface_tells_the_same(named: Jupyter) -> None:
    app = describe(named, "all")
    assert (app["title"], app["category"], app["icon_url"]) == ("A <title>", "Other", f"{ICON}/all")
    assert describe(named, "a%20b/%C3%A9")["path"] == "a%20b/%C3%A9/"


@pytest.mark.parametrize("target", [INFO, f"{ICON}/all", f"{ICON}/nobody"])
def test_all_of_it_is_for_those_who_may(named: Jupyter, target: str) -> None:
    response = fetch(named, target, authorised=False)
    assert response.status == 302
    assert f"{BASE_URL}login?next=" in (response.value("Location") or "")
    assert fetch(named, target, fields=[("Forbid", "read:porthole")]).status == 403
