"""What apps that Jupyter starts are told about where they live."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from support.client import Response, fetch
from support.jupyter import BASE_URL, Jupyter, running
from support.named import NO_PAGES, PAGE, configuration
from support.wait import wait_until

from jupyter_porthole.named_apps.public_path import tell_public_path
from jupyter_porthole.processes import Launch

ROOT = "/user/alice/fruit"

API = """
from fastapi import FastAPI

app = FastAPI()


@app.get("/items")
def items() -> list[str]:
    return ["apple"]
"""

DASH = "from dash import Dash\napp = Dash(__name__)\n"
GRADIO = "import gradio as gr\ngr.Blocks().launch()\n"


def changes(
    folder: Path, command: list[str], given: dict[str, str] | None = None, **outer: str
) -> tuple[list[str], dict[str, str]]:
    """Return which arguments and variables an app gets.

    :param given: what its configuration says.
    :param outer: what Jupyter's own environment has.
    """
    environment = {**outer, **(given or {})}
    launch = Launch(command, environment, str(folder))
    told = tell_public_path(launch, ROOT, given or {})
    assert told.command[: len(command)] == command
    assert told.environment.items() >= environment.items()
    assert told.cwd == str(folder)
    added = {name: told.environment[name] for name in told.environment.keys() - environment.keys()}
    return told.command[len(command) :], added


UVICORN = ([], {"UVICORN_ROOT_PATH": ROOT})
FASTAPI = (["--root-path", ROOT], {})
DASH_PATHS = (
    [],
    {"DASH_REQUESTS_PATHNAME_PREFIX": f"{ROOT}/", "DASH_ROUTES_PATHNAME_PREFIX": "/"},
)
GRADIO_PATH = ([], {"GRADIO_ROOT_PATH": ROOT})
VOILA = (["--Voila.server_url=/", f"--Voila.base_url={ROOT}/"], {})
SOLARA = ([], {"SOLARA_ROOT_PATH": ROOT})
NOTHING: tuple[list[str], dict[str, str]] = ([], {})


@pytest.mark.parametrize(
    ("command", "source", "expected"),
    [
        (["uvicorn", "app:app", "--port", "1"], API, UVICORN),
        (["python", "-m", "uvicorn", "app:app"], API, UVICORN),
        (["fastapi", "run", "app.py"], API, FASTAPI),
        (["python", "app.py"], DASH, DASH_PATHS),
        (["python", "app.py"], GRADIO, GRADIO_PATH),
        (["gradio", "app.py"], GRADIO, GRADIO_PATH),
        (["voila", "a.ipynb"], "", VOILA),
        (["jupyter", "voila", "a.ipynb"], "", VOILA),
        (["solara", "run", "app.py"], "import solara", SOLARA),
        # They know by the header fields, or need not.
        (["streamlit", "run", "app.py"], "import streamlit", NOTHING),
        (["python", "app.py"], "from nicegui import ui\nfrom fastapi import FastAPI", NOTHING),
        (["bokeh", "serve", "app.py"], "import bokeh", NOTHING),
        # uvicorn's variables are for its command.
        (["python", "app.py"], API, NOTHING),
        (["gunicorn", "app:app"], API, NOTHING),
        (["hypercorn", "app:app"], API, NOTHING),
        (["uvicorn", "app:app"], "from starlette.applications import Starlette", NOTHING),
        (["uvicorn", "missing:app"], API, NOTHING),
        ([sys.executable, "-c", "code"], API, NOTHING),
    ],
)
def test_known_apps_are_told(
    tmp_path: Path, command: list[str], source: str, expected: tuple[list[str], dict[str, str]]
) -> None:
    (tmp_path / "app.py").write_text(source)
    assert changes(tmp_path, command) == expected


@pytest.mark.parametrize(
    ("command", "source"),
    [
        (["uvicorn", "app:app", "--root-path", "/x"], API),
        (["uvicorn", "app:app", "--root-path=/x"], API),
        (["fastapi", "run", "app.py", "--root-path", "/x"], API),
        (["uvicorn", "app:app"], API.replace("FastAPI()", "FastAPI(root_path='/x')")),
        # Its paths would have the prefix, where it looks at them.
        (["uvicorn", "app:app"], f"{API}\n@app.middleware('http')\ndef look(request): ..."),
        (["uvicorn", "app:app"], f"{API}\nprint(request.url.path)"),
        (["uvicorn", "app:app"], f"{API}\napp.mount('/x', other)"),
        # Who knows what other files do.
        (["uvicorn", "app:app"], f"from . import routes\n{API}"),
        (["uvicorn", "app:app"], f"import routes\n{API}"),
        (["uvicorn", "app:app"], f"from parts.items import router\n{API}"),
        # The application isn't made here.
        (["uvicorn", "app:app"], "import fastapi\nfrom shop import app"),
        (["python", "app.py"], "import dash\nfrom shop import app"),
        # For Dash both are an error.
        (["python", "app.py"], DASH.replace("__name__", "url_base_pathname='/x/'")),
        (["python", "app.py"], DASH.replace("__name__", "requests_pathname_prefix='/x/'")),
        (["python", "app.py"], GRADIO.replace("launch()", "launch(root_path='/x')")),
        (["python", "app.py"], "import gradio as gr\ngr.mount_gradio_app(a, b, '/x')\nb.launch()"),
        (["voila", "a.ipynb", "--Voila.base_url=/x/"], ""),
        (["voila", "a.ipynb", "--VoilaConfiguration.server_url=/x/"], ""),
        (["voila", "a.ipynb", "--", "b"], ""),
    ],
)
def test_an_app_that_has_seen_to_it_is_left_alone(
    tmp_path: Path, command: list[str], source: str
) -> None:
    (tmp_path / "app.py").write_text(source)
    (tmp_path / "routes.py").write_text("")
    (tmp_path / "parts").mkdir()
    assert changes(tmp_path, command) == NOTHING


@pytest.mark.parametrize(
    ("command", "source", "variable"),
    [
        (["uvicorn", "app:app"], API, "UVICORN_ROOT_PATH"),
        (["uvicorn", "app:app"], API, "SHOP_ROOT_PATH"),
        (["python", "app.py"], DASH, "DASH_URL_BASE_PATHNAME"),
        (["python", "app.py"], DASH, "DASH_REQUESTS_PATHNAME_PREFIX"),
        (["python", "app.py"], GRADIO, "GRADIO_ROOT_PATH"),
        (["solara", "run", "app.py"], "import solara", "SOLARA_BASE_URL"),
    ],
)
@pytest.mark.parametrize("is_given", [True, False])
def test_what_the_environment_says_counts(
    tmp_path: Path, command: list[str], source: str, variable: str, is_given: bool
) -> None:
    (tmp_path / "app.py").write_text(source)
    values = {variable: ""}
    if is_given:
        assert changes(tmp_path, command, values) == NOTHING
    else:
        assert changes(tmp_path, command, None, **values) == NOTHING


def test_an_app_that_is_given_its_path_is_left_alone(tmp_path: Path) -> None:
    """As by packages for jupyter-server-proxy, which can fill in `{base_url}`."""
    (tmp_path / "app.py").write_text(DASH)
    command = ["python", "app.py"]
    assert changes(tmp_path, [*command, f"--where={ROOT}/"]) == NOTHING
    assert changes(tmp_path, command, {"WHERE": f"http://localhost{ROOT}"}) == NOTHING
    # These aren't its path, or aren't given to it.
    assert changes(tmp_path, command, {"WHERE": f"{ROOT}-2/"}) == DASH_PATHS
    assert changes(tmp_path, command, {"WHERE": f"/data{ROOT}/"}) == DASH_PATHS
    assert changes(tmp_path, command, None, JUPYTERHUB_OAUTH_CALLBACK_URL=ROOT) == DASH_PATHS


def test_an_app_at_the_root_knows_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(DASH)
    launch = Launch(["python", "app.py"], {}, str(tmp_path))
    assert tell_public_path(launch, "", {}) is launch


# In a real Jupyter

CODE = """
command = [PYTHON, "-m", "uvicorn", "app:app", "--port", "{port}"]
plain = {"command": command, "cwd": FOLDER, "timeout": 60.0}
c.Porthole.apps = {
    "plain": plain,
    "strip": {**plain, "sub_path": "strip"},
    "rewrites": {**plain, "rewrite_response": lambda response: None},
    "maps": {**plain, "mappath": {"/x": "/y"}},
    "heads": {**plain, "request_headers_override": {"X-Script-Name": "/x"}},
}
c.ServerProxy.servers = {"packaged": plain}
"""


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Jupyter:
    """Return a Jupyter with apps that are told, and such that aren't."""
    folder = tmp_path_factory.mktemp("api")
    (folder / "app.py").write_text(API)
    code = configuration(CODE, PYTHON=sys.executable, FOLDER=str(folder))
    with running(tmp_path_factory.mktemp("jupyter"), code=code, config=NO_PAGES) as server:
        yield server


