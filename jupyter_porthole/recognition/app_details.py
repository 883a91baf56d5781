"""What tells one app from others of its kind: its script, its folder, its port.

The functions that the table of known apps (:mod:`.known_apps`) refers to.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable

from .command_lines import Command
from .known_app import Answer

#: A path that is as long is told by its last parts.
LONG = 40

#: How long an addition to a name may be, in characters.
LONGEST = 60

#: What a kernel of any language is told to read.
CONNECTION_FILE = r"(?:^|[/=])kernel-[^/]*\.json$"


# What is added to a name


def served(command: Command) -> str:
    """Name what is served: " (api:app)", " (app.py)"."""
    return _in_brackets(command.target or os.path.basename(command.script))


def served_by_option(*options: str) -> Callable[[Command], str]:
    """Name what an option says is served, if that is how it is said."""

    def detail(command: Command) -> str:
        return served(command) or _in_brackets(command.option(*options))

    return detail


def given(*suffixes: str) -> Callable[[Command], str]:
    """Name the first argument that ends like this."""

    def detail(command: Command) -> str:
        given = (each for each in command.arguments if each.endswith(suffixes))
        return _in_brackets(os.path.basename(next(given, "")))

    return detail


def folder(*options: str) -> Callable[[Command], str]:
    """Name the folder that an option says, or else the one it is run in."""

    def detail(command: Command) -> str:
        path = command.option(*options) or command.folder
        return _after_dash(os.path.basename(path.rstrip("/")))

    return detail


def logdir(command: Command) -> str:
    """Name the folder whose runs TensorBoard shows."""
    return _after_dash(_short(command.option("--logdir", "--logdir_spec"), command.folder))


def _in_brackets(text: str) -> str:
    return f" ({_in_a_line(text)})" if text else ""


def _after_dash(text: str) -> str:
    return f" — {_in_a_line(text)}" if text else ""


def _in_a_line(text: str) -> str:
    """Make what somebody wrote fit into a title."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _short(path: str, folder: str) -> str:
    """Tell a path relative to a folder, or by its end if it is long."""
    if os.path.isabs(path) and os.path.isabs(folder):
        relative = os.path.relpath(path, folder)
        path = path if relative.startswith("..") else relative
    path = path.rstrip("/")
    return path if len(path) < LONG else "/".join(path.split("/")[-2:])


# What is added to a name if the app was asked for it


def api_title(answer: Answer) -> str:
    """Name an API as its OpenAPI document does."""
    return _in_brackets(_field(answer, "info", "title"))


def data_location(answer: Answer) -> str:
    """Name the folder whose runs TensorBoard says that it shows."""
    return _after_dash(_short(_field(answer, "data_location"), ""))


def _field(answer: Answer, *names: str) -> str:
    """Return a text of an answer in JSON; empty if it isn't there."""
    try:
        value = json.loads(answer.text)
        for name in names:
            value = value[name]
    except (ValueError, LookupError, TypeError):
        # Longer than what is read, for one.
        return ""
    return value if isinstance(value, str) else ""


# Which port


def is_dashboard(command: Command, port: int) -> bool:
    """Tell Dask's dashboard from the ports that its processes talk by."""
    address = command.option("--dashboard-address") or ":8787"
    return address.rpartition(":")[2] == str(port)


def is_its_port(command: Command, port: int) -> bool:
    """Tell the port that a program was given from others of its."""
    return command.option("--port") == str(port)


def is_kernel(command: Command, port: int) -> bool:
    """Tell whether a kernel's port is for its messages, as the file says that it was given.

    On others it may well serve an app that runs in a notebook.
    """
    files = [each for each in command.arguments if re.search(CONNECTION_FILE, each)]
    try:
        with open(files[0].partition("=")[2] or files[0]) as file:
            return port in json.load(file).values()
    except (OSError, ValueError, LookupError, AttributeError):
        return True
