"""Starts the ways, and makes sure that each leads to the app."""

from __future__ import annotations

import contextlib
import http.client
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from support.jupyter import TOKEN
from support.wait import wait_until

from ..origin.origin import SMALL, SMALL_BYTES, Origin
from .jupyters import behind_jsp, by_door, by_relay, off
from .plain import behind_chp, behind_nginx, direct
from .way import Way

_STARTERS: dict[str, Callable[[Path, Origin], contextlib.AbstractContextManager[Way]]] = {
    "direct": direct,
    "nginx": behind_nginx,
    "jsp": behind_jsp,
    "chp": behind_chp,
    "door": by_door,
    "relay": by_relay,
    "off": off,
}


@contextlib.contextmanager
def started(name: str, folder: Path, origin: Origin) -> Iterator[Way]:
    """Start a way, with its files in a folder to be created, and end it afterwards."""
    with _STARTERS[name](folder, origin) as way:
        if way.files:
            wait_until(lambda: _leads_to_app(way), f"{way.title} leads to the app")
        yield way


@contextlib.contextmanager
def all_started(names: Sequence[str], folder: Path, origin: Origin) -> Iterator[dict[str, Way]]:
    """Start several ways, and end them afterwards."""
    with contextlib.ExitStack() as stack:
        yield {name: stack.enter_context(started(name, folder / name, origin)) for name in names}


def _leads_to_app(way: Way) -> bool:
    url = urllib.parse.urlsplit(way.url(SMALL))
    connection = http.client.HTTPConnection(url.netloc, timeout=10)
    with contextlib.closing(connection):
        connection.request("GET", url.path, headers={"Authorization": f"token {TOKEN}"})
        response = connection.getresponse()
        return response.status == 200 and len(response.read()) == SMALL_BYTES
