"""How the parts that serve proxied requests are put together, in any server of Tornado."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from logging import Logger
from typing import Any

from jupyter_server.base.handlers import utcnow
from jupyter_server.utils import url_path_join
from tornado.httpserver import HTTPServer
from tornado.web import Application

from .carrying import Carrier, Door, take_over_proxied_requests
from .destinations import Destinations, PortPolicy
from .learned_fixes import LearnedFixes
from .named_apps import App, NamedApp
from .private_server import PrivateRouter, PrivateServer
from .processes import Processes
from .processes.log_file import log_folder, remove_stale_logs
from .recognition import Recognition
from .routes import Routes
from .runtime import PrivateFolder
from .sidecars import SidecarOptions, Sidecars

#: Where a Jupyter reads when its apps were last in use, among other things'.
LAST_ACTIVITY = "jupyter_porthole"


@dataclass(frozen=True)
class Server:
    """The server whose clients are served."""

    http_server: HTTPServer
    web_app: Application
    runtime_dir: str
    trust_xheaders: bool
    #: `max_body_size` and `max_buffer_size` of :class:`HTTPServer`, in bytes.
    limits: Mapping[str, int]


@dataclass(frozen=True)
class ServingOptions:
    """What the configuration says; see :class:`~.app.Porthole`."""

    routes: Routes
    named: Mapping[str, NamedApp]
    ports: PortPolicy
    node: str
    grant_ttl: float
    response_timeout: float
    handover: str
    sidecars: int
    #: What `{base_url}` stands for in the apps' options; ``None``: that of the routes.
    base_url: str | None = None


async def serve(
    stack: AsyncExitStack,
    server: Server,
    options: ServingOptions,
    *,
    apps: dict[str, App],
    learned_fixes: LearnedFixes | None = None,
    recognition: Recognition | None = None,
    log: Logger,
) -> None:
    """Serve proxied requests until the stack is closed.

    :param apps: is filled with the named apps.
    :param learned_fixes: ``None`` where nobody learns about apps.
    :param recognition: ``None`` where nobody else asks which apps there are.
    """
    routes = options.routes
    learned = learned_fixes or LearnedFixes()
    folder = PrivateFolder(server.runtime_dir)
    stack.callback(folder.remove)
    remove_stale_logs(server.runtime_dir, os.getpid())
    processes = Processes(folder.path, log_folder(server.runtime_dir, os.getpid()), log)
    for name, named in options.named.items():
        apps[name] = App(
            named,
            root=routes.roots[name],
            base_url=routes.base_url if options.base_url is None else options.base_url,
            processes=processes,
            trusts_other_users=options.ports.allow_ports_of_other_users,
        )
    destinations = Destinations(options.ports, apps, learned, recognition or Recognition())
    private_server = PrivateServer(
        PrivateRouter(server.web_app, routes, destinations, options.grant_ttl),
        folder.jupyter_socket,
        **server.limits,
    )
    stack.callback(private_server.stop)
    sidecars = Sidecars(
        options.sidecars,
        SidecarOptions(
            node=options.node,
            routes=routes,
            folder=folder,
            trust_xheaders=server.trust_xheaders,
            response_timeout=options.response_timeout,
        ),
        log,
        lambda: note_activity(server.web_app.settings),
    )
    sidecars.start()
    stack.push_async_callback(sidecars.stop)
    for app in apps.values():
        app.on_change(lambda name: sidecars.forget({"app": name}))
    learned.on_learned.append(sidecars.forget)
    carrier = Carrier(sidecars, passes_sockets=options.handover == "auto")
    stack.push_async_callback(carrier.close)
    take_over_proxied_requests(server.http_server, server.web_app, routes, carrier)
    if options.handover == "auto":
        stack.callback(Door(server.http_server, routes, carrier).close)
    # The last one, so that it is the first to end: apps are not to outlive their Jupyter.
    stack.push_async_callback(processes.close)


def routes_of(base_url: str, named: Mapping[str, NamedApp]) -> Routes:
    """Return the routes of a Jupyter: ports, and named apps below base_url."""
    return Routes(
        base_url, {name: url_path_join(base_url, app.path) for name, app in named.items()}
    )


def note_activity(settings: dict[str, Any]) -> None:
    """Let Jupyter know that it is in use; see `ServerWebApplication.last_activity`."""
    settings.setdefault("last_activity_times", {})[LAST_ACTIVITY] = utcnow()
