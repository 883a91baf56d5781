"""Node's IPC channel, spoken from Python.

Node's side is opened by `process.on('message')` in a process that finds the number of its
end of a socket pair in `NODE_CHANNEL_FD`. Messages are lines of JSON; those whose `cmd`
begins with `NODE_` are Node's own (lib/internal/child_process.js in Node's source).
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable
from typing import Any

#: Messages as both sides send them: JSON objects.
Message = dict[str, Any]


class Channel(asyncio.Protocol):
    """One end of the channel to a Node process.

    A protocol and not a stream: what has arrived is then looked at before any timer that
    is due in the same round, so that a Jupyter that was busy doesn't take the answers it
    didn't read yet for missing ones.
    """

    def __init__(self, receive: Callable[[Message], None]) -> None:
        self._receive = receive
        self._unread = b""
        self._transport: asyncio.WriteTransport | None = None

    @classmethod
    async def open(cls, end: socket.socket, receive: Callable[[Message], None]) -> Channel:
        """Serve one end of a socket pair.

        :param receive: called with each message.
        """
        loop = asyncio.get_running_loop()
        _, channel = await loop.create_connection(lambda: cls(receive), sock=end)
        return channel

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport; see :class:`asyncio.Protocol`."""
        assert isinstance(transport, asyncio.WriteTransport)  # noqa: S101
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Pass on each whole line; see :class:`asyncio.Protocol`."""
        *lines, self._unread = (self._unread + data).split(b"\n")
        for line in lines:
            message = json.loads(line)
            if isinstance(message, dict) and not str(message.get("cmd", "")).startswith("NODE_"):
                self._receive(message)

    def send(self, message: Message) -> None:
        """Send a message; nothing happens if the other end is gone."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(json.dumps(message).encode() + b"\n")

    def close(self) -> None:
        """Close this end, which makes the other process end."""
        if self._transport is not None:
            self._transport.close()
