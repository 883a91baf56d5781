"""What programs in kernels and terminals are told of where their ports are shown."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from support.app import App
from support.client import fetch
from support.hub import Person, hub_with
from support.jupyter import Jupyter, running
from support.named import REPORTER, report
from websockets.sync.client import ClientConnection, connect

from jupyter_porthole.exports import exported

BASE_URL = "/user/alice/"

TENSORBOARD = {"TENSORBOARD_PROXY_URL": "/user/alice/proxy/%PORT%/"}
DASK = {"DASK_DISTRIBUTED__DASHBOARD__LINK": "/user/alice/proxy/{port}/status"}
BOKEH = {"JUPYTER_BOKEH_EXTERNAL_URL": "any://*"}
VS_CODE = {"VSCODE_PROXY_URI": "https://lab.example:8443/user/alice/proxy/{{port}}/"}

HUB = {
    "JUPYTERHUB_SERVICE_PREFIX": BASE_URL,
    "JUPYTERHUB_PUBLIC_URL": f"https://lab.example:8443{BASE_URL}",
}

NAMES = [*TENSORBOARD, *DASK, *BOKEH, *VS_CODE]

#: Prints the environment, and then a byte that nothing else does.
TELL = r"import json, os; print(json.dumps(dict(os.environ)), end='\4')"


@dataclass
class Place:
    """A Jupyter, as its clients reach it."""

    #: With a slash at its end.
    url: str
    token: str

    def post(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Have something made."""
        response = requests.post(
            self.url + path,
            json=body,
            headers={"Authorization": f"token {self.token}"},
            timeout=60,
        )
        assert response.ok, response.text
        return response.json()

    def connect(self, path: str) -> ClientConnection:
        """Open a WebSocket."""
        return connect(
            self.url.replace("http", "ws", 1) + path,
            additional_headers={"Authorization": f"token {self.token}"},
            max_size=None,
        )


def ask_kernel(place: Place, kernel: str) -> dict[str, str]:
    """Return the environment of a kernel."""
    request = {
        "header": {"msg_id": "tell", "msg_type": "execute_request", "username": "", "session": ""},
        "parent_header": {},
        "metadata": {},
        "content": {"code": TELL, "silent": False},
        "channel": "shell",
    }
    printed = ""
    with place.connect(f"api/kernels/{kernel}/channels") as channels:
        channels.send(json.dumps(request))
        while not printed.endswith("\4"):
            message = json.loads(channels.recv(60))
            if message["msg_type"] == "stream" and message["content"]["name"] == "stdout":
                printed += message["content"]["text"]
    return json.loads(printed[:-1])


def of_a_kernel(place: Place) -> dict[str, str]:
    """Return the environment of a kernel that nobody's notebook has."""
    return ask_kernel(place, place.post("api/kernels")["id"])


def of_a_notebook(place: Place) -> dict[str, str]:
    """Return the environment of a notebook's kernel."""
    session = {"name": "", "path": "Notebook.ipynb", "type": "notebook", "kernel": {"name": None}}
    return ask_kernel(place, place.post("api/sessions", session)["kernel"]["id"])


def of_a_terminal(place: Place) -> dict[str, str]:
    """Return the environment of what is started in a terminal."""
    name = place.post("api/terminals")["name"]
    printed = ""
    with place.connect(f"terminals/websocket/{name}") as terminal:
        # There is no "{" in what the terminal echoes.
        terminal.send(json.dumps(["stdin", f"{shlex.join([sys.executable, '-c', TELL])}\r"]))
        while "\4" not in printed:
            kind, *content = json.loads(terminal.recv(60))
            printed += content[0] if kind == "stdout" else ""
    return json.loads(printed[printed.index("{") : printed.index("\4")])


def exports(environment: dict[str, str]) -> dict[str, str]:
    """Return what of it this is about."""
    return {name: environment[name] for name in NAMES if name in environment}


@pytest.fixture(scope="module", autouse=True)
def _nothing_is_set() -> Iterator[None]:
    """Whoever runs the tests may do so in a terminal of a Jupyter or of VS Code."""
    with pytest.MonkeyPatch.context() as patch:
        for name in (*NAMES, *HUB):
            patch.delenv(name, raising=False)
        yield


def start(
    factory: pytest.TempPathFactory,
    environment: dict[str, str] | None = None,
    **options: dict[str, Any],
) -> Iterator[Jupyter]:
    """Run a Jupyter with kernels and terminals."""
    pages = ("jupyter_lsp", "jupyter_server_proxy", "jupyterlab", "notebook", "notebook_shim")
    traits = {"base_url": BASE_URL, "jpserver_extensions": dict.fromkeys(pages, False)}
    config = {**options, "ServerApp": {**traits, **options.get("ServerApp", {})}}
    with running(factory.mktemp("jupyter"), config=config, environment=environment) as jupyter:
        # It is started after the variables have been set.
        jupyter.sidecar()
        yield jupyter


