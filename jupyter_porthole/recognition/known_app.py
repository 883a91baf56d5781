"""What can be said about a kind of app; the table of them is :mod:`.known_apps`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from .command_lines import Command

#: Whether it shows pages, or speaks another language than HTTP and is never asked for any.
Kind = Literal["web", "other"]


@dataclass(frozen=True)
class Answer:
    """What an app has answered."""

    #: By their names in small letters.
    fields: Mapping[str, str]
    #: The beginning of the body.
    text: str

    @property
    def title(self) -> str:
        """The title of the page; empty without one."""
        found = re.search(r"<title[^>]*>(.*?)</title>", self.text, re.DOTALL | re.IGNORECASE)
        return found[1].strip() if found is not None else ""


@dataclass(frozen=True)
class Sign:
    """What tells an answer from those of other apps: all of what is given."""

    #: The whole title of the page, as a pattern.
    title: str = ""
    #: Something in the text, as a pattern.
    text: str = ""
    #: The beginnings of fields, as patterns, by the fields' names in small letters.
    fields: Mapping[str, str] = field(default_factory=dict)

    def is_in(self, answer: Answer) -> bool:
        """Tell whether an answer has it."""
        return (
            (not self.title or re.fullmatch(self.title, answer.title) is not None)
            and (not self.text or re.search(self.text, answer.text) is not None)
            and all(
                re.match(pattern, answer.fields.get(name, "")) is not None
                for name, pattern in self.fields.items()
            )
        )


@dataclass(frozen=True)
class Question:
    """What else an app is asked for, if its page doesn't tell all."""

    path: str
    #: Ask only whose page has this sign.
    after: Sign
    #: The answer that makes it this app.
    sign: Sign
    #: Reads an addition to the name from the answer.
    detail: Callable[[Answer], str] = lambda _: ""


@dataclass(frozen=True)
class PublicPath:
    """How an app that we start is told its public path, though it gets paths without it."""

    #: For which programs this holds; empty for all by which the app is known.
    programs: tuple[str, ...] = ()
    #: Environment variables and arguments; `{root}` is the path without the last slash.
    variables: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    #: Pattern of what shows, in an argument or the name of a variable, that somebody has seen
    #: to it, in small or capital letters.
    unless: str = ""
    #: Pattern of what the source must hold; empty if the source doesn't matter.
    source: str = ""
    #: Pattern of what the source must not hold; empty: as in `unless`.
    unless_source: str = ""
    #: Whether the source must be all there is, without files of its own beside it.
    is_whole: bool = False


def _nothing(_: Command) -> str:
    return ""


def _all_ports(_command: Command, _port: int) -> bool:
    return True


@dataclass(frozen=True)
class KnownApp:
    """A kind of app."""

    #: How people call it.
    name: str
    #: The text of an SVG image.
    icon: str
    kind: Kind = "web"

    #: What runs it: programs or modules of Python, and words that must be among their arguments.
    commands: tuple[str, ...] = ()
    #: The same by a pattern of one argument, whatever the program.
    argument: str = ""
    #: A script of Python that imports one of these packages is one.
    imports: tuple[str, ...] = ()
    #: Whether its pages are on that port, for programs that listen on several.
    is_on: Callable[[Command, int], bool] = _all_ports

    #: What shows it on the page at `/`, any of these.
    signs: tuple[Sign, ...] = ()
    question: Question | None = None

    #: An addition to the name: " (app.py)".
    detail: Callable[[Command], str] = _nothing

    #: The header field by which it takes the address that people see; empty for none.
    address_field: str = ""
    #: Whether its pages are blank or dead without WebSockets.
    needs_websockets: bool = False
    #: Options that give it a prefix, and the same by a variable of its environment: it then
    #: takes paths with that prefix only. The first option that is there counts.
    prefix_options: tuple[str, ...] = ()
    prefix_variable: str = ""
    public_paths: tuple[PublicPath, ...] = ()

    def is_run_by(self, command: Command) -> bool:
        """Tell whether a program is known to be it."""
        if self.argument and any(re.search(self.argument, each) for each in command.arguments):
            return True
        return any(_runs(command, *words.split()) for words in self.commands)


def _runs(command: Command, name: str, *arguments: str) -> bool:
    # Somebody's own module that is served may be called like a program.
    is_module = "." in name or not command.target
    is_module &= command.module == name or command.module.startswith(f"{name}.")
    return (command.program == name or is_module) and set(arguments) <= set(command.arguments)
