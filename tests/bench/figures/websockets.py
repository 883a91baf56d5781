"""Echoes over a WebSocket."""

from __future__ import annotations

from ..accounting import cpu_time
from ..load.programs import run_load
from ..origin.origin import ECHO
from ..ways.way import Way
from .figure import ALL_WAYS, Figure, Setting, Values

_GRACE_SECONDS = 30.0
_UNIT = 10_000


def _measure(way: Way, setting: Setting, size: int, in_flight: int) -> Values:
    seconds = setting.pace.websocket_seconds
    with cpu_time(way) as cpu:
        result = run_load(
            "websocket",
            seconds + _GRACE_SECONDS,
            url=way.url(ECHO, "ws"),
            size=size,
            in_flight=in_flight,
            seconds=seconds,
        )
    values = {
        "messages_per_s": result["messagesPerSecond"],
        "mb_per_s": result["megabytesPerSecond"],
        "p50_ms": result["p50Ms"],
        "p99_ms": result["p99Ms"],
    }
    if way.roots:
        messages = result["messages"]
        values["cpu_s_per_10k"] = cpu.seconds / messages * _UNIT
    return values


_SHOWN = ("messages_per_s", "messages/s")

WEBSOCKET_FIGURES = (
    Figure("websocket-1", ALL_WAYS, lambda way, where: _measure(way, where, 64, 1), _SHOWN),
    Figure("websocket-64", ALL_WAYS, lambda way, where: _measure(way, where, 64, 64), _SHOWN),
    Figure(
        "websocket-1mb", ALL_WAYS, lambda way, where: _measure(way, where, 1_000_000, 1), _SHOWN
    ),
)
