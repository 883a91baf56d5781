"""What a command line runs: the program behind an interpreter, its script, its arguments."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

#: Interpreters, by the names of their files.
PYTHON = re.compile(r"(?:python|pypy)[\d.]*t?(?:\.exe)?")
JAVASCRIPT = re.compile(r"(?:node(?:js)?\d*|bun)(?:\.exe)?")

#: Options of Python in one word that take a value, or end the options: "-um", "-Xdev".
PYTHON_OPTION = re.compile(r"-[^-mcWX]*([mcWX])(.*)")

#: Another one, whose value is the next argument.
PYTHON_LONG_OPTION = "--check-hash-based-pycs"

#: The common ones of Node whose value is the next argument.
JAVASCRIPT_OPTIONS = frozenset(
    ("-r", "-C", "--require", "--import", "--loader", "--env-file", "--title", "--conditions")
)

#: How servers are told what of Python to serve: `package.module:app`.
TARGET = re.compile(r"([A-Za-z_][\w.]*):[A-Za-z_][\w.]*(?:\(.*\))?")


@dataclass(frozen=True)
class Command:
    """What a command line runs."""

    #: The program's name: "streamlit" for `python /usr/bin/streamlit`, "vite" for
    #: `node vite.js`, "app.py" for `python app.py`, "http.server" for `python -m http.server`.
    program: str
    arguments: tuple[str, ...] = ()
    #: The file of Python that is run, or that the program is told to serve; empty for none.
    script: str = ""
    #: What else it is told to serve: `package.module:app`; empty for none.
    target: str = ""
    #: The module of Python that is run by `python -m`, or that the target is in; empty for none.
    module: str = ""
    #: Where modules are looked for.
    folder: str = ""

    @property
    def source(self) -> str:
        """The file of Python that is run or served; empty if there is none. It need not exist."""
        if self.script or not self.module:
            return self.script
        return os.path.join(self.folder, *self.module.split(".")) + ".py"

    @property
    def package(self) -> str:
        """The top-level package of the module."""
        return self.module.partition(".")[0]

    def option(self, *names: str) -> str:
        """Return the value of an option, `--name value` or `--name=value`; empty without one."""
        for index, argument in enumerate(self.arguments):
            name, equals, value = argument.partition("=")
            if name in names:
                return value if equals else "".join(self.arguments[index + 1 : index + 2])
        return ""


def read_command(argv: Sequence[str], cwd: str) -> Command:
    """Read a command line.

    :param cwd: the folder that its paths are relative to.
    """
    program, *rest = argv or [""]
    # Some write what they are over their command line: "next-server (v16.4.6)".
    is_path = program.startswith(("/", "."))
    name = os.path.basename(program if is_path else program.partition(" ")[0])
    if PYTHON.fullmatch(name):
        command = _of_python(Command(name, folder=cwd), rest)
    elif JAVASCRIPT.fullmatch(name):
        command = _of_javascript(Command(name, folder=cwd), rest)
    else:
        command = Command(name, tuple(rest), folder=cwd)
    return command if command.script else _with_served(command)


def _of_python(command: Command, rest: list[str]) -> Command:
    index = 0
    while index < len(rest) and rest[index].startswith("-"):
        option = PYTHON_OPTION.fullmatch(rest[index])
        index += 2 if rest[index] == PYTHON_LONG_OPTION else 1
        if option is None:
            continue
        letter, value = option.groups()
        if not value:
            value = "".join(rest[index : index + 1])
            index += 1
        if letter == "m":
            return replace(command, program=value, module=value, arguments=tuple(rest[index:]))
        if letter == "c":
            return command
    if index >= len(rest):
        return command
    path = rest[index]
    # What has another ending is a program that came with a package.
    is_script = path.endswith((".py", ".pyw"))
    return replace(
        command,
        program=os.path.basename(path),
        arguments=tuple(rest[index + 1 :]),
        script=os.path.join(command.folder, path) if is_script else "",
    )


def _of_javascript(command: Command, rest: list[str]) -> Command:
    index = 0
    while index < len(rest) and rest[index].startswith("-"):
        index += 2 if rest[index] in JAVASCRIPT_OPTIONS else 1
    if index >= len(rest):
        return command
    name = re.sub(r"\.[cm]?js$", "", os.path.basename(rest[index].rstrip("/")))
    return replace(command, program=name, arguments=tuple(rest[index + 1 :]))


def _with_served(command: Command) -> Command:
    """Look among the arguments for what of Python a program is told to serve."""
    folder = os.path.join(command.folder, command.option("--app-dir", "--chdir"))
    for argument in command.arguments:
        target = TARGET.fullmatch(argument)
        if target is not None:
            return replace(command, target=argument, module=target[1], folder=folder)
        if argument.endswith(".py") and not argument.startswith("-"):
            return replace(command, script=os.path.join(folder, argument))
    return command
