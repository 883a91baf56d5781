"""The tables: which value is in which column."""

from __future__ import annotations

from dataclasses import dataclass

from ..options import WAYS
from ..results import Results
from .markdown import markdown_table

_NOTHING = "–"


@dataclass(frozen=True)
class Row:
    """A row of a table."""

    title: str
    way: str
    #: How the names of its values begin, if the way has others as well.
    prefix: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a table, with a row for each way."""

    header: str
    figure: str
    value: str
    digits: int = 0
    #: Show how many times this way's value it is, instead of the value.
    times: str | None = None
    #: Show the least and the most of all rounds, too.
    spread: bool = False

    def cell(self, results: Results, row: Row) -> str:
        """Return the text for a row."""
        summary = results.summary(self.figure, row.way, row.prefix + self.value)
        if summary is None:
            return _NOTHING
        if self.times is not None:
            other = results.median(self.figure, self.times, self.value)
            return f"{summary.median / other:.3g}" if other else _NOTHING
        text = self._text(summary.median)
        if self.spread and summary.rounds > 1:
            text += f" ({self._text(summary.least)}–{self._text(summary.most)})"
        return text

    def _text(self, number: float) -> str:
        return f"{number:,.{self.digits}f}"


@dataclass(frozen=True)
class Table:
    """A table with its heading."""

    title: str
    columns: tuple[Column, ...]
    #: Below those of the ways.
    more_rows: tuple[Row, ...] = ()

    def render(self, results: Results) -> list[str]:
        """Return it as lines of Markdown; none if nothing of it was measured."""
        rows = [
            [row.title, *(column.cell(results, row) for column in self.columns)]
            for row in (*(Row(title, way) for way, title in WAYS.items()), *self.more_rows)
        ]
        rows = [row for row in rows if any(cell != _NOTHING for cell in row[1:])]
        if not rows:
            return []
        headers = ["way", *(column.header for column in self.columns)]
        return ["", f"### {self.title}", "", *markdown_table(headers, rows)]


def _ratios(figure: str, value: str) -> tuple[Column, Column]:
    return (
        Column("× jupyter-server-proxy", figure, value, times="jsp"),
        Column("× nginx", figure, value, times="nginx"),
    )


def _rate(figure: str, header: str, value: str, title: str) -> Table:
    return Table(
        title,
        (
            Column(header, figure, value, spread=True),
            *_ratios(figure, value),
            Column("p50, ms", figure, "p50_ms", 2),
            Column("p99, ms", figure, "p99_ms", 2),
            Column("CPU s per 10,000", figure, "cpu_s_per_10k", 2),
        ),
    )


def _small_file(figure: str, title: str) -> Table:
    return _rate(figure, "requests/s", "requests_per_s", f"Small file (200 B), {title}")


def _websocket(figure: str, title: str) -> Table:
    return _rate(figure, "messages/s", "messages_per_s", f"WebSocket echo, {title}")


def _large_file(figure: str, title: str, *more: Column) -> Table:
    return Table(
        title,
        (
            Column("MB/s", figure, "mb_per_s", spread=True),
            *_ratios(figure, "mb_per_s"),
            Column("CPU s per GB", figure, "cpu_s_per_gb", 2),
            *more,
        ),
    )


def _api(figure: str, title: str, load: Column) -> Table:
    return Table(
        f"Jupyter's own /api, while {title}",
        (
            load,
            Column("p50, ms", figure, "p50_ms", 1, spread=True),
            Column("p99, ms", figure, "p99_ms", 1, spread=True),
            Column("p99 × jupyter-server-proxy", figure, "p99_ms", times="jsp"),
            Column("slowest, ms", figure, "slowest_ms", 1),
            Column("samples a round", figure, "samples"),
        ),
    )


def _proxied_requests(figure: str) -> Column:
    return Column("proxied requests/s", figure, "proxied_requests_per_s")


_MEMORY = Table(
    "Memory, RSS of all processes",
    (
        Column("idle, MB", "memory-idle", "total_mb", 1),
        Column("peak under load, MB", "keep-alive-32", "peak_mb", 1),
        Column("each idle WebSocket, kB", "memory-websockets", "kb_per_websocket", 1),
        Column("after all, MB", "memory-after", "total_mb", 1),
        Column("of which the main process", "memory-after", "main_mb", 1),
        Column("of which its children", "memory-after", "others_mb", 1),
    ),
)


def _page(figure: str, title: str) -> Table:
    return Table(
        f"Page that needs no fix, {title}, keep-alive, 32 clients",
        (
            Column("requests/s", figure, "requests_per_s", spread=True),
            *_ratios(figure, "requests_per_s"),
            Column("MB/s", figure, "mb_per_s"),
            Column("p50, ms", figure, "p50_ms", 2),
            Column("p99, ms", figure, "p99_ms", 2),
            Column("one client, first byte, ms", figure, "first_byte_ms", 2),
            Column("last byte, ms", figure, "last_byte_ms", 2),
            Column("CPU s per 10,000", figure, "cpu_s_per_10k", 2),
        ),
        (Row("ours, not looked at", "door", "as_file_"),),
    )


def _look(figure: str, page: str) -> tuple[Column, ...]:
    return (
        Column(f"{page}: × requests/s", figure, "times_as_file", 2, spread=True),
        Column("× CPU time", figure, "cpu_times_as_file", 2, spread=True),
        Column("first byte later by, ms", figure, "first_byte_later_ms", 2, spread=True),
    )


_LOOK = Table(
    "What the look at such a page costs, beside the same that isn't looked at",
    (
        *_look("pages-8k", "8 kB"),
        *_look("pages-8k-gzip", "8 kB, gzip"),
        *_look("pages-1mb", "1 MB"),
    ),
)

_FIXED = Table(
    "Pages that ours fixes",
    (
        Column("8 kB, 32 clients: requests/s", "pages-fixed-8k", "requests_per_s", spread=True),
        Column("p50, ms", "pages-fixed-8k", "p50_ms", 2),
        Column("50 MB: MB/s", "pages-fixed-50mb", "mb_per_s", spread=True),
        Column("CPU s per GB", "pages-fixed-50mb", "cpu_s_per_gb", 1),
        Column("first byte, ms", "pages-fixed-50mb", "first_byte_ms", 2),
        Column("sidecar grows by, MB", "pages-memory", "others_growth_mb", 1),
        Column("50 MB of links: MB/s", "pages-fixed-links", "mb_per_s", spread=True),
        Column("CPU s per GB", "pages-fixed-links", "cpu_s_per_gb", 1),
        Column("sidecar grows by, MB", "pages-memory-links", "others_growth_mb", 1),
    ),
)


def _large_transfer(figure: str, direction: str) -> Table:
    return Table(
        f"One large {direction}, SHA-256 compared",
        (
            Column("GB", figure, "gb"),
            Column("MB/s", figure, "mb_per_s"),
            Column("Jupyter grows by, MB", figure, "main_growth_mb", 1),
            Column("sidecar grows by, MB", figure, "others_growth_mb", 1),
        ),
    )


TABLES = (
    _small_file("keep-alive-1", "keep-alive, 1 client"),
    _small_file("keep-alive-32", "keep-alive, 32 clients"),
    _small_file("one-connection", "one connection per request, 16 clients"),
    _large_file(
        "download",
        "Download of 90 MB",
        Column("first byte, ms", "download", "first_byte_ms", 2, spread=True),
        Column("slowest first byte, ms", "download", "slowest_first_byte_ms", 2),
    ),
    _large_file("upload", "Upload of 90 MB"),
    _websocket("websocket-1", "64 B, 1 in flight"),
    _websocket("websocket-64", "64 B, 64 in flight"),
    _websocket("websocket-1mb", "1 MB, 1 in flight"),
    _api("api-rate", "800 proxied requests/s are wanted", _proxied_requests("api-rate")),
    _api(
        "api-download",
        "90 MB are downloaded again and again",
        Column("proxied MB/s", "api-download", "proxied_mb_per_s"),
    ),
    _api("api-flat-out", "32 clients get all they can", _proxied_requests("api-flat-out")),
    _page("pages-8k", "8 kB"),
    _page("pages-8k-gzip", "8 kB compressed by gzip"),
    _page("pages-1mb", "1 MB"),
    _LOOK,
    _FIXED,
    _MEMORY,
    _large_transfer("transfer-down", "download"),
    _large_transfer("transfer-up", "upload"),
)
