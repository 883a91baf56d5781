"""The Node process that carries requests: started, watched and ended here."""

from __future__ import annotations

import asyncio
import socket
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Iterable
from dataclasses import dataclass
from logging import Logger
from pathlib import Path
from typing import Protocol

from ..routes import Routes
from ..runtime import PrivateFolder
from .channel import Channel, Message, Passage
from .node import NodeError, find_node

SCRIPT = Path(__file__).parents[1] / "sidecar.cjs"

#: How often the sidecar is asked whether it lives, in seconds, and how many answers may
#: be missing: a stopped one is noticed within five seconds.
PING_INTERVAL = 1.2
MISSING_PONGS = 3

#: A sidecar that lived shorter, in seconds, is started again only after a pause.
SHORT_LIFE = 5.0
LONGEST_PAUSE = 10.0

#: The sidecar's answer to a preface (``src/sidecar/server.ts``).
TAKEN = b"\n"

#: How long the sidecar may take to end by itself, in seconds.
STOP_PATIENCE = 2.0


@dataclass(frozen=True)
class SidecarOptions:
    """What a sidecar is started with."""

    #: `Porthole.node`.
    node: str
    routes: Routes
    folder: PrivateFolder
    trust_xheaders: bool
    #: In seconds; 0 for none.
    response_timeout: float


class Surroundings(Protocol):
    """What a sidecar lives among."""

    def changed(self) -> None:
        """Learn that a sidecar has begun or ceased to listen, or has failed."""

    def share(self, sender: Sidecar, message: Message) -> None:
        """Tell a message of a sidecar to all others, and to those that come later."""

    def noted_activity(self) -> None:
        """Learn that apps are in use."""

    def shared(self) -> Iterable[Message]:
        """Return what a new sidecar has to be told."""


