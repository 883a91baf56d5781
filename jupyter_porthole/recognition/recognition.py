"""Which app listens on a port: by its process, or by one gentle question to it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from ..listening import Listening, find_listening
from .command_lines import Command, read_command
from .earlier_apps import EarlierApps
from .known_app import Answer, KnownApp
from .known_apps import KNOWN_APPS
from .loaded_packages import can_import
from .own_prefixes import find_own_prefix
from .probe import ask
from .python_sources import read_source

#: How long all questions to an app may take, in seconds.
PATIENCE = 1.0

#: How many sockets' apps are remembered, at most.
MOST_KNOWN = 1000


@dataclass(frozen=True)
class Recognised:
    """An app that is known."""

    app: KnownApp
    #: What people see: "TensorBoard — runs/exp3".
    title: str
    #: The prefix that it was started with, "/x", without which it finds nothing; empty for
    #: none, or if that isn't known.
    own_prefix: str = ""


class Recognition:
    """Recognises apps, each once for the life of its socket."""

    def __init__(self) -> None:
        """Know none yet."""
        #: Those that are gone.
        self.earlier = EarlierApps()
        #: By sockets' inodes, and who held them: workers may inherit them.
        self._told: dict[tuple[int, int | None], Recognised | None] = {}
        #: The same of those that were asked.
        self._asked: dict[tuple[int, int | None], asyncio.Task[Recognised | None]] = {}

    def by_process(self, port: int) -> Recognised | None:
        """Recognise an app without contact to it.

        :returns: ``None`` if its process doesn't tell, or isn't this user's. What an earlier
            question has told is returned, too.
        """
        listening = find_listening(port)
        return self.of(listening) if listening is not None else None

    def of(self, listening: Listening) -> Recognised | None:
        """Do the same for a socket that has been looked up."""
        key = (listening.inode, listening.pid)
        asked = self._asked.get(key)
        if asked is not None and asked.done():
            return asked.result()
        if key not in self._told:
            command = read_command(listening.argv, listening.cwd)
            app = recognise_command(command)
            if app is not None and not app.is_on(command, listening.port):
                app = None
            told = None
            if app is not None:
                own_prefix = find_own_prefix(app, command, listening.pid)
                told = Recognised(app, app.name + app.detail(command), own_prefix)
            _remember(self._told, key, told)
            self._note(listening, told)
        return self._told[key]

    async def for_request(self, port: int, page: bool) -> Recognised | None:
        """Recognise the app that a request goes to.

        A page waits for an answer of the app if it may be one that has to be told the address
        that people see, or its page would name another one.
        """
        listening = find_listening(port)
        if listening is None:
            return None
        told = self.of(listening)
        if told is None and page and listening.pid is not None and _may_need(listening.pid):
            return await self.recognise(port)
        return told

    async def recognise(self, port: int) -> Recognised | None:
        """Recognise an app by its process, or else by what it answers.

        It is asked once, for `/`, and maybe for one path that the table of apps knows.

        :returns: ``None`` if neither tells, or it is another user's.
        """
        listening = find_listening(port)
        if listening is None:
            return None
        told = self.of(listening)
        if told is not None:
            return told
        key = (listening.inode, listening.pid)
        if key not in self._asked:
            _remember(self._asked, key, asyncio.ensure_future(self._ask(listening)))
        # Somebody else may wait for it, too.
        return await asyncio.shield(self._asked[key])

    async def _ask(self, listening: Listening) -> Recognised | None:
        recognised = await _recognise_answer(listening)
        self._note(listening, recognised)
        return recognised

    def _note(self, listening: Listening, recognised: Recognised | None) -> None:
        is_web = recognised is not None and recognised.app.kind == "web"
        self.earlier.note(listening, recognised.title if recognised and is_web else "")


def _may_need(pid: int) -> bool:
    packages = {name for app in KNOWN_APPS if app.address_field for name in app.imports}
    return any(can_import(pid, package) for package in packages)


def _remember(known: dict, key: tuple[int, int | None], value: object) -> None:
    if len(known) >= MOST_KNOWN:
        # The oldest one.
        del known[next(iter(known))]
    known[key] = value


def recognise_command(command: Command) -> KnownApp | None:
    """Tell which app a command runs, if that is known."""
    app = next((app for app in KNOWN_APPS if app.is_run_by(command)), None)
    if app is not None or not command.source:
        return app
    imports = read_source(command.source).imports
    return next((app for app in KNOWN_APPS if not imports.isdisjoint(app.imports)), None)


async def _recognise_answer(listening: Listening) -> Recognised | None:
    address, port = listening.address, listening.port
    deadline = asyncio.get_running_loop().time() + PATIENCE
    answer = await ask(address, port, "/", deadline)
    if answer is None:
        return None
    app = recognise_page(answer)
    asked = app or next((app for app in KNOWN_APPS if _is_asked(app, answer)), None)
    if asked is None or not _is_asked(asked, answer):
        return Recognised(asked, asked.name) if asked is not None else None
    question = asked.question
    more = await ask(address, port, question.path, deadline)
    if more is None or not question.sign.is_in(more):
        return Recognised(app, app.name) if app is not None else None
    return Recognised(asked, asked.name + question.detail(more))


def recognise_page(answer: Answer) -> KnownApp | None:
    """Tell which app answers a request for `/` like this, if that is known."""
    signed = (app for app in KNOWN_APPS if any(sign.is_in(answer) for sign in app.signs))
    return next(signed, None)


def _is_asked(app: KnownApp, answer: Answer) -> bool:
    return app.question is not None and app.question.after.is_in(answer)
