"""Which process listens on a port."""

from __future__ import annotations

import array
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.jupyter import free_port
from support.programs import running_program
from support.wait import wait_until

from jupyter_porthole.listening import all_listening, find_listening, listening, sock_diag

OTHER = os.getuid() + 4321

#: Listens, hands its socket to a worker, and ends when somebody connects; the worker stays.
SERVER = """
import os, socket, sys, time
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
server.set_inheritable(True)
worker = os.fork()
if worker:
    server.accept()
    os._exit(0)
os.setsid()
time.sleep(60)
"""


def test_a_process_is_told(tmp_path: Path) -> None:
    port = free_port()
    argv = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    before = time.time()
    with running_program(argv, port, tmp_path) as found:
        assert found == find_listening(port)
        assert (found.port, found.address, found.argv) == (port, "127.0.0.1", tuple(argv))
        assert found.cwd == str(tmp_path)
        assert found.pid is not None
        assert found.name.startswith("python")
        # The kernel counts hundredths of seconds.
        assert found.started is not None
        assert before - 1 < found.started < time.time() + 1
        assert found in all_listening()
    assert find_listening(port) is None
    assert port not in [each.port for each in all_listening()]


def test_another_socket_is_another_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        first = find_listening(port)
        assert find_listening(port) is first
        assert first is not None
        assert first.pid == os.getpid()
    with socket.create_server(("127.0.0.1", port)):
        second = find_listening(port)
    assert second is not None
    assert second.inode != first.inode


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::1", "::1"), ("::", "127.0.0.1")],
)
def test_the_address_that_leads_there_is_told(host: str, address: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family, dualstack_ipv6=host == "::") as server:
        found = find_listening(server.getsockname()[1])
        assert found is not None
        assert found.address == address
        socket.create_connection((address, found.port)).close()


def test_other_addresses_are_left_out() -> None:
    # The proxy never goes there.
    with socket.create_server(("127.0.0.2", 0)) as server:
        port = server.getsockname()[1]
        assert find_listening(port) is None
        assert port not in [each.port for each in all_listening()]


def test_a_port_is_told_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_server(("::1", port), family=socket.AF_INET6):
            ports = [each.port for each in all_listening()]
    assert ports.count(port) == 1
    assert ports == sorted(ports)


def test_of_a_server_and_its_workers_the_server_is_told(tmp_path: Path) -> None:
    (tmp_path / "server.py").write_text(SERVER)
    port = free_port()
    with running_program([sys.executable, "server.py", str(port)], port, tmp_path) as server:
        socket.create_connection(("127.0.0.1", port)).close()
        wait_until(lambda: find_listening(port) != server, "the worker is left")
    worker = find_listening(port)
    assert worker is not None
    assert worker.pid not in (None, server.pid)
    os.kill(worker.pid, signal.SIGKILL)
    assert (worker.inode, worker.argv) == (server.inode, server.argv)


def test_a_socket_that_no_process_holds_is_told_without() -> None:
    """As that of a process which has just ended, or can't be looked at."""
    near, far = socket.socketpair()
    with near, far:
        server = socket.create_server(("127.0.0.1", 0))
        port = server.getsockname()[1]
        descriptors = array.array("i", [server.fileno()])
        near.sendmsg([b"."], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)])
        server.close()
        # It is in the mail.
        found = find_listening(port)
    assert found is not None
    assert (found.port, found.pid, found.argv, found.name) == (port, None, (), "")


@pytest.mark.parametrize("look", [find_listening, lambda _: all_listening() or None])
def test_nothing_is_told_of_others(
    monkeypatch: pytest.MonkeyPatch, look: Callable[[int], object]
) -> None:
    theirs = sock_diag.ListeningSocket("127.0.0.1", 8501, OTHER, 1)
    ours = sock_diag.ListeningSocket("0.0.0.0", 8501, os.getuid(), 2)
    monkeypatch.setattr(listening, "find_sockets", lambda _: [theirs, ours])
    # A connection would come to theirs.
    assert look(8501) is None


def test_the_oldest_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "MOST_KNOWN", 1)
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0)) as two,
    ):
        ports = {one.getsockname()[1], two.getsockname()[1]}
        assert ports <= {each.port for each in all_listening()}
    assert len(listening._known) == 1


def test_out_of_descriptors_it_is_told_what_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: set[int]) -> None:
        raise OSError(24, "Too many open files")

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with monkeypatch.context() as context:
            context.setattr(listening, "find_holders", refuse)
            found = find_listening(port)
        assert found is not None
        assert (found.port, found.pid) == (port, None)
        # It isn't remembered.
        again = find_listening(port)
    assert again is not None
    assert again.pid == os.getpid()


def test_elsewhere_the_processes_are_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As on macOS, which doesn't tell of sockets."""
    monkeypatch.setattr(listening, "find_sockets", lambda _: None)
    port = free_port()
    argv = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    with running_program(argv, port, tmp_path) as found:
        assert (found.port, found.argv, found.cwd) == (port, tuple(argv), str(tmp_path))
        assert find_listening(port) is found
        assert found in all_listening()
    assert find_listening(port) is None
