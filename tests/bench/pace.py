"""How long and how often."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """Durations and counts of the measurements."""

    #: Of a load by wrk; it takes whole seconds.
    http_seconds: int
    websocket_seconds: float
    #: Downloads and uploads of the large file: so many, but none is begun after so long.
    repetitions: int
    repetition_seconds: float
    #: Requests to Jupyter's own API beside a load, and the time between them.
    probes: int
    probe_interval_ms: float
    #: What the large transfers move.
    transfer_bytes: int


WHOLE = Pace(3, 1.5, 5, 4.0, 200, 40.0, 10_000_000_000)
QUICK = Pace(2, 0.7, 3, 1.0, 200, 10.0, 1_000_000_000)
#: Before the first round.
WARM_UP = Pace(1, 0.3, 1, 0.0, 10, 5.0, 10_000_000)
