"""Real processes of apps, each a few lines of Python."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import time
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import psutil

from jupyter_porthole.processes import (
    AppProcess,
    Launch,
    Processes,
    ProcessOptions,
    Readiness,
    deadlines,
    start,
)
from jupyter_porthole.processes.places import Place

if TYPE_CHECKING:
    # A stand-in for a Jupyter starts without it.
    import pytest

T = TypeVar("T")

#: What apps are made of: they get their port or the path of their socket as an argument.
PRELUDE = r"""
import os, signal, socket, sys, time

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

def listen(host="127.0.0.1", reuse=True):
    place = sys.argv[1]
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    server = socket.socket(family if place.isdigit() else socket.AF_UNIX)
    if reuse:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((host, int(place)) if place.isdigit() else place)
    server.listen(16)
    return server

def serve(server=None, answers=(OK,), requests=None):
    # Gives the answers in turn, the last one again and again, or that many.
    server = server or listen()
    answers = list(answers)
    while requests is None or requests > 0:
        connection, _ = server.accept()
        if connection.recv(65536):
            connection.sendall(answers.pop(0) if len(answers) > 1 else answers[0])
            requests = None if requests is None else requests - 1
        connection.close()

def fork(code):
    if os.fork() == 0:
        code()
        os._exit(0)
"""

#: Is ready, and ends with a status when it gets SIGTERM.
ENDS_WHEN_TOLD = "signal.signal(signal.SIGTERM, lambda *_: os._exit({status})); serve()"

#: How long apps have until they must be ready, in seconds, if nothing else is said.
TIMEOUT = 60

#: The environment variable by which all processes of a bench are found.
BENCH = "PORTHOLE_TEST_BENCH"


class Change(NamedTuple):
    """A new state of an app."""

    #: As :func:`time.monotonic`.
    at: float
    state: str
    #: The pause until it may be started again, in seconds.
    pause: float


class Clock:
    """Stands in for the module `time`: it stands still."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        """Return the time, which the test has set."""
        return self.now


class Bench:
    """A :class:`Processes` with what it says and does."""

    def __init__(self, folder: Path) -> None:
        self.id = uuid.uuid4().hex
        self.folder = folder
        self.log_folder = folder / "logs"
        self.records: list[logging.LogRecord] = []
        log = logging.Logger(self.id, logging.DEBUG)
        handler = logging.Handler()
        handler.emit = self.records.append  # type: ignore[method-assign]
        log.addHandler(handler)
        self.processes = Processes(folder, self.log_folder, log)
        #: How often each app was prepared for a start, and its states.
        self.starts: dict[str, int] = {}
        self.history: dict[str, list[Change]] = {}
        self._waiting: list[tuple[str, str, asyncio.Future[None]]] = []

    def add(self, code: str, name: str = "app", **options: Any) -> AppProcess:
        """Make an app of some lines of Python.

        :param options: of :class:`ProcessOptions`; those of :class:`Readiness` as well.
        """

        async def prepare(place: Place) -> Launch:
            self.starts[name] = self.starts.get(name, 0) + 1
            return self.launch(code, place)

        return self.add_prepared(prepare, name, **options)

    def add_prepared(self, prepare: Any, name: str = "app", **options: Any) -> AppProcess:
        """Make an app that is prepared in some way."""
        of_readiness = Readiness.__dataclass_fields__.keys() & options.keys()
        readiness = Readiness(**{key: options.pop(key) for key in of_readiness})
        defaults = {"timeout": TIMEOUT, "restart": "on-failure", "readiness": readiness}
        app = self.processes.add(name, ProcessOptions(**{**defaults, **options}), prepare)
        history = self.history.setdefault(name, [])

        def note(app: AppProcess) -> None:
            if history and history[-1].state == app.state:
                return
            history.append(Change(time.monotonic(), app.state, app.seconds_until_retry))
            for waiting_for, state, reached in self._waiting:
                if (waiting_for, state) == (name, app.state) and not reached.done():
                    reached.set_result(None)

        app.on_change.append(note)
        return app

    def launch(self, code: str, place: Place) -> Launch:
        """Make a launch of some lines of Python."""
        listens_at = str(place.port or place.unix_socket)
        command = [sys.executable, "-I", "-S", "-c", PRELUDE + code, listens_at]
        return Launch(command, {**os.environ, BENCH: self.id}, str(self.folder))

    def states(self, name: str = "app") -> list[str]:
        """Return the states that an app has had."""
        return [change.state for change in self.history[name]]

    async def until(self, state: str, name: str = "app") -> None:
        """Wait until an app has a state; return before it gets another one.

        Who looks for a state now and then can miss it on a busy machine.
        """
        if self.states(name)[-1:] == [state]:
            return
        reached = asyncio.get_running_loop().create_future()
        self._waiting.append((name, state, reached))
        await asyncio.wait_for(reached, 30)

    def log(self) -> str:
        """Return what was logged."""
        return "\n".join(record.getMessage() for record in self.records)

    def members(self) -> list[psutil.Process]:
        """Return all living processes that apps have started."""
        return find_by_variable(BENCH, self.id)


@contextlib.asynccontextmanager
async def bench(folder: Path) -> AsyncIterator[Bench]:
    """Run apps; in the end nothing may be left of them."""
    made = Bench(folder)
    try:
        yield made
    finally:
        await made.processes.close()
    assert not made.members()
    errors = [record for record in made.records if record.levelno >= logging.ERROR]
    assert not errors, made.log()


def find_by_variable(name: str, value: str) -> list[psutil.Process]:
    """Return all living processes with a variable in their environment."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.status() != psutil.STATUS_ZOMBIE and process.environ().get(name) == value:
                found.append(process)
    return found


