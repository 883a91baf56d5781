"""Jupyters with named apps, and what is asked of them."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect, unix_connect

from .client import Response, fetch
from .jupyter import BASE_URL, TLS_1_2, TOKEN, Jupyter

#: The command of an app that answers by what it was started with; its place, `{port}` or
#: `{unix_socket}`, and its options follow (see ``reporter.py``).
REPORTER = [sys.executable, "-S", str(Path(__file__).with_name("reporter.py"))]

#: What a browser sends when it opens a page.
PAGE = [("Accept", "text/html,application/xhtml+xml")]

REST = f"{BASE_URL}porthole/api/apps"

#: Jupyter's own pages take time to load and have no part in named apps.
NO_PAGES: dict[str, dict[str, Any]] = {
    "ServerApp": {
        "jpserver_extensions": dict.fromkeys(
            (
                "jupyter_lsp",
                "jupyter_server_proxy",
                "jupyter_server_terminals",
                "jupyterlab",
                "notebook",
                "notebook_shim",
            ),
            False,
        )
    }
}

#: Configuration in Python: whoever sends `Forbid: read:porthole` isn't let do that.
WARY = """
from jupyter_server.auth import Authorizer

class Wary(Authorizer):
    def is_authorized(self, handler, user, action, resource):
        forbidden = handler.request.headers.get("Forbid", "").split()
        return f"{action}:{resource}" not in forbidden

c.ServerApp.authorizer_class = Wary
"""


def configuration(code: str, **values: Any) -> str:
    """Return a configuration in Python, after constants that it uses."""
    constants = [f"{name} = {value!r}" for name, value in values.items()]
    return "\n".join([*constants, textwrap.dedent(code)])


def report(response: Response) -> dict[str, Any]:
    """Read the answer of ``reporter.py``."""
    assert response.status == 200, (response.status, response.body)
    return json.loads(response.body)


def header(report: dict[str, Any], name: str) -> str | None:
    """Return the value of a field that ``reporter.py`` got, if there was one, and only one."""
    values = [value for key, value in report["fields"] if key.lower() == name.lower()]
    assert len(values) < 2, values
    return values[0] if values else None


def message(response: Response) -> str:
    """Return what an answer of jupyter-porthole says in JSON."""
    assert response.value("Content-Type") == "application/json", response.body
    return json.loads(response.body)["message"]


def describe(jupyter: Jupyter, name: str) -> dict[str, Any]:
    """Return what the REST interface tells of an app."""
    response = fetch(jupyter, f"{REST}/{name}")
    assert response.status == 200, response.body
    return json.loads(response.body)


def act(jupyter: Jupyter, name: str, action: str) -> dict[str, Any]:
    """Start, stop or restart an app, and return what is told of it then."""
    response = fetch(jupyter, f"{REST}/{name}/{action}", "POST")
    assert response.status == 200, response.body
    return json.loads(response.body)


@contextmanager
def opened(jupyter: Jupyter, path: str, **options: Any) -> Iterator[ClientConnection]:
    """Open a WebSocket."""
    # One that goes over a Unix socket has to say so, before version 17.
    make = connect if jupyter.unix_socket is None else unix_connect
    with make(
        # Of TLS, if it is spoken, the socket knows.
        uri=f"ws://{jupyter.host}{path}",
        sock=jupyter.connect(TLS_1_2),
        additional_headers={
            "Authorization": f"token {TOKEN}",
            **options.pop("additional_headers", {}),
        },
        max_size=None,
        **options,
    ) as connection:
        yield connection
