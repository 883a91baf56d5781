"""How apps live below their public path: found out, or as the configuration says it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.app import App
from support.client import fetch
from support.jupyter import BASE_URL, Jupyter, running
from support.named import NO_PAGES, PAGE, configuration

from jupyter_porthole.sub_paths import read_sub_paths

#: A page that believes to live at the root, and one that doesn't say.
ROOTED = b'<!DOCTYPE html><title>x</title><a href="/next">next</a>'
RELATIVE = b'<!DOCTYPE html><title>x</title><a href="next">next</a>'

CODE = """
c.Porthole.sub_paths = {PORT: MODE}
c.Porthole.apps = {"app": {"port": PORT, "sub_path": MODE}}
"""


@dataclass
class Home:
    """Where an app is seen."""

    jupyter: Jupyter
    mode: str
    prefix: str


def page(html: bytes) -> bytes:
    """Return a response with a page."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(html)}\r\n\r\n"
    return head.encode() + html


@pytest.fixture(scope="module", params=["auto", "strip", "absolute", "fix"])
def configured(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, backend: App
) -> Iterator[tuple[Jupyter, str]]:
    """Return a Jupyter that says how an app lives, and how that is."""
    code = configuration(CODE, PORT=backend.port, MODE=request.param)
    folder = tmp_path_factory.mktemp("jupyter")
    with running(folder, code=code, config=NO_PAGES) as jupyter:
        yield jupyter, request.param


@pytest.fixture(params=["port", "name"])
def home(request: pytest.FixtureRequest, configured: tuple[Jupyter, str], recorded: App) -> Home:
    """Return where it is seen."""
    jupyter, mode = configured
    path = f"proxy/{recorded.port}" if request.param == "port" else "app"
    return Home(jupyter, mode, f"{BASE_URL}{path}")


def test_the_path_is_stripped_or_sent_whole(home: Home, recorded: App) -> None:
    assert fetch(home.jupyter, f"{home.prefix}/x?y").status == 200
    assert recorded.last.target == (f"{home.prefix}/x?y" if home.mode == "absolute" else "/x?y")


def test_a_page_is_corrected_that_needs_it(home: Home, recorded: App) -> None:
    recorded.record(page(ROOTED))
    body = fetch(home.jupyter, f"{home.prefix}/", fields=PAGE).body
    if home.mode in ("auto", "fix"):
        assert f'<a href="{home.prefix}/next">'.encode() in body
        assert b"<script data-porthole=" in body
    else:
        assert body == ROOTED


def test_another_page_is_corrected_only_by_order(home: Home, recorded: App) -> None:
    recorded.record(page(RELATIVE))
    response = fetch(home.jupyter, f"{home.prefix}/", fields=PAGE)
    if home.mode == "fix":
        assert b"<script data-porthole=" in response.body
    else:
        assert response.body == RELATIVE
        assert response.value("Content-Length") == str(len(RELATIVE))


def test_only_pages_are_corrected(home: Home, recorded: App) -> None:
    recorded.record(page(ROOTED))
    accept = [("Accept", "*/*")]
    assert fetch(home.jupyter, f"{home.prefix}/", fields=accept).body == ROOTED


def test_what_makes_no_sense_is_told(tmp_path: Path, app: App) -> None:
    config = {**NO_PAGES, "Porthole": {"sub_paths": {"8501": "never"}}}
    with running(tmp_path, config=config) as jupyter:
        assert fetch(jupyter, f"{BASE_URL}proxy/{app.port}/").status == 200
        assert "Porthole.sub_paths must be ports with" in jupyter.log()


@pytest.mark.parametrize("wrong", [{"0": "fix"}, {65536: "fix"}, {"eight": "fix"}, {1: "never"}])
def test_what_makes_no_sense_is_not_read(wrong: dict[str | int, str]) -> None:
    assert read_sub_paths(wrong) is None


def test_ports_may_be_texts() -> None:
    assert read_sub_paths({"8501": "fix", 80: "strip"}) == {8501: "fix", 80: "strip"}
