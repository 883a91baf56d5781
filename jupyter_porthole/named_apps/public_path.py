"""Telling an app that we start where it lives, if it is known how."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..processes import Launch
from ..recognition.command_lines import Command, read_command
from ..recognition.known_app import PublicPath
from ..recognition.python_sources import read_source
from ..recognition.recognition import recognise_command


def tell_public_path(launch: Launch, root: str, given: Mapping[str, str]) -> Launch:
    """Add the environment variables or arguments by which an app learns its public path.

    Only an app that is known gets them, and only if nothing shows that somebody has seen to it:
    what works without them is not to break.

    :param root: its public path without the last slash. Its requests come without it.
    :param given: those of its environment variables that its configuration says.
    """
    command = read_command(launch.command, launch.cwd)
    way = _find_way(command)
    if way is None or not root or not _is_open(way, launch, command) or _names(root, launch, given):
        return launch
    return Launch(
        [*launch.command, *(argument.format(root=root) for argument in way.arguments)],
        {**launch.environment, **_filled_in(way.variables, root)},
        launch.cwd,
    )


def _find_way(command: Command) -> PublicPath | None:
    app = recognise_command(command)
    if app is None:
        return None
    ways = app.public_paths
    return next((way for way in ways if command.program in way.programs or not way.programs), None)


def _filled_in(variables: Mapping[str, str], root: str) -> dict[str, str]:
    return {name: value.format(root=root) for name, value in variables.items()}


def _is_open(way: PublicPath, launch: Launch, command: Command) -> bool:
    """Tell whether nobody has told the app already, and nothing in it speaks against it."""
    words = [*launch.command, *launch.environment]
    if any(re.search(way.unless, word, re.IGNORECASE) for word in words):
        return False
    if way.arguments and "--" in launch.command:
        # What is added behind this would be no option.
        return False
    if not way.source:
        return True
    source = read_source(command.source)
    return (
        re.search(way.source, source.text) is not None
        and re.search(way.unless_source or way.unless, source.text) is None
        and not (way.is_whole and source.has_parts)
    )


def _names(root: str, launch: Launch, given: Mapping[str, str]) -> bool:
    """Tell whether the configuration tells it the path by a way of its own."""
    # Not within the path of a file, but after that of a server.
    path = re.compile(rf"(?:^|[^\w/.-]|://[^/\s]*){re.escape(root)}(?![\w-])")
    return any(path.search(value) for value in (*launch.command, *given.values()))
