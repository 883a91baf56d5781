"""Pages that need no fix: what it costs that they are looked at."""

from __future__ import annotations

from ..load.programs import run_load
from ..origin.origin import PAGE_1MB, PAGE_8K, PAGE_8K_GZIP
from ..ways.way import Way
from .figure import ANYTHING, PAGE, Figure, Setting, Values
from .http import requests
from .page_checks import check_unchanged

_CLIENTS = 32
_GRACE_SECONDS = 30.0


def _measure(way: Way, setting: Setting, path: str) -> Values:
    values = _asked_for(way, setting, path, PAGE)
    if way.name == "door":
        # Who doesn't ask for a page gets the very same without a look at it.
        as_file = _asked_for(way, setting, path, ANYTHING)
        values |= {f"as_file_{name}": number for name, number in as_file.items()}
        values["times_as_file"] = values["requests_per_s"] / as_file["requests_per_s"]
        values["cpu_times_as_file"] = values["cpu_s_per_10k"] / as_file["cpu_s_per_10k"]
        values["first_byte_later_ms"] = values["first_byte_ms"] - as_file["first_byte_ms"]
    return values


def _asked_for(way: Way, setting: Setting, path: str, accept: str) -> Values:
    size = check_unchanged(way, setting.origin, path, accept)
    values = requests(way, setting, path, _CLIENTS, f"Accept: {accept}")
    values["mb_per_s"] = values["requests_per_s"] * size / 1e6
    return values | _first_byte(way, setting, path, accept)


def _first_byte(way: Way, setting: Setting, path: str, accept: str) -> Values:
    seconds = setting.pace.repetition_seconds
    result = run_load(
        "first-byte",
        seconds + _GRACE_SECONDS,
        url=way.url(path),
        accept=accept,
        samples=setting.pace.probes,
        seconds=seconds,
    )
    return {"first_byte_ms": result["firstByteMs"], "last_byte_ms": result["lastByteMs"]}


_WAYS = ("direct", "nginx", "jsp", "door")
_SHOWN = ("requests_per_s", "requests/s")

PAGE_FIGURES = (
    Figure("pages-8k", _WAYS, lambda way, where: _measure(way, where, PAGE_8K), _SHOWN),
    Figure("pages-8k-gzip", _WAYS, lambda way, where: _measure(way, where, PAGE_8K_GZIP), _SHOWN),
    Figure("pages-1mb", _WAYS, lambda way, where: _measure(way, where, PAGE_1MB), _SHOWN),
)