class Sidecar:
    """Keeps one sidecar running as long as Jupyter runs."""

    def __init__(
        self, number: int, options: SidecarOptions, surroundings: Surroundings, log: Logger
    ) -> None:
        """Start nothing yet.

        :param number: tells it from the other sidecars of this Jupyter.
        """
        self._number = number
        self._options = options
        self._surroundings = surroundings
        self._log = log
        self._generation = 0
        self._unanswered = 0
        self._supervisor: asyncio.Task[None] | None = None
        self._channel: Channel | None = None
        #: Whether it takes connections.
        self.listens = False
        #: Whether there will be none until somebody mends the configuration.
        self.has_failed = False

    def start(self) -> None:
        """Start it, without waiting until it listens."""
        self._supervisor = asyncio.create_task(self._supervise())

    async def stop(self) -> None:
        """End it."""
        if self._supervisor is not None:
            self._supervisor.cancel()
            await asyncio.gather(self._supervisor, return_exceptions=True)

    @property
    def load(self) -> int:
        """How many sockets are on their way to it."""
        return self._channel.load if self._channel is not None else 0

    def pass_on(self, passage: Passage) -> None:
        """Pass a client's connection on."""
        if self._channel is None:
            passage.done(False)
        else:
            self._channel.send_socket(passage)

    def tell(self, message: Message) -> None:
        """Send it a message, if there is one."""
        if self._channel is not None:
            self._channel.send(message)

    async def connect(self, preface: bytes) -> socket.socket:
        """Connect to it, for a relay.

        :param preface: what is said first (``carrying/relay.py``). The sidecar answers it, so
            that nothing of a request gets lost in the socket of one that has just died.
        :raises OSError: if it has, or is out of descriptors.
        """
        loop = asyncio.get_running_loop()
        connection = socket.socket(socket.AF_UNIX)
        connection.setblocking(False)
        try:
            await loop.sock_connect(connection, str(self._socket_path))
            await loop.sock_sendall(connection, preface)
            if await loop.sock_recv(connection, len(TAKEN)) != TAKEN:
                raise ConnectionResetError
        except BaseException:
            connection.close()
            raise
        return connection

    @property
    def _socket_path(self) -> Path:
        return self._options.folder.sidecar_socket(self._number, self._generation)

    async def _supervise(self) -> None:
        """Start the sidecar, again and again; short lives make growing pauses."""
        try:
            node = await find_node(self._options.node)
        except NodeError as error:
            self.has_failed = True
            self._surroundings.changed()
            self._log.error("%s Web apps can't be opened until this is mended.", error)
            return
        pause = 0.0
        while True:
            started = time.monotonic()
            await self._run(node)
            if time.monotonic() - started > SHORT_LIFE:
                pause = 0.0
            await asyncio.sleep(pause)
            pause = min(max(0.1, 2 * pause), LONGEST_PAUSE)

    async def _run(self, node: str) -> None:
        """Run one sidecar from its start to its end."""
        self._generation += 1
        self._unanswered = 0
        ours, theirs = socket.socketpair()
        try:
            process = await self._spawn(node, theirs)
        except OSError as error:
            self._log.error("The sidecar can't be started: %s", error)
            ours.close()
            return
        finally:
            theirs.close()
        self._channel = Channel(ours, self._receive, self._quit)
        self._channel.send(self._configuration())
        for message in self._surroundings.shared():
            self._channel.send(message)
        watching = [
            asyncio.create_task(self._ping(self._channel, process)),
            asyncio.create_task(self._log_output(process)),
        ]
        try:
            status = await process.wait()
            self._log.warning("The sidecar ended (status %s) and is started again.", status)
        finally:
            self._quit()
            self._channel.close()
            self._channel = None
            for task in watching:
                task.cancel()
            await _end(process)

    def _quit(self) -> None:
        self.listens = False
        self._surroundings.changed()

    async def _spawn(self, node: str, theirs: socket.socket) -> Process:
        return await asyncio.create_subprocess_exec(
            node,
            # A signal would make Node listen for a debugger on TCP.
            "--disable-sigusr1",
            # What passes through is garbage at once: a small young generation is cleared
            # often and keeps a download from growing the process by tens of megabytes.
            "--max-semi-space-size=1",
            # For `src/sidecar/garbage.ts`, which clears the buffers of uploads and messages.
            "--expose-gc",
            str(SCRIPT),
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
            pass_fds=[theirs.fileno()],
            # Jupyter's environment holds secrets (JUPYTERHUB_API_TOKEN) and may hold
            # NODE_OPTIONS, so none of it is passed on.
            env={
                "NODE_CHANNEL_FD": str(theirs.fileno()),
                "NODE_CHANNEL_SERIALIZATION_MODE": "json",
                # For glibc: with one arena per thread the pieces of a download that were
                # given back in one are no use to another (30 to 40 MB more, not 50 to 60).
                "MALLOC_ARENA_MAX": "1",
            },
            # Ctrl-C in the terminal is for Jupyter, which may ask first.
            start_new_session=True,
        )

    def _configuration(self) -> Message:
        options = self._options
        return {
            "type": "configure",
            "routes": options.routes.as_message(),
            "listenPath": str(self._socket_path),
            "jupyterPath": str(options.folder.jupyter_socket),
            "trustXheaders": options.trust_xheaders,
            "responseTimeoutMs": options.response_timeout * 1000,
        }

    def _receive(self, message: Message) -> None:
        kind = message.get("type")
        if kind == "listening":
            self.listens = True
            self._surroundings.changed()
            self._log.debug("The sidecar listens.")
        elif kind == "pong":
            self._unanswered = 0
        elif kind == "xsrf":
            self._surroundings.share(self, message)
        elif kind == "activity":
            self._surroundings.noted_activity()
        elif kind == "log" and message.get("level") in ("debug", "info", "warning", "error"):
            getattr(self._log, message["level"])("Sidecar: %s", message.get("message"))

    async def _ping(self, channel: Channel, process: Process) -> None:
        """Kill a sidecar that doesn't answer, so that it is started again."""
        while self._unanswered < MISSING_PONGS:
            self._unanswered += 1
            channel.send({"type": "ping", "id": self._unanswered})
            await asyncio.sleep(PING_INTERVAL)
        self._log.error("The sidecar doesn't answer and is ended.")
        _kill(process)

    async def _log_output(self, process: Process) -> None:
        """Log what the sidecar says besides the channel, as Node does when it crashes."""
        await asyncio.gather(
            *(self._log_lines(stream) for stream in (process.stdout, process.stderr) if stream)
        )

    async def _log_lines(self, stream: asyncio.StreamReader) -> None:
        while line := await stream.readline():
            self._log.error("Sidecar: %s", line.decode(errors="replace").rstrip())


async def _end(process: Process) -> None:
    """Wait for a process whose channel is closed, not for ever."""
    try:
        await asyncio.wait_for(process.wait(), STOP_PATIENCE)
    except asyncio.TimeoutError:
        _kill(process)
        await process.wait()


def _kill(process: Process) -> None:
    if process.returncode is None:
        process.kill()
