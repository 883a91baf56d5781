"""Brings connections to a sidecar, by the best way there is.

The socket itself is passed on; Jupyter then has no part in what goes over it. Where that can't
be (TLS, which is spoken here, or a system that is out of descriptors), its bytes are relayed.
"""

from __future__ import annotations

import asyncio
import base64
import socket
from collections.abc import Callable

from tornado.httputil import HTTPServerRequest
from tornado.iostream import IOStream, SSLIOStream

from ..sidecars import Sidecars
from ..sidecars.channel import Message, Passage
from .client import Client
from .relay import End, SocketEnd, StreamEnd, make_preface, relay, take_socket
from .unavailable import send_unavailable


class Carrier:
    """Takes connections from Jupyter."""

    def __init__(self, sidecars: Sidecars, *, passes_sockets: bool) -> None:
        """Take none yet.

        :param passes_sockets: whether they may be passed on; all are relayed otherwise.
        """
        self._sidecars = sidecars
        self._passes_sockets = passes_sockets
        #: The event loop keeps no reference to the tasks that it runs.
        self._tasks: set[asyncio.Task[None]] = set()

    def pass_new(self, stream: IOStream, client: Client, give_back: Callable[[], object]) -> bool:
        """Pass on a connection of which nothing was read.

        :param give_back: called if it turns out later that it can't be done.
        :returns: whether it is on its way.
        """

        def done(is_taken: bool) -> None:
            if is_taken:
                # This copy; the sidecar's is the only one then.
                stream.close()
            else:
                give_back()

        return self._passes_sockets and self._sidecars.pass_on(
            Passage(stream.socket, _introduction(client), done)
        )

    def carry(
        self, stream: IOStream, client: Client, head: bytes, request: HTTPServerRequest
    ) -> None:
        """Carry all that comes on a connection to a sidecar, from this request on.

        :param stream: detached from Tornado's HTTP connection.
        :param head: the request's, as it came.
        """
        if isinstance(stream, SSLIOStream):
            carrying = self._relay(StreamEnd(stream), client, head, request)
        else:
            connection, unread = take_socket(stream)
            carrying = self._pass_or_relay(connection, client, head + unread, request)
        task = asyncio.ensure_future(carrying)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Break all connections that are relayed or on their way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _pass_or_relay(
        self, connection: socket.socket, client: Client, first: bytes, request: HTTPServerRequest
    ) -> None:
        end = SocketEnd(connection)
        try:
            is_taken = self._passes_sockets and await self._pass(connection, client, first)
        except asyncio.CancelledError:
            end.close()
            raise
        if is_taken:
            end.close()
        else:
            await self._relay(end, client, first, request)

    async def _pass(self, connection: socket.socket, client: Client, first: bytes) -> bool:
        if not await self._sidecars.wait():
            return False
        is_taken: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def done(answer: bool) -> None:
            if not is_taken.done():
                is_taken.set_result(answer)

        introduction = _introduction(client, first)
        return self._sidecars.pass_on(Passage(connection, introduction, done)) and await is_taken

    async def _relay(
        self, end: End, client: Client, first: bytes, request: HTTPServerRequest
    ) -> None:
        try:
            sidecar = await self._sidecars.connect(make_preface(client))
        except OSError:
            await send_unavailable(end, request, self._sidecars.has_failed)
            return
        except asyncio.CancelledError:
            end.close()
            raise
        await relay(end, SocketEnd(sidecar), first)


def _introduction(client: Client, first: bytes = b"") -> Message:
    """Make the message that goes with a socket (``src/sidecar/channel.ts``).

    :param first: what was read from it already.
    """
    return {
        "type": "connection",
        **client.as_message(),
        "first": base64.b64encode(first).decode(),
    }
