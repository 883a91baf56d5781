"""A start of an app: from the choice of its place until it is ready, and to its end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from logging import Logger
from pathlib import Path
from typing import Protocol

from .claim import claim_place, remove_socket
from .deadlines import within
from .failures import Failure
from .guardian import Guardian
from .launch import Launch, LaunchError
from .log_file import LogFile
from .options import ProcessOptions
from .output import Output
from .places import CAN_SHARE, Place
from .run import Run
from .tree import Tree

#: How often it is tried on ports of our choice that its program finds in use.
MOST_ATTEMPTS = 3

#: How long a failed attempt has to end by itself before the next one, in seconds.
STOP_PATIENCE = 5.0

#: Renders what is to be started for a place.
Prepare = Callable[[Place], Awaitable[Launch]]


class Surroundings(Protocol):
    """What all apps of a Jupyter share."""

    log: Logger
    log_folder: Path
    guardian: Guardian
    #: Whether nothing may be started any more.
    is_closed: bool

    def new_socket_path(self) -> str:
        """Return a path that no Unix socket has had yet."""


@dataclass(frozen=True)
class AppRecipe:
    """What an app is and where its output goes."""

    name: str
    options: ProcessOptions
    prepare: Prepare
    output: Output
    log_file: LogFile


class AppStart:
    """One start of an app. It takes more than one attempt if ports are found in use."""

    def __init__(
        self, recipe: AppRecipe, surroundings: Surroundings, changed: Callable[[], None]
    ) -> None:
        """Start nothing yet.

        :param changed: called when :attr:`place` or :attr:`pid` have changed.
        """
        self._recipe = recipe
        self._options = recipe.options
        self._surroundings = surroundings
        self._log = surroundings.log
        self._changed = changed
        self._run: Run | None = None
        #: Where it listens or will listen, until it ends.
        self.place: Place | None = None
        #: Its first process, until that ends.
        self.pid: int | None = None
        #: As :func:`time.time`.
        self.started_at: float | None = None

    async def until_ready(self) -> Failure | None:
        """Start it and wait until it is ready.

        :returns: why it isn't and won't be, else ``None``. In both cases it is to be ended.
        """
        failure = await self._attempt(is_held=CAN_SHARE)
        for _ in range(MOST_ATTEMPTS - 1):
            if failure is None or not self._may_go_elsewhere():
                break
            self._log.info("%s: finds its port in use, trying another one.", self._recipe.name)
            await self.end(STOP_PATIENCE)
            failure = await self._attempt(is_held=False)
        return failure

    async def ended(self) -> Failure:
        """Wait until it ends, once it was ready, and tell how."""
        if self._run is None:
            raise RuntimeError("It was not started.")
        await self._run.ended()
        self.pid = None
        return self._run.end_as_failure()

    async def settled(self) -> list[Tree]:
        """Return what there is to end, after an interrupted start."""
        if self._run is None:
            return []
        await self._run.settled()
        return [self._run.tree]

    async def end(self, patience: float) -> None:
        """End all its processes; return when they are gone, or the kernel keeps them.

        :param patience: seconds from SIGTERM to SIGKILL.
        """
        are_gone = self._run is None or await self._run.end(patience)
        await self.close(are_gone=are_gone)

    async def close(self, *, are_gone: bool) -> None:
        """Let go of its processes; may be called again.

        :param are_gone: else the guardian keeps them in mind.
        """
        if self._run is not None:
            await self._run.close(are_gone=are_gone)
            self._run = None
        if self.place is not None:
            remove_socket(self.place)
        self.place = None
        self.pid = None

    def _may_go_elsewhere(self) -> bool:
        is_in_use = self._run is not None and self._run.found_address_in_use
        return is_in_use and self._options.leaves_port_to_us

    async def _attempt(self, *, is_held: bool) -> Failure | None:
        """Start it at one place.

        :param is_held: whether its port is kept for it until it is ready, which some programs
            don't get along with, or only until right before its start.
        """
        timeout = self._options.timeout
        self._run = None
        try:
            is_ready = await within(timeout, self._bring_up(is_held))
        except asyncio.TimeoutError:
            return self._failure(f"It was not ready within {timeout:g} s.")
        except LaunchError as error:
            return Failure(str(error))
        except OSError as error:
            # It is out of descriptors or ports.
            return Failure(f"Jupyter can't start it: {error.strerror}.")
        except Exception as error:
            # Nothing that can be foreseen; all the same nobody is to wait for a start for ever.
            self._log.error("%s can't be started", self._recipe.name, exc_info=error)
            return Failure(f"Jupyter can't start it: {type(error).__name__}: {error}")
        return None if is_ready else await self._early_end()

    async def _early_end(self) -> Failure:
        failure = await self.ended()
        if failure.exit_status == 0:
            return self._failure("It ended with exit status 0 before it was ready.")
        return failure

    def _failure(self, message: str) -> Failure:
        return self._run.failure(message) if self._run is not None else Failure(message)

    async def _bring_up(self, is_held: bool) -> bool:
        """Start it and wait until it is up; return ``False`` if it ended before."""
        recipe, surroundings = self._recipe, self._surroundings
        run = self._run = Run(surroundings.guardian, recipe.output, recipe.log_file)
        claim = claim_place(self._options, surroundings.new_socket_path)
        try:
            self.place = claim.place
            self._changed()
            launch = await self._render(claim.place)
            await claim.demand_free()
            if not is_held:
                claim.release()
            self.pid, self.started_at = await run.start(launch), time.time()
            self._changed()
            self._log.info("%s: started %s (process %d).", recipe.name, launch.program, self.pid)
            return await run.until_ready(claim.place, self._options.readiness)
        finally:
            claim.release()

    async def _render(self, place: Place) -> Launch:
        try:
            return await self._recipe.prepare(place)
        except LaunchError:
            raise
        except (Exception, SystemExit) as error:
            # It is the configuration's code.
            self._log.warning("%s can't be prepared", self._recipe.name, exc_info=error)
            raise LaunchError(
                f"Its start can't be prepared: {type(error).__name__}: {error}"
            ) from error
