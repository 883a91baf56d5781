"""What wrk prints is read as it is meant."""

from __future__ import annotations

import pytest

from .children import MeasurementError
from .load.wrk import parse_wrk

OUTPUT = """Running 2s test @ http://127.0.0.1:8080/small
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     6.66ms   45.41ms   1.50s    80.70%
    Req/Sec     1.13k   699.35     1.68k    75.00%
  Latency Distribution
     50%  913.00us
     75%    2.05ms
     90%    1.08s 
     99%    1.46s 
  9100 requests in 2.10s, 3.97MB read
Requests/sec:   4333.33
Transfer/sec:      1.89MB
"""  # noqa: W291 - wrk pads its units.


def test_reads_numbers_in_all_units() -> None:
    figures = parse_wrk(OUTPUT)

    assert figures.requests == 9100
    assert figures.seconds == pytest.approx(2.1)
    assert figures.p50_ms == pytest.approx(0.913)
    assert figures.p99_ms == pytest.approx(1460)
    assert figures.requests_per_second == pytest.approx(9100 / 2.1)


def test_a_run_of_a_minute_has_another_unit() -> None:
    assert parse_wrk(OUTPUT.replace("2.10s", "1.50m")).seconds == pytest.approx(90)


@pytest.mark.parametrize(
    "line",
    [
        "  Socket errors: connect 0, read 12, write 0, timeout 0",
        "  Non-2xx or 3xx responses: 5",
    ],
)
def test_errors_among_the_requests_are_no_measurement(line: str) -> None:
    with pytest.raises(MeasurementError, match=line.strip()):
        parse_wrk(OUTPUT.replace("Requests/sec", f"{line}\nRequests/sec"))


@pytest.mark.parametrize("output", ["", "unable to connect to 127.0.0.1:8080 Connection refused\n"])
def test_no_requests_are_no_measurement(output: str) -> None:
    with pytest.raises(MeasurementError, match="no requests"):
        parse_wrk(output)


def test_no_answers_are_no_measurement() -> None:
    with pytest.raises(MeasurementError, match="no requests"):
        parse_wrk(OUTPUT.replace("9100 requests", "0 requests"))
