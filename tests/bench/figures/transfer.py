"""Large transfers: whether every byte arrives, and what they add to the memory."""

from __future__ import annotations

import tempfile
from pathlib import Path

from ..accounting import memory_of, peak_memory
from ..load.programs import run_load
from ..origin.origin import APP
from ..ways.starting import started
from ..ways.way import Way
from .figure import Figure, Setting, Values

_SAMPLE_SECONDS = 0.02
#: The least that is expected, for the time limit.
_SLOWEST_BYTES_PER_SECOND = 10e6
_GRACE_SECONDS = 60.0
#: What loads and compiles all that is needed, before the memory is looked at.
_FIRST_REQUESTS = 3
_FIRST_BYTES = 1_000_000


def _measure(way: Way, setting: Setting, direction: str) -> Values:
    # One of its own: what a used one has grown to would hide what a transfer takes.
    with (
        tempfile.TemporaryDirectory(dir=setting.folder) as folder,
        started(way.name, Path(folder, "jupyter"), setting.origin) as fresh,
    ):
        return _transfer(fresh, setting.pace.transfer_bytes, direction)


def _transfer(way: Way, size: int, direction: str) -> Values:
    for _ in range(_FIRST_REQUESTS):
        _move(way, _FIRST_BYTES, direction)
    before = memory_of(way.processes())
    with peak_memory(way, _SAMPLE_SECONDS) as peak:
        result = _move(way, size, direction)
    return {
        "gb": size / 1e9,
        "mb_per_s": result["megabytesPerSecond"],
        "main_growth_mb": peak.main_mb - before.main_mb,
        "others_growth_mb": peak.others_mb - before.others_mb,
    }


def _move(way: Way, size: int, direction: str) -> Values:
    seconds = _GRACE_SECONDS + size / _SLOWEST_BYTES_PER_SECOND
    return run_load("transfer", seconds, url=way.url(APP), direction=direction, bytes=size)


_WAYS = ("door", "relay")
_SHOWN = ("mb_per_s", "MB/s")

TRANSFER_FIGURES = (
    Figure(
        "transfer-down", _WAYS, lambda way, where: _measure(way, where, "down"), _SHOWN, once=True
    ),
    Figure("transfer-up", _WAYS, lambda way, where: _measure(way, where, "up"), _SHOWN, once=True),
)