def place_of(jupyter: Jupyter) -> Place:
    """Return where a Jupyter is reached."""
    return Place(f"{jupyter.origin}{jupyter.base_url}", jupyter.token)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    """Return a Jupyter that doesn't know where people see it, with an app."""
    show = 'exec "$@" "print=$TENSORBOARD_PROXY_URL"'
    apps = {"app": {"command": ["sh", "-c", show, "sh", *REPORTER, "{port}"], "timeout": 30}}
    yield from start(tmp_path_factory, Porthole={"apps": apps})


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    """Return a Jupyter that a hub has told its address, under which people see it."""
    yield from start(tmp_path_factory, HUB)


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    """Return a Jupyter that shall tell nothing."""
    yield from start(tmp_path_factory, HUB, Porthole={"exports": False})


#: What a person has set, one of it to nothing.
OWN = {name: f"own {name}" for name in NAMES[1:]} | {NAMES[0]: ""}


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    """Return a Jupyter whose environment has them already."""
    yield from start(tmp_path_factory, {**HUB, **OWN})


@pytest.mark.parametrize("ask", [of_a_kernel, of_a_notebook, of_a_terminal])
@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("plain", TENSORBOARD | DASK),
        ("public", TENSORBOARD | DASK | BOKEH | VS_CODE),
        ("silent", {}),
        ("furnished", OWN),
    ],
)
def test_kernels_and_terminals_are_told(
    request: pytest.FixtureRequest,
    kind: str,
    expected: dict[str, str],
    ask: Callable[[Place], dict[str, str]],
) -> None:
    place = place_of(request.getfixturevalue(kind))
    assert exports(ask(place)) == expected


def test_kernels_and_terminals_of_a_hub_are_told(tmp_path: Path) -> None:
    """The hub doesn't know its public address, as most."""
    anna = Person("anna", [sys.executable, "-m", "jupyterhub.singleuser", "--allow-root"])
    expected = {
        "TENSORBOARD_PROXY_URL": "/user/anna/proxy/%PORT%/",
        "DASK_DISTRIBUTED__DASHBOARD__LINK": "/user/anna/proxy/{port}/status",
        **BOKEH,
    }
    with hub_with(tmp_path, [anna]) as hub:
        place = Place(f"{hub.url}{anna.root}/", hub.token(anna))
        for ask in (of_a_notebook, of_a_terminal):
            assert exports(ask(place)) == expected


def test_apps_are_told(plain: Jupyter) -> None:
    arguments = report(fetch(plain, f"{BASE_URL}app/"))["arguments"]
    assert arguments[-1] == f"print={TENSORBOARD['TENSORBOARD_PROXY_URL']}"


def test_the_addresses_lead_to_the_port(plain: Jupyter, app: App) -> None:
    told = of_a_kernel(place_of(plain))
    addresses = {
        told["TENSORBOARD_PROXY_URL"].replace("%PORT%", str(app.port)): "/",
        told["DASK_DISTRIBUTED__DASHBOARD__LINK"].format(
            scheme="tcp", host="10.0.0.1", port=app.port
        ): "/status",
    }
    for address, target in addresses.items():
        assert fetch(plain, address).status == 200
        assert app.last.target == target


@pytest.mark.parametrize(
    ("environment", "display_url", "expected"),
    [
        ({}, "https://lab.example:8443/lab?token=x", TENSORBOARD | DASK | VS_CODE),
        # The hub knows better.
        (HUB, "http://127.0.0.1:8888/", TENSORBOARD | DASK | BOKEH | VS_CODE),
        # No host, no address.
        ({**HUB, "JUPYTERHUB_PUBLIC_URL": ""}, BASE_URL, TENSORBOARD | DASK | BOKEH),
        # Started in a terminal of a hub's Jupyter.
        (
            {name: value.replace("alice", "anna") for name, value in HUB.items()},
            "",
            TENSORBOARD | DASK,
        ),
    ],
)
def test_nothing_is_told_that_is_not_known(
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    display_url: str,
    expected: dict[str, str],
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with exported(BASE_URL, display_url):
        assert exports(dict(os.environ)) == expected


def test_in_the_end_the_environment_is_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENSORBOARD_PROXY_URL", "own")
    before = dict(os.environ)
    with exported(BASE_URL, "https://lab.example"):
        assert dict(os.environ) != before
        # Somebody else may have been faster.
        del os.environ["VSCODE_PROXY_URI"]
    assert dict(os.environ) == before
