"""The Node process that carries requests: started, watched and ended here."""

from __future__ import annotations

import asyncio
import socket
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from dataclasses import dataclass
from logging import Logger
from pathlib import Path

from .channel import Channel, Message
from .node import NodeError, find_node
from .runtime import PrivateFolder

SCRIPT = Path(__file__).parent / "sidecar.cjs"

#: How often the sidecar is asked whether it lives, in seconds, and how many answers may
#: be missing: a stopped one is noticed within five seconds.
PING_INTERVAL = 1.2
MISSING_PONGS = 3

#: A sidecar that lived shorter, in seconds, is started again only after a pause.
SHORT_LIFE = 5.0
LONGEST_PAUSE = 10.0

#: How long a request waits for a sidecar that is starting, in seconds.
START_PATIENCE = 5.0

#: How long a request waits before it tries the sidecar again, in seconds.
RETRY_PAUSE = 0.02

#: The sidecar's answer to a preface (``src/sidecar/server.ts``).
TAKEN = b"\n"

#: How long the sidecar may take to end by itself, in seconds.
STOP_PATIENCE = 2.0


@dataclass(frozen=True)
class SidecarOptions:
    """What a sidecar is started with."""

    #: `Porthole.node`.
    node: str
    base_url: str
    folder: PrivateFolder
    trust_xheaders: bool
    #: In seconds; 0 for none.
    response_timeout: float


class Sidecar:
    """Keeps one sidecar running as long as Jupyter runs."""

    def __init__(self, options: SidecarOptions, log: Logger) -> None:
        self._options = options
        self._log = log
        self._listening = asyncio.Event()
        self._generation = 0
        self._unanswered = 0
        self._supervisor: asyncio.Task[None] | None = None
        #: Whether there will be no sidecar until somebody mends the configuration.
        self.has_failed = False

    def start(self) -> None:
        """Start it, without waiting until it listens."""
        self._supervisor = asyncio.create_task(self._supervise())

    async def stop(self) -> None:
        """End it."""
        if self._supervisor is not None:
            self._supervisor.cancel()
            await asyncio.gather(self._supervisor, return_exceptions=True)

    async def connect(self, preface: bytes) -> socket.socket:
        """Connect to the sidecar; one that is just being started (again) is waited for.

        :param preface: what is said first (``relay.make_preface``). The sidecar answers it, so
            that nothing of a request gets lost in the socket of one that has just died.
        :raises OSError: (:class:`TimeoutError` among them) if there is none.
        """
        if self.has_failed:
            raise ConnectionRefusedError
        try:
            return await asyncio.wait_for(self._connect(preface), START_PATIENCE)
        except asyncio.TimeoutError as error:
            # Not yet the same as the built-in one in Python 3.10.
            raise TimeoutError from error

    async def _connect(self, preface: bytes) -> socket.socket:
        loop = asyncio.get_running_loop()
        while True:
            await self._listening.wait()
            connection = socket.socket(socket.AF_UNIX)
            connection.setblocking(False)
            try:
                await loop.sock_connect(connection, str(self._socket_path))
                await loop.sock_sendall(connection, preface)
                if await loop.sock_recv(connection, len(TAKEN)) == TAKEN:
                    return connection
                raise ConnectionResetError
            except OSError:
                connection.close()
                # It has just died, which the supervisor learns a moment later, or it is out
                # of descriptors, which passes.
                await asyncio.sleep(RETRY_PAUSE)
            except BaseException:
                connection.close()
                raise

    @property
    def _socket_path(self) -> Path:
        return self._options.folder.sidecar_socket(self._generation)

    async def _supervise(self) -> None:
        """Start the sidecar, again and again; short lives make growing pauses."""
        try:
            node = await find_node(self._options.node)
        except NodeError as error:
            self.has_failed = True
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
        channel = await Channel.open(ours, self._receive)
        channel.send(self._configuration())
        watching = [
            asyncio.create_task(self._ping(channel, process)),
            asyncio.create_task(self._log_output(process)),
        ]
        try:
            status = await process.wait()
            self._log.warning("The sidecar ended (status %s) and is started again.", status)
        finally:
            self._listening.clear()
            channel.close()
            for task in watching:
                task.cancel()
            await _end(process)

    async def _spawn(self, node: str, theirs: socket.socket) -> Process:
        return await asyncio.create_subprocess_exec(
            node,
            # A signal would make Node listen for a debugger on TCP.
            "--disable-sigusr1",
            # What passes through is garbage at once: a small young generation is cleared
            # often and keeps a download from growing the process by tens of megabytes.
            "--max-semi-space-size=1",
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
            "baseUrl": options.base_url,
            "listenPath": str(self._socket_path),
            "jupyterPath": str(options.folder.jupyter_socket),
            "trustXheaders": options.trust_xheaders,
            "responseTimeoutMs": options.response_timeout * 1000,
        }

    def _receive(self, message: Message) -> None:
        kind = message.get("type")
        if kind == "listening":
            self._listening.set()
            self._log.debug("The sidecar listens.")
        elif kind == "pong":
            self._unanswered = 0
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