def _docs(jupyter: Jupyter, name: str) -> str:
    def ready() -> Response | None:
        response = fetch(jupyter, f"{BASE_URL}{name}/docs", "GET", [*PAGE])
        # Until then it is the page that shows the start.
        return response if b"SwaggerUIBundle" in response.body else None

    return wait_until(ready, f"{name} shows its documentation").body.decode()


@pytest.mark.parametrize("name", ["plain", "packaged"])
def test_an_api_documents_where_it_lives(jupyter: Jupyter, name: str) -> None:
    assert f"'{BASE_URL}{name}/openapi.json'" in _docs(jupyter, name)
    response = fetch(jupyter, f"{BASE_URL}{name}/openapi.json")
    document = json.loads(response.body)
    assert document["servers"] == [{"url": f"{BASE_URL}{name}"}]
    assert json.loads(fetch(jupyter, f"{BASE_URL}{name}/items").body) == ["apple"]
    # A redirect of its own.
    assert fetch(jupyter, f"{BASE_URL}{name}/items/").value("Location") in (
        f"{BASE_URL}{name}/items",
        f"http://{jupyter.host}{BASE_URL}{name}/items",
    )


@pytest.mark.parametrize("name", ["strip", "rewrites", "maps", "heads"])
def test_an_app_whose_paths_are_configured_is_left_alone(jupyter: Jupyter, name: str) -> None:
    assert "'/openapi.json'" in _docs(jupyter, name)
