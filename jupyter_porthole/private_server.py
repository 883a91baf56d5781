"""Jupyter's private Unix socket: only the sidecar of this Jupyter talks to it."""

from __future__ import annotations

import re
from pathlib import Path

from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPMessageDelegate, HTTPServerRequest
from tornado.netutil import bind_unix_socket
from tornado.routing import Router
from tornado.web import Application, ErrorHandler

from .destinations import Destinations
from .grants import QUESTION_HEADER, GrantHandler
from .rewriting import REWRITE_HEADER, RewriteHandler
from .routes import Routes

#: The longest head, in bytes: the longest of a client (64 KiB) with the sidecar's fields, which
#: name the path up to three times more, escaped.
LONGEST_HEAD = 512 * 1024


class PrivateRouter(Router):
    """Answers questions, and serves what else comes along as Jupyter itself.

    What else comes along are requests that are not proxied on connections that the
    sidecar owns, since a browser or a hub's proxy uses one connection for all.
    """

    def __init__(
        self, web_app: Application, routes: Routes, destinations: Destinations, ttl: float
    ) -> None:
        self._web_app = web_app
        self._proxied = re.compile(routes.pattern)
        self._destinations = destinations
        self._ttl = ttl

    def find_handler(self, request: HTTPServerRequest, **_: object) -> HTTPMessageDelegate | None:
        """Choose who answers; see :class:`tornado.routing.Router`."""
        if QUESTION_HEADER in request.headers:
            return self._web_app.get_handler_delegate(
                request, GrantHandler, {"destinations": self._destinations, "ttl": self._ttl}
            )
        if REWRITE_HEADER in request.headers:
            return self._web_app.get_handler_delegate(
                request, RewriteHandler, {"destinations": self._destinations}
            )
        if self._proxied.match(request.path):
            # Jupyter would hand it over to the sidecar again, and so on.
            return self._web_app.get_handler_delegate(request, ErrorHandler, {"status_code": 404})
        return self._web_app.find_handler(request)


class PrivateServer:
    """The server on the private socket."""

    def __init__(self, router: PrivateRouter, path: Path, **limits: int) -> None:
        """Start to listen.

        :param path: where, in a folder that only this user can enter.
        :param limits: `max_body_size` and `max_buffer_size` of :class:`HTTPServer`, in bytes.
        :raises OSError: if the socket can't be made.
        """
        self._server = HTTPServer(
            router,
            # The sidecar names the client in X-Real-Ip and X-Scheme.
            xheaders=True,
            max_header_size=LONGEST_HEAD,
            **limits,
        )
        self._server.add_socket(bind_unix_socket(str(path), mode=0o600))

    def stop(self) -> None:
        """Take no more connections."""
        self._server.stop()
