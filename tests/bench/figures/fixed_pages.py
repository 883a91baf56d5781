"""Pages that are fixed."""

from __future__ import annotations

import tempfile
from pathlib import Path

from ..accounting import cpu_time, memory_of, peak_memory
from ..children import MeasurementError
from ..load.programs import run_load
from ..origin.origin import ROOT_PAGE_8K, ROOT_PAGE_50MB, ROOT_PAGE_LINKS, Origin
from ..ways.starting import started
from ..ways.way import Way
from .figure import PAGE, Figure, Setting, Values
from .http import requests
from .page_checks import check_fixed, check_unchanged

_CLIENTS = 32
_GRACE_SECONDS = 60.0
_SAMPLE_SECONDS = 0.02
_GIGABYTE = 1e9
#: What loads and compiles all that is needed, before the memory is looked at.
_FIRST_REQUESTS = 3


def _small(way: Way, setting: Setting) -> Values:
    _check(way, setting.origin, ROOT_PAGE_8K)
    return requests(way, setting, ROOT_PAGE_8K, _CLIENTS, f"Accept: {PAGE}")


def _large(way: Way, setting: Setting, path: str) -> Values:
    size, comes_as = _check(way, setting.origin, path)
    seconds = setting.pace.repetition_seconds
    with cpu_time(way) as cpu:
        result = run_load(
            "download",
            seconds + _GRACE_SECONDS,
            url=way.url(path),
            accept=PAGE,
            repetitions=setting.pace.repetitions,
            seconds=seconds,
        )
    if result["bytes"] != result["repetitions"] * comes_as:
        raise MeasurementError(f"{path} didn't come whole each time")
    # Of the page as the app has it: it grows by what is corrected.
    values = {"mb_per_s": result["megabytesPerSecond"] * size / comes_as}
    if way.roots:
        values["cpu_s_per_gb"] = cpu.seconds / (result["repetitions"] * size) * _GIGABYTE
    return values | {"first_byte_ms": result["firstByteMs"]}


def _check(way: Way, origin: Origin, path: str) -> tuple[int, int]:
    """Return the size of a page as the app has it, and that as it comes."""
    if way.name == "door":
        return check_fixed(way, origin, path)
    size = check_unchanged(way, origin, path, PAGE)
    return size, size


def _memory(way: Way, setting: Setting, path: str) -> Values:
    # One of its own: what a used one has grown to would hide what a page takes.
    with (
        tempfile.TemporaryDirectory(dir=setting.folder) as folder,
        started(way.name, Path(folder, "jupyter"), setting.origin) as fresh,
    ):
        for _ in range(_FIRST_REQUESTS):
            _load(fresh, ROOT_PAGE_8K)
        before = memory_of(fresh.processes())
        with peak_memory(fresh, _SAMPLE_SECONDS) as peak:
            _load(fresh, path)
    return {
        "main_growth_mb": peak.main_mb - before.main_mb,
        "others_growth_mb": peak.others_mb - before.others_mb,
    }


def _load(way: Way, path: str) -> None:
    run_load("download", _GRACE_SECONDS, url=way.url(path), accept=PAGE, repetitions=1, seconds=0)


_WAYS = ("direct", "nginx", "door")
_RATE = ("requests_per_s", "requests/s")
_SPEED = ("mb_per_s", "MB/s")
_GROWTH = ("others_growth_mb", "MB more in the sidecar")

FIXED_PAGE_FIGURES = (
    Figure("pages-fixed-8k", _WAYS, _small, _RATE),
    Figure(
        "pages-fixed-50mb", _WAYS, lambda way, where: _large(way, where, ROOT_PAGE_50MB), _SPEED
    ),
    Figure(
        "pages-fixed-links", _WAYS, lambda way, where: _large(way, where, ROOT_PAGE_LINKS), _SPEED
    ),
    Figure(
        "pages-memory",
        ("door",),
        lambda way, where: _memory(way, where, ROOT_PAGE_50MB),
        _GROWTH,
        once=True,
    ),
    Figure(
        "pages-memory-links",
        ("door",),
        lambda way, where: _memory(way, where, ROOT_PAGE_LINKS),
        _GROWTH,
        once=True,
    ),
)
