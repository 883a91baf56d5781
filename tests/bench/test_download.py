"""Downloads are read to their end, however they come."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator, Sequence

import pytest

from .children import MeasurementError
from .load.programs import run_load

SIZED = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@contextlib.contextmanager
def server(answer: Sequence[bytes]) -> Iterator[str]:
    """Answer one request with these bytes, each piece in a segment of its own, and close."""

    def serve() -> None:
        while True:
            connection, _ = listener.accept()
            with connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                # Tests beside this one look whether somebody listens on ports that were free.
                if not connection.recv(4096):
                    continue
                for piece in answer:
                    connection.sendall(piece)
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/page"
        thread.join()


def downloaded(answer: Sequence[bytes]) -> int:
    with server(answer) as url:
        result = run_load("download", 30, url=url, accept="*/*", repetitions=1, seconds=10)
    return result["bytes"]


def in_single_bytes(content: bytes) -> list[bytes]:
    return [content[index : index + 1] for index in range(len(content))]


@pytest.mark.parametrize(
    ("answer", "size"),
    [
        (SIZED + b"hello", 5),
        (CHUNKED + b"5\r\nhello\r\n0\r\n\r\n", 5),
        (CHUNKED + b"5\r\nhello\r\nA\r\n0123\r\n0\r\n\r\n\r\n0\r\n\r\n", 15),
        (CHUNKED + b"0\r\n\r\n", 0),
    ],
)
def test_whatever_frames_the_body(answer: bytes, size: int) -> None:
    assert downloaded([answer]) == size
    assert downloaded(in_single_bytes(answer)) == size


@pytest.mark.parametrize(
    "answer",
    [
        SIZED + b"hell",
        CHUNKED + b"5\r\nhello\r\n",
        CHUNKED + b"5\r\nhello\r\n0\r\n",
        CHUNKED + b"5\r\nhell",
    ],
)
def test_a_body_that_is_cut_is_no_download(answer: bytes) -> None:
    with pytest.raises(MeasurementError, match="the answer was cut"):
        downloaded([answer])


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", "Unexpected answer"),
        (b"HTTP/1.1 200 OK\r\n\r\nhello", "Unexpected answer"),
        (CHUNKED + b"hello\r\n", "No chunk begins with hello"),
        (CHUNKED + b"0\r\n\r\nmore", "More has come"),
    ],
)
def test_what_is_no_answer_is_no_download(answer: bytes, problem: str) -> None:
    with pytest.raises(MeasurementError, match=problem):
        downloaded([answer])
