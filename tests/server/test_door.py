"""The ways of a connection from its client to the sidecar, and what can be in the way."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
from support.app import App, Connection
from support.client import Client, fetch
from support.jupyter import BASE_URL, Jupyter, running
from support.named import NO_PAGES
from support.wait import wait_until
from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream
from tornado.netutil import bind_sockets

from jupyter_porthole.carrying import Carrier, Door
from jupyter_porthole.routes import Routes
from jupyter_porthole.runtime import PrivateFolder
from jupyter_porthole.sidecars import SidecarOptions, Sidecars

PREFIX = f"{BASE_URL}proxy"


def _connections(process: psutil.Process, jupyter: Jupyter) -> int:
    """Count a process's connections to clients of Jupyter."""
    return sum(
        entry.laddr.port == jupyter.port and entry.status == psutil.CONN_ESTABLISHED
        for entry in process.net_connections("tcp")
    )


@pytest.fixture
def own_jupyter(tmp_path: Path) -> Iterator[Jupyter]:
    """Return a Jupyter that a test may maltreat."""
    with running(tmp_path / "jupyter", config=NO_PAGES) as jupyter:
        wait_until(lambda: "The sidecar listens" in jupyter.log(), "there is a sidecar")
        yield jupyter


def test_jupyter_keeps_no_part_in_a_connection(own_jupyter: Jupyter, app: App) -> None:
    """Its own copy of the socket would leave the client hanging when the sidecar dies."""
    server, sidecar = psutil.Process(own_jupyter.process.pid), own_jupyter.sidecar()
    for serves_first in (False, True):
        own_jupyter.serves_first = serves_first
        with Client(own_jupyter) as client:
            client.send(f"{PREFIX}/{app.port}/")
            assert client.receive().status == 200
            assert _connections(sidecar, own_jupyter) == 1
            wait_until(lambda: _connections(server, own_jupyter) == 0, "its copy is closed")
        wait_until(lambda: _connections(sidecar, own_jupyter) == 0, "the connection has ended")


def test_a_relayed_connection_stays_with_jupyter(tmp_path: Path, app: App) -> None:
    config = NO_PAGES | {"Porthole": {"handover": "relay"}}
    with running(tmp_path / "jupyter", config=config) as jupyter, Client(jupyter) as client:
        client.send(f"{PREFIX}/{app.port}/")
        assert client.receive().status == 200
        assert _connections(psutil.Process(jupyter.process.pid), jupyter) == 1
        assert _connections(jupyter.sidecar(), jupyter) == 0


def test_who_says_nothing_is_waited_for(own_jupyter: Jupyter, app: App) -> None:
    with ExitStack() as stack:
        silent = [stack.enter_context(Client(own_jupyter)) for _ in range(50)]
        assert fetch(own_jupyter, f"{PREFIX}/{app.port}/").status == 200
        assert fetch(own_jupyter, f"{BASE_URL}api").status == 200
        # Both kinds of requests are served when they come at last.
        for index, client in enumerate(silent):
            client.send(f"{PREFIX}/{app.port}/" if index % 2 else f"{BASE_URL}api")
        assert [client.receive().status for client in silent] == [200] * 50


def test_who_leaves_without_a_word_leaves_nothing_behind(own_jupyter: Jupyter, app: App) -> None:
    assert fetch(own_jupyter, f"{PREFIX}/{app.port}/").status == 200
    server = psutil.Process(own_jupyter.process.pid)
    before = server.num_fds()
    for _ in range(50):
        Client(own_jupyter).socket.close()
    assert fetch(own_jupyter, f"{BASE_URL}api").status == 200
    wait_until(lambda: server.num_fds() <= before + 1, "all are closed")


def test_more_than_the_channel_takes_at_a_time(own_jupyter: Jupyter, app: App) -> None:
    """A sidecar that doesn't read for a while gets them all in the end."""
    sidecar = own_jupyter.sidecar()
    with ExitStack() as stack:
        sidecar.send_signal(signal.SIGSTOP)
        clients = [stack.enter_context(Client(own_jupyter)) for _ in range(300)]
        for client in clients:
            client.send(f"{PREFIX}/{app.port}/")
        # Jupyter itself is not held up.
        assert fetch(own_jupyter, f"{BASE_URL}api").status == 200
        sidecar.send_signal(signal.SIGCONT)
        assert [client.receive().status for client in clients] == [200] * 300
        assert _connections(sidecar, own_jupyter) == 300
    assert own_jupyter.sidecar().pid == sidecar.pid


