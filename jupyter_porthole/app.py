"""The server extension: its settings, and how its parts are put together."""

from __future__ import annotations

import sys
from contextlib import AsyncExitStack

from jupyter_server.extension.application import ExtensionApp
from jupyter_server.serverapp import ServerApp
from traitlets import Bool, Float, Integer, Unicode, validate

from .carrier import Carrier
from .door import Door
from .grants import GrantPolicy
from .private_server import PrivateServer
from .routes import proxied_root, take_over_proxied_requests
from .runtime import PrivateFolder
from .sidecar import SidecarOptions
from .sidecars import Sidecars


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

    #: What is to be undone in the end; ``None`` until the start has succeeded.
    _running: AsyncExitStack | None = None

    @validate("grant_ttl", "response_timeout")
    def _not_negative(self, proposal):
        is_valid = 0 <= proposal["value"] < float("inf")
        return self._valid(proposal, is_valid, "0 or more seconds")

    @validate("handover")
    def _known(self, proposal):
        return self._valid(proposal, proposal["value"] in ("auto", "relay"), '"auto" or "relay"')

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
        return trait.default_value

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
            sidecars = Sidecars(self.sidecars, options, self.log)
            sidecars.start()
            stack.push_async_callback(sidecars.stop)
            carrier = Carrier(sidecars, passes_sockets=self.handover == "auto")
            stack.push_async_callback(carrier.close)
            take_over_proxied_requests(serverapp, carrier)
            if self.handover == "auto":
                door = Door(serverapp.http_server, proxied_root(serverapp.web_app), carrier)
                stack.callback(door.close)
            self._running = stack.pop_all()

    async def stop_extension(self) -> None:
        """End with Jupyter, in the reverse order of the start."""
        if self._running is not None:
            await self._running.aclose()
