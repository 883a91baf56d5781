"""Growing pauses after failures."""

from __future__ import annotations

import time

#: In seconds. They double.
FIRST = 0.5
LONGEST = 30.0


class Pauses:
    """Says how long not to try again."""

    def __init__(self) -> None:
        """Begin without a pause."""
        self._next = FIRST
        self._until = 0.0

    @property
    def seconds_left(self) -> float:
        """How long the pause still is; 0 if there is none."""
        return max(0.0, self._until - time.monotonic())

    def begin(self) -> None:
        """Begin a pause, which is longer than the one before."""
        self._until = time.monotonic() + self._next
        self._next = min(2 * self._next, LONGEST)

    def reset(self) -> None:
        """End the pause; the next one is short."""
        self._until = 0.0
        self._next = FIRST
