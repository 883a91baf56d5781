"""A real `jupyter porthole standalone` in a process of its own."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .client import Response
from .client import fetch as fetch_from
from .wait import wait_until

COMMAND = [sys.executable, "-m", "jupyter_porthole.cli", "standalone"]


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return an environment without anybody's Jupyter."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    return {
        **kept,
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        **more,
    }


def run(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run one that ends by itself."""
    return subprocess.run(
        [*COMMAND, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        env=environment(folder, **variables),
        check=False,
    )


class Standalone:
    """A running one; looks like a Jupyter to the clients of the tests."""

    #: Nobody needs one.
    token = ""

    def __init__(
        self, folder: Path, *arguments: str, context: ssl.SSLContext | None = None, **variables: str
    ) -> None:
        """Start it and wait until it says where it is.

        :param context: how to talk to it if it speaks TLS.
        """
        self.folder = folder
        folder.mkdir(exist_ok=True, parents=True)
        self._context = context
        self.log_path = folder / "standalone.log"
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "--debug", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment(folder, **variables),
            )
        self.address = wait_until(self._read_address, f"it says where it is: {self.log_path}")
        url = urlsplit(self.address)
        self.port = url.port
        self.host = url.netloc
        #: Where the app is, without the last slash.
        self.root = url.path.rstrip("/")

    def _read_address(self) -> str:
        found = re.search(r"The app is at (\S+)", self.log())
        if found is not None:
            return found.group(1)
        assert self.process.poll() is None, self.log()
        return ""

    def log(self) -> str:
        """Return all that it has logged."""
        return self.log_path.read_text()

    def connect(self) -> socket.socket:
        """Open a connection to it."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        return connection if self._context is None else self._context.wrap_socket(connection)

    def fetch(self, path: str, method: str = "GET", *args: Any) -> Response:
        """Send one request for a path of the app."""
        return fetch_from(self, self.root + path, method, *args, authorised=False)  # type: ignore[arg-type]

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it and return the exit status."""
        self.process.send_signal(number)
        return self.process.wait(10)


@contextlib.contextmanager
def standing_alone(folder: Path, *arguments: str, **more: Any) -> Iterator[Standalone]:
    """Run one for a while, without a login, on a free port."""
    server = Standalone(folder, "--no-authentication", "--port=0", *arguments, **more)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            assert server.stop() == 0, server.log()
