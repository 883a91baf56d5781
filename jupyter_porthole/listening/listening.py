"""Which process listens on a port of this machine.

Only sockets of this user (or root) are told, and only those that the proxy could reach: on
loopback, or on any address.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

import psutil

from .ports import LOOPBACK, find_sockets, takers
from .process_ports import find_process_ports, listens
from .sock_diag import ListeningSocket
from .socket_holders import Holder, find_holders

#: How many sockets' processes are remembered, at most.
MOST_KNOWN = 1000

#: Where a socket listens that takes the proxy's connections.
ADDRESSES = frozenset(taker for address in LOOPBACK for taker in takers(address))


@dataclass(frozen=True)
class Listening:
    """A socket that listens, and what is known of its process."""

    port: int
    #: The socket's inode, which tells it from others that listened there before, or will;
    #: where there is none, another number that does.
    inode: int
    #: The loopback address that leads to it.
    address: str
    #: ``None`` if the process can't be seen, and so all that follows: it is root's, or in
    #: another container.
    pid: int | None = None
    #: The command line.
    argv: tuple[str, ...] = ()
    #: The working directory; empty if unknown.
    cwd: str = ""
    #: What the process is called; empty if unknown.
    name: str = ""
    #: When the process began, as :func:`time.time`.
    started: float | None = None


class Reached(NamedTuple):
    """A socket, and the loopback address that leads to it."""

    socket: ListeningSocket
    address: str


#: What was found out last about ports, and by which descriptor, by inodes.
_known: dict[int, tuple[Listening, Holder | None]] = {}

#: The same where the system doesn't tell of sockets, by ports.
_known_ports: dict[int, Listening] = {}


def find_listening(port: int) -> Listening | None:
    """Look up who listens on a port.

    On Linux it takes some 0.1 ms if the socket has been looked up before, else some ms.

    :returns: ``None`` if nobody does, or another user alone.
    """
    sockets = find_sockets(port)
    if sockets is None:
        return _find_by_processes(port)
    reached = _reached(sockets, {os.getuid(), 0})
    return _told([reached])[0] if reached is not None else None


def all_listening() -> list[Listening]:
    """List the ports that this user's processes listen on, in their order."""
    sockets = find_sockets(0)
    if sockets is None:
        _find_all_by_processes()
        return [_known_ports[port] for port in sorted(_known_ports)]
    ports: dict[int, list[ListeningSocket]] = {}
    for socket in sockets:
        ports.setdefault(socket.port, []).append(socket)
    reached = (_reached(ports[port], {os.getuid()}) for port in sorted(ports))
    return _told([each for each in reached if each is not None])


def _reached(sockets: Iterable[ListeningSocket], users: set[int]) -> Reached | None:
    """Return the socket that takes the proxy's connections, if it is one of these users'."""
    by_address = {socket.address: socket for socket in sockets}
    for address in LOOPBACK:
        taker = next((taker for taker in takers(address) if taker in by_address), None)
        if taker is not None and by_address[taker].uid in users:
            return Reached(by_address[taker], address)
    return None


def _told(reached: list[Reached]) -> list[Listening]:
    """Say whose they are; one look at the processes for all that aren't known."""
    unknown = {socket.inode for socket, _ in reached if not _is_known(socket)}
    # The descriptors of others can't be seen, be it root's.
    own = {socket.inode for socket, _ in reached if socket.uid == os.getuid()} & unknown
    try:
        holders = find_holders(own) if own else {}
    except OSError:
        # We are out of descriptors: it is found out another time.
        return [Listening(socket.port, socket.inode, address) for socket, address in reached]
    found: list[Listening] = []
    for socket, address in reached:
        if socket.inode in unknown:
            holder = holders.get(socket.inode)
            bare = Listening(socket.port, socket.inode, address)
            listening = bare if holder is None else _described(bare, holder.pid)
            _known.pop(socket.inode, None)
            _known[socket.inode] = (listening, holder)
        found.append(_known[socket.inode][0])
    while len(_known) > MOST_KNOWN:
        # The oldest one.
        del _known[next(iter(_known))]
    return found


def _is_known(socket: ListeningSocket) -> bool:
    """Tell whether what was found out still holds: a worker may have inherited the socket."""
    if socket.inode not in _known:
        return False
    _, holder = _known[socket.inode]
    return holder is None or holder.holds(socket.inode)


def _described(bare: Listening, pid: int) -> Listening:
    try:
        facts = psutil.Process(pid).as_dict(["cmdline", "cwd", "name", "create_time"])
    except (psutil.Error, OSError):
        # It has just ended, or we are out of descriptors.
        return replace(bare, pid=pid)
    argv = facts["cmdline"] or []
    while argv and not argv[-1]:
        # A process that writes its name over its command line leaves zero bytes behind it.
        argv.pop()
    return replace(
        bare,
        pid=pid,
        # What may not be looked at is ``None``.
        argv=tuple(argv),
        cwd=facts["cwd"] or "",
        name=facts["name"] or "",
        started=facts["create_time"],
    )


def _find_by_processes(port: int) -> Listening | None:
    known = _known_ports.get(port)
    if known is None or known.pid is None or not listens(known.pid, port, ADDRESSES):
        _find_all_by_processes()
    return _known_ports.get(port)


def _find_all_by_processes() -> None:
    found: dict[int, Listening] = {}
    for pid, port in find_process_ports(ADDRESSES):
        # Of a server and its workers the oldest comes first.
        if port not in found:
            listening = _described(Listening(port, 0, LOOPBACK[0]), pid)
            number = hash((port, pid, listening.started))
            found[port] = replace(listening, inode=number)
    _known_ports.clear()
    _known_ports.update(found)
