"""Jupyter's private Unix socket: only the sidecar of this Jupyter talks to it."""

from __future__ import annotations

from pathlib import Path

from jupyter_server.serverapp import ServerApp
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPMessageDelegate, HTTPServerRequest
from tornado.netutil import bind_unix_socket
from tornado.routing import Router
from tornado.web import Application, ErrorHandler

from .grants import QUESTION_HEADER, GrantHandler, GrantPolicy
from .routes import proxied_root

#: The longest head, in bytes: the longest of a client (64 KiB) with the sidecar's fields.
LONGEST_HEAD = 80 * 1024


class PrivateRouter(Router):
    """Answers questions, and serves what else comes along as Jupyter itself.

    What else comes along are requests that are not proxied on connections that the
    sidecar owns, since a browser or a hub's proxy uses one connection for all.
    """

    def __init__(self, web_app: Application, policy: GrantPolicy) -> None:
        self._web_app = web_app
        self._policy = policy
        self._root = proxied_root(web_app)

    def find_handler(self, request: HTTPServerRequest, **_: object) -> HTTPMessageDelegate | None:
        """Choose who answers; see :class:`tornado.routing.Router`."""
        if QUESTION_HEADER in request.headers:
            return self._web_app.get_handler_delegate(
                request, GrantHandler, {"policy": self._policy}
            )
        if request.path.startswith(self._root):
            # Jupyter would hand it over to the sidecar again, and so on.
            return self._web_app.get_handler_delegate(request, ErrorHandler, {"status_code": 404})
        return self._web_app.find_handler(request)


class PrivateServer:
    """The server on the private socket."""

    def __init__(self, serverapp: ServerApp, path: Path, policy: GrantPolicy) -> None:
        """Start to listen.

        :param path: where, in a folder that only this user can enter.
        :raises OSError: if the socket can't be made.
        """
        self._server = HTTPServer(
            PrivateRouter(serverapp.web_app, policy),
            # The sidecar names the client in X-Real-Ip and X-Scheme.
            xheaders=True,
            max_header_size=LONGEST_HEAD,
            max_body_size=serverapp.max_body_size,
            max_buffer_size=serverapp.max_buffer_size,
        )
        self._server.add_socket(bind_unix_socket(str(path), mode=0o600))

    def stop(self) -> None:
        """Take no more connections."""
        self._server.stop()
