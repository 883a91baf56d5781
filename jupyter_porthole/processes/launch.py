"""Starting the process of an app."""

from __future__ import annotations

import asyncio
import os
import shutil
from asyncio.subprocess import DEVNULL, Process
from dataclasses import dataclass

from .tree import MARKER


@dataclass(frozen=True)
class Launch:
    """One start of an app, rendered for its place."""

    command: list[str]
    #: The whole environment.
    environment: dict[str, str]
    cwd: str

    @property
    def program(self) -> str:
        """The program's name, which is all of a command that may be logged."""
        return os.path.basename(self.command[0])


class LaunchError(Exception):
    """An app that can't be started; the message is for people."""


async def spawn(launch: Launch, marker: str, output: int) -> Process:
    """Start a process in a session of its own.

    A cancelled call still starts it: what is half started could not be ended. So the
    process is the result of a task that nobody cancels.

    :param marker: what its tree is known by (`tree.MARKER`).
    :param output: the descriptor that it writes to.
    :raises LaunchError: if it can't be started.
    """
    if not launch.command:
        raise LaunchError("It has no command.")
    if not os.path.isdir(launch.cwd):
        raise LaunchError(f"Folder not found: {launch.cwd}")
    # A Jupyter that is itself an app keeps the marker of the outer one in its own apps.
    markers = f"{launch.environment.get(MARKER, '')} {marker}".lstrip()
    try:
        return await asyncio.create_subprocess_exec(
            *launch.command,
            stdin=DEVNULL,
            stdout=output,
            stderr=output,
            env={**launch.environment, MARKER: markers},
            cwd=launch.cwd,
            # Ctrl-C in the terminal is for Jupyter, which may ask first.
            start_new_session=True,
        )
    except OSError as error:
        raise LaunchError(_reason(launch, error)) from error
    except (TypeError, ValueError) as error:
        # An argument that is no string, a zero byte, "=" in a variable's name.
        raise LaunchError(f"Its command or environment is malformed: {error}.") from error


def _reason(launch: Launch, error: OSError) -> str:
    program = launch.command[0]
    if isinstance(error, PermissionError):
        return f"Not executable: {program}"
    if not isinstance(error, FileNotFoundError):
        return f"{program} can't be started: {error.strerror}."
    if os.path.dirname(program):
        is_there = os.path.exists(os.path.join(launch.cwd, program))
    else:
        is_there = shutil.which(program, path=launch.environment.get("PATH")) is not None
    if is_there:
        return f"The interpreter that {program} asks for was not found."
    return f"Command not found: {program}"
