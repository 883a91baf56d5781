"""Takes proxied requests out of Jupyter's hands before it reads their bodies."""

from __future__ import annotations

import asyncio
import re
import socket

from jupyter_server.serverapp import ServerApp
from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPMessageDelegate,
    HTTPServerRequest,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.iostream import IOStream, SSLIOStream
from tornado.routing import PathMatches, Router, Rule
from tornado.web import Application

from .heads import head_of, remember_heads
from .relay import End, SocketEnd, client_end, make_preface, relay
from .sidecar import Sidecar
from .unavailable import send_unavailable


def proxied_root(web_app: Application) -> str:
    """Return where all proxied paths begin: ``/jupyter/proxy/``."""
    return web_app.settings["base_url"] + "proxy/"


def take_over_proxied_requests(serverapp: ServerApp, sidecar: Sidecar) -> HandoverRouter:
    """Route whatever lies below the proxied root to the sidecar, before all other routes.

    A router and not a request handler: a handler is Tornado's for methods that it knows
    and paths that are UTF-8, and begins after those checks. Nobody is authorised here;
    the sidecar asks about each request (``grants.py``).
    """
    web_app = serverapp.web_app
    remember_heads(serverapp.http_server)
    pattern = re.escape(proxied_root(web_app)) + ".*"
    router = HandoverRouter(sidecar)
    # Not `add_handlers`, which is for request handlers only.
    web_app.default_router.rules.insert(0, Rule(PathMatches(pattern), router))
    return router


class HandoverRouter(Router):
    """Hands over each request that is routed to it."""

    def __init__(self, sidecar: Sidecar) -> None:
        self._sidecar = sidecar
        #: The event loop keeps no reference to the tasks that it runs.
        self._tasks: set[asyncio.Task[None]] = set()

    def find_handler(self, request: HTTPServerRequest, **_: object) -> HTTPMessageDelegate:
        """Choose who handles it; see :class:`tornado.routing.Router`."""
        return Handover(self, request)

    def hand_over(self, stream: IOStream, request: HTTPServerRequest) -> None:
        """Carry all that comes on a connection to the sidecar, from this request on."""
        if stream.closed():
            return
        scheme = "https" if isinstance(stream, SSLIOStream) else "http"
        preface = make_preface(_address(stream), scheme)
        head = head_of(stream, request)
        client, unread = client_end(stream)
        task = asyncio.ensure_future(self._carry(client, preface, head + unread, request))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Break all connections that were handed over."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _carry(
        self, client: End, preface: bytes, first: bytes, request: HTTPServerRequest
    ) -> None:
        try:
            sidecar = await self._sidecar.connect(preface)
        except OSError:
            await send_unavailable(client, request, self._sidecar.has_failed)
            return
        except asyncio.CancelledError:
            client.close()
            raise
        await relay(client, SocketEnd(sidecar), first)


class Handover(HTTPMessageDelegate):
    """Takes one request with its connection away from Tornado."""

    def __init__(self, router: HandoverRouter, request: HTTPServerRequest) -> None:
        self._router = router
        self._request = request

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> None:
        """Detach the connection, which is possible here only.

        The body is unread and `100 Continue` unsent at this moment.
        """
        connection: HTTPConnection = self._request.connection
        self._router.hand_over(connection.detach(), self._request)


def _address(stream: IOStream) -> str:
    """Return the client's IP address; nothing if Jupyter listens on a Unix socket."""
    if stream.socket.family not in (socket.AF_INET, socket.AF_INET6):
        return ""
    try:
        return stream.socket.getpeername()[0]
    except OSError:
        # The client has left already.
        return ""
