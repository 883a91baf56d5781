"""A real Jupyter in a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator, Sequence
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

import psutil

from .ports import free_port
from .wait import wait_until

TOKEN = "a-token-that-no-app-may-see"
BASE_URL = "/jupyter/"


def _trusting(highest: ssl.TLSVersion) -> ssl.SSLContext:
    """Make a context that trusts any certificate, as that of the tests is nobody's.

    To load all that a machine trusts would take longer than a whole handshake.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = highest
    return context


TLS = _trusting(ssl.TLSVersion.MAXIMUM_SUPPORTED)
#: For `websockets`, which reads in a thread of its own. TLS 1.3 has something to read right
#: after the handshake, just when the first message is written; OpenSSL does not allow both at a
#: time, and of some hundred connections one hangs.
TLS_1_2 = _trusting(ssl.TLSVersion.TLSv1_2)


class Jupyter:
    """A running Jupyter with the extension."""

    def __init__(
        self,
        folder: Path,
        *,
        command: str = "server",
        python: str | Path = sys.executable,
        arguments: Sequence[str] = ("--debug",),
        config: dict[str, dict[str, Any]] | None = None,
        code: str = "",
        certificate: tuple[Path, Path] | None = None,
        unix_socket: Path | None = None,
        environment: dict[str, str] | None = None,
    ) -> None:
        """Start it and wait until it answers.

        :param python: the Python in whose environment it is installed.
        :param arguments: more of the command line.
        :param config: traits by class, over the defaults of the tests.
        :param code: a configuration in Python, which can hold functions.
        :param certificate: files of the certificate and its key, to speak TLS.
        :param unix_socket: where to listen instead of on TCP.
        :param environment: variables, over those of the tests.
        """
        self.folder = folder
        #: Whether it serves a request of its own on each connection first, so that Tornado
        #: has the connection when a proxied request comes.
        self.serves_first = False
        self.unix_socket = unix_socket
        self.tls = certificate is not None
        self.port = free_port()
        traits: dict[str, dict[str, Any]] = {
            "ServerApp": {
                "ip": "127.0.0.1",
                "port": self.port,
                "port_retries": 0,
                "base_url": BASE_URL,
                "open_browser": False,
                "allow_root": True,
                "root_dir": str(folder),
                # It may be installed, and would start its own apps.
                "jpserver_extensions": {"jupyter_server_proxy": False},
            },
            "IdentityProvider": {"token": TOKEN},
        }
        if certificate is not None:
            traits["ServerApp"] |= {"certfile": str(certificate[0]), "keyfile": str(certificate[1])}
        if unix_socket is not None:
            traits["ServerApp"]["sock"] = str(unix_socket)
            del traits["ServerApp"]["port"], traits["ServerApp"]["ip"]
        for name, values in (config or {}).items():
            traits.setdefault(name, {}).update(values)
        self.base_url: str = traits["ServerApp"]["base_url"]
        self.token: str = traits["IdentityProvider"]["token"]
        (folder / "config").mkdir(parents=True)
        (folder / "config" / "jupyter_server_config.json").write_text(json.dumps(traits))
        (folder / "config" / "jupyter_server_config.py").write_text(code)
        self.log_path = folder / "jupyter.log"
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [str(python), "-m", "jupyter", command, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={
                    **os.environ,
                    # `jupyter server` is looked for there first.
                    "PATH": f"{Path(python).parent}{os.pathsep}{os.environ.get('PATH', '')}",
                    "JUPYTER_CONFIG_DIR": str(folder / "config"),
                    "JUPYTER_DATA_DIR": str(folder / "data"),
                    "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
                    **(environment or {}),
                },
            )
        wait_until(self._answers, f"Jupyter answers; its log: {self.log_path}", 60)

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.log()
        # It listens before it serves, first of all for a moment to see whether the port is free.
        with contextlib.suppress(OSError), self._open(TLS) as connection:
            self._serve_first(connection)
            return True
        return False

    def log(self) -> str:
        """Return all that it has logged."""
        return self.log_path.read_text()

    @property
    def host(self) -> str:
        """What a client sends as `Host`."""
        return f"127.0.0.1:{self.port}" if self.unix_socket is None else "localhost"

    @property
    def origin(self) -> str:
        """The origin of its pages."""
        return f"{'https' if self.tls else 'http'}://{self.host}"

    def connect(self, tls: ssl.SSLContext = TLS) -> socket.socket:
        """Open a connection to it, as its clients do.

        :param tls: how to speak TLS, if it is spoken.
        """
        connection = self._open(tls)
        if self.serves_first:
            self._serve_first(connection)
        return connection

    def _serve_first(self, connection: socket.socket) -> None:
        request = f"GET {self.base_url}api HTTP/1.1\r\nHost: {self.host}\r\n\r\n"
        connection.sendall(request.encode())
        with HTTPResponse(connection) as response:
            response.begin()
            assert b"version" in response.read(), "Jupyter itself does not answer."

    def _open(self, tls: ssl.SSLContext) -> socket.socket:
        if self.unix_socket is not None:
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(30)
            try:
                connection.connect(str(self.unix_socket))
            except OSError:
                connection.close()
                raise
            return connection
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        return tls.wrap_socket(connection) if self.tls else connection

    def sidecars(self) -> list[psutil.Process]:
        """Return its sidecar's processes, one as a rule."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        return [child for child in children if _is_sidecar(child)]

    def sidecar(self) -> psutil.Process:
        """Return its sidecar's process, once there is one."""
        return wait_until(self.sidecars, "there is a sidecar")[0]

    def stop(self, number: int = signal.SIGTERM) -> None:
        """End it and wait until it has ended."""
        self.process.send_signal(number)
        self.process.wait(30)


def _is_sidecar(process: psutil.Process) -> bool:
    try:
        return "sidecar.cjs" in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        # It has ended in the meantime.
        return False


@contextlib.contextmanager
def running(folder: Path, **options: Any) -> Iterator[Jupyter]:
    """Run a Jupyter for a while."""
    jupyter = Jupyter(folder, **options)
    try:
        yield jupyter
    finally:
        if jupyter.process.poll() is None:
            jupyter.stop()
