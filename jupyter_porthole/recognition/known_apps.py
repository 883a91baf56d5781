"""The apps that are known: how each is recognised, called, drawn and told where it lives.

To add one, add a :class:`KnownApp` to the table. What it says of an app was seen at the real
one, started as its documentation says; what that answered is kept with the tests, in
``tests/server/recorded_apps``.
"""

from __future__ import annotations

from dataclasses import replace

from .app_details import (
    CONNECTION_FILE,
    api_title,
    data_location,
    folder,
    given,
    is_dashboard,
    is_its_port,
    is_kernel,
    logdir,
    served,
    served_by_option,
)
from .drawn_icon import draw_icon
from .known_app import KnownApp, PublicPath, Question, Sign

#: How servers of Python's ASGI apps name themselves.
ASGI_SERVER = {"server": "uvicorn|hypercorn|granian"}

#: An app that compares the paths of requests, or hands them on, may do so with those that it
#: gets now: it is not to get others.
DEPENDS_ON_PATHS = r"root_path|url_for|url\b|scope|middleware|mount"

#: FastAPI's documentation then names an address that is there, and its redirects lead to one. To
#: the app, paths have it in front: so only where nothing looks at them.
FASTAPI_PATH = PublicPath(
    source=r"\bFastAPI\(",
    unless="root[_-]path",
    unless_source=DEPENDS_ON_PATHS,
    is_whole=True,
)

#: Of the icons of what has no pages.
GREY = "#808080"


def _leads_to(address: str) -> Sign:
    """Make the sign of an app of Tornado's that leads from `/` to another page."""
    return Sign(fields={"server": "TornadoServer/", "location": address})


def _asked_for_bokeh(after: Sign) -> Question:
    return Question("/static/js/bokeh.min.js", after, Sign(text="Bokeh Contributors"))


def _other(name: str, letters: str, *commands: str) -> KnownApp:
    """Make a program that is known by its commands, and has no pages."""
    return KnownApp(name, draw_icon(letters, GREY), kind="other", commands=commands)


