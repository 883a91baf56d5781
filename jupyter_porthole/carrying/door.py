"""The door: passes new connections to the sidecar before Tornado reads a byte of them."""

from __future__ import annotations

import asyncio
import re
import socket
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream, SSLIOStream

from ..routes import Routes
from .carrier import Carrier
from .client import Client

#: How long a connection may wait here for its first byte, in seconds. Browsers open some
#: ahead of need; those go to Tornado, which has its own patience with them.
PATIENCE = 10.0

#: The longest method that is looked for, in bytes; the longest registered one has 17.
LONGEST_METHOD = 32


class Door:
    """Looks at the first bytes of each new connection, without taking them.

    A proxied request goes to the sidecar with its connection. All else goes to Tornado
    untouched: other paths, first lines that are not whole yet, encrypted connections, and what
    can't be passed on right now. Proxied requests that come to Tornado in this way, or later on
    a connection of its own, leave it by ``handover.py``.
    """

    def __init__(self, server: HTTPServer, routes: Routes, carrier: Carrier) -> None:
        """Stand in front of a server that is running already.

        `handle_stream` is Tornado's override point for what is done with new connections
        (`tornado.tcpserver.TCPServer`).
        """
        self._server = server
        self._carrier = carrier
        self._tornado = server.handle_stream
        method = rb"[!#$%%&'*+.^_`|~0-9A-Za-z-]{1,%d}" % LONGEST_METHOD
        self._proxied = re.compile(method + b" " + routes.pattern.encode())
        self._length = LONGEST_METHOD + 1 + routes.longest
        self._waiting: dict[IOStream, asyncio.TimerHandle] = {}
        self._loop = asyncio.get_running_loop()
        server.handle_stream = self._handle

    def close(self) -> None:
        """Put Tornado back in its place and close what has not said a word yet."""
        self._server.handle_stream = self._tornado
        for stream in list(self._waiting):
            self._stop_waiting(stream)
            stream.close()

    def _handle(self, stream: IOStream, address: Any) -> None:
        if isinstance(stream, SSLIOStream):
            self._tornado(stream, address)
        else:
            self._look(stream, address)

    def _look(self, stream: IOStream, address: Any) -> None:
        try:
            beginning = stream.socket.recv(self._length, socket.MSG_PEEK)
        except BlockingIOError:
            self._wait(stream, address)
            return
        except OSError:
            # It is broken, which Tornado knows how to end.
            beginning = b""
        if self._proxied.match(beginning) is None or not self._carrier.pass_new(
            stream, Client.at(address, encrypted=False), lambda: self._tornado(stream, address)
        ):
            self._tornado(stream, address)

    def _wait(self, stream: IOStream, address: Any) -> None:
        self._waiting[stream] = self._loop.call_later(PATIENCE, self._give_up, stream, address)
        self._loop.add_reader(stream.fileno(), self._look_again, stream, address)

    def _look_again(self, stream: IOStream, address: Any) -> None:
        self._stop_waiting(stream)
        self._look(stream, address)

    def _give_up(self, stream: IOStream, address: Any) -> None:
        self._stop_waiting(stream)
        self._tornado(stream, address)

    def _stop_waiting(self, stream: IOStream) -> None:
        self._loop.remove_reader(stream.fileno())
        self._waiting.pop(stream).cancel()
