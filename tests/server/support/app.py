"""Apps whose every byte a test decides and sees."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path

from .message import Message

#: Plays the app's part on one connection.
Play = Callable[["Connection"], None]


@dataclass
class Request(Message):
    """A request as the app got it."""

    line: str
    #: Name and value as they came, in their order.
    fields: list[tuple[str, str]]
    body: bytes = b""

    @property
    def target(self) -> str:
        """The request target, byte for byte (latin-1)."""
        return self.line.split(" ")[1]


class Connection:
    """A connection that an app has accepted."""

    def __init__(self, connection: socket.socket, file: BufferedReader) -> None:
        self.socket = connection
        #: What comes on it, to be read by lines and pieces.
        self.file = file

    def read_head(self) -> Request | None:
        """Read a request's head; ``None`` at the end of the connection."""
        line = self.file.readline().decode("latin1").rstrip("\r\n")
        if not line:
            return None
        fields = []
        while field_line := self.file.readline().decode("latin1").rstrip("\r\n"):
            name, _, value = field_line.partition(":")
            fields.append((name, value.strip(" ")))
        return Request(line, fields)

    def read_request(self) -> Request | None:
        """Read a whole request."""
        request = self.read_head()
        if request is not None:
            request.body = self.read_body(request)
        return request

    def read_body(self, request: Request) -> bytes:
        """Read the body of a request whose head was read."""
        length = request.value("Content-Length")
        if request.value("Transfer-Encoding") != "chunked":
            return self.file.read(int(length or 0))
        assert length is None
        body = b""
        while size := int(self.file.readline(), 16):
            body += self.file.read(size)
            self.file.readline()
        self.file.readline()
        return body

    def send(self, data: bytes) -> None:
        """Send bytes to whoever called."""
        self.socket.sendall(data)


def answer(response: bytes) -> Play:
    """Answer each request on a connection by the same bytes."""

    def play(connection: Connection) -> None:
        while connection.read_request() is not None:
            connection.send(response)

    return play


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass
class App:
    """A listening app."""

    #: 0 if it listens on a Unix socket.
    port: int
    #: What each connection sees; may be replaced at any time.
    play: Play
    #: All requests that were answered by :meth:`record`.
    requests: list[Request] = field(default_factory=list)
    #: What :meth:`record` answers, on connections that are open already, too.
    response: bytes = OK
    #: How many connections were accepted.
    connections: int = 0
    #: Errors of :attr:`play`, which a test must not overlook.
    errors: list[BaseException] = field(default_factory=list)

    def record(self, response: bytes = OK) -> None:
        """Remember each request and answer it by the same bytes."""
        self.response = response

        def play(connection: Connection) -> None:
            while (request := connection.read_request()) is not None:
                self.requests.append(request)
                connection.send(self.response)

        self.play = play

    @property
    def last(self) -> Request:
        """The request that was recorded last."""
        return self.requests[-1]


@contextlib.contextmanager
def serving(
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    unix_socket: Path | None = None,
    tls: ssl.SSLContext | None = None,
) -> Iterator[App]:
    """Run an app, on a free port if no place is given; it answers 200 at first."""
    if unix_socket is not None:
        server = socket.socket(socket.AF_UNIX)
        server.bind(str(unix_socket))
        server.listen(128)
    else:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        server = socket.create_server((host, port), family=family, backlog=128)
    app = App(server.getsockname()[1] if unix_socket is None else 0, answer(OK))
    accepted: list[socket.socket] = []

    def serve(plain: socket.socket) -> None:
        try:
            connection = plain if tls is None else tls.wrap_socket(plain, server_side=True)
            accepted.append(connection)
            # The file too: the socket stays open as long as it does.
            with connection, connection.makefile("rb") as file:
                app.play(Connection(connection, file))
        except OSError:
            # The other side has gone, which tests do on purpose.
            pass
        except BaseException as error:
            app.errors.append(error)

    def accept() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            app.connections += 1
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield app
    finally:
        # Closing alone would leave accept() waiting.
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
        if unix_socket is not None:
            unix_socket.unlink()
        for connection in accepted:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        assert not app.errors, app.errors
