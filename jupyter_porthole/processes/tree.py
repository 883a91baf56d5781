"""The processes that belong to an app, and their end.

To an app belong the members of its process group and session, all descendants, and whoever
carries its marker in the environment, which finds daemons that have cut every other tie. A
process that is to outlive its app clears that variable and becomes a daemon.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import psutil

#: The environment variable with an app's marker: a random word for each start, behind those
#: of the apps that it runs within.
MARKER = "JUPYTER_PORTHOLE_APP"

#: How long processes are watched before the next look for new ones, in seconds, once they
#: are being killed.
KILL_ROUND = 0.1
SHORTEST_PAUSE = 0.005
LONGEST_PAUSE = 0.05


@dataclass(frozen=True)
class Tree:
    """What the processes of one start of an app are known by."""

    marker: str
    #: The process that was started; 0 before it is.
    pid: int = 0
    #: The same; ``None`` if it had ended before it could be looked at.
    root: psutil.Process | None = None

    def grown(self, pid: int) -> Tree:
        """Return it with its first process, which has been started just now."""
        try:
            return Tree(self.marker, pid, psutil.Process(pid))
        except psutil.NoSuchProcess:
            return Tree(self.marker, pid)

    @property
    def has_session(self) -> bool:
        """Whether the session and the group with its number are its own.

        Nobody is given the number as long as they have members. So once the root has gone,
        they are another's only if a process has that number again.
        """
        if not self.pid:
            return False
        is_root_left = self.root is not None and self.root.is_running()
        return is_root_left or not psutil.pid_exists(self.pid)


def find_members(trees: Iterable[Tree]) -> set[psutil.Process]:
    """Look for all processes of some trees; takes some 20 ms for a hundred of a machine.

    :raises OSError: if we are out of descriptors.
    """
    trees = list(trees)
    markers = {tree.marker for tree in trees}
    leaders = {tree.pid for tree in trees if tree.has_session}
    members: dict[int, psutil.Process] = {}
    children: dict[int, list[psutil.Process]] = {}
    for pid in psutil.pids():
        try:
            process = psutil.Process(pid)
            with process.oneshot():
                if process.status() == psutil.STATUS_ZOMBIE:
                    continue
                children.setdefault(process.ppid(), []).append(process)
                if _is_led(pid, leaders) or markers & _markers(process):
                    members[pid] = process
        except (psutil.Error, ProcessLookupError, PermissionError):
            # It has just ended.
            continue
    # Jupyter itself is never a member, whatever a program may do to its environment.
    members.pop(os.getpid(), None)
    parents = list(members)
    while parents:
        for child in children.get(parents.pop(), ()):
            if child.pid not in members and child.pid != os.getpid():
                members[child.pid] = child
                parents.append(child.pid)
    return set(members.values())


class StillThereError(Exception):
    """Processes that did not end."""


def ending(trees: Iterable[Tree], patience: float, limit: float) -> Iterator[float]:
    """End all processes of some trees: by SIGTERM, and by SIGKILL those that stay.

    It yields how many seconds to wait before it goes on, and returns when none is left. Its
    steps block for the time of a look at the machine's processes.

    :param patience: seconds until SIGKILL.
    :param limit: seconds until it gives up.
    :raises StillThereError: if it did: the kernel may keep a killed process for long.
    """
    trees = list(trees)
    started = time.monotonic()
    asked: set[psutil.Process] = set()
    while True:
        elapsed = time.monotonic() - started
        try:
            members = find_members(trees)
        except OSError:
            # No descriptor to look by; there may be one soon.
            members = None
        if members is not None and not members:
            return
        if elapsed >= limit:
            raise StillThereError
        if members is None:
            yield LONGEST_PAUSE
        elif elapsed < patience:
            for process in members - asked:
                # One that was stopped has to go on to end, as systemd does it.
                _signal(process, signal.SIGTERM, signal.SIGCONT)
            asked |= members
            yield from _watch(members, started + patience)
        else:
            for process in members:
                _signal(process, signal.SIGKILL)
            yield from _watch(members, time.monotonic() + KILL_ROUND)


def _watch(processes: set[psutil.Process], deadline: float) -> Iterator[float]:
    """Yield pauses until all have ended or it is too late."""
    pause = SHORTEST_PAUSE
    while any(map(_lives, processes)) and (left := deadline - time.monotonic()) > 0:
        yield min(pause, left)
        pause = min(2 * pause, LONGEST_PAUSE)


def _signal(process: psutil.Process, *numbers: int) -> None:
    """Send signals, never to another process that has got its number."""
    try:
        for number in numbers:
            process.send_signal(number)
    except (psutil.Error, OSError):
        # It has ended, or is another user's by now (sudo).
        pass


def _lives(process: psutil.Process) -> bool:
    """Tell whether it is more than a zombie, whose parent may never ask for its status."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, OSError):
        # The next look for all of them will tell.
        return False


def _is_led(pid: int, leaders: set[int]) -> bool:
    return bool(leaders) and (os.getsid(pid) in leaders or os.getpgid(pid) in leaders)


def _markers(process: psutil.Process) -> set[str]:
    try:
        return set(process.environ().get(MARKER, "").split())
    except psutil.AccessDenied:
        return set()