def test_what_is_on_its_way_to_a_dead_sidecar_goes_to_the_next(
    own_jupyter: Jupyter, app: App
) -> None:
    sidecar = own_jupyter.sidecar()
    with ExitStack() as stack:
        sidecar.send_signal(signal.SIGSTOP)
        clients = [stack.enter_context(Client(own_jupyter)) for _ in range(150)]
        for client in clients:
            client.send(f"{PREFIX}/{app.port}/", "POST", body=b"body")
        assert fetch(own_jupyter, f"{BASE_URL}api").status == 200
        sidecar.kill()
        assert [client.receive().status for client in clients] == [200] * 150
    assert [request.body for request in app.requests] == [b"body"] * 150
    assert own_jupyter.sidecar().pid != sidecar.pid


def test_several_sidecars_share_the_work(tmp_path: Path, app: App) -> None:
    config = NO_PAGES | {"Porthole": {"sidecars": 3}}
    with running(tmp_path / "jupyter", config=config) as jupyter, ExitStack() as stack:
        sidecars = wait_until(
            lambda: jupyter.log().count("The sidecar listens") == 3 and jupyter.sidecars(),
            "there are three",
        )
        assert len(sidecars) == 3
        clients = [stack.enter_context(Client(jupyter)) for _ in range(9)]
        for client in clients:
            client.send(f"{PREFIX}/{app.port}/")
            assert client.receive().status == 200
        assert [_connections(sidecar, jupyter) for sidecar in sidecars] == [3, 3, 3]
        # One that dies takes its own connections along, and no others.
        sidecars[0].kill()
        broken = 0
        for client in clients:
            client.send(f"{PREFIX}/{app.port}/")
            try:
                assert client.receive().status == 200
            except ConnectionError:
                broken += 1
        assert broken == 3
        assert fetch(jupyter, f"{PREFIX}/{app.port}/").status == 200


def test_sidecars_tell_each_other_what_is_the_apps(tmp_path: Path, app: App) -> None:
    """A nested Jupyter's `_xsrf` looks like Jupyter's own, which no app may see."""
    value = "2|7c1b2a3d|0123456789abcdef0123456789abcdef|1700000000"
    app.record(
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
        b"Set-Cookie: _xsrf=" + value.encode() + b"; Path=/\r\n\r\nok"
    )
    config = NO_PAGES | {"Porthole": {"sidecars": 2}}
    fields = [("Cookie", f"_xsrf={value}")]
    with running(tmp_path / "jupyter", config=config) as jupyter:
        wait_until(lambda: jupyter.log().count("The sidecar listens") == 2, "there are two")
        assert fetch(jupyter, f"{PREFIX}/{app.port}/", fields=fields).status == 200
        assert app.last.value("Cookie") is None

        def all_know() -> bool:
            seen = []
            for _ in range(2):
                fetch(jupyter, f"{PREFIX}/{app.port}/", fields=fields)
                seen.append(app.last.value("Cookie"))
            return seen == [f"_xsrf={value}"] * 2

        wait_until(all_know, "both know")
        # So do those that come later.
        for sidecar in jupyter.sidecars():
            sidecar.kill()
            sidecar.wait(10)
        assert fetch(jupyter, f"{PREFIX}/{app.port}/", fields=fields).status == 200
        assert app.last.value("Cookie") == f"_xsrf={value}"


