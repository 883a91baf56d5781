"""A server that has nothing to serve but one app."""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from logging import Logger
from typing import Any

from jupyter_server.base.handlers import utcnow
from jupyter_server.log import log_request
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application

from ..destinations import PortPolicy
from ..named_apps import App, NamedApp
from ..routes import Routes
from ..serving import LAST_ACTIVITY, Server, ServingOptions, serve
from .access import Access
from .activity import HubActivity, report_activity
from .errors import StandaloneError
from .pages import ERROR_PAGE_POLICY, error_pages
from .tls import Certificates


@dataclass(frozen=True)
class StandaloneOptions:
    """What the command line says; see :class:`~.application.StandaloneProxyServer`."""

    #: Where the app is seen, without the last slash; empty for the root.
    root: str
    address: str
    port: int
    certificates: Certificates
    app: NamedApp
    access: Access
    activity: HubActivity | None
    #: In seconds.
    activity_interval: float
    trust_xheaders: bool
    allow_remote_access: bool
    runtime_dir: str
    node: str
    grant_ttl: float
    response_timeout: float


async def start(stack: AsyncExitStack, options: StandaloneOptions, log: Logger) -> str:
    """Serve the app until the stack is closed.

    :returns: the address that it is seen at.
    :raises StandaloneError: if it can't be.
    """
    context = options.certificates.for_clients()
    try:
        sockets = bind_sockets(options.port, options.address)
    except OSError as error:
        raise StandaloneError(
            f"can't listen on {options.address or '*'}:{options.port}: {error.strerror}"
        ) from error
    for socket in sockets:
        stack.callback(socket.close)
    web_app = _make_web_app(options)
    http_server = HTTPServer(web_app, ssl_options=context, xheaders=options.trust_xheaders)
    stack.push_async_callback(http_server.close_all_connections)
    stack.callback(http_server.stop)
    server = Server(
        http_server=http_server,
        web_app=web_app,
        runtime_dir=options.runtime_dir,
        trust_xheaders=options.trust_xheaders,
        limits={},
    )
    apps: dict[str, App] = {}
    await serve(stack, server, _serving_options(options), apps=apps, log=log)
    # Whoever comes earlier waits: nobody is to find the server without what is before it.
    http_server.add_sockets(sockets)
    _start_reports(stack, options, web_app.settings, log)
    host, port = sockets[0].getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    return f"{'http' if context is None else 'https'}://{shown}:{port}{options.root}/"


def _make_web_app(options: StandaloneOptions) -> Application:
    access = options.access
    return Application(
        [(re.escape(path), *answering) for path, answering in access.handlers.items()],
        base_url=f"{options.root}/",
        identity_provider=access.identity_provider,
        authorizer=access.authorizer,
        cookie_secret=secrets.token_bytes(32),
        allow_remote_access=options.allow_remote_access,
        headers={"Content-Security-Policy": ERROR_PAGE_POLICY, **access.headers},
        jinja2_env=error_pages(),
        # Tornado's own would log addresses with the tokens in them.
        log_function=log_request,
        **access.settings,
    )


def _serving_options(options: StandaloneOptions) -> ServingOptions:
    name = options.app.options.name
    return ServingOptions(
        routes=Routes(
            f"{options.root}/",
            {name: options.root},
            has_ports=False,
            own_paths=tuple(options.access.handlers),
        ),
        named={name: options.app},
        ports=PortPolicy(
            allow_ports_of_other_users=False, allowed_hosts=[], rewriters=[], sub_paths={}
        ),
        node=options.node,
        grant_ttl=options.grant_ttl,
        response_timeout=options.response_timeout,
        handover="auto",
        sidecars=1,
        # Commands written for `jupyter standaloneproxy` expect it so.
        base_url=options.root,
    )


def _start_reports(
    stack: AsyncExitStack, options: StandaloneOptions, settings: dict[str, Any], log: Logger
) -> None:
    if options.activity is None or options.activity_interval <= 0:
        return
    started = utcnow()

    def last_activity() -> datetime:
        return settings.get("last_activity_times", {}).get(LAST_ACTIVITY, started)

    reports = asyncio.ensure_future(
        report_activity(
            options.activity,
            options.activity_interval,
            last_activity,
            options.certificates.for_hub(),
            log,
        )
    )

    async def stop() -> None:
        reports.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reports

    stack.push_async_callback(stop)
