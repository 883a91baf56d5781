"""Whether a page is what it has to be, for a page that is wrong costs nothing."""

from __future__ import annotations

import re
import urllib.parse

from ..children import MeasurementError
from ..load.fetch import fetch
from ..origin.origin import Origin
from ..origin.pages import moved
from ..ways.way import Way
from .figure import PAGE

#: What is put into a page that is fixed.
_INSERTED = (
    re.compile(rb'<script data-porthole="[^"]*">.*?</script>', re.DOTALL),
    re.compile(rb'<script type="importmap">.*?</script>', re.DOTALL),
)


def check_unchanged(way: Way, origin: Origin, path: str, accept: str) -> int:
    """Make sure that a page comes as the app has it; return its size, in bytes."""
    given = fetch(origin.url(path), accept)
    got = fetch(way.url(path), accept)
    if got != given:
        raise MeasurementError(f"{path} has come as {got}, not as {given}")
    return len(got.body)


def check_fixed(way: Way, origin: Origin, path: str) -> tuple[int, int]:
    """Make sure that a page is fixed, all of it and nothing else.

    :return: its size as the app has it and as it comes, in bytes.
    """
    given = fetch(origin.url(path), PAGE)
    got = fetch(way.url(path), PAGE)
    prefix = urllib.parse.urlsplit(way.url(path)).path.removesuffix(path)
    if without_insertions(got.body) != moved(given.body, prefix):
        raise MeasurementError(f"{path} is not fixed as it has to be")
    return len(given.body), len(got.body)


def without_insertions(content: bytes) -> bytes:
    """Return a page without what is put into it.

    Raises MeasurementError if something is missing.
    """
    for inserted in _INSERTED:
        content, count = inserted.subn(b"", content, count=1)
        if count == 0:
            raise MeasurementError("the page was not fixed")
    return content