def has_ended(process: psutil.Process) -> bool:
    """Tell whether a process has ended; a parent may never ask for its status."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


async def eventually(condition: Callable[[], T], what: str, seconds: float = 30) -> T:
    """Return the condition's first true value; it is looked at often."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        await asyncio.sleep(0.01)
    raise AssertionError(f"Not within {seconds} s: {what}")


async def running(app: AppProcess) -> AppProcess:
    """Start an app and wait until it is ready."""
    app.want()
    assert await app.wait_ready(30), app.failure
    return app


async def failing(app: AppProcess) -> AppProcess:
    """Start an app and wait until that has failed."""
    app.want()
    assert not await app.wait_ready(30)
    assert app.state == "failed"
    assert app.failure is not None
    return app


def send(app: AppProcess, number: int) -> None:
    """Send a signal to an app's first process."""
    assert app.pid is not None
    os.kill(app.pid, number)


def end_when_ready(app: AppProcess) -> None:
    """End an app of `ENDS_WHEN_TOLD` as soon as it is ready, called at each change."""
    if app.state == "running":
        send(app, signal.SIGTERM)


def time_out_when(
    monkeypatch: pytest.MonkeyPatch, condition: Callable[[], object], what: str
) -> None:
    """Have starts meet their timeout when a condition is true, however long that takes."""

    async def within(seconds: float, coroutine: Coroutine[Any, Any, T]) -> T:
        assert seconds == TIMEOUT
        task = asyncio.ensure_future(coroutine)
        try:
            await eventually(lambda: task.done() or condition(), what)
            return await deadlines.within(0, task)  # type: ignore[arg-type]
        finally:
            deadlines.drop(task)

    monkeypatch.setattr(start, "within", within)


async def ask(app: AppProcess) -> bytes:
    """Send a request to an app and return all of its answer."""
    place = app.place
    assert place is not None
    if place.port:
        reader, writer = await asyncio.open_connection("127.0.0.1", place.port)
    else:
        reader, writer = await asyncio.open_unix_connection(place.unix_socket)
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer
