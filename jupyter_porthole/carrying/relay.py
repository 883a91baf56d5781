"""The relay: bytes between a client and the sidecar, both ways, as both sides take them."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import Protocol

from tornado.iostream import IOStream, StreamClosedError

from .client import Client

#: How much is read at a time, in bytes.
CHUNK = 256 * 1024


class End(Protocol):
    """One side of a relay."""

    async def read(self) -> bytes:
        """Return what has come, at least one byte; nothing at the end."""

    async def write(self, data: bytes) -> None:
        """Return when the other side has taken all of it."""

    def finish(self) -> None:
        """Say that nothing more will be written."""

    def close(self) -> None:
        """Close both directions."""


class SocketEnd:
    """A plain socket. It can be half-closed, which Tornado's streams can't."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._loop = asyncio.get_running_loop()

    async def read(self) -> bytes:
        """See :class:`End`."""
        return await self._loop.sock_recv(self._socket, CHUNK)

    async def write(self, data: bytes) -> None:
        """See :class:`End`."""
        await self._loop.sock_sendall(self._socket, data)

    def finish(self) -> None:
        """See :class:`End`."""
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError:
            # The other side has gone altogether, so it needs no telling.
            self.close()

    def close(self) -> None:
        """See :class:`End`."""
        self._socket.close()


class StreamEnd:
    """An encrypted connection: only Tornado's stream can read and write it."""

    def __init__(self, stream: IOStream) -> None:
        self._stream = stream

    async def read(self) -> bytes:
        """See :class:`End`."""
        try:
            return await self._stream.read_bytes(CHUNK, partial=True)
        except StreamClosedError:
            return b""

    async def write(self, data: bytes) -> None:
        """See :class:`End`."""
        await self._stream.write(data)

    def finish(self) -> None:
        """See :class:`End`; TLS has no half that could be closed alone."""
        self._stream.close()

    def close(self) -> None:
        """See :class:`End`."""
        self._stream.close()


def take_socket(stream: IOStream) -> tuple[socket.socket, bytes]:
    """Take the connection out of a plain stream, without needing a second descriptor.

    :param stream: detached from Tornado's HTTP connection, so nobody waits for it.
    :returns: the socket, and the bytes that Tornado has read already.
    """
    # What a pipelining client has sent after the head. Tornado has no other way to it
    # than a read, which would wait for more when there is none.
    unread = bytes(stream._read_buffer)
    connection = stream.socket
    # The override point for what closing a stream does with its descriptor.
    stream.close_fd = lambda: None
    stream.close()
    return connection, unread


def make_preface(client: Client) -> bytes:
    """Make the line that tells the sidecar who the client is (``src/sidecar/client.ts``)."""
    return json.dumps(client.as_message()).encode() + b"\n"


async def relay(client: End, sidecar: End, first: bytes) -> None:
    """Carry bytes both ways until both sides have ended or one has gone.

    :param first: what the sidecar gets before the client's further bytes.
    """
    directions = [
        asyncio.ensure_future(_carry(client, sidecar, first)),
        asyncio.ensure_future(_carry(sidecar, client)),
    ]
    try:
        # A broken side ends the other direction too.
        await asyncio.wait(directions, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for direction in directions:
            direction.cancel()
        await asyncio.gather(*directions, return_exceptions=True)
        client.close()
        sidecar.close()


async def _carry(source: End, sink: End, first: bytes = b"") -> None:
    if first:
        await sink.write(first)
    while data := await source.read():
        await sink.write(data)
    sink.finish()
