"""HTTP load by wrk."""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from support.jupyter import TOKEN

from ..children import MeasurementError, program

_UNITS_MS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 60e3}
#: An answer that takes longer is an error.
_SLOWEST_SECONDS = 10
#: How long it may take beyond its duration.
_GRACE_SECONDS = 30.0


@dataclass(frozen=True)
class WrkFigures:
    """What wrk has measured."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float

    @property
    def requests_per_second(self) -> float:
        """The rate over the whole duration."""
        return self.requests / self.seconds


def run_wrk(url: str, clients: int, seconds: int, *fields: str) -> WrkFigures:
    """Send requests from so many clients, each as soon as its last one was answered.

    :param fields: header fields, as `Name: value`.
    """
    with _wrk(url, clients, seconds, *fields) as process:
        return _figures(process, seconds)


@contextlib.contextmanager
def wrk_beside(url: str, clients: int, most_seconds: int) -> Iterator[dict[str, float]]:
    """Send requests while something else happens; the rate is there afterwards."""
    values: dict[str, float] = {}
    with _wrk(url, clients, most_seconds) as process:
        yield values
        # wrk sums up then, too.
        process.send_signal(signal.SIGINT)
        values["requests_per_second"] = _figures(process, most_seconds).requests_per_second


def parse_wrk(output: str) -> WrkFigures:
    """Read what wrk has printed with `--latency`.

    Raises MeasurementError if there were errors among the requests.
    """
    errors = re.search(r"Socket errors: .*|Non-2xx or 3xx responses: \d+", output)
    if errors is not None:
        raise MeasurementError(f"wrk: {errors[0]}")
    total = re.search(r"(\d+) requests in ([\d.]+)(us|ms|s|m),", output)
    if total is None or int(total[1]) == 0:
        raise MeasurementError(f"wrk has counted no requests:\n{output}")
    return WrkFigures(
        requests=int(total[1]),
        seconds=float(total[2]) * _UNITS_MS[total[3]] / 1e3,
        p50_ms=_percentile(output, 50),
        p99_ms=_percentile(output, 99),
    )


def _percentile(output: str, percent: int) -> float:
    match = re.search(rf"^\s+{percent}%\s+([\d.]+)(us|ms|s|m)\s*$", output, re.MULTILINE)
    if match is None:
        raise MeasurementError(f"wrk has printed no {percent}th percentile:\n{output}")
    return float(match[1]) * _UNITS_MS[match[2]]


@contextlib.contextmanager
def _wrk(url: str, clients: int, seconds: int, *fields: str) -> Iterator[subprocess.Popen[str]]:
    command = [program("wrk"), "-t1", f"-c{clients}", f"-d{seconds}s", "--latency"]
    command += ["--timeout", f"{_SLOWEST_SECONDS}s"]
    for field in (f"Authorization: token {TOKEN}", *fields):
        command += ["-H", field]
    with subprocess.Popen(
        [*command, url],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    ) as process:
        try:
            yield process
        finally:
            # Nothing happens if it has ended.
            process.kill()


def _figures(process: subprocess.Popen[str], seconds: float) -> WrkFigures:
    try:
        return parse_wrk(process.communicate(timeout=seconds + _GRACE_SECONDS)[0])
    except subprocess.TimeoutExpired:
        raise MeasurementError(f"wrk did not end after {seconds} s") from None
