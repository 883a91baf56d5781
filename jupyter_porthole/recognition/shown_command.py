"""How an app was started, as a person types it to start it again."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Sequence

#: What is longer is of no use to a person, in characters.
LONGEST = 400

#: How much of a script is read, in bytes: Linux reads no more of its first line.
FIRST_LINE = 256

#: Names of options and variables whose values are nobody's business.
SECRET = re.compile(r"token|passw|pwd|secret|key|credential|cookie|auth(?!ors?\b)", re.IGNORECASE)

#: An option that has no value: "--no-token".
NEGATED = re.compile(r"--?no[-_]")

#: What gives a value to a name: "--token=…", "API_KEY=…", "Authorization: …".
NAMED_VALUE = re.compile(r"(.*?)(?:=|:\s)\s*(.*)", re.DOTALL)

#: An address with a password in it.
PASSWORD_IN_ADDRESS = re.compile(r"://[^/@\s]*:[^/@\s]+@")


def shown_command(argv: Sequence[str], cwd: str) -> str:
    """Return a command line as one types it in that folder.

    :returns: an empty text if it can't be repeated, or may hold a secret.
    """
    if not argv or not _is_program(argv[0], cwd) or _holds_secret(argv):
        return ""
    program, *arguments = _without_interpreter(argv)
    name = os.path.basename(program)
    text = shlex.join([name if shutil.which(name) == program else program, *arguments])
    return text if text.isprintable() and len(text) <= LONGEST else ""


def _is_program(name: str, cwd: str) -> bool:
    """Tell whether it is one: some write what they are over their command lines."""
    if "/" not in name:
        return shutil.which(name) is not None
    path = os.path.join(cwd, name)
    return os.path.isfile(path) and os.access(path, os.X_OK)


def _holds_secret(argv: Sequence[str]) -> bool:
    followers = [*argv[1:], "-"]
    return any(
        _is_secret(argument, follower) for argument, follower in zip(argv, followers, strict=True)
    )


def _is_secret(argument: str, follower: str) -> bool:
    """Tell whether an argument, with the one after it, gives a secret."""
    if PASSWORD_IN_ADDRESS.search(argument):
        return True
    named = NAMED_VALUE.fullmatch(argument)
    if named is not None:
        name, value = named.groups()
        return SECRET.search(name) is not None and value != ""
    is_option = argument.startswith("-") and NEGATED.match(argument) is None
    return is_option and SECRET.search(argument) is not None and not follower.startswith("-")


def _without_interpreter(argv: Sequence[str]) -> Sequence[str]:
    """Leave out what the kernel has put before a script that names its interpreter itself."""
    script = argv[1] if len(argv) > 1 else ""
    if not os.path.isabs(script) or not os.access(script, os.X_OK) or not os.path.isfile(script):
        return argv
    try:
        with open(script, "rb") as file:
            first_line = os.fsdecode(file.read(FIRST_LINE)).partition("\n")[0]
    except OSError:
        return argv
    # `#!/usr/bin/env python3`, or a path.
    named = first_line.removeprefix("#!").removeprefix("/usr/bin/env ").strip()
    return argv[1:] if first_line.startswith("#!") and named == argv[0] else argv
