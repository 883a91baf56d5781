"""An app in a process of its own that notes what befalls it.

It is called with a file for its notes (lines of JSON), and a port or the path of a Unix
socket. It answers requests by what it has got, and echoes on WebSockets.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream
from tornado.netutil import bind_sockets, bind_unix_socket
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketHandler


class Notes:
    """The file."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)

    def add(self, event: str, **details: Any) -> None:
        """Add a line."""
        with self._path.open("a") as file:
            file.write(json.dumps({"event": event, **details}) + "\n")


class Server(HTTPServer):
    """Notes connections."""

    notes: Notes

    def handle_stream(self, stream: IOStream, address: Any) -> None:
        self.notes.add("connection")
        super().handle_stream(stream, address)


class Noting(RequestHandler):
    """Notes requests."""

    SUPPORTED_METHODS = (*RequestHandler.SUPPORTED_METHODS, "PROPFIND")

    def note(self) -> dict[str, Any]:
        request = {
            "method": self.request.method,
            "target": self.request.uri,
            "fields": list(self.request.headers.get_all()),
            "body": self.request.body.decode("latin1"),
        }
        self.settings["notes"].add("request", **request)
        return request


class Mirror(Noting):
    """Answers any request by what it has got."""

    def prepare(self) -> None:
        self.finish(self.note())


class Echo(Noting, WebSocketHandler):
    """Echoes messages."""

    def prepare(self) -> None:
        self.note()

    def on_message(self, message: str | bytes) -> None:
        self.write_message(message, binary=isinstance(message, bytes))


async def main(path: str, place: str) -> None:
    notes = Notes(path)
    notes.add("start", arguments=sys.argv[1:], environment=dict(os.environ), cwd=os.getcwd())
    server = Server(Application([(".*/socket", Echo), (".*", Mirror)], notes=notes))
    server.notes = notes
    is_port = place.isdigit()
    server.add_sockets(
        bind_sockets(int(place), "127.0.0.1") if is_port else [bind_unix_socket(place)]
    )
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
