"""The pipe that an app prints into."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

#: How much is read at a time, in bytes: what a pipe holds (see pipe(7)).
CHUNK = 64 * 1024

#: How many chunks are read at most of one whose writer has ended: others may go on.
MOST_CHUNKS_LEFT = 16


class OutputPipe:
    """Reads continuously, so that the app never waits for us."""

    def __init__(self, receive: Callable[[bytes], None]) -> None:
        """Open a pipe.

        :param receive: called with all that is printed.
        :raises OSError: if Jupyter is out of descriptors.
        """
        self._receive = receive
        self._loop = asyncio.get_running_loop()
        # Neither end is inherited: the app gets copies of this one as 1 and 2.
        self._read_end, self.write_end = os.pipe()
        os.set_blocking(self._read_end, False)
        self._is_open = True
        self._is_writable = True

    def listen(self) -> None:
        """Read from now on, and leave writing to the app, which has been started."""
        self._close_write_end()
        self._loop.add_reader(self._read_end, self._read)

    def drain(self) -> None:
        """Read what is there: of a process that has ended, all."""
        for _ in range(MOST_CHUNKS_LEFT):
            if not self._is_open or not self._read():
                break

    def close(self) -> None:
        """Read what is there, and no more; may be called again."""
        self._close_write_end()
        self.drain()
        self._close_read_end()

    def _close_write_end(self) -> None:
        if self._is_writable:
            self._is_writable = False
            os.close(self.write_end)

    def _close_read_end(self) -> None:
        if self._is_open:
            self._is_open = False
            self._loop.remove_reader(self._read_end)
            os.close(self._read_end)

    def _read(self) -> bool:
        try:
            data = os.read(self._read_end, CHUNK)
        except BlockingIOError:
            return False
        if not data:
            self._close_read_end()
            return False
        self._receive(data)
        return True
