"""Clients that send exactly what a test says."""

from __future__ import annotations

import socket
from http.client import HTTPResponse
from types import TracebackType

from .jupyter import Jupyter
from .message import Message


class Response(Message):
    """A whole response."""

    def __init__(self, response: HTTPResponse) -> None:
        self.status = response.status
        self.reason = response.reason
        #: Name and value as they came, in their order.
        self.fields = response.getheaders()
        self.body = response.read()


class Client:
    """One connection to Jupyter."""

    def __init__(self, jupyter: Jupyter) -> None:
        self.jupyter = jupyter
        self.socket: socket.socket = jupyter.connect()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.socket.close()

    def send(
        self,
        target: str,
        method: str = "GET",
        fields: list[tuple[str, str]] | None = None,
        body: bytes = b"",
        *,
        authorised: bool = True,
    ) -> None:
        """Send a request; `Content-Length` is added if there is a body."""
        self.socket.sendall(self.request(target, method, fields, body, authorised=authorised))

    def request(
        self,
        target: str,
        method: str = "GET",
        fields: list[tuple[str, str]] | None = None,
        body: bytes = b"",
        *,
        authorised: bool = True,
    ) -> bytes:
        """Make the bytes of a request."""
        lines = [f"{method} {target} HTTP/1.1", f"Host: {self.jupyter.host}"]
        if authorised:
            lines.append(f"Authorization: token {self.jupyter.token}")
        lines += [f"{name}: {value}" for name, value in fields or []]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*lines, "", ""]).encode("latin1") + body

    def head(self, method: str = "GET") -> HTTPResponse:
        """Read the head of a response; its body is to be read yet.

        Nothing of a following response may have come already, since it would be lost.
        """
        response = HTTPResponse(self.socket, method=method)
        response.begin()
        return response

    def receive(self, method: str = "GET") -> Response:
        """Read a whole response."""
        return Response(self.head(method))

    def receive_all(self) -> bytes:
        """Read until the other side closes."""
        received = b""
        while data := self.socket.recv(65536):
            received += data
        return received


def fetch(
    jupyter: Jupyter,
    target: str,
    method: str = "GET",
    fields: list[tuple[str, str]] | None = None,
    body: bytes = b"",
    *,
    authorised: bool = True,
) -> Response:
    """Send one request on a connection of its own and read the response."""
    with Client(jupyter) as client:
        client.send(target, method, fields, body, authorised=authorised)
        return client.receive(method)
