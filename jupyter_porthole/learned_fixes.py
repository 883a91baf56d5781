"""Whose pages need the fix for sub-paths, as far as that has shown only while they were used.

Nothing in such a page names a path from the root, but a script of it asks for one, and whoever
sees that request tells it here: Jupyter itself (:mod:`.strays`), or the tab in which the page
is (:mod:`.rest.fixes`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

from .listening import find_listening
from .listening.ports import LOOPBACK, find_sockets
from .proxied_path import Place

#: How many apps are remembered, at most.
MOST_LEARNED = 1000

#: Names of this machine.
OWN_HOSTS = ("localhost", *LOOPBACK)


class LearnedFixes:
    """Remembers them as long as Jupyter runs: named apps by name, ports by who listens there.

    Thus an app that is started again is known, and another one that comes to listen on the
    same port isn't taken for it.
    """

    def __init__(self) -> None:
        """Know none yet."""
        #: Their names and owners, the newest last. The port is part of a name: a kernel, say,
        #: may serve two apps on two ports.
        self._learned: dict[tuple[Hashable, Hashable], None] = {}
        #: Called with the place of an app, when that is learned.
        self.on_learned: list[Callable[[Place], None]] = []

    def learn(self, place: Place) -> None:
        """Remember that the pages of the app that is there now need it."""
        app = (_name(place), _owner(place))
        self._learned.pop(app, None)
        self._learned[app] = None
        if len(self._learned) > MOST_LEARNED:
            # The oldest one.
            del self._learned[next(iter(self._learned))]
        for hear in self.on_learned:
            hear(place)

    def needs_fix(self, place: Place) -> bool:
        """Tell whether the pages of the app that is there now are known to need it."""
        name = _name(place)
        # Most often nothing is known, and the system needn't be asked who listens.
        is_known = any(known == name for known, _ in self._learned)
        return is_known and (name, _owner(place)) in self._learned


def _name(place: Place) -> Hashable:
    """Return what is the same for all addresses of an app."""
    if "app" in place:
        return place["app"]
    return (None if _is_here(place) else place["host"].lower(), place["port"])


def _owner(place: Place) -> Hashable:
    """Return what tells an app from others that may have the same name later."""
    if "app" in place or not _is_here(place):
        # A name is one app's for ever; who listens elsewhere can't be seen.
        return None
    listening = find_listening(place["port"])
    if listening is not None:
        return (listening.argv, listening.cwd) if listening.argv else listening.inode
    # Another user's, or nobody's, or the system doesn't tell: then it is none at all.
    return frozenset(socket.inode for socket in find_sockets(place["port"]) or ())


def _is_here(place: Place) -> bool:
    host = place["host"]
    return host is None or host.strip("[]").lower() in OWN_HOSTS
