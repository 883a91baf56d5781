"""Who listens on a port of this machine."""

from __future__ import annotations

import os
import socket
import struct
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from . import sock_diag
from .sock_diag import ListeningSocket

#: The loopback addresses, in the order in which apps are looked for.
LOOPBACK = ("127.0.0.1", "::1")

#: The kernel's tables of TCP sockets, see proc(5).
TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))

#: The state of a socket that listens, `TCP_LISTEN` in the kernel's tcp_states.h.
LISTEN = "0A"


@dataclass
class Listeners:
    """Which addresses of a port are taken, and by whom."""

    #: Those where a program of this user or of root listens.
    own: list[str]
    #: Those where another user's program listens.
    foreign: list[str]


def local_addresses() -> set[str]:
    """Return the IP addresses of this machine."""
    found = set(LOOPBACK)
    for addresses in psutil.net_if_addrs().values():
        found.update(
            # An IPv6 address that holds on one link comes with the link's name.
            address.address.partition("%")[0]
            for address in addresses
            if address.family in (socket.AF_INET, socket.AF_INET6)
        )
    return found


def find_listeners(port: int, addresses: Iterable[str] = LOOPBACK) -> Listeners | None:
    """Look up who listens on a port.

    :param addresses: those of this machine that matter.
    :returns: ``None`` where the system doesn't tell (everywhere but on Linux).
    """
    sockets = find_sockets(port)
    if sockets is None:
        return None
    owners = {each.address: each.uid for each in sockets}
    trusted = {os.getuid(), 0}
    found = Listeners([], [])
    for address in addresses:
        taker = next((taker for taker in takers(address) if taker in owners), None)
        if taker is not None:
            (found.own if owners[taker] in trusted else found.foreign).append(address)
    return found


def takers(address: str) -> tuple[str, ...]:
    """Return which listening addresses take a connection; the kernel prefers the earlier ones."""
    if ":" in address:
        return (address, "::")
    return (address, f"::ffff:{address}", "0.0.0.0", "::")  # noqa: S104


def find_sockets(port: int) -> list[ListeningSocket] | None:
    """Look up the TCP sockets that listen on a port.

    :param port: 0 for all ports.
    :returns: ``None`` where the system doesn't tell.
    """
    if not sys.platform.startswith("linux"):
        return None
    try:
        return list(sock_diag.find_listeners(port))
    except OSError:
        # A kernel without it (the module `tcp_diag`), or a sandbox that keeps it away.
        pass
    try:
        return list(_listed(port))
    except OSError:
        # /proc can be mounted so that it hides the tables.
        return None


def _listed(port: int) -> Iterator[ListeningSocket]:
    """Yield the same from the kernel's tables."""
    port_text = f":{port:04X}" if port else ""
    for table in TABLES:
        if not table.exists():
            # Without IPv6 there is no tcp6.
            continue
        with table.open() as lines:
            next(lines, None)
            for line in lines:
                if port_text not in line:
                    continue
                _, local, _, state, _, _, _, uid, _, inode, *_ = line.split()
                if state == LISTEN and local.endswith(port_text):
                    address, _, found = local.partition(":")
                    yield ListeningSocket(_address(address), int(found, 16), int(uid), int(inode))


def _address(text: str) -> str:
    """Read an address as the kernel prints it: 32-bit words in the machine's order."""
    words = [int(text[start : start + 8], 16) for start in range(0, len(text), 8)]
    packed = struct.pack(f"={len(words)}I", *words)
    return socket.inet_ntop(socket.AF_INET if len(words) == 1 else socket.AF_INET6, packed)
