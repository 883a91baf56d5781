"""Markdown, as little of it as is needed."""

from __future__ import annotations

from collections.abc import Sequence


def markdown_table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a table as lines; the first column to the left, all others to the right."""
    rules = ["---", *["---:"] * (len(headers) - 1)]
    return [_line(headers), _line(rules), *(_line(row) for row in rows)]


def put_between(text: str, start: str, end: str, lines: Sequence[str]) -> str:
    """Replace what is between two lines of a text; these stay.

    Raises ValueError if they aren't there, once each and in this order.
    """
    head, found_start, rest = text.partition(f"{start}\n")
    _, found_end, tail = rest.partition(end)
    if not found_start or not found_end or start in rest or end in tail:
        raise ValueError(f"the text needs one line {start} and after it one line {end}")
    return "\n".join([head + start, "", *lines, "", end]) + tail


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
