"""The sidecars of one Jupyter: one as a rule, more where many cores are to share the work."""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Callable, Iterable
from logging import Logger

from ..proxied_path import Place
from .channel import Message, Passage
from .sidecar import Sidecar, SidecarOptions

#: How long a request waits for a sidecar that is starting, in seconds.
PATIENCE = 5.0

#: How long a request waits before it tries to connect again, in seconds.
RETRY_PAUSE = 0.02

#: How many messages are kept for sidecars that come later.
MOST_SHARED = 1000


class Sidecars:
    """Deals connections out."""

    def __init__(
        self,
        count: int,
        options: SidecarOptions,
        log: Logger,
        noted_activity: Callable[[], None],
    ) -> None:
        """Start none yet.

        :param noted_activity: called while apps are in use, once a second.
        """
        self.noted_activity = noted_activity
        self._all = deque(Sidecar(number, options, self, log) for number in range(count))
        self._some_listen = asyncio.Event()
        self._shared: deque[Message] = deque(maxlen=MOST_SHARED)

    def start(self) -> None:
        """Start them, without waiting until they listen."""
        for sidecar in self._all:
            sidecar.start()

    async def stop(self) -> None:
        """End them."""
        await asyncio.gather(*(sidecar.stop() for sidecar in self._all))

    @property
    def has_failed(self) -> bool:
        """Whether there will be no sidecar until somebody mends the configuration."""
        return all(sidecar.has_failed for sidecar in self._all)

    def forget(self, place: Place) -> None:
        """Let what was granted for an app hold no longer."""
        for sidecar in self._all:
            sidecar.tell({"type": "forget", **place})

    async def wait(self) -> bool:
        """Wait for a sidecar; return whether there is one."""
        if self.has_failed:
            return False
        try:
            await asyncio.wait_for(self._some_listen.wait(), PATIENCE)
        except asyncio.TimeoutError:
            return False
        return True

    def pass_on(self, passage: Passage) -> bool:
        """Pass a client's connection on.

        :returns: whether there is a sidecar to take it; ``passage.done`` tells the rest.
        """
        sidecar = self._next()
        if sidecar is None:
            return False
        sidecar.pass_on(passage)
        return True

    async def connect(self, preface: bytes) -> socket.socket:
        """Connect to a sidecar; one that is just being started (again) is waited for.

        :param preface: see :meth:`Sidecar.connect`.
        :raises OSError: (:class:`TimeoutError` among them) if there is none.
        """
        if self.has_failed:
            raise ConnectionRefusedError
        try:
            return await asyncio.wait_for(self._connect(preface), PATIENCE)
        except asyncio.TimeoutError as error:
            # Not yet the same as the built-in one in Python 3.10.
            raise TimeoutError from error

    async def _connect(self, preface: bytes) -> socket.socket:
        while True:
            await self._some_listen.wait()
            sidecar = self._next()
            if sidecar is None:
                continue
            try:
                return await sidecar.connect(preface)
            except OSError:
                # It has just died, which is noticed a moment later, or it is out of
                # descriptors, which passes.
                await asyncio.sleep(RETRY_PAUSE)

    def _next(self) -> Sidecar | None:
        """Return the one with the fewest sockets on their way, in turns."""
        listening = [sidecar for sidecar in self._all if sidecar.listens]
        if not listening:
            return None
        self._all.rotate(-1)
        return min(listening, key=lambda sidecar: sidecar.load)

    # What they live among, see `Surroundings`

    def changed(self) -> None:
        """Learn that one has begun or ceased to listen, or has failed."""
        if any(sidecar.listens for sidecar in self._all):
            self._some_listen.set()
        else:
            self._some_listen.clear()

    def share(self, sender: Sidecar, message: Message) -> None:
        """Tell a message of one to all others, and to those that come later."""
        self._shared.append(message)
        for sidecar in self._all:
            if sidecar is not sender:
                sidecar.tell(message)

    def shared(self) -> Iterable[Message]:
        """Return what a new one has to be told."""
        return tuple(self._shared)
