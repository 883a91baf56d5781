"""What is to be reached."""

from __future__ import annotations

from dataclasses import dataclass

from ..options import WAYS
from ..results import Results


@dataclass(frozen=True)
class Target:
    """A bound for a figure of ours."""

    title: str
    figure: str
    value: str
    #: `≤` or `≥`.
    relation: str
    bound: float
    #: Of the bound, if it is an absolute one or a difference.
    unit: str = ""
    #: Ours, by the door or by the relay.
    way: str = "door"
    #: The bound is a multiple of this way's value …
    times: str | None = None
    #: … or what may come on top of it.
    above: str | None = None

    def measured(self, results: Results) -> float | None:
        """Return what the bound is for: a value, a ratio or a difference."""
        own = results.median(self.figure, self.way, self.value)
        other_way = self.times or self.above
        if own is None or other_way is None:
            return own
        other = results.median(self.figure, other_way, self.value)
        if other is None:
            return None
        return own - other if self.above else own / other

    def is_reached(self, measured: float) -> bool:
        """Tell whether what was measured is within the bound."""
        return measured <= self.bound if self.relation == "≤" else measured >= self.bound

    def text(self, number: float) -> str:
        """Write a number with what it is a number of."""
        amount = f"{number:.3g}" if abs(number) < 100 else f"{number:.0f}"
        if self.times:
            return f"{amount} × {WAYS[self.times]}"
        if self.above:
            return f"{WAYS[self.above]} + {amount} {self.unit}"
        return f"{amount} {self.unit}"


_RATE = "requests_per_s"
_MESSAGES = "messages_per_s"
_P99 = "p99_ms"
_MAIN, _OTHERS = "main_growth_mb", "others_growth_mb"

TARGETS = (
    Target("keep-alive, 32 clients", "keep-alive-32", _RATE, "≥", 30, times="jsp"),
    Target("keep-alive, 32 clients", "keep-alive-32", _RATE, "≥", 0.4, times="nginx"),
    Target("one connection each, 16 clients", "one-connection", _RATE, "≥", 8, times="jsp"),
    Target("p50 with one client", "keep-alive-1", "p50_ms", "≤", 0.25, times="jsp"),
    Target("first byte of a 90 MB download", "download", "first_byte_ms", "≤", 10, "ms"),
    Target("download, MB/s", "download", "mb_per_s", "≥", 0.8, times="nginx"),
    Target("upload, MB/s", "upload", "mb_per_s", "≥", 0.5, times="nginx"),
    Target("WebSocket, 64 B × 64 in flight", "websocket-64", _MESSAGES, "≥", 3.5, times="jsp"),
    Target("WebSocket, 1 MB messages", "websocket-1mb", _MESSAGES, "≥", 0.8, times="nginx"),
    Target("/api p99 beside 800 proxied requests/s", "api-rate", _P99, "≤", 0.35, times="jsp"),
    Target("/api p99 beside downloads", "api-download", _P99, "≤", 0.15, times="jsp"),
    Target("/api p99 flat out", "api-flat-out", _P99, "≤", 0.5, times="jsp"),
    Target("page of 1 MB, looked at", "pages-1mb", "times_as_file", "≥", 0.9, "× without a look"),
    Target("page of 50 MB, fixed", "pages-fixed-50mb", "mb_per_s", "≥", 50, "MB/s"),
    Target("page of 50 MB of links, fixed", "pages-fixed-links", "mb_per_s", "≥", 50, "MB/s"),
    Target("the former: sidecar grows by", "pages-memory", _OTHERS, "≤", 32, "MB"),
    Target("the latter: sidecar grows by", "pages-memory-links", _OTHERS, "≤", 32, "MB"),
    Target("idle WebSocket", "memory-websockets", "kb_per_websocket", "≤", 20, "kB"),
    Target("Jupyter and sidecar after all", "memory-after", "total_mb", "≤", 200, "MB"),
    Target("Jupyter after all", "memory-after", "main_mb", "≤", 10, "MB", above="off"),
    Target("relay: keep-alive", "keep-alive-32", _RATE, "≥", 10, way="relay", times="jsp"),
    Target("relay: one connection", "one-connection", _RATE, "≥", 1.5, way="relay", times="jsp"),
    Target("large download: sidecar grows by", "transfer-down", _OTHERS, "≤", 32, "MB"),
    Target("large download: Jupyter grows by", "transfer-down", _MAIN, "≤", 5, "MB"),
    Target("large upload: sidecar grows by", "transfer-up", _OTHERS, "≤", 32, "MB"),
    Target("large upload: Jupyter grows by", "transfer-up", _MAIN, "≤", 5, "MB"),
    Target("relay, large download: sidecar", "transfer-down", _OTHERS, "≤", 32, "MB", way="relay"),
    Target("relay, large download: Jupyter", "transfer-down", _MAIN, "≤", 32, "MB", way="relay"),
    Target("relay, large upload: sidecar", "transfer-up", _OTHERS, "≤", 32, "MB", way="relay"),
    Target("relay, large upload: Jupyter", "transfer-up", _MAIN, "≤", 32, "MB", way="relay"),
)