#: The earlier ones win: an app that imports Dash and Flask is one of Dash.
KNOWN_APPS = (
    KnownApp(
        "Streamlit",
        icon=draw_icon("St", "#e03a3e"),
        commands=("streamlit run", "streamlit hello"),
        signs=(Sign(title="Streamlit", text="You need to enable JavaScript to run this app"),),
        detail=served,
        needs_websockets=True,
        prefix_options=("--server.baseUrlPath",),
        prefix_variable="STREAMLIT_SERVER_BASE_URL_PATH",
    ),
    KnownApp(
        "NiceGUI",
        icon=draw_icon("Ni", "#4a7fb0"),
        imports=("nicegui",),
        signs=(Sign(fields={"x-nicegui-content": "page"}), Sign(text="/_nicegui/")),
        # It reads X-Forwarded-Prefix; with a root path as well it would have the path twice.
        detail=served,
        needs_websockets=True,
    ),
    KnownApp(
        "Gradio",
        icon=draw_icon("Gr", "#d9730d"),
        commands=("gradio",),
        imports=("gradio",),
        signs=(Sign(text=r"window\.gradio_config\b"),),
        detail=served,
        address_field="X-Gradio-Server",
        public_paths=(
            # Its buttons call an address that it makes of this. What `launch` is given wins.
            PublicPath(
                variables={"GRADIO_ROOT_PATH": "{root}"},
                source=r"\blaunch\(",
                unless="root_path",
                unless_source="root_path|mount_gradio_app",
            ),
        ),
    ),
    KnownApp(
        "Dash",
        icon=draw_icon("Da", "#7a5cf0"),
        imports=("dash",),
        signs=(Sign(text='id="_dash-config"'),),
        detail=served,
        public_paths=(
            # Its scripts and callbacks have this before their paths, its routes don't. Any other
            # of these options beside it is an error to Dash.
            PublicPath(
                variables={
                    "DASH_REQUESTS_PATHNAME_PREFIX": "{root}/",
                    "DASH_ROUTES_PATHNAME_PREFIX": "/",
                },
                source=r"\bDash\(",
                unless="url_base_pathname|pathname_prefix",
            ),
        ),
    ),
    KnownApp(
        "Panel",
        icon=draw_icon("Pa", "#0a84a5"),
        commands=("panel serve",),
        imports=("panel",),
        signs=(Sign(text="static/extensions/panel/"), Sign(title="Panel Applications?")),
        # It leads to the only app that it has.
        question=_asked_for_bokeh(after=_leads_to(r"\./")),
        detail=served,
        needs_websockets=True,
        prefix_options=("--prefix",),
    ),
    KnownApp(
        "Bokeh",
        icon=draw_icon("Bk", "#a0417f"),
        commands=("bokeh serve",),
        imports=("bokeh",),
        signs=(Sign(text=r"\bBokeh\.safely\("), Sign(title="Running Bokeh Applications")),
        question=_asked_for_bokeh(after=_leads_to(r"/[\w-]+$")),
        detail=served,
        needs_websockets=True,
        prefix_options=("--prefix",),
    ),
    KnownApp(
        "Shiny",
        icon=draw_icon("Sh", "#2c7fb8"),
        commands=("shiny run",),
        imports=("shiny",),
        signs=(Sign(text=r"application/html-dependencies\">[^<]*\bshiny\b"),),
        detail=served,
        needs_websockets=True,
    ),
    KnownApp(
        "Solara",
        icon=draw_icon("So", "#c2561a"),
        commands=("solara run",),
        imports=("solara",),
        signs=(Sign(text="/_solara/|solara-template-css"),),
        detail=served,
        public_paths=(
            # It writes all its addresses with this in front.
            PublicPath(variables={"SOLARA_ROOT_PATH": "{root}"}, unless="root[_-]path|base_url"),
        ),
        needs_websockets=True,
    ),
    KnownApp(
        "marimo",
        icon=draw_icon("mo", "#1f8a70"),
        commands=("marimo edit", "marimo run", "marimo new", "marimo tutorial"),
        imports=("marimo",),
        signs=(
            Sign(text="<marimo-filename"),
            Sign(fields={**ASGI_SERVER, "location": r"/auth/login\?next="}),
        ),
        detail=served,
        needs_websockets=True,
        prefix_options=("--base-url",),
    ),
    KnownApp(
        "Voilà",
        icon=draw_icon("Vo", "#8a63b8"),
        commands=("voila", "jupyter-voila", "jupyter voila"),
        signs=(Sign(text="/voila/(?:static|templates)/"), Sign(title="Voilà Home")),
        detail=given(".ipynb"),
        public_paths=(
            # Its pages then name their files, kernels and WebSockets with it; without it they
            # never show more than a spinner.
            PublicPath(
                arguments=("--Voila.server_url=/", "--Voila.base_url={root}/"),
                unless="base_url|server_url",
            ),
        ),
        needs_websockets=True,
        # The first one says which paths it takes, the others what its pages name.
        prefix_options=("--Voila.server_url", "--Voila.base_url", "--base_url"),
    ),
    KnownApp(
        "TensorBoard",
        icon=draw_icon("TB", "#e8710a"),
        commands=("tensorboard",),
        signs=(Sign(title="TensorBoard"),),
        question=Question(
            "/data/environment",
            after=Sign(title="TensorBoard"),
            sign=Sign(text='"data_location"'),
            detail=data_location,
        ),
        detail=logdir,
        prefix_options=("--path_prefix",),
    ),
    KnownApp(
        "MLflow",
        icon=draw_icon("ML", "#0a7fc2"),
        # It starts uvicorn, or Gunicorn, with a module of its own.
        commands=("mlflow ui", "mlflow server", "mlflow.server"),
        signs=(Sign(title="MLflow"),),
        # What it starts isn't told by an option.
        prefix_variable="_MLFLOW_STATIC_PREFIX",
    ),
    KnownApp(
        "Dask",
        icon=draw_icon("Dk", "#c0603b"),
        commands=("dask scheduler", "dask worker", "dask-scheduler", "dask-worker"),
        is_on=is_dashboard,
        signs=(Sign(title="Dask.*"), _leads_to("/status$")),
        needs_websockets=True,
    ),
    KnownApp(
        "Ray Dashboard",
        icon=draw_icon("Ra", "#0277b5"),
        # A script of that package; its other processes know the session, too.
        argument=r"^--session-dir=.*/ray/session_",
        is_on=is_its_port,
        signs=(Sign(title="Ray Dashboard"),),
    ),
    KnownApp(
        "Optuna Dashboard",
        icon=draw_icon("Op", "#3b73b9"),
        commands=("optuna-dashboard",),
        signs=(Sign(fields={"server": "WSGIServer/", "location": r"http://[^/]*/dashboard$"}),),
    ),
    KnownApp(
        "MkDocs",
        icon=draw_icon("Md", "#3f6fb0"),
        commands=("mkdocs serve",),
        signs=(Sign(text=r"\bmkdocs[-_]search"),),
        detail=folder(),
    ),
    KnownApp(
        "Datasette",
        icon=draw_icon("Ds", "#4667b3"),
        commands=("datasette",),
        signs=(Sign(text=r'"https://datasette\.io/"'),),
        detail=given(".db", ".sqlite", ".sqlite3"),
    ),
    KnownApp(
        "Jupyter",
        icon=draw_icon("Ju", "#d9661f"),
        commands=(
            "jupyter-lab",
            "jupyter-notebook",
            "jupyter-server",
            "jupyter-labhub",
            "jupyterhub-singleuser",
            "jupyter lab",
            "jupyter notebook",
            "jupyter server",
            "jupyterlab",
            "notebook",
            "jupyter_server",
        ),
        signs=(
            Sign(text='id="jupyter-config-data"'),
            Sign(title="Jupyter Server"),
            _leads_to(r"(?:/[^?]*)?/(?:lab|tree|login)\?"),
        ),
        detail=folder("--ServerApp.root_dir", "--notebook-dir"),
        needs_websockets=True,
        prefix_options=("--ServerApp.base_url", "--NotebookApp.base_url", "--LabApp.base_url"),
    ),
    KnownApp(
        "http.server",
        icon=draw_icon("ht", "#5f7f3f"),
        commands=("http.server",),
        signs=(Sign(fields={"server": "SimpleHTTP/"}),),
        detail=folder("--directory", "-d"),
    ),
    KnownApp(
        "Vite",
        icon=draw_icon("Vi", "#7d5bd0"),
        commands=("vite",),
        signs=(Sign(text="/@vite/client"),),
        detail=folder(),
        prefix_options=("--base",),
    ),
    KnownApp(
        "Next.js",
        icon=draw_icon("Nx", "#6b7280"),
        commands=("next-server", "next dev", "next start"),
        signs=(Sign(fields={"x-powered-by": r"Next\.js"}),),
        detail=folder(),
    ),
    KnownApp(
        "webpack",
        icon=draw_icon("wp", "#2b83b5"),
        # Once it runs, it writes its name alone over its command line.
        commands=("webpack", "webpack-dev-server"),
        detail=folder(),
    ),
    # Of these the programs are known by their documentation alone.
    KnownApp(
        "code-server",
        icon=draw_icon("VS", "#1b7fc4"),
        commands=("code-server",),
        needs_websockets=True,
    ),
    KnownApp(
        "RStudio",
        icon=draw_icon("RS", "#4f8fd0"),
        commands=("rserver",),
        signs=(Sign(title="RStudio.*"),),
    ),
    KnownApp(
        "Grafana",
        icon=draw_icon("Gf", "#d9620f"),
        commands=("grafana server", "grafana-server"),
        signs=(Sign(title="Grafana"),),
    ),
    KnownApp("Prometheus", icon=draw_icon("Pr", "#d2492a"), commands=("prometheus",)),
    KnownApp(
        "Django",
        icon=draw_icon("Dj", "#2f8f5b"),
        commands=("manage.py runserver", "django-admin runserver", "django runserver"),
        imports=("django",),
        signs=(
            Sign(title="The install worked successfully! Congratulations!"),
            Sign(text=r"\bcsrfmiddlewaretoken\b"),
        ),
        detail=folder(),
    ),
    KnownApp(
        "FastAPI",
        icon=draw_icon("FA", "#0a8f80"),
        commands=("fastapi run", "fastapi dev"),
        imports=("fastapi",),
        question=Question(
            "/openapi.json",
            after=Sign(fields=ASGI_SERVER),
            sign=Sign(text=r'^\s*\{\s*"openapi"'),
            detail=api_title,
        ),
        detail=served,
        public_paths=(
            replace(FASTAPI_PATH, programs=("uvicorn",), variables={"UVICORN_ROOT_PATH": "{root}"}),
            # It starts uvicorn without those variables.
            replace(FASTAPI_PATH, programs=("fastapi",), arguments=("--root-path", "{root}")),
        ),
    ),
    KnownApp(
        "Flask",
        icon=draw_icon("Fl", "#4a8a99"),
        commands=("flask run",),
        imports=("flask",),
        # Their development server is nobody else's, once those above are told.
        signs=(Sign(fields={"server": "Werkzeug/"}),),
        detail=served_by_option("--app", "-A"),
    ),
    # What isn't asked for pages: it doesn't speak HTTP.
    KnownApp(
        "Jupyter kernel",
        icon=draw_icon("Jk", GREY),
        kind="other",
        commands=("ipykernel_launcher", "ipykernel"),
        argument=CONNECTION_FILE,
        is_on=is_kernel,
    ),
    KnownApp(
        "Debugger",
        icon=draw_icon("De", GREY),
        kind="other",
        commands=("debugpy.adapter",),
        argument=r"^--for-server$",
    ),
    # Not `ssh`: what it listens for may lead to an app elsewhere.
    _other("SSH", "ss", "sshd", "sshd:"),
    _other("PostgreSQL", "Pg", "postgres", "postmaster"),
    _other("MySQL", "My", "mysqld", "mariadbd"),
    _other("Redis", "Re", "redis-server", "valkey-server"),
    _other("MongoDB", "Mg", "mongod", "mongos"),
    _other("memcached", "mc", "memcached"),
)
