"""One start of an app, from its process to the end of its whole tree."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from asyncio.subprocess import Process

from .deadlines import drop, within
from .failures import Failure, describe_end, tell_of_address_in_use
from .guardian import Guardian
from .launch import Launch, LaunchError, spawn
from .log_file import LogFile
from .output import Output
from .output_pipe import OutputPipe
from .places import Place
from .readiness import Readiness, until_ready
from .tree import Tree
from .tree_end import end_trees

#: How many lines of output a failure shows, and in how many it looks for its cause.
SHOWN_LINES = 20
SEARCHED_LINES = 200

#: How long a killed process is waited for, in seconds: the kernel may keep it for long.
KILL_PATIENCE = 3.0

#: How long the event loop is waited for to learn of the end of a process, in seconds. It
#: learns after everybody else, from a thread of its own.
NOTICE_PATIENCE = 1.0


class Run:
    """One start of an app. Whoever makes it ends it."""

    def __init__(self, guardian: Guardian, output: Output, log_file: LogFile) -> None:
        """Start nothing yet.

        :raises OSError: if Jupyter is out of descriptors.
        """
        self.tree = Tree(secrets.token_hex(16))
        self._guardian = guardian
        self._output = output
        self._log_file = log_file
        #: Where its output begins.
        self._offset = output.total
        self._pipe = OutputPipe(self._receive)
        self._spawning: asyncio.Task[Process] | None = None
        self._process: Process | None = None
        self._may_start = True

    @property
    def status(self) -> int | None:
        """How it ended (:attr:`subprocess.Popen.returncode`); ``None`` if it has not."""
        return None if self._process is None else self._process.returncode

    @property
    def found_address_in_use(self) -> bool:
        """Whether it ended and said that its address is in use."""
        lines = self._output.tail_lines(SEARCHED_LINES, self._offset)
        return self.status is not None and tell_of_address_in_use(lines)

    async def start(self, launch: Launch) -> int:
        """Start its process.

        :returns: the process's number.
        :raises LaunchError: if it can't be started.
        """
        await self._guardian.guard(self.tree)
        if not self._may_start:
            # A cancellation does not always get through the configuration's code.
            raise LaunchError("It was stopped.")
        # Shielded: what is half started could not be ended.
        self._spawning = asyncio.create_task(spawn(launch, self.tree.marker, self._pipe.write_end))
        self._spawning.add_done_callback(lambda spawning: self._adopt(spawning, launch))
        return (await asyncio.shield(self._spawning)).pid

    async def until_ready(self, place: Place, readiness: Readiness) -> bool:
        """Wait until it is up; return ``False`` if it ended before."""
        probing = asyncio.create_task(until_ready(place, readiness))
        ending = asyncio.create_task(self.ended())
        try:
            await asyncio.wait({probing, ending}, return_when=asyncio.FIRST_COMPLETED)
            if self.status is None:
                probing.result()
            return self.status is None
        finally:
            drop(probing)
            drop(ending)

    async def ended(self) -> int | None:
        """Wait for the end of its first process; all that this one has printed is read then.

        :returns: its :attr:`status`; at once if it was not started.
        """
        if self._process is not None:
            await self._process.wait()
            self._pipe.drain()
        return self.status

    def failure(self, message: str) -> Failure:
        """Say that it failed, with its last lines.

        :param message: why, in one sentence.
        """
        return Failure(message, self.status, self._output.tail_lines(SHOWN_LINES, self._offset))

    def end_as_failure(self) -> Failure:
        """Say that it ended."""
        return self.failure(describe_end(self.status or 0))

    async def settled(self) -> None:
        """Let nothing be started any more; wait until it is decided whether anything was."""
        self._may_start = False
        if self._spawning is not None:
            await asyncio.wait({self._spawning})

    async def end(self, patience: float) -> bool:
        """End all its processes.

        :param patience: seconds from SIGTERM to SIGKILL.
        :returns: whether they are gone. Else the kernel keeps them, or Jupyter is out of
            descriptors and can't look.
        """
        await self.settled()
        if self._spawning is None:
            return True
        return await end_trees([self.tree], patience, patience + KILL_PATIENCE)

    async def close(self, *, are_gone: bool) -> None:
        """Let go of its processes; may be called again.

        :param are_gone: else the guardian keeps them in mind.
        """
        if are_gone and self._process is not None:
            # An event loop that ends before it has learnt of it leaves its transport open.
            with contextlib.suppress(asyncio.TimeoutError):
                await within(NOTICE_PATIENCE, self._process.wait())
        self._pipe.close()
        self._log_file.close()
        if are_gone:
            self._guardian.release(self.tree)

    def _adopt(self, spawning: asyncio.Task[Process], launch: Launch) -> None:
        if spawning.cancelled() or spawning.exception() is not None:
            return
        self._process = spawning.result()
        self.tree = self.tree.grown(self._process.pid)
        self._guardian.update(self.tree)
        self._log_file.begin(launch.program, self._process.pid)
        self._pipe.listen()

    def _receive(self, data: bytes) -> None:
        self._output.append(data)
        self._log_file.write(data)
