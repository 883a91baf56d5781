"""How soon Jupyter's own API answers while it carries proxied load."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from ..load.programs import load, run_load
from ..load.wrk import wrk_beside
from ..origin.origin import LARGE, SMALL
from ..ways.way import Way
from .figure import ANYTHING, JUPYTERS, Figure, Setting, Values

#: All proxied requests a second.
_RATE = 800
_CLIENTS = 32
#: A probe ends then, with as many samples as it has got.
_MOST_SECONDS = 30
_GRACE_SECONDS = 30
_QUIET_INTERVAL_MS = 5.0

#: Runs load beside something else; the value that is yielded is filled in afterwards.
_Beside = Callable[[Way], contextlib.AbstractContextManager[Values]]


def _measure(way: Way, setting: Setting, beside: _Beside) -> Values:
    if not way.files:
        # Without a way to the app: as many requests as the others get, and nothing beside.
        return _probe(way, setting.pace.probes, _QUIET_INTERVAL_MS)
    with beside(way) as achieved:
        values = _probe(way, setting.pace.probes, setting.pace.probe_interval_ms)
    return values | achieved


def _probe(way: Way, samples: int, interval_ms: float) -> Values:
    result = run_load(
        "probe",
        _MOST_SECONDS + _GRACE_SECONDS,
        url=way.api,
        samples=samples,
        interval_ms=interval_ms,
        seconds=_MOST_SECONDS,
    )
    return {
        "samples": result["samples"],
        "p50_ms": result["p50Ms"],
        "p99_ms": result["p99Ms"],
        "slowest_ms": result["slowestMs"],
    }


@contextlib.contextmanager
def _constant_rate(way: Way) -> Iterator[Values]:
    values: Values = {}
    with load(
        "constant-rate",
        url=way.url(SMALL),
        rate=_RATE,
        connections=_CLIENTS,
        seconds=_MOST_SECONDS + _GRACE_SECONDS,
    ) as running:
        yield values
        values["proxied_requests_per_s"] = running.stop()["requestsPerSecond"]


@contextlib.contextmanager
def _downloads(way: Way) -> Iterator[Values]:
    values: Values = {}
    with load(
        "download",
        url=way.url(LARGE),
        accept=ANYTHING,
        repetitions=1_000_000,
        seconds=_MOST_SECONDS + _GRACE_SECONDS,
    ) as running:
        yield values
        values["proxied_mb_per_s"] = running.stop()["megabytesPerSecond"]


@contextlib.contextmanager
def _flat_out(way: Way) -> Iterator[Values]:
    values: Values = {}
    with wrk_beside(way.url(SMALL), _CLIENTS, _MOST_SECONDS + _GRACE_SECONDS) as figures:
        yield values
    values["proxied_requests_per_s"] = figures["requests_per_second"]


_SHOWN = ("p99_ms", "ms (p99)")

API_FIGURES = (
    Figure("api-rate", JUPYTERS, lambda way, where: _measure(way, where, _constant_rate), _SHOWN),
    Figure("api-download", JUPYTERS, lambda way, where: _measure(way, where, _downloads), _SHOWN),
    Figure("api-flat-out", JUPYTERS, lambda way, where: _measure(way, where, _flat_out), _SHOWN),
)
