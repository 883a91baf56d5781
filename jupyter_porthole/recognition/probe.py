"""A gentle question to an app on this machine: a GET as a browser would send it."""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
from http.client import HTTPException, HTTPResponse, IncompleteRead

from ..processes.deadlines import within
from .known_app import Answer

#: How much of an answer is read, in bytes.
MOST_READ = 64 * 1024

#: How an answer begins that isn't the final one.
INTERIM = re.compile(rb"HTTP/1\.[01] 1(?!01)\d\d ")


async def ask(address: str, port: int, path: str, deadline: float) -> Answer | None:
    """Ask an app for a path.

    There is nothing in the question that tells who asks. Redirects aren't followed.

    :param address: one of loopback.
    :param deadline: when to judge by what has come, by the event loop's clock.
    :returns: ``None`` without an answer, or if it isn't HTTP.
    """
    head = (
        f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nAccept: text/html,*/*;q=0.1\r\n"
        "Connection: close\r\n\r\n"
    )
    data = bytearray()
    # It may refuse, break off, or take its time.
    with contextlib.suppress(OSError, asyncio.TimeoutError):
        await within(_left(deadline), _exchange(address, port, head.encode(), data))
    return _read(bytes(data))[0]


def _left(deadline: float) -> float:
    return max(0, deadline - asyncio.get_running_loop().time())


async def _exchange(address: str, port: int, head: bytes, data: bytearray) -> None:
    reader, writer = await asyncio.open_connection(address, port)
    try:
        writer.write(head)
        # Not all who are told to close the connection do so.
        while len(data) < MOST_READ and not _read(bytes(data))[1]:
            piece = await reader.read(MOST_READ - len(data))
            if not piece:
                return
            data += piece
    finally:
        writer.transport.abort()


class _Received:
    """What :class:`HTTPResponse` reads instead of a socket."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._data)


def _read(data: bytes) -> tuple[Answer | None, bool]:
    """Read an answer, as far as it has come.

    :returns: and whether that is all of it, as far as it says.
    """
    while INTERIM.match(data):
        # The final answer follows (RFC 9110, section 15.2).
        data = data.partition(b"\r\n\r\n")[2]
    response = HTTPResponse(_Received(data))
    try:
        response.begin()
        is_whole = response.chunked or response.length is not None
        body = response.read()
    except IncompleteRead as error:
        body, is_whole = error.partial, False
    except (HTTPException, ValueError):
        # It isn't HTTP, or not a whole head.
        return None, False
    fields = {name.lower(): value for name, value in response.getheaders()}
    return Answer(fields, body.decode(errors="replace")), is_whole
