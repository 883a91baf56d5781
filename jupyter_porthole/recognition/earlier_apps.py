"""Which app listened on a port before, for whom looks for it when it is gone."""

from __future__ import annotations

from dataclasses import dataclass

from ..listening import Listening
from .shown_command import shown_command

#: How many ports' apps are remembered, at most.
MOST_KNOWN = 1000


@dataclass(frozen=True)
class EarlierApp:
    """An app as it was (`IEarlierApp` in ``src/protocol/grant.ts``)."""

    title: str
    #: The folder that it was started in; empty if that isn't known.
    folder: str
    #: What it was started by; empty if that isn't to be shown.
    command: str


class EarlierApps:
    """Remembers the last one of each port, as long as Jupyter runs."""

    def __init__(self) -> None:
        """Know none yet."""
        #: By their ports, those that were noted last at the end.
        self._apps: dict[int, EarlierApp] = {}

    def note(self, listening: Listening, title: str) -> None:
        """Remember who listens on a port now.

        :param title: how people call it; empty if it isn't known, or nobody opens it.
        """
        self._apps.pop(listening.port, None)
        if not title:
            return
        command = shown_command(listening.argv, listening.cwd)
        self._apps[listening.port] = EarlierApp(title, listening.cwd, command)
        if len(self._apps) > MOST_KNOWN:
            # The oldest one.
            del self._apps[next(iter(self._apps))]

    def on(self, port: int) -> EarlierApp | None:
        """Return the app that was noted last, if one is known."""
        return self._apps.get(port)
