"""Requests for a small file."""

from __future__ import annotations

from pathlib import Path

from ..accounting import cpu_time, peak_memory
from ..children import MeasurementError
from ..load.wrk import WrkFigures, run_wrk
from ..origin.origin import SMALL
from ..ways.way import Way
from .figure import ALL_WAYS, Figure, Setting, Values

_SAMPLE_SECONDS = 0.1
_UNIT = 10_000


def requests(way: Way, setting: Setting, path: str, clients: int, *fields: str) -> Values:
    """Measure requests from so many clients, each as soon as its last one was answered.

    :param fields: header fields, as `Name: value`.
    """
    before = setting.origin.requests()
    with cpu_time(way) as cpu, peak_memory(way, _SAMPLE_SECONDS) as peak:
        figures = run_wrk(way.url(path), clients, setting.pace.http_seconds, *fields)
    _check(way, figures.requests, setting.origin.requests() - before, "requests")
    values = _values(figures)
    if way.roots:
        values["cpu_s_per_10k"] = cpu.seconds / figures.requests * _UNIT
        values["peak_mb"] = peak.total_mb
    return values


def _one_connection(way: Way, setting: Setting) -> Values:
    before = _accepted_connections()
    values = requests(way, setting, SMALL, 16, "Connection: close")
    _check(way, round(values["requests"]), _accepted_connections() - before, "connections")
    return values


def _values(figures: WrkFigures) -> Values:
    return {
        "requests": figures.requests,
        "requests_per_s": figures.requests_per_second,
        "p50_ms": figures.p50_ms,
        "p99_ms": figures.p99_ms,
    }


def _check(way: Way, counted: int, seen: int, what: str) -> None:
    """Make sure that as many have come as wrk has counted, so that it is what it says."""
    if seen < counted:
        raise MeasurementError(f"{way.title}: {counted} answers, but only {seen} {what}")


def _accepted_connections() -> int:
    """Return how many TCP connections this machine has accepted since its start."""
    lines = Path("/proc/net/snmp").read_text(encoding="ascii").splitlines()
    names, numbers = (line.split() for line in lines if line.startswith("Tcp:"))
    return int(numbers[names.index("PassiveOpens")])


_SHOWN = ("requests_per_s", "requests/s")

HTTP_FIGURES = (
    Figure("keep-alive-1", ALL_WAYS, lambda way, where: requests(way, where, SMALL, 1), _SHOWN),
    Figure("keep-alive-32", ALL_WAYS, lambda way, where: requests(way, where, SMALL, 32), _SHOWN),
    Figure("one-connection", ALL_WAYS, _one_connection, _SHOWN),
)
