"""The apps that are known: how each is recognised, called, drawn and told where it lives.

To add one, add a :class:`KnownApp` to the table. What it says of an app was seen at the real
one, started as its documentation says; what that answered is kept with the tests, in
``tests/server/recorded_apps``.
"""

from __future__ import annotations

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
from .known_app import KnownApp, PublicPath, Question, Sign

#: How servers of Python's ASGI apps name themselves.
ASGI_SERVER = {"server": "uvicorn|hypercorn|granian"}
TORNADO = {"server": "TornadoServer/"}

#: An app that compares the paths of requests, or hands them on, may do so with those that it
#: gets now: it is not to get others.
DEPENDS_ON_PATHS = r"root_path|url_for|url\b|scope|middleware|mount"

#: The earlier ones win: an app that imports Dash and Flask is one of Dash.
KNOWN_APPS = (
    KnownApp(
        "Streamlit",
        mark="St",
        colour="#e03a3e",
        commands=("streamlit run", "streamlit hello"),
        signs=(Sign(title="Streamlit", text="You need to enable JavaScript to run this app"),),
        detail=served,
        needs_websockets=True,
        prefix_options=("--server.baseUrlPath",),
        prefix_variable="STREAMLIT_SERVER_BASE_URL_PATH",
    ),
    KnownApp(
        "NiceGUI",
        mark="Ni",
        colour="#4a7fb0",
        imports=("nicegui",),
        signs=(Sign(fields={"x-nicegui-content": "page"}), Sign(text="/_nicegui/")),
        # It reads X-Forwarded-Prefix; with a root path as well it would have the path twice.
        detail=served,
        needs_websockets=True,
    ),
    KnownApp(
        "Gradio",
        mark="Gr",
        colour="#d9730d",
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
        mark="Da",
        colour="#7a5cf0",
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
        mark="Pa",
        colour="#0a84a5",
        commands=("panel serve",),
        imports=("panel",),
        signs=(Sign(text="static/extensions/panel/"), Sign(title="Panel Applications?")),
        # It leads to the only app that it has.
        question=Question(
            "/static/js/bokeh.min.js",
            after=Sign(fields={**TORNADO, "location": r"\./"}),
            sign=Sign(text="Bokeh Contributors"),
        ),
        detail=served,
        needs_websockets=True,
        prefix_options=("--prefix",),
    ),
    KnownApp(
        "Bokeh",
        mark="Bk",
        colour="#a0417f",
        commands=("bokeh serve",),
        imports=("bokeh",),
        signs=(Sign(text=r"\bBokeh\.safely\("), Sign(title="Running Bokeh Applications")),
        question=Question(
            "/static/js/bokeh.min.js",
            after=Sign(fields={**TORNADO, "location": r"/[\w-]+$"}),
            sign=Sign(text="Bokeh Contributors"),
        ),
        detail=served,
        needs_websockets=True,
        prefix_options=("--prefix",),
    ),
    KnownApp(
        "Shiny",
        mark="Sh",
        colour="#2c7fb8",
        commands=("shiny run",),
        imports=("shiny",),
        signs=(Sign(text=r"application/html-dependencies\">[^<]*\bshiny\b"),),
        detail=served,
        needs_websockets=True,
    ),
    KnownApp(
        "Solara",
        mark="So",
        colour="#c2561a",
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
        mark="mo",
        colour="#1f8a70",
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
        mark="Vo",
        colour="#8a63b8",
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
        mark="TB",
        colour="#e8710a",
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
        mark="ML",
        colour="#0a7fc2",
        # It starts uvicorn, or Gunicorn, with a module of its own.
        commands=("mlflow ui", "mlflow server", "mlflow.server"),
        signs=(Sign(title="MLflow"),),
        # What it starts isn't told by an option.
        prefix_variable="_MLFLOW_STATIC_PREFIX",
    ),
    KnownApp(
        "Dask",
        mark="Dk",
        colour="#c0603b",
        commands=("dask scheduler", "dask worker", "dask-scheduler", "dask-worker"),
        is_on=is_dashboard,
        signs=(
            Sign(title="Dask.*"),
            Sign(fields={**TORNADO, "location": "/status$"}),
        ),
        needs_websockets=True,
    ),
    KnownApp(
        "Ray Dashboard",
        mark="Ra",
        colour="#0277b5",
        # A script of that package; its other processes know the session, too.
        argument=r"^--session-dir=.*/ray/session_",
        is_on=is_its_port,
        signs=(Sign(title="Ray Dashboard"),),
    ),
    KnownApp(
        "Optuna Dashboard",
        mark="Op",
        colour="#3b73b9",
        commands=("optuna-dashboard",),
        signs=(Sign(fields={"server": "WSGIServer/", "location": r"http://[^/]*/dashboard$"}),),
    ),
    KnownApp(
        "MkDocs",
        mark="Md",
        colour="#3f6fb0",
        commands=("mkdocs serve",),
        signs=(Sign(text=r"\bmkdocs[-_]search"),),
        detail=folder(),
    ),
    KnownApp(
        "Datasette",
        mark="Ds",
        colour="#4667b3",
        commands=("datasette",),
        signs=(Sign(text=r'"https://datasette\.io/"'),),
        detail=given(".db", ".sqlite", ".sqlite3"),
    ),
    KnownApp(
        "Jupyter",
        mark="Ju",
        colour="#d9661f",
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
            Sign(fields={**TORNADO, "location": r"(?:/[^?]*)?/(?:lab|tree|login)\?"}),
        ),
        detail=folder("--ServerApp.root_dir", "--notebook-dir"),
        needs_websockets=True,
        prefix_options=("--ServerApp.base_url", "--NotebookApp.base_url", "--LabApp.base_url"),
    ),
    KnownApp(
        "http.server",
        mark="ht",
        colour="#5f7f3f",
        commands=("http.server",),
        signs=(Sign(fields={"server": "SimpleHTTP/"}),),
        detail=folder("--directory", "-d"),
    ),
    KnownApp(
        "Vite",
        mark="Vi",
        colour="#7d5bd0",
        commands=("vite",),
        signs=(Sign(text="/@vite/client"),),
        detail=folder(),
        prefix_options=("--base",),
    ),
    KnownApp(
        "Next.js",
        mark="Nx",
        colour="#6b7280",
        commands=("next-server", "next dev", "next start"),
        signs=(Sign(fields={"x-powered-by": r"Next\.js"}),),
        detail=folder(),
    ),
    KnownApp(
        "webpack",
        mark="wp",
        colour="#2b83b5",
        # Once it runs, it writes its name alone over its command line.
        commands=("webpack", "webpack-dev-server"),
        detail=folder(),
    ),
    # Of these the programs are known by their documentation alone.
    KnownApp(
        "code-server",
        mark="VS",
        colour="#1b7fc4",
        commands=("code-server",),
        needs_websockets=True,
    ),
    KnownApp(
        "RStudio",
        mark="RS",
        colour="#4f8fd0",
        commands=("rserver",),
        signs=(Sign(title="RStudio.*"),),
    ),
    KnownApp(
        "Grafana",
        mark="Gf",
        colour="#d9620f",
        commands=("grafana server", "grafana-server"),
        signs=(Sign(title="Grafana"),),
    ),
    KnownApp("Prometheus", mark="Pr", colour="#d2492a", commands=("prometheus",)),
    KnownApp(
        "Django",
        mark="Dj",
        colour="#2f8f5b",
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
        mark="FA",
        colour="#0a8f80",
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
            # Its documentation then names an address that is there, and its redirects lead to
            # one. To the app, paths have it in front: so only where nothing looks at them.
            PublicPath(
                programs=("uvicorn",),
                variables={"UVICORN_ROOT_PATH": "{root}"},
                source=r"\bFastAPI\(",
                unless="root[_-]path",
                unless_source=DEPENDS_ON_PATHS,
                is_whole=True,
            ),
            # It starts uvicorn without those variables.
            PublicPath(
                programs=("fastapi",),
                arguments=("--root-path", "{root}"),
                source=r"\bFastAPI\(",
                unless="root[_-]path",
                unless_source=DEPENDS_ON_PATHS,
                is_whole=True,
            ),
        ),
    ),
    KnownApp(
        "Flask",
        mark="Fl",
        colour="#4a8a99",
        commands=("flask run",),
        imports=("flask",),
        # Their development server is nobody else's, once those above are told.
        signs=(Sign(fields={"server": "Werkzeug/"}),),
        detail=served_by_option("--app", "-A"),
    ),
    # What isn't asked for pages: it doesn't speak HTTP.
    KnownApp(
        "Jupyter kernel",
        mark="Jk",
        colour="#808080",
        kind="other",
        commands=("ipykernel_launcher", "ipykernel"),
        argument=CONNECTION_FILE,
        is_on=is_kernel,
    ),
    KnownApp(
        "Debugger",
        mark="De",
        colour="#808080",
        kind="other",
        commands=("debugpy.adapter",),
        argument=r"^--for-server$",
    ),
    # Not `ssh`: what it listens for may lead to an app elsewhere.
    KnownApp("SSH", mark="ss", colour="#808080", kind="other", commands=("sshd", "sshd:")),
    KnownApp(
        "PostgreSQL", mark="Pg", colour="#808080", kind="other", commands=("postgres", "postmaster")
    ),
    KnownApp("MySQL", mark="My", colour="#808080", kind="other", commands=("mysqld", "mariadbd")),
    KnownApp(
        "Redis",
        mark="Re",
        colour="#808080",
        kind="other",
        commands=("redis-server", "valkey-server"),
    ),
    KnownApp("MongoDB", mark="Mg", colour="#808080", kind="other", commands=("mongod", "mongos")),
    KnownApp("memcached", mark="mc", colour="#808080", kind="other", commands=("memcached",)),
)
