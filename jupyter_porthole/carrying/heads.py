"""Request heads as they came.

Tornado parses a head and forgets it: case, order and duplicates of the fields are gone.
The sidecar gets the bytes instead.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPServerRequest
from tornado.iostream import IOStream, SSLIOStream

#: How many rounds of the event loop a head takes from the socket to its route, and some
#: more: one for the future of the read, two for that of its timeout, one for each task.
ROUNDS = 10

_heads: WeakKeyDictionary[IOStream, bytes] = WeakKeyDictionary()


def remember_heads(server: HTTPServer) -> None:
    """Keep the newest head of each connection that a server accepts from now on.

    `handle_stream` is Tornado's override point for what is done with new connections
    (`tornado.tcpserver.TCPServer`).
    """
    handle_stream = server.handle_stream

    def handle_remembering(stream: IOStream, address: tuple) -> None:
        _remember_head(stream)
        if not isinstance(stream, SSLIOStream):
            _delay_end(stream)
        handle_stream(stream, address)

    server.handle_stream = handle_remembering


def _remember_head(stream: IOStream) -> None:
    """Look on while `HTTP1Connection` reads a head, by one call of `read_until_regex`."""
    read = stream.read_until_regex

    async def read_until_regex(regex: bytes, max_bytes: int | None = None) -> bytes:
        head = await read(regex, max_bytes)
        _heads[stream] = head
        return head

    stream.read_until_regex = read_until_regex


def _delay_end(stream: IOStream) -> None:
    """Report the end of a stream some rounds later than what came before it.

    A client may close its sending side right after its request and wait for the response.
    Tornado closes the connection when it reads that end, even if the request that came
    before it is still on its way through Tornado's futures.
    """
    read = stream.read_from_fd
    rounds_left = 0

    def read_from_fd(buffer: bytearray | memoryview) -> int | None:
        nonlocal rounds_left
        size = read(buffer)
        if size == 0 and rounds_left > 0:
            rounds_left -= 1
            # As if nothing more had come yet; the event loop will ask again.
            return None
        rounds_left = ROUNDS if size else 0
        return size

    stream.read_from_fd = read_from_fd


def head_of(stream: IOStream, request: HTTPServerRequest) -> bytes:
    """Return the head of the request that was just read from a connection."""
    head = _heads.pop(stream, None)
    if head is not None:
        return head
    # A connection older than this extension: as Tornado understood it.
    lines = [f"{request.method} {request.uri} {request.version}"]
    lines += [f"{name}: {value}" for name, value in request.headers.get_all()]
    return "\r\n".join([*lines, "", ""]).encode("latin1")
