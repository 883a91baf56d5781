"""What a figure is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..origin.origin import Origin
from ..pace import Pace
from ..ways.way import Way

#: Named values of one measurement, with their unit at the end of the name.
Values = dict[str, float]

PROXIES = ("nginx", "jsp", "chp", "door", "relay")
ALL_WAYS = ("direct", *PROXIES)
JUPYTERS = ("jsp", "door", "relay", "off")

#: What a browser sends as `Accept` for a page that it is to show. Without `Sec-Fetch-Mode`,
#: which browsers leave out over plain http, this is what tells that.
PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
#: What it sends for most others.
ANYTHING = "*/*"


@dataclass(frozen=True)
class Setting:
    """Where and how it is measured."""

    origin: Origin
    pace: Pace
    #: Where a measurement may create folders.
    folder: Path


@dataclass(frozen=True)
class Figure:
    """Something to measure on some ways."""

    name: str
    ways: tuple[str, ...]
    measure: Callable[[Way, Setting], Values]
    #: Name and unit of the value that is shown while it runs.
    shown: tuple[str, str]
    #: Whether it is measured once: what it needs, a process has only once.
    once: bool = False
