"""Which ports this user's processes listen on, where the system doesn't tell of sockets."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psutil


def find_process_ports(addresses: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Yield the process and the port, for each socket that listens on one of these addresses.

    It takes about a millisecond for each process of this user.
    """
    for process in psutil.process_iter():
        try:
            if process.uids().real == os.getuid():
                for port in _ports(process, addresses):
                    yield process.pid, port
        except (psutil.Error, OSError):
            # It has ended, or keeps others away, even those of the same user.
            continue


def listens(pid: int, port: int, addresses: frozenset[str]) -> bool:
    """Tell whether a process listens on a port."""
    try:
        return port in _ports(psutil.Process(pid), addresses)
    except (psutil.Error, OSError):
        return False


def _ports(process: psutil.Process, addresses: frozenset[str]) -> set[int]:
    # It has got its name with psutil 6.
    connections = getattr(process, "net_connections", None) or process.connections
    return {
        connection.laddr.port
        for connection in connections(kind="tcp")
        if connection.status == psutil.CONN_LISTEN and connection.laddr.ip in addresses
    }
