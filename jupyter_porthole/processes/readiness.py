"""Whether an app is up."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from ..listening.ports import LOOPBACK
from .deadlines import within
from .places import Place

#: How long one question may take at first, in seconds; an app that answers its first request
#: slowly is given as long as it has been asked.
SHORTEST_PROBE = 1.0
#: Pauses between questions, in seconds.
SHORTEST_PAUSE = 0.02
LONGEST_PAUSE = 0.25


@dataclass(frozen=True)
class Readiness:
    """How it is told that an app is up."""

    #: Whether an accepted connection is enough (raw sockets).
    connects_only: bool = False
    #: Else any HTTP answer to a GET of this path is,
    path: str = "/"
    #: or, if this is set, only one with a status below 400.
    demands_success: bool = False
    #: Whether the app speaks HTTPS. Its certificate doesn't matter.
    tls: bool = False


async def until_ready(place: Place, readiness: Readiness) -> None:
    """Ask an app until it is up, quickly at first."""
    started = time.monotonic()
    pause = SHORTEST_PAUSE
    while True:
        limit = max(SHORTEST_PROBE, time.monotonic() - started)
        with contextlib.suppress(asyncio.TimeoutError):
            if await within(limit, is_ready(place, readiness)):
                return
        await asyncio.sleep(pause)
        pause = min(1.5 * pause, LONGEST_PAUSE)


async def is_ready(place: Place, readiness: Readiness) -> bool:
    """Ask once, without a limit of time."""
    connection = await connect(place)
    if connection is None:
        return False
    if readiness.connects_only:
        connection.close()
        return True
    try:
        status = await _ask(connection, place, readiness)
    except (OSError, EOFError, ValueError):
        # It has closed the connection, speaks no TLS or no HTTP yet. An asyncio.StreamReader
        # raises ValueError for a line that is too long.
        return False
    return status < 400 or not readiness.demands_success


async def is_taken(place: Place) -> bool:
    """Tell whether somebody listens at a place."""
    connection = await connect(place)
    if connection is not None:
        connection.close()
    return connection is not None


async def connect(place: Place) -> socket.socket | None:
    """Connect to an app, if it listens."""
    loop = asyncio.get_running_loop()
    for family, address in _addresses(place):
        try:
            connection = socket.socket(family)
        except OSError:
            # A kernel without IPv6.
            continue
        try:
            connection.setblocking(False)
            await loop.sock_connect(connection, address)
            # A connection to a free port that the kernel chose for its near end, too,
            # is connected to itself.
            if family == socket.AF_UNIX or connection.getsockname() != connection.getpeername():
                return connection
            connection.close()
        except OSError:
            connection.close()
        except BaseException:
            connection.close()
            raise
    return None


def _addresses(place: Place) -> Iterator[tuple[socket.AddressFamily, tuple[str, int] | str]]:
    if not place.port:
        yield socket.AF_UNIX, place.unix_socket
        return
    for host in LOOPBACK:
        yield socket.AF_INET6 if ":" in host else socket.AF_INET, (host, place.port)


async def _ask(connection: socket.socket, place: Place, readiness: Readiness) -> int:
    """Ask for the path and return the status, whatever follows it.

    :raises OSError: if the connection breaks.
    :raises EOFError: if it ends.
    :raises ValueError: if the answer is not HTTP.
    """
    try:
        reader, writer = await asyncio.open_connection(
            sock=connection,
            ssl=_any_certificate() if readiness.tls else None,
            server_hostname="localhost" if readiness.tls else None,
        )
    except BaseException:
        connection.close()
        raise
    try:
        path = quote(readiness.path, safe="!#$%&'()*+,/:;=?@[]~")
        host = f"localhost:{place.port}" if place.port else "localhost"
        head = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\nConnection: close\r\n\r\n"
        writer.write(head.encode())
        while (status := await _read_status(reader)) < 200 and status != 101:
            # An interim answer, such as 103 (RFC 9110, section 15.2): the final one follows.
            await reader.readuntil(b"\r\n\r\n")
        return status
    finally:
        writer.transport.abort()


async def _read_status(reader: asyncio.StreamReader) -> int:
    line = await reader.readline()
    if not line:
        raise EOFError
    version, status, *_ = line.split(maxsplit=2)
    if not version.startswith(b"HTTP/"):
        raise ValueError(line)
    return int(status)


def _any_certificate() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
