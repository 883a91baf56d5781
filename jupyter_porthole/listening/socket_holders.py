"""Which processes hold a socket: the links in /proc/<pid>/fd, see proc(5)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

import psutil


class Holder(NamedTuple):
    """A descriptor of a process."""

    pid: int
    descriptor: int

    def holds(self, inode: int) -> bool:
        """Tell whether it is this socket's, in some µs."""
        try:
            return os.readlink(f"/proc/{self.pid}/fd/{self.descriptor}") == f"socket:[{inode}]"
        except OSError:
            return False


def find_holders(inodes: set[int]) -> dict[int, Holder]:
    """Look for the processes that hold some sockets; those that can't be seen are left out.

    A server often hands its socket to workers: then it is the first of them, whose command
    line is the one that somebody typed.

    :raises OSError: if we are out of descriptors.
    """
    wanted = {f"socket:[{inode}]": inode for inode in inodes}
    found: dict[int, Holder] = {}
    for pid in _own_processes():
        if len(found) == len(wanted):
            break
        for inode, holder in _held(pid, wanted).items():
            found.setdefault(inode, holder)
    return {inode: _first(inode, holder) for inode, holder in found.items()}


def _own_processes() -> Iterator[int]:
    """Yield the processes of this user, the youngest first: most apps came after Jupyter."""
    own = os.getuid()
    for pid in sorted((int(name) for name in os.listdir("/proc") if name.isdigit()), reverse=True):
        try:
            if os.stat(f"/proc/{pid}").st_uid == own:
                yield pid
        except (FileNotFoundError, ProcessLookupError):
            # It has just ended.
            continue


def _held(pid: int, wanted: dict[str, int]) -> dict[int, Holder]:
    """Return those of the wanted links that a process has."""
    folder = f"/proc/{pid}/fd"
    found: dict[int, Holder] = {}
    try:
        for name in os.listdir(folder):
            link = os.readlink(f"{folder}/{name}")
            if link in wanted:
                found[wanted[link]] = Holder(pid, int(name))
    except (FileNotFoundError, PermissionError, ProcessLookupError):
        # It, or a descriptor, has gone while we look, or it may not be looked at.
        pass
    return found


def _first(inode: int, holder: Holder) -> Holder:
    """Return the process furthest up from which this one has the socket."""
    wanted = {f"socket:[{inode}]": inode}
    while True:
        try:
            parent = psutil.Process(holder.pid).ppid()
        except psutil.Error:
            return holder
        above = _held(parent, wanted).get(inode)
        if above is None:
            return holder
        holder = above
