"""A port given to an app stays the app's until it listens, or another one is given."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from pathlib import Path

import pytest
from support.processes import bench, failing, running

from jupyter_porthole.processes.failures import tell_of_address_in_use
from jupyter_porthole.processes.places import ReservedPort

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="other kernels don't share ports"
)


def test_a_held_port_is_nobody_elses() -> None:
    """Neither for those who ask for any port, nor for the near end of a connection."""
    low, high = map(int, Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    held = ReservedPort()
    others = []
    try:
        assert low <= held.port <= high
        for _ in range(500):
            other = socket.socket()
            other.bind(("127.0.0.1", 0))
            others.append(other)
            assert other.getsockname()[1] != held.port
        # Nobody listens: to connect is refused.
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", held.port))
    finally:
        held.release()
        held.release()
        for other in others:
            other.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::1", "::"])
def test_a_server_can_listen_on_a_held_port(host: str) -> None:
    held = ReservedPort()
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with contextlib.closing(held_server := socket.socket(family)):
        held_server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held_server.bind((host, held.port))
        held_server.listen()
        target = "::1" if host == "::1" else "127.0.0.1"
        with socket.create_connection((target, held.port)):
            held_server.accept()[0].close()
        # It goes on when the port is let go.
        held.release()
        with socket.create_connection((target, held.port)):
            held_server.accept()[0].close()


def test_each_start_gets_a_port(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            several = [apps.add("serve()", name=f"app{number}") for number in range(4)]
            await asyncio.gather(*map(running, several))
            ports = {app.place.port for app in several if app.place is not None}
            assert len(ports) == 4
            assert 0 not in ports

    asyncio.run(scenario())


def test_an_app_that_does_not_share_gets_another_port(tmp_path: Path) -> None:
    """It finds the held port in use, and is started again on one that is free."""

    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = await running(apps.add("serve(listen(reuse=False))"))
            assert (apps.starts["app"], app.restarts) == (2, 0)
            assert apps.states() == ["starting", "running"]
            assert apps.log().count("finds its port in use") == 1
            await app.stop()
            assert not apps.members()

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "says",
    [
        "Error: listen EADDRINUSE: address already in use 127.0.0.1:1",
        "bind() failed (98: Address in use)",
        "Port 8501 is already in use",
        "OSError: [Errno 98] x",
    ],
)
def test_programs_tell_of_a_port_in_use_in_many_ways(says: str) -> None:
    assert tell_of_address_in_use(["starting", says, "0"])
    assert not tell_of_address_in_use(["starting", "0"])


@pytest.mark.parametrize(
    ("says", "starts"),
    [("OSError: [Errno 98] x", 3), ("ModuleNotFoundError: No module named 'port'", 1)],
)
def test_attempts_are_limited(tmp_path: Path, says: str, starts: int) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            # The cause is followed by more.
            app = await failing(apps.add(f"print({says!r}, *range(30), sep='\\n'); sys.exit(1)"))
            assert apps.starts["app"] == starts
            assert apps.states() == ["starting", "failed"]
            assert app.failure is not None
            assert app.failure.exit_status == 1
            # It counts as one failure.
            assert app.seconds_until_retry <= 0.5

    asyncio.run(scenario())
