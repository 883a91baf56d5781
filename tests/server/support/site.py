"""Real sites: Python's own web server, in a process of its own, in a folder."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import create_connection

from .jupyter import free_port
from .wait import wait_until

#: Names nothing from the root; what its script does can't be seen in it.
INDEX = b'<!DOCTYPE html><title>A site</title><script src="app.js"></script>'


def make_site(folder: Path) -> Path:
    """Make a folder with two pages."""
    folder.mkdir(parents=True)
    (folder / "index.html").write_bytes(INDEX)
    (folder / "about.html").write_bytes(b"<!DOCTYPE html><title>About</title>")
    return folder


@contextmanager
def serving_site(folder: Path, port: int = 0) -> Iterator[int]:
    """Serve a folder.

    :param port: 0 for a free one.
    :returns: the port.
    """
    port = port or free_port()
    place = ["--bind", "127.0.0.1", "--directory", str(folder), str(port)]
    process = subprocess.Popen(
        [sys.executable, "-m", "http.server", *place],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def answers() -> bool:
        assert process.poll() is None, process.returncode
        with suppress(OSError):
            create_connection(("127.0.0.1", port)).close()
            return True
        return False

    try:
        wait_until(answers, "the site answers")
        yield port
    finally:
        process.kill()
        process.wait()
