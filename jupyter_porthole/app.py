"""The server extension: its settings, and how its parts are put together."""

from __future__ import annotations

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
        self._folder = PrivateFolder(serverapp.runtime_dir)
        self._private_server = PrivateServer(
            serverapp,
            self._folder.jupyter_socket,
            GrantPolicy(self.grant_ttl, self.allow_ports_of_other_users),
        )
        self._sidecar = Sidecar(
            SidecarOptions(
                node=self.node,
                base_url=serverapp.web_app.settings["base_url"],
                folder=self._folder,
                trust_xheaders=serverapp.trust_xheaders,
                response_timeout=self.response_timeout,
            ),
            self.log,
        )
        take_over_proxied_requests(serverapp, self._sidecar)
        self._sidecar.start()

    async def stop_extension(self) -> None:
        """End the sidecar with Jupyter."""
        await self._sidecar.stop()
        self._private_server.stop()
        self._folder.remove()
