"""The ways without Jupyter."""

from __future__ import annotations

import contextlib
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
from support.wait import wait_until

from ..children import free_port, is_listening, node, running
from ..nginx import nginx
from ..origin.origin import APP, Origin
from ..places import CHP
from .way import Way

_HERE = Path(__file__).parent


@contextlib.contextmanager
def direct(folder: Path, origin: Origin) -> Iterator[Way]:
    """Nothing in between."""
    yield Way("direct", f"127.0.0.1:{origin.files}", f"127.0.0.1:{origin.app}")


@contextlib.contextmanager
def behind_nginx(folder: Path, origin: Origin) -> Iterator[Way]:
    """Nginx as a reverse proxy."""
    template = _HERE / "nginx.conf"
    with nginx(folder, template, files=origin.files, app=origin.app) as (port, process):
        address = f"127.0.0.1:{port}"
        yield Way("nginx", address, address, (process,))


@contextlib.contextmanager
def behind_chp(folder: Path, origin: Origin) -> Iterator[Way]:
    """JupyterHub's proxy, with a route for each of the app's programs."""
    folder.mkdir()
    port, api_port = free_port(), free_port()
    command = [
        node(),
        CHP / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy",
        *("--ip", "127.0.0.1", "--port", str(port)),
        *("--api-ip", "127.0.0.1", "--api-port", str(api_port)),
        *("--default-target", f"http://127.0.0.1:{origin.files}"),
    ]
    with running(command, folder / "chp.log") as process:
        wait_until(lambda: is_listening(port) and is_listening(api_port), "CHP listens")
        _add_route(api_port, APP.rstrip("/"), f"http://127.0.0.1:{origin.app}")
        address = f"127.0.0.1:{port}"
        yield Way("chp", address, address, (psutil.Process(process.pid),))


def _add_route(api_port: int, path: str, target: str) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{api_port}/api/routes{path}",
        data=json.dumps({"target": target}).encode(),
        method="POST",
    )
    urllib.request.urlopen(request).close()
