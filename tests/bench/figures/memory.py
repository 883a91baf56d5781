"""Memory at rest."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from ..accounting import Memory, memory_of
from ..load.programs import load
from ..origin.origin import ECHO
from ..ways.way import Way
from .figure import JUPYTERS, PROXIES, Figure, Setting, Values

_WEBSOCKETS = 5000
#: Before they count: what the first ones load and compile is no matter of each.
_FIRST_WEBSOCKETS = 50
#: So that what the handshakes have left can be collected.
_SETTLE_SECONDS = 3.0
_MOST_SECONDS = 120


def _at_rest(way: Way, setting: Setting) -> Values:
    return _values(memory_of(way.processes()))


def _values(memory: Memory) -> Values:
    return {
        "total_mb": memory.total_mb,
        "main_mb": memory.main_mb,
        "others_mb": memory.others_mb,
    }


def _per_websocket(way: Way, setting: Setting) -> Values:
    with _idle_websockets(way, _FIRST_WEBSOCKETS):
        pass
    before = memory_of(way.processes())
    with _idle_websockets(way, _WEBSOCKETS):
        time.sleep(_SETTLE_SECONDS)
        growth = memory_of(way.processes()) - before
    return {
        "kb_per_websocket": growth.total_mb * 1000 / _WEBSOCKETS,
        "main_kb_per_websocket": growth.main_mb * 1000 / _WEBSOCKETS,
        "others_kb_per_websocket": growth.others_mb * 1000 / _WEBSOCKETS,
    }


@contextlib.contextmanager
def _idle_websockets(way: Way, count: int) -> Iterator[None]:
    """Keep so many WebSockets open."""
    url = way.url(ECHO, "ws")
    with load("idle-websockets", url=url, count=count, seconds=_MOST_SECONDS) as running:
        running.first_report()
        yield
        running.stop()


_SHOWN = ("total_mb", "MB")
_WITH_PROCESSES = tuple(dict.fromkeys((*PROXIES, *JUPYTERS)))

MEMORY_BEFORE = (
    Figure("memory-idle", _WITH_PROCESSES, _at_rest, _SHOWN, once=True),
    Figure(
        "memory-websockets", PROXIES, _per_websocket, ("kb_per_websocket", "kB each"), once=True
    ),
)
MEMORY_AFTER = (Figure("memory-after", _WITH_PROCESSES, _at_rest, _SHOWN, once=True),)
