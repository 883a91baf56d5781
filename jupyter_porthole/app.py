"""The server extension: its settings, and how its parts are put together."""

from __future__ import annotations

import sys
from contextlib import AsyncExitStack

from jupyter_server.extension.application import ExtensionApp
from jupyter_server.serverapp import ServerApp
from traitlets import Bool, Float, Unicode, validate

from .grants import GrantPolicy
from .private_server import PrivateServer
from .routes import take_over_proxied_requests
from .runtime import PrivateFolder
from .sidecar import Sidecar, SidecarOptions


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

    allow_ports_of_other_users = Bool(
        False,
        help="""Whether ports are opened on which another user of this machine listens.
        Their program then runs inside this user's Jupyter. Only Linux can tell.""",
    ).tag(config=True)

    #: What is to be undone in the end; ``None`` until the start has succeeded.
    _running: AsyncExitStack | None = None

    @validate("grant_ttl", "response_timeout")
    def _not_negative(self, proposal):
        seconds = proposal["value"]
        if not 0 <= seconds < float("inf"):
            self.log.error(
                "Porthole.%s must be 0 or more seconds, not %s; the default is used.",
                proposal["trait"].name,
                seconds,
            )
            return proposal["trait"].default_value
        return seconds

    async def _start_jupyter_server_extension(self, serverapp: ServerApp) -> None:
        if sys.platform == "win32":
            self.log.error("jupyter-porthole doesn't run on Windows yet; web apps can't be opened.")
            return
        async with AsyncExitStack() as stack:
            folder = PrivateFolder(serverapp.runtime_dir)
            stack.callback(folder.remove)
            policy = GrantPolicy(self.grant_ttl, self.allow_ports_of_other_users)
            private_server = PrivateServer(serverapp, folder.jupyter_socket, policy)
            stack.callback(private_server.stop)
            options = SidecarOptions(
                node=self.node,
                base_url=serverapp.web_app.settings["base_url"],
                folder=folder,
                trust_xheaders=serverapp.trust_xheaders,
                response_timeout=self.response_timeout,
            )
            sidecar = Sidecar(options, self.log)
            sidecar.start()
            stack.push_async_callback(sidecar.stop)
            stack.push_async_callback(take_over_proxied_requests(serverapp, sidecar).close)
            self._running = stack.pop_all()

    async def stop_extension(self) -> None:
        """End with Jupyter, in the reverse order of the start."""
        if self._running is not None:
            await self._running.aclose()
