"""Programs that listen, in processes of their own."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from jupyter_porthole.listening import Listening, find_listening

from .wait import wait_until


@contextlib.contextmanager
def running_program(argv: Sequence[str], port: int, cwd: Path) -> Iterator[Listening]:
    """Run a program for a while, from when it listens on a port."""
    log_path = cwd / "program.log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            argv, cwd=cwd, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )

    def listens() -> Listening | None:
        assert process.poll() is None, log_path.read_text()
        return find_listening(port)

    try:
        yield wait_until(listens, f"it listens: {argv}")
    finally:
        process.kill()
        process.wait(10)