if sys.platform.startswith("linux"):

    def test_a_sidecar_out_of_descriptors_serves_on(own_jupyter: Jupyter, app: App) -> None:
        sidecar, server = own_jupyter.sidecar(), psutil.Process(own_jupyter.process.pid)
        step = threading.Semaphore(0)

        def play(connection: Connection) -> None:
            connection.read_request()
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nold")
            step.acquire()
            connection.send(b"new")

        app.play = play
        with Client(own_jupyter) as old:
            old.send(f"{PREFIX}/{app.port}/")
            response = old.head()
            assert response.read(3) == b"old"
            before = server.num_fds()
            limits = sidecar.rlimit(psutil.RLIMIT_NOFILE)
            sidecar.rlimit(psutil.RLIMIT_NOFILE, (10, limits[1]))
            # Node refuses the socket, and can't accept a relayed connection either.
            assert fetch(own_jupyter, f"{PREFIX}/{app.port}/").status == 503
            step.release()
            assert response.read() == b"new"
            sidecar.rlimit(psutil.RLIMIT_NOFILE, limits)
            app.record()
            assert fetch(own_jupyter, f"{PREFIX}/{app.port}/").status == 200
            wait_until(lambda: server.num_fds() <= before, "nothing is left open")
        assert own_jupyter.sidecar().pid == sidecar.pid

    def test_a_jupyter_out_of_descriptors_serves_on(own_jupyter: Jupyter, app: App) -> None:
        server = psutil.Process(own_jupyter.process.pid)
        own_jupyter.serves_first = True
        with Client(own_jupyter) as tornados, ExitStack() as stack:
            own_jupyter.serves_first = False
            limits = server.rlimit(psutil.RLIMIT_NOFILE)
            # One more can be accepted, then none.
            server.rlimit(psutil.RLIMIT_NOFILE, (server.num_fds() + 1, limits[1]))
            first = stack.enter_context(Client(own_jupyter))
            first.send(f"{PREFIX}/{app.port}/")
            assert first.receive().status == 200
            # Passing a socket on needs no descriptor, neither a new connection's …
            first.send(f"{PREFIX}/{app.port}/")
            assert first.receive().status == 200
            # … nor that of one which Tornado has.
            tornados.send(f"{PREFIX}/{app.port}/", "POST", body=b"body")
            assert tornados.receive().status == 200
            server.rlimit(psutil.RLIMIT_NOFILE, limits)
            assert fetch(own_jupyter, f"{PREFIX}/{app.port}/").status == 200


def test_large_bodies_follow_the_late_way(own_jupyter: Jupyter, app: App) -> None:
    """What Tornado has read with the head of a request goes along with the socket."""
    own_jupyter.serves_first = True
    received = threading.Event()

    def play(connection: Connection) -> None:
        request = connection.read_request()
        assert request
        app.requests.append(request)
        received.set()
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    app.play = play
    body = bytes(range(256)) * 4096
    for size in (1, 60_000, 70_000, 140_000, len(body)):
        response = fetch(own_jupyter, f"{PREFIX}/{app.port}/", "PUT", body=body[:size])
        assert response.body == b"ok"
        assert app.last.body == body[:size]
    assert received.is_set()


def test_after_a_while_tornado_has_the_silent_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    routes = Routes("/")
    options = SidecarOptions("", routes, PrivateFolder(str(tmp_path)), False, 0.0)

    async def wait_at_the_door() -> tuple[int, bool]:
        taken = asyncio.Event()
        server = HTTPServer(lambda _: None)

        def take(stream: IOStream, _: object) -> None:
            stream.close()
            taken.set()

        server.handle_stream = take
        tornados = server.handle_stream
        sockets = bind_sockets(0, "127.0.0.1")
        server.add_sockets(sockets)
        sidecars = Sidecars(1, options, logging.getLogger(), lambda: None)
        carrier = Carrier(sidecars, passes_sockets=True)
        door = Door(server, routes, carrier)
        with socket.create_connection(sockets[0].getsockname()):
            await asyncio.wait_for(taken.wait(), 30)
        # One that is still waiting is closed with the door.
        monkeypatch.setattr("jupyter_porthole.carrying.door.PATIENCE", 3600)
        with socket.create_connection(sockets[0].getsockname()) as silent:
            silent.setblocking(False)
            while not door._waiting:
                await asyncio.sleep(0)
            door.close()
            left = await asyncio.get_running_loop().sock_recv(silent, 1)
        server.stop()
        return len(left), server.handle_stream is tornados

    monkeypatch.setattr("jupyter_porthole.carrying.door.PATIENCE", 0.01)
    assert asyncio.run(wait_at_the_door()) == (0, True)
