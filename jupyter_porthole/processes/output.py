"""What an app prints, kept in memory."""

from __future__ import annotations

import asyncio
import re
from typing import NamedTuple

#: How much is kept, in bytes.
KEPT = 256 * 1024
#: Where a line that is shown to people is cut, in characters.
LONGEST_LINE = 500

#: Terminals' control sequences (ECMA-48): operating system commands and the like, which
#: end with BEL or ST; CSI, as for colours; other escapes. Then all other control characters.
CONTROLS = re.compile(
    r"\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"
    r"|\x1b\[[0-?]*[ -/]*[@-~]?"
    r"|\x1b[ -/]*[0-~]?"
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f]"
)


class Piece(NamedTuple):
    """Some of the output."""

    data: bytes
    #: Where the next piece begins.
    next_offset: int

    @property
    def offset(self) -> int:
        """Where it begins: later than where one wanted to read if that is gone."""
        return self.next_offset - len(self.data)


class Output:
    """The end of all that an app has printed, over all its starts.

    Offsets count bytes from the very first one.
    """

    def __init__(self) -> None:
        #: How many bytes there have been.
        self.total = 0
        self._kept = bytearray()
        self._news = asyncio.Event()

    def append(self, data: bytes) -> None:
        """Add what was printed."""
        self.total += len(data)
        self._kept += data
        del self._kept[:-KEPT]
        self._news.set()
        self._news = asyncio.Event()

    def read_from(self, offset: int) -> Piece:
        """Return what is kept from an offset on.

        It has skipped something if the piece's :attr:`~Piece.offset` is greater.
        """
        start = max(0, offset - (self.total - len(self._kept)))
        return Piece(bytes(self._kept[start:]), self.total)

    async def wait_beyond(self, offset: int) -> None:
        """Wait until there is something to read from an offset on."""
        while self.total <= offset:
            await self._news.wait()

    def tail_lines(self, count: int, since: int = 0) -> list[str]:
        """Return the last lines as a terminal would show them, without colours.

        :param since: the offset of the first byte that counts.
        """
        text = self.read_from(since).data.decode(errors="replace").rstrip()
        return [_shown(line) for line in text.split("\n")[-count:]] if text else []


def _shown(line: str) -> str:
    # A progress bar returns to the line's begin to overwrite it.
    last = line.rstrip("\r").rpartition("\r")[2]
    return CONTROLS.sub("", last)[:LONGEST_LINE]
