"""Who listens on a port."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path
from typing import NoReturn

import pytest

from jupyter_porthole.listening import ports, sock_diag

HEADER = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
OTHER = os.getuid() + 4321


def _line(address: str, port: int, uid: int, state: str = "0A") -> str:
    rest = f"{'0' * len(address)}:0000 {state} 00000000:00000000 00:00000000 00000000"
    return f"   0: {address}:{port:04X} {rest} {uid}        0 12345 1 0000000000000000 100 0\n"


V4 = {"127.0.0.1": "0100007F", "0.0.0.0": "00000000", "10.0.0.1": "0100000A"}
V6 = {"::1": "0" * 24 + "01000000", "::": "0" * 32}


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Put files in the place of the kernel's tables, which show no other user's ports here.

    They are read where the kernel answers no questions, as in some sandboxes.
    """

    def refuse(_: int) -> NoReturn:
        raise OSError(errno.ENOENT, "no such module")

    monkeypatch.setattr(ports.sock_diag, "find_listeners", refuse)
    files = tmp_path / "tcp", tmp_path / "tcp6"
    monkeypatch.setattr(ports, "TABLES", files)
    return files


@pytest.mark.parametrize(
    ("v4", "v6", "own", "foreign"),
    [
        ({"127.0.0.1": 0}, {}, ["127.0.0.1"], []),
        ({"0.0.0.0": os.getuid()}, {"::": os.getuid()}, ["127.0.0.1", "::1"], []),
        ({}, {"::": os.getuid()}, ["127.0.0.1", "::1"], []),
        ({}, {"::1": os.getuid()}, ["::1"], []),
        ({"127.0.0.1": OTHER}, {}, [], ["127.0.0.1"]),
        ({"127.0.0.1": os.getuid()}, {"::1": OTHER}, ["127.0.0.1"], ["::1"]),
        # The more exact address wins, as in the kernel.
        ({"127.0.0.1": OTHER, "0.0.0.0": os.getuid()}, {}, [], ["127.0.0.1"]),
        ({"10.0.0.1": OTHER}, {}, [], []),
    ],
)
def test_owners_are_told_apart(
    tables: tuple[Path, Path],
    v4: dict[str, int],
    v6: dict[str, int],
    own: list[str],
    foreign: list[str],
) -> None:
    other_port = _line(V4["127.0.0.1"], 8502, OTHER)
    connected = _line(V4["127.0.0.1"], 8501, OTHER, state="01")
    lines = [_line(V4[address], 8501, uid) for address, uid in v4.items()]
    tables[0].write_text(HEADER + other_port + connected + "".join(lines))
    tables[1].write_text(HEADER + "".join(_line(V6[at], 8501, uid) for at, uid in v6.items()))
    assert ports.find_listeners(8501) == ports.Listeners(own, foreign)


def test_a_machine_without_ipv6_has_one_table(tables: tuple[Path, Path]) -> None:
    tables[0].write_text(HEADER + _line(V4["127.0.0.1"], 80, os.getuid()))
    assert ports.find_listeners(80) == ports.Listeners(["127.0.0.1"], [])


@pytest.mark.parametrize("asks", [True, False])
def test_the_kernels_own_word_counts(monkeypatch: pytest.MonkeyPatch, asks: bool) -> None:
    if not asks:
        monkeypatch.setattr(ports.sock_diag, "NETLINK_SOCK_DIAG", 9999)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert ports.find_listeners(port) == ports.Listeners(["127.0.0.1"], [])
        # A connection that is none that listens.
        with socket.create_connection(("127.0.0.1", port)) as client:
            used = client.getsockname()[1]
            assert ports.find_listeners(used) == ports.Listeners([], [])
    assert ports.find_listeners(port) == ports.Listeners([], [])
    with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as server:
        port = server.getsockname()[1]
        assert ports.find_listeners(port) == ports.Listeners(["127.0.0.1", "::1"], [])


def test_the_kernel_tells_whose_a_socket_is() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        inode = os.fstat(server.fileno()).st_ino
        found = sock_diag.ListeningSocket("127.0.0.1", port, os.getuid(), inode)
        assert list(sock_diag.find_listeners(port)) == [found]
        assert found in sock_diag.find_listeners(0)
        assert ports.find_listeners(port) == ports.Listeners(["127.0.0.1"], [])
