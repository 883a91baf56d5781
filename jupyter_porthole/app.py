"""The server extension: its settings, and how its parts are put together."""

from __future__ import annotations

import sys
from contextlib import AsyncExitStack
from typing import ClassVar

from jupyter_server.extension.application import ExtensionApp
from jupyter_server.serverapp import ServerApp
from traitlets import Any, Bool, Dict, Float, Integer, Unicode, validate

from .destinations import PortPolicy
from .exports import exported
from .learned_fixes import LearnedFixes
from .named_apps import App
from .named_apps.sources import find_apps
from .recognition import Recognition
from .rest import app_routes, fix_routes, port_routes, servers_info_routes
from .server_proxy import ServerProxy, read_server_proxy
from .serving import Server, ServingOptions, routes_of, serve
from .strays import Strays, watch_strays
from .sub_paths import read_sub_paths


class Porthole(ExtensionApp):
    """Forwards requests below `<base_url>proxy/` to web apps on localhost ports."""

    name = "jupyter_porthole"
    description = "See the web apps that run beside Jupyter, in Jupyter."

    node = Unicode(
        "",
        help="""The Node to run the sidecar with, 22.22.2 or newer: a path or a command's
        name. Empty: the one that was installed with jupyter-porthole.""",
    ).tag(config=True)

    grant_ttl = Float(
        5.0,
        help="""How long Jupyter's answer to the question whether a user may reach an app
        is remembered, in seconds. 0: every single request is asked about.""",
    ).tag(config=True)

    response_timeout = Float(
        0.0,
        help="""How long an app may take until its answer begins, in seconds.
        0: as long as it likes.""",
    ).tag(config=True)

    handover = Unicode(
        "auto",
        help="""How connections get to the sidecar. "auto": the open socket itself is passed
        on wherever that is possible; "relay": Jupyter carries all bytes to it and back.""",
    ).tag(config=True)

    sidecars = Integer(
        1,
        help="""How many sidecar processes share the work. One is enough for most: more pay
        where many users or busy apps meet many cores.""",
    ).tag(config=True)

    allow_ports_of_other_users = Bool(
        False,
        help="""Whether ports are opened on which another user of this machine listens.
        Their program then runs inside this user's Jupyter. Only Linux can tell.""",
    ).tag(config=True)

    sub_paths = Dict(
        value_trait=Unicode(),
        help="""How apps on ports live below their public path, by ports: "strip": they get paths
        without it; "absolute": with it; "fix": without it, and their pages are corrected, which
        name paths from the root; "auto", the default: corrected if they need it.""",
    ).tag(config=True)

    exports = Bool(
        True,
        help="""Whether kernels, terminals and named apps are told where their ports are shown,
        by TENSORBOARD_PROXY_URL, DASK_DISTRIBUTED__DASHBOARD__LINK and, where their values are
        known, JUPYTER_BOKEH_EXTERNAL_URL and VSCODE_PROXY_URI. Those that Jupyter's own
        environment has are left as they are.""",
    ).tag(config=True)

    apps = Dict(
        value_trait=Any(),
        help="""Named apps, each at `<base_url><name>/`: their options by their names. Options are
        those of jupyter-server-proxy (command, environment, timeout, absolute_url, port,
        unix_socket, mappath, launcher_entry, new_browser_tab, request_headers_override,
        rewrite_response, update_last_activity, exclude_last_activity_patterns,
        raw_socket_proxy) and sub_path, cwd, readiness_path, host, restart, https,
        verify_certificate, certificate_authorities.""",
    ).tag(config=True)

    classes: ClassVar = [ServerProxy]

    #: What is to be undone in the end; ``None`` until the start has succeeded.
    _running: AsyncExitStack | None = None

    #: The named apps, by their names; none until the start.
    _apps: dict[str, App]

    #: Recognises the others.
    _recognition: Recognition

    #: The apps whose pages need the fix for sub-paths, as far as that was learned.
    _learned_fixes: LearnedFixes

    @validate("grant_ttl", "response_timeout")
    def _not_negative(self, proposal):
        is_valid = 0 <= proposal["value"] < float("inf")
        return self._valid(proposal, is_valid, "0 or more seconds")

    @validate("handover")
    def _known(self, proposal):
        return self._valid(proposal, proposal["value"] in ("auto", "relay"), '"auto" or "relay"')

    @validate("sub_paths")
    def _known_sub_paths(self, proposal):
        is_valid = read_sub_paths(proposal["value"]) is not None
        return self._valid(
            proposal, is_valid, 'ports with "auto", "strip", "absolute" or "fix": {8501: "fix"}'
        )

    @validate("sidecars")
    def _some(self, proposal):
        return self._valid(proposal, proposal["value"] >= 1, "1 or more")

    def _valid(self, proposal, is_valid: bool, expected: str):
        """Return a configured value if it makes sense; else say so and return the default."""
        trait, value = proposal["trait"], proposal["value"]
        if is_valid:
            return value
        self.log.error(
            "Porthole.%s must be %s, not %r; the default is used.", trait.name, expected, value
        )
        return trait.default(self)

    def initialize_handlers(self) -> None:
        """Add what Jupyter itself answers; before jupyter-server-proxy, which has the same."""
        self._apps = {}
        self._learned_fixes = LearnedFixes()
        self._recognition = Recognition()
        # Patterns are joined with base_url.
        self.handlers.extend(
            [
                *app_routes(self._apps),
                *port_routes(self._apps, self._recognition),
                *fix_routes(self._apps, self._learned_fixes),
                *servers_info_routes(self._apps),
            ]
        )

    async def _start_jupyter_server_extension(self, serverapp: ServerApp) -> None:
        if sys.platform == "win32":
            self.log.error("jupyter-porthole doesn't run on Windows yet; web apps can't be opened.")
            return
        server_proxy = read_server_proxy(serverapp, self.log)
        named = find_apps(server_proxy.servers, self.apps, self.log)
        other = serverapp.extension_manager.extensions.get("jupyter_server_proxy")
        if other is not None and other.enabled:
            self.log.info(
                "jupyter-server-proxy is installed, too; jupyter-porthole serves its addresses."
            )
        options = ServingOptions(
            routes=routes_of(serverapp.web_app.settings["base_url"], named),
            named=named,
            ports=PortPolicy(
                self.allow_ports_of_other_users,
                server_proxy.allowed_hosts,
                server_proxy.rewriters,
                read_sub_paths(self.sub_paths) or {},
            ),
            node=self.node,
            grant_ttl=self.grant_ttl,
            response_timeout=self.response_timeout,
            handover=self.handover,
            sidecars=self.sidecars,
        )
        server = Server(
            http_server=serverapp.http_server,
            web_app=serverapp.web_app,
            runtime_dir=serverapp.runtime_dir,
            trust_xheaders=serverapp.trust_xheaders,
            limits={
                "max_body_size": serverapp.max_body_size,
                "max_buffer_size": serverapp.max_buffer_size,
            },
        )
        async with AsyncExitStack() as stack:
            await serve(
                stack,
                server,
                options,
                apps=self._apps,
                learned_fixes=self._learned_fixes,
                recognition=self._recognition,
                log=self.log,
            )
            watch_strays(
                serverapp.web_app,
                Strays(options.routes, self._apps, self._learned_fixes, self.log),
            )
            if self.exports:
                base_url = serverapp.web_app.settings["base_url"]
                stack.enter_context(exported(base_url, serverapp.custom_display_url))
            self._running = stack.pop_all()

    async def stop_extension(self) -> None:
        """End with Jupyter, in the reverse order of the start."""
        if self._running is not None:
            await self._running.aclose()
