"""Jupyter's side of the guardian (see `guardian_process`)."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from logging import Logger

from .tree import Tree

#: It finds the same modules as Jupyter, and none in the folder that Jupyter was started in.
#: Whoever ends Jupyter and all around it by a signal must not end the guardian first.
BOOTSTRAP = """
from signal import *
for number in (SIGTERM, SIGINT, SIGHUP):
    signal(number, SIG_IGN)
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from jupyter_porthole.processes.guardian_process import main
main(jupyter=int(sys.argv[2]))
"""

#: What Python may need of the environment to start; the rest holds secrets.
VARIABLES = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")

#: A guardian that lived shorter, in seconds, is replaced only after a pause.
SHORT_LIFE = 5.0
LONGEST_PAUSE = 10.0


class Guardian:
    """Keeps a guardian as long as Jupyter runs, from the first app on."""

    def __init__(self, log: Logger) -> None:
        """Start nothing yet."""
        self._log = log
        self._trees: dict[str, Tree] = {}
        self._supervisor: asyncio.Task[None] | None = None
        self._process: Process | None = None
        #: Set when the first one was told, or could not be started.
        self._was_tried = asyncio.Event()

    async def guard(self, tree: Tree) -> None:
        """Have the processes of an app ended when Jupyter ends.

        It is told before an app is started, by its marker, so that no moment is left out.
        """
        self.update(tree)
        if self._supervisor is None:
            self._supervisor = asyncio.create_task(self._supervise())
        await self._was_tried.wait()

    def update(self, tree: Tree) -> None:
        """Tell the number of an app's process."""
        self._trees[tree.marker] = tree
        self._tell({"guard": tree.marker, "pid": tree.pid})

    def release(self, tree: Tree) -> None:
        """Forget an app whose processes are gone."""
        if self._trees.pop(tree.marker, None) is not None:
            self._tell({"release": tree.marker})

    async def close(self) -> None:
        """End it. If there is anything left to guard, it ends that first, by itself."""
        if self._supervisor is None:
            return
        self._supervisor.cancel()
        await asyncio.wait({self._supervisor})
        process = self._process
        if process is None or process.stdin is None:
            return
        process.stdin.close()
        if not self._trees and process.returncode is None:
            process.kill()
            await process.wait()

    def _tell(self, message: dict[str, object]) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")

    async def _supervise(self) -> None:
        """Start a guardian, again and again; short lives make growing pauses."""
        pause = 0.0
        while True:
            started = time.monotonic()
            try:
                self._process = await _spawn()
            except OSError as error:
                self._log.warning("The apps' guardian can't be started: %s", error)
                self._was_tried.set()
            else:
                for tree in self._trees.values():
                    self._tell({"guard": tree.marker, "pid": tree.pid})
                self._was_tried.set()
                status = await self._process.wait()
                self._process = None
                self._log.warning("The apps' guardian ended (status %s), replacing it.", status)
            if time.monotonic() - started > SHORT_LIFE:
                pause = 0.0
            await asyncio.sleep(pause)
            pause = min(max(0.1, 2 * pause), LONGEST_PAUSE)


async def _spawn() -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        "-c",
        BOOTSTRAP,
        json.dumps(sys.path),
        str(os.getpid()),
        stdin=PIPE,
        stdout=DEVNULL,
        stderr=DEVNULL,
        env={name: os.environ[name] for name in VARIABLES if name in os.environ},
        cwd="/",
        start_new_session=True,
    )
