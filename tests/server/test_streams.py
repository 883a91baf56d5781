"""Bodies of any size and pace, contract section 3 and 7."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable

import psutil
import pytest
from support.app import OK, App, Connection, serving
from support.client import Client, fetch
from support.jupyter import BASE_URL, Jupyter
from support.wait import wait_until

PREFIX = f"{BASE_URL}proxy"
MB = 1024 * 1024
CHUNK = os.urandom(MB)
#: How many of them are sent, one like the other.
GIGABYTE = 1024
#: How much Jupyter and the sidecar may grow while a gigabyte passes, in bytes.
GROWTH = 64 * MB


class Peak:
    """The largest memory (RSS) of processes while it runs."""

    def __init__(self, *processes: psutil.Process) -> None:
        self._processes = processes
        self.before = [process.memory_info().rss for process in processes]
        self.most = list(self.before)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def _watch(self) -> None:
        while not self._done.wait(0.02):
            for index, process in enumerate(self._processes):
                self.most[index] = max(self.most[index], process.memory_info().rss)

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    @property
    def growth(self) -> list[int]:
        return [most - before for most, before in zip(self.most, self.before, strict=True)]


def _memory(jupyter: Jupyter) -> Peak:
    return Peak(psutil.Process(jupyter.process.pid), jupyter.sidecar())


class Received:
    """What has come of a gigabyte. To compare it takes less time than to make digests."""

    _CHUNKS = CHUNK * 3

    def __init__(self) -> None:
        self.count = 0
        #: Whether all of it is what was sent.
        self.is_same = True

    def add(self, data: bytes) -> None:
        """Take the next piece, of two megabytes at most."""
        start = self.count % MB
        self.is_same &= data == self._CHUNKS[start : start + len(data)]
        self.count += len(data)

    @property
    def is_complete(self) -> bool:
        return self.is_same and self.count == GIGABYTE * MB


def test_a_gigabyte_down(any_jupyter: Jupyter, app: App) -> None:
    def play(connection: Connection) -> None:
        connection.read_request()
        connection.send(f"HTTP/1.1 200 OK\r\nContent-Length: {GIGABYTE * MB}\r\n\r\n".encode())
        for _ in range(GIGABYTE):
            connection.send(CHUNK)

    app.play = play
    fetch(any_jupyter, f"{BASE_URL}api")
    received = Received()
    with _memory(any_jupyter) as memory, Client(any_jupyter) as client:
        client.send(f"{PREFIX}/{app.port}/big")
        response = client.head()
        while data := response.read(MB):
            received.add(data)
    assert received.is_complete
    assert max(memory.growth) < GROWTH


@pytest.mark.parametrize("chunked", [False, True])
def test_a_gigabyte_up(any_jupyter: Jupyter, app: App, chunked: bool) -> None:
    received = Received()

    def play(connection: Connection) -> None:
        request = connection.read_head()
        assert request
        if chunked:
            while size := int(connection.file.readline(), 16):
                received.add(connection.file.read(size))
                connection.file.readline()
        else:
            for _ in range(GIGABYTE):
                received.add(connection.file.read(MB))
        connection.send(OK)

    app.play = play
    frame = b"%x\r\n%b\r\n" % (MB, CHUNK) if chunked else CHUNK
    framing = (
        ("Transfer-Encoding", "chunked") if chunked else ("Content-Length", str(GIGABYTE * MB))
    )
    with _memory(any_jupyter) as memory, Client(any_jupyter) as client:
        client.send(f"{PREFIX}/{app.port}/big", "PUT", [framing])
        for _ in range(GIGABYTE):
            client.socket.sendall(frame)
        if chunked:
            client.socket.sendall(b"0\r\n\r\n")
        assert client.receive().body == b"ok"
    assert received.is_complete
    assert max(memory.growth) < GROWTH


def _stepping(step: threading.Semaphore) -> Callable[[Connection], None]:
    """Make an app that sends a chunk for each step."""

    def play(connection: Connection) -> None:
        connection.read_request()
        connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for number in range(5):
            step.acquire()
            connection.send(b"6\r\npart %d\r\n" % number)
        connection.send(b"0\r\n\r\n")

    return play


def test_chunks_arrive_one_by_one(any_jupyter: Jupyter, app: App) -> None:
    """The app sends none before the one before it has arrived, so nothing is held back."""
    step = threading.Semaphore(0)
    app.play = _stepping(step)
    delays = []
    with Client(any_jupyter) as client:
        client.send(f"{PREFIX}/{app.port}/", fields=[("Accept", "*/*")])
        # Headers come before any of the body.
        response = client.head()
        for number in range(5):
            sent = time.monotonic()
            step.release()
            assert response.read(6) == b"part %d" % number
            delays.append(time.monotonic() - sent)
        assert response.read() == b""
    # The contract's bound holds for a machine that isn't busy with other things.
    assert min(delays) < 0.05, delays


def test_an_upload_arrives_as_it_is_sent(any_jupyter: Jupyter, app: App) -> None:
    def play(connection: Connection) -> None:
        connection.read_head()
        connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(3):
            data = connection.file.read(4)
            connection.send(b"4\r\n" + data + b"\r\n")
        connection.send(b"0\r\n\r\n")

    app.play = play
    with Client(any_jupyter) as client:
        client.send(f"{PREFIX}/{app.port}/", "POST", [("Content-Length", "12")])
        response = client.head()
        for part in (b"abcd", b"efgh", b"ijkl"):
            client.socket.sendall(part)
            assert response.read(4) == part


def test_a_body_that_is_held_back_is_called_for(any_jupyter: Jupyter, app: App) -> None:
    app.record()
    with Client(any_jupyter) as client:
        fields = [("Expect", "100-continue"), ("Content-Length", "4")]
        client.send(f"{PREFIX}/{app.port}/", "POST", fields)
        assert client.socket.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.socket.sendall(b"body")
        assert client.receive().body == b"ok"
    assert (app.last.body, app.last.values("Expect")) == (b"body", [])


def test_strangers_are_not_called_to_send(any_jupyter: Jupyter, app: App) -> None:
    with Client(any_jupyter) as client:
        fields = [("Expect", "100-continue"), ("Content-Length", "4")]
        client.send(f"{PREFIX}/{app.port}/", "POST", fields, authorised=False)
        assert client.receive().status == 403
    assert app.connections == 0


def test_an_early_answer_arrives(any_jupyter: Jupyter, app: App) -> None:
    def play(connection: Connection) -> None:
        connection.read_head()
        connection.send(b"HTTP/1.1 413 Too Much\r\nContent-Length: 4\r\n\r\nfull")
        connection.socket.shutdown(socket.SHUT_WR)
        connection.file.read()

    app.play = play
    with Client(any_jupyter) as client:
        client.send(f"{PREFIX}/{app.port}/", "POST", [("Content-Length", str(64 * MB))])
        for _ in range(64):
            client.socket.sendall(CHUNK)
        response = client.receive()
    assert (response.status, response.body) == (413, b"full")


@pytest.mark.parametrize(
    "beginning",
    [b"Content-Length: 1000\r\n\r\nabc", b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"],
)
def test_a_cut_body_never_looks_complete(any_jupyter: Jupyter, app: App, beginning: bytes) -> None:
    step = threading.Event()

    def play(connection: Connection) -> None:
        connection.read_request()
        connection.send(b"HTTP/1.1 200 OK\r\n" + beginning)
        step.wait()

    app.play = play
    with Client(any_jupyter) as client:
        client.send(f"{PREFIX}/{app.port}/")
        received = b""
        while b"abc" not in received:
            received += client.socket.recv(1000)
        step.set()
        died = time.monotonic()
        rest = client.receive_all()
    assert time.monotonic() - died < 5
    assert not rest.endswith(b"0\r\n\r\n")


def test_an_app_that_dies_before_it_answers_is_named(jupyter: Jupyter, app: App) -> None:
    app.play = lambda connection: connection.read_request() and None
    response = fetch(jupyter, f"{PREFIX}/{app.port}/")
    assert response.status == 502
    assert f"port {app.port}".encode() in response.body


def _waiting(app: App, beginning: bytes) -> threading.Event:
    """Let the app begin and then wait until the other side closes."""
    left = threading.Event()

    def play(connection: Connection) -> None:
        connection.read_request()
        if beginning:
            connection.send(beginning)
        connection.file.read()
        left.set()

    app.play = play
    return left


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc",
    ],
)
def test_the_app_learns_that_the_client_has_left(
    any_jupyter: Jupyter, app: App, beginning: bytes
) -> None:
    left = _waiting(app, beginning)
    with Client(any_jupyter) as client:
        client.send(f"{PREFIX}/{app.port}/")
        if beginning:
            assert client.head().read(3) == b"abc"
        else:
            wait_until(lambda: app.connections == 1, "the app has the request")
    assert left.wait(5)


def test_the_app_learns_that_an_upload_is_broken_off(any_jupyter: Jupyter, app: App) -> None:
    left = threading.Event()

    def play(connection: Connection) -> None:
        connection.read_head()
        assert len(connection.file.read(1000)) == 4
        left.set()

    app.play = play
    with Client(any_jupyter) as client:
        client.send(f"{PREFIX}/{app.port}/", "POST", [("Content-Length", "1000")])
        client.socket.sendall(b"part")
        wait_until(lambda: app.connections == 1, "the app has the request")
    assert left.wait(5)


@pytest.mark.parametrize("began", [False, True])
def test_who_half_closes_still_gets_the_response(jupyter: Jupyter, app: App, began: bool) -> None:
    step = threading.Event()

    def play(connection: Connection) -> None:
        connection.read_request()
        if began:
            connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
        step.wait()
        if not began:
            connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
        connection.send(b"3\r\ndef\r\n0\r\n\r\n")

    app.play = play
    with Client(jupyter) as client:
        client.send(f"{PREFIX}/{app.port}/")
        client.socket.shutdown(socket.SHUT_WR)
        wait_until(lambda: app.connections == 1, "the app has the request")
        # Longer than the sidecar takes to find out whether the client has left.
        threading.Timer(0.6, step.set).start()
        assert client.receive().body == b"abcdef"


def test_a_slow_reader_slows_the_app(any_jupyter: Jupyter, app: App) -> None:
    sent = 0

    def play(connection: Connection) -> None:
        nonlocal sent
        connection.read_request()
        connection.send(f"HTTP/1.1 200 OK\r\nContent-Length: {256 * MB}\r\n\r\n".encode())
        for _ in range(256):
            connection.send(CHUNK)
            sent += 1

    app.play = play
    with _memory(any_jupyter) as memory, Client(any_jupyter) as client:
        client.send(f"{PREFIX}/{app.port}/")
        response = client.head()
        stalled = -1
        while stalled != sent:
            stalled = sent
            # Others are served meanwhile.
            with serving() as other:
                for _ in range(10):
                    assert fetch(any_jupyter, f"{PREFIX}/{other.port}/").body == b"ok"
        assert sent < 64
        assert max(memory.growth) < GROWTH
        total = 0
        while data := response.read(MB):
            total += len(data)
    assert total == 256 * MB
