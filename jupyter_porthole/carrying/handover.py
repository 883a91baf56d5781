"""Takes proxied requests out of Jupyter's hands before it reads their bodies."""

from __future__ import annotations

from tornado.httpserver import HTTPServer
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

from ..routes import Routes
from .carrier import Carrier
from .client import Client
from .heads import head_of, remember_heads


def take_over_proxied_requests(
    http_server: HTTPServer, web_app: Application, routes: Routes, carrier: Carrier
) -> None:
    """Route whatever is proxied to the sidecar, before all other routes.

    A router and not a request handler: a handler is Tornado's for methods that it knows
    and paths that are UTF-8, and begins after those checks. Nobody is authorised here;
    the sidecar asks about each request (``grants.py``).
    """
    remember_heads(http_server)
    pattern = f"{routes.pattern}.*"
    # Not `add_handlers`, which is for request handlers only.
    web_app.default_router.rules.insert(0, Rule(PathMatches(pattern), HandoverRouter(carrier)))


class HandoverRouter(Router):
    """Hands over each request that is routed to it."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    def find_handler(self, request: HTTPServerRequest, **_: object) -> HTTPMessageDelegate:
        """Choose who handles it; see :class:`tornado.routing.Router`."""
        return Handover(self._carrier, request)


class Handover(HTTPMessageDelegate):
    """Takes one request with its connection away from Tornado."""

    def __init__(self, carrier: Carrier, request: HTTPServerRequest) -> None:
        self._carrier = carrier
        self._request = request

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> None:
        """Detach the connection, which is possible here only.

        The body is unread and `100 Continue` unsent at this moment.
        """
        connection: HTTPConnection = self._request.connection
        stream = connection.detach()
        if not stream.closed():
            head = head_of(stream, self._request)
            self._carrier.carry(stream, _client_of(stream), head, self._request)


def _client_of(stream: IOStream) -> Client:
    try:
        address = stream.socket.getpeername()
    except OSError:
        # The client has left already.
        address = None
    return Client.at(address, encrypted=isinstance(stream, SSLIOStream))
