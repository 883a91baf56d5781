"""The course of the demo: start, wait until it answers, tell the address, watch, end."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
import time
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Any

from .http_check import answers
from .messages import address_block, complain, failure, say, tell_other_port
from .ports import DEFAULT_SERVICE_PORT, DEFAULT_SITE_PORT, port_for
from .processes import Child, end_all
from .workspace import Workspace

BASE_URL = "/jupyter/"
JUPYTER_PORT = 8888
START_SECONDS = 120.0
PROXY_SECONDS = 10.0
POLL_SECONDS = 0.1


@dataclass(frozen=True)
class DemoOptions:
    """What the command line says; a port that is None is chosen by the demo."""

    port: int | None = None
    site_port: int | None = None
    service_port: int | None = None
    open_browser: bool = False


class DemoError(Exception):
    """The demo can't go on; the text says why, for the person at the terminal."""


class DemoStopped(Exception):  # noqa: N818 - an order, not an error
    """Somebody asked the demo to end before it was ready."""


def missing_packages() -> list[str]:
    """Return the packages that only the demo needs and that are not installed."""
    return [name for name in ("jupyterlab", "fastapi", "uvicorn") if find_spec(name) is None]


def run(options: DemoOptions) -> int:
    """Run the demo until Ctrl-C, SIGTERM or a failure; return the exit status."""
    stop = threading.Event()
    _stop_on_signals(stop)
    # Deleting may meet files that a kernel is just writing; the system clears its folder anyway.
    with tempfile.TemporaryDirectory(
        prefix="jupyter-porthole-", ignore_cleanup_errors=True
    ) as folder:
        demo = _Demo(options, Path(folder), stop)
        try:
            demo.start()
            demo.watch()
        except DemoStopped:
            pass
        except DemoError as error:
            complain(f"\n{error}")
            return 1
        finally:
            say("\nStopping …")
            end_all(demo.children)
    say("Stopped.")
    return 0


class _Demo:
    def __init__(self, options: DemoOptions, folder: Path, stop: threading.Event) -> None:
        given = {port for port in (options.port, options.site_port, options.service_port) if port}
        self._site_port = port_for(options.site_port, DEFAULT_SITE_PORT, given)
        self._service_port = port_for(
            options.service_port, DEFAULT_SERVICE_PORT, given | {self._site_port}
        )
        self._options = options
        self._folder = folder
        self._stop = stop
        self._workspace = Workspace(folder, BASE_URL, self._site_port, self._service_port)
        self.children: list[Child] = []

    def start(self) -> None:
        """Start all and return when Jupyter answers; raises DemoError or DemoStopped."""
        tell_other_port("static site", self._options.site_port, DEFAULT_SITE_PORT, self._site_port)
        tell_other_port(
            "FastAPI service",
            self._options.service_port,
            DEFAULT_SERVICE_PORT,
            self._service_port,
        )
        env = self._workspace.environment(os.environ)
        for name, module, arguments in self._commands():
            say(f"Starting {name} …")
            self.children.append(Child(name, module, arguments, self._folder, env))
        site, service, _ = self.children
        self._wait(lambda: answers(self._site_port, "/"), site.name)
        self._wait(lambda: answers(self._service_port, "/api/v1/greet"), service.name)
        server = self._wait(self._server, "JupyterLab")
        self._tell_address(server)
        if self._options.open_browser:
            self._open_browser()

    def watch(self) -> None:
        """Return when somebody asks the demo to end; raises DemoError when a child has ended."""
        while not self._stop.wait(POLL_SECONDS):
            self._check_children()

    def _commands(self) -> list[tuple[str, str, list[str]]]:
        site = Path(__file__).with_name("site")
        local = "127.0.0.1"
        return [
            (
                f"a static site on port {self._site_port}",
                "http.server",
                [str(self._site_port), "--bind", local, "--directory", str(site)],
            ),
            (
                f"a FastAPI service on port {self._service_port}",
                "uvicorn",
                [
                    "jupyter_porthole.demo.service:app",
                    f"--host={local}",
                    f"--port={self._service_port}",
                    "--timeout-graceful-shutdown=2",
                ],
            ),
            ("JupyterLab", "jupyterlab", self._jupyter_arguments(local)),
        ]

    def _jupyter_arguments(self, local: str) -> list[str]:
        wanted = self._options.port
        arguments = [
            f"--ServerApp.base_url={BASE_URL}",
            f"--ip={local}",
            f"--port={wanted or JUPYTER_PORT}",
            "--no-browser",
            f"--ServerApp.root_dir={self._workspace.root}",
        ]
        if wanted is not None:
            arguments.append("--ServerApp.port_retries=0")
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            # In a container people are root; only this machine reaches the demo.
            arguments.append("--allow-root")
        return arguments

    def _server(self) -> dict[str, Any] | None:
        """Return what Jupyter says about itself once it answers with its own token."""
        info = self._workspace.server_info()
        if info is None or not answers(info["port"], f"{BASE_URL}api/status", info["token"]):
            return None
        return info

    def _wait(self, condition: Callable[[], Any], name: str) -> Any:
        """Return what `condition` returns as soon as it holds."""
        started = time.monotonic()
        while not (result := condition()):
            self._check_children()
            if time.monotonic() - started > START_SECONDS:
                child = next(child for child in self.children if child.name == name)
                raise DemoError(failure(child, f"did not answer within {START_SECONDS:.0f} s"))
            if self._stop.wait(POLL_SECONDS):
                raise DemoStopped
        self._check_children()
        return result

    def _check_children(self) -> None:
        if self._stop.is_set():
            # A signal to the whole group ends the children as well: that is no failure.
            raise DemoStopped
        for child in self.children:
            if child.status is not None:
                raise DemoError(failure(child, f"has ended with exit status {child.status}"))

    def _tell_address(self, server: dict[str, Any]) -> None:
        proxied = self._proxied(server)
        say(address_block(server, BASE_URL, self._site_port, self._service_port))
        if not proxied:
            say(
                "\nNote: the apps can't be reached through Jupyter. "
                "Does `jupyter server extension list` show jupyter_porthole as enabled?"
            )

    def _proxied(self, server: dict[str, Any]) -> bool:
        """Tell whether both apps answer through Jupyter (the sidecar needs a moment)."""
        deadline = time.monotonic() + PROXY_SECONDS
        waiting = [f"{BASE_URL}proxy/{port}/" for port in (self._site_port, self._service_port)]
        while waiting and time.monotonic() < deadline:
            waiting = [
                path for path in waiting if not answers(server["port"], path, server["token"])
            ]
            if waiting and self._stop.wait(POLL_SECONDS):
                raise DemoStopped
        return not waiting

    def _open_browser(self) -> None:
        # Not the address itself: the token would show in the browser's command line.
        page = self._workspace.open_file()
        if page is None or not webbrowser.open(page.as_uri()):
            say("No browser could be opened: open the address above yourself.")


def _stop_on_signals(stop: threading.Event) -> None:
    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, on_signal)
