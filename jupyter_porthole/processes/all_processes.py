"""The processes of all named apps of one Jupyter."""

from __future__ import annotations

import asyncio
import itertools
from logging import Logger
from pathlib import Path

from .app_process import AppProcess
from .guardian import Guardian
from .options import ProcessOptions
from .start import Prepare
from .tree_end import end_trees

#: How long apps have to end by themselves when Jupyter ends, in seconds, and when to give up.
CLOSE_PATIENCE = 1.0
CLOSE_LIMIT = 1.8


class Processes:
    """Starts apps and ends them all with Jupyter, in whatever way that ends."""

    def __init__(self, folder: Path, log_folder: Path, log: Logger) -> None:
        """Start nothing yet.

        :param folder: for Unix sockets: only this user can enter it, and its path is short.
        :param log_folder: for the apps' output; made on first use, for this user alone.
        """
        self.log = log
        self.log_folder = log_folder
        self.guardian = Guardian(log)
        #: Whether nothing may be started any more.
        self.is_closed = False
        self._folder = folder
        self._numbers = itertools.count(1)
        self._apps: list[AppProcess] = []

    def add(self, name: str, options: ProcessOptions, prepare: Prepare) -> AppProcess:
        """Make an app, which starts when it is wanted.

        :param prepare: renders its command for a place; may raise :class:`LaunchError`.
        """
        app = AppProcess(name, options, prepare, self)
        self._apps.append(app)
        return app

    def new_socket_path(self) -> str:
        """Return a path that no Unix socket has had yet."""
        return str(self._folder / f"app-{next(self._numbers)}.sock")

    async def close(self) -> None:
        """End all apps at once; return when they are gone, within two seconds."""
        self.is_closed = True
        trees = await asyncio.gather(*(app.halt() for app in self._apps))
        are_gone = await end_trees(itertools.chain(*trees), CLOSE_PATIENCE, CLOSE_LIMIT)
        await asyncio.gather(*(app.settle(are_gone=are_gone) for app in self._apps))
        await self.guardian.close()
