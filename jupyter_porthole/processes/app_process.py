"""The process of a named app: started on first use, watched, started again, ended."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Literal

from .deadlines import within
from .failures import Failure
from .log_file import LogFile
from .options import ProcessOptions
from .output import Output
from .pauses import Pauses
from .places import Place
from .start import STOP_PATIENCE, AppRecipe, AppStart, Prepare, Surroundings
from .tree import Tree

#: "failed": it ended badly and waits for the end of a pause or for the next request.
State = Literal["stopped", "starting", "running", "failed", "stopping"]

#: An app that has run for so long, in seconds, is started again after a short pause.
LONG_LIFE = 10.0

#: How many lines of its output a warning in Jupyter's log quotes.
LOGGED_LINES = 5


class AppProcess:
    """One app's process, or its absence."""

    def __init__(
        self, name: str, options: ProcessOptions, prepare: Prepare, surroundings: Surroundings
    ) -> None:
        """Start nothing yet.

        :param prepare: may raise :class:`~.launch.LaunchError` with a sentence for people.
        """
        self.name = name
        self.state: State = "stopped"
        #: When it was started last, as :func:`time.time`.
        self.started_at: float | None = None
        #: How often it was started again without being asked for.
        self.restarts = 0
        #: Why it doesn't run, until it is started again.
        self.failure: Failure | None = None
        self.output = Output()
        #: Called when :attr:`state` or :attr:`place` have changed.
        self.on_change: list[Callable[[AppProcess], None]] = []
        self._options = options
        self._surroundings = surroundings
        self._log = surroundings.log
        log_file = LogFile(surroundings.log_folder, name, self._log)
        self._recipe = AppRecipe(name, options, prepare, self.output, log_file)
        #: Starts it, watches it and tidies up; there is at most one.
        self._life: asyncio.Task[None] | None = None
        #: The last start, as long as anything may be left of it.
        self._start: AppStart | None = None
        self._pauses = Pauses()
        #: Whether it starts again by itself when the pause is over.
        self._restarts_itself = False
        #: Whether it is started again when it has stopped.
        self._is_restarting = False
        #: Held while a person's order is carried out.
        self._order = asyncio.Lock()
        self._changed = asyncio.Event()

    @property
    def place(self) -> Place | None:
        """Where it listens or will listen, while it is starting or running."""
        is_up = self.state in ("starting", "running")
        return self._start.place if is_up and self._start is not None else None

    @property
    def pid(self) -> int | None:
        """Its first process, as long as it lives."""
        return self._start.pid if self._start is not None else None

    @property
    def seconds_until_retry(self) -> float:
        """How long it isn't started yet after a failure."""
        return self._pauses.seconds_left if self.state == "failed" else 0.0

    # What requests do

    def want(self) -> None:
        """Start it, unless it runs already, is about to, or has just failed."""
        if self.state not in ("stopped", "failed") or self._surroundings.is_closed:
            return
        if self._restarts_itself or self.seconds_until_retry:
            return
        self._set_off()
        if self._life is None or self._life.done():
            self._life = asyncio.create_task(self._live())
        # Else it is tidying up, and sees the state when it has done so.

    async def wait_ready(self, timeout: float) -> bool:
        """Wait until it is running.

        :param timeout: in seconds.
        :returns: ``False`` at the timeout, or as soon as it is clear that it won't be.
        """
        deadline = time.monotonic() + timeout
        while (
            self.state == "starting"
            or self._is_restarting
            or (self._restarts_itself and self.seconds_until_retry < deadline - time.monotonic())
        ):
            try:
                await within(max(0.0, deadline - time.monotonic()), self._changed.wait())
            except asyncio.TimeoutError:
                break
        return self.state == "running"

    # What people do. Shielded: a caller that goes away must not leave it half done.

    async def start(self) -> None:
        """Start it now; return once it is starting."""
        await asyncio.shield(asyncio.ensure_future(self._start_now()))

    async def stop(self) -> None:
        """End it; return when all its processes are gone."""
        await asyncio.shield(asyncio.ensure_future(self._stop()))

    async def restart(self) -> None:
        """End it and start it; return once it is starting."""
        await asyncio.shield(asyncio.ensure_future(self._restart()))

    async def _start_now(self) -> None:
        async with self._order:
            if self.state in ("stopped", "failed") and not self._surroundings.is_closed:
                self._pauses.reset()
                self._set_off()
                # It pauses or tidies up, which the new one does as well.
                await _cancel(self._life)
                self._life = asyncio.create_task(self._live())

    async def _stop(self) -> None:
        async with self._order:
            await self.halt()
            if self._start is not None:
                await self._start.end(STOP_PATIENCE)
            await self.settle()

    async def _restart(self) -> None:
        self._is_restarting = True
        try:
            await self._stop()
            await self._start_now()
        finally:
            self._is_restarting = False

    async def halt(self) -> list[Tree]:
        """Begin to stop it; return what there is to end before :meth:`settle`."""
        if self.state != "stopped" or self._start is not None:
            self._set("stopping")
        await _cancel(self._life)
        return await self._start.settled() if self._start is not None else []

    async def settle(self, *, are_gone: bool = True) -> None:
        """Note that it is stopped.

        :param are_gone: whether its processes are.
        """
        if self._start is not None:
            await self._start.close(are_gone=are_gone)
        # A stop and Jupyter's end may settle it at the same time.
        if self._start is not None:
            self._start = None
            self._log.info("%s: stopped.", self.name)
        self._pauses.reset()
        self._restarts_itself = False
        self.failure = None
        self._set("stopped")

    # What it does by itself

    def _set_off(self) -> None:
        self._restarts_itself = False
        self.failure = None
        self._set("starting")

    async def _live(self) -> None:
        """Start it and watch it, again as long as that is due; tidy up."""
        while self.state == "starting":
            await self._tidy()
            self._start = AppStart(self._recipe, self._surroundings, self._notice)
            failure = await self._start.until_ready()
            if failure is None:
                await self._watch(self._start)
            else:
                self._fail(failure)
            await self._tidy()
            if self._restarts_itself:
                await asyncio.sleep(self.seconds_until_retry)
                self.restarts += 1
                self._set_off()

    async def _watch(self, start: AppStart) -> None:
        """Wait until it ends, and judge that."""
        ready_at = time.monotonic()
        self._log.info("%s: ready.", self.name)
        self._set("running")
        end = await start.ended()
        if time.monotonic() - ready_at >= LONG_LIFE:
            self._pauses.reset()
        if end.exit_status == 0 and self._options.restart != "always":
            self._log.info("%s: %s", self.name, end.message)
            self._set("stopped")
        else:
            self._restarts_itself = self._options.restart != "never"
            self._fail(end)

    def _fail(self, failure: Failure) -> None:
        self._pauses.begin()
        self.failure = failure
        lines = "".join(f"\n    {line}" for line in failure.lines[-LOGGED_LINES:])
        self._log.warning("%s: %s%s", self.name, failure.message, lines)
        self._set("failed")

    async def _tidy(self) -> None:
        """End what is left of the last start."""
        if self._start is not None:
            await self._start.end(STOP_PATIENCE)
            self._start = None

    def _notice(self) -> None:
        if self._start is not None and self._start.started_at is not None:
            self.started_at = self._start.started_at
        self._set(self.state)

    def _set(self, state: State) -> None:
        """Change the state, and tell of it or of another change."""
        self.state = state
        self._changed.set()
        self._changed = asyncio.Event()
        for callback in list(self.on_change):
            try:
                callback(self)
            except Exception as error:
                self._log.error("Error in a callback of %s", self.name, exc_info=error)


async def _cancel(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()
        await asyncio.wait({task})
