"""Options that are dictionaries."""

from __future__ import annotations

from typing import Any

from traitlets import Callable, Dict, Unicode, Union


class Pairs(Union):
    """A dictionary of texts: `--option name=value`, as often as needed; or a function, in files."""

    def __init__(self, **options: Any) -> None:
        self._pairs = Dict(Unicode())
        super().__init__([self._pairs, Callable()], default_value={}, **options)

    def from_string(self, s: str) -> dict[str, str]:
        """Read the one value of a command line; traitlets asks no member of a union for it."""
        return self.from_string_list([s])

    def from_string_list(self, texts: list[str]) -> dict[str, str]:
        """Read all values of a command line."""
        return self._pairs.from_string_list(texts)
