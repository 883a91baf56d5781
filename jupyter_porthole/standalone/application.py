"""The command `jupyter porthole standalone`."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from inspect import cleandoc
from typing import Any

from jupyter_core.application import JupyterApp, NoStart
from traitlets import Bool, Callable, List, Unicode, Union, default
from traitlets.config import Configurable

from .access import Access, open_access
from .activity import HubActivity
from .app_settings import ServerProcess
from .errors import StandaloneError, UsageError
from .server import StandaloneOptions, start
from .server_settings import ServerSettings

USAGE = "jupyter porthole standalone [options] -- command ..."

#: What a hub tells whomever it starts.
OF_HUB = ("JUPYTERHUB_API_TOKEN", "JUPYTERHUB_CLIENT_ID")

#: Options that can only be functions.
FILES_ONLY = ("rewrite_response",)


def _options_of(*classes: type[Configurable]) -> dict[str, Any]:
    """Return the traits that the command line takes, by their names."""
    return {
        name: trait
        for settings in classes
        for name, trait in settings.class_own_traits(config=True).items()
        if name not in FILES_ONLY
    }


OPTIONS = _options_of(ServerSettings, ServerProcess)


def _aliases() -> dict[Any, Any]:
    own = {name.replace("_", "-"): f"StandaloneProxyServer.{name}" for name in OPTIONS}
    return {**JupyterApp.aliases, **own}


def _flags() -> dict[Any, Any]:
    """Return the options that need no value; they may have one all the same."""
    # Nothing is asked here that could be answered by yes.
    inherited = {key: flag for key, flag in JupyterApp.flags.items() if key != "y"}
    own = {
        name.replace("_", "-"): ({"StandaloneProxyServer": {name: True}}, cleandoc(trait.help))
        for name, trait in OPTIONS.items()
        if isinstance(trait, Bool) and not trait.default_value
    }
    return {**inherited, **own}


class StandaloneProxyServer(JupyterApp, ServerSettings, ServerProcess):
    """The application: its name is what configurations written for the other one say."""

    name = "jupyter-porthole-standalone"
    description = f"""
    Serve one web app in the place of `jupyterhub-singleuser`: behind JupyterHub's login, or
    without any, and without a Jupyter around it.

    Usage: {USAGE}
    """
    examples = cleandoc("""
    jupyter porthole standalone -- voila --port={port} --no-browser notebook.ipynb
    jupyter porthole standalone --no-authentication -- streamlit run app.py --server.port={port}
    """)
    aliases = _aliases()
    flags = _flags()

    command = Union(
        [List(Unicode()), Callable()],
        help="""The app's command: what follows -- on the command line. {port}, {unix_socket} and
        {base_url} are filled in, the last one without its last slash. In a file, a function may
        return it. Empty: somebody else runs the app, on server_port or unix_socket.""",
    ).tag(config=True)

    @default("command")
    def _command_default(self) -> list[str]:
        return self.extra_args

    @default("config_file_name")
    def _config_file_name_default(self) -> str:
        # That of `jupyter standaloneproxy`, whose configurations count here.
        return "jupyter_standalone_proxy_config"

    def emit_alias_help(self) -> Iterator[str]:
        """Tell about the command, too."""
        yield from super().emit_alias_help()
        _, *text = self.class_get_trait_help(type(self).command).splitlines()
        yield "command ..."
        yield from (line for line in text if not line.lstrip().startswith("Default"))

    def run(self) -> int:
        """Serve until a signal comes, and return the exit status."""
        try:
            self.start()
            if self.show_config or self.show_config_json:
                return 0
            return asyncio.run(self._serve(self._read_options()))
        except NoStart:
            # It was to write a configuration file.
            return 0
        except StandaloneError as error:
            usage = f"usage: {USAGE}\n" if isinstance(error, UsageError) else ""
            print(f"{usage}jupyter porthole standalone: {error}", file=sys.stderr)
            return error.status

    async def _serve(self, options: StandaloneOptions) -> int:
        ending = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, ending.set)
        async with AsyncExitStack() as stack:
            address = await start(stack, options, self.log)
            self.log.info("The app is at %s", address)
            await ending.wait()
        return 0

    def _read_options(self) -> StandaloneOptions:
        if sys.platform == "win32":
            raise StandaloneError("it doesn't run on Windows yet")
        _join_tornado(self.log)
        return StandaloneOptions(
            root=self.base_url,
            address=self.address,
            port=self.port,
            certificates=self.certificates,
            app=self.named_app(self.command, self.server_port),
            access=self._access(),
            activity=HubActivity.from_environment(),
            activity_interval=self.activity_interval,
            trust_xheaders=self.trust_xheaders,
            allow_remote_access=self.allow_remote_access,
            runtime_dir=self.runtime_dir,
            node=self.node,
            grant_ttl=self.grant_ttl,
            response_timeout=self.response_timeout,
        )

    def _access(self) -> Access:
        if self.no_authentication:
            self.log.warning("There is no authentication: whoever can connect can use the app.")
            return open_access(self)
        missing = [name for name in OF_HUB if not os.environ.get(name)]
        if missing:
            raise StandaloneError(
                f"{' and '.join(missing)} not set: authentication needs a JupyterHub that starts "
                "this command; or let everyone in by --no-authentication"
            )
        try:
            # It takes seconds.
            from .hub import hub_access
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != "jupyterhub":
                raise
            raise StandaloneError(
                'authentication needs jupyterhub: pip install "jupyter-porthole[standalone]"; '
                "or let everyone in by --no-authentication"
            ) from error
        return hub_access(self, f"{self.base_url}/")


def _join_tornado(log: logging.Logger) -> None:
    """Let what Tornado and jupyterhub log go where the rest goes.

    From warnings on only: what jupyterhub says below that names sessions.
    """
    tornado = logging.getLogger("tornado")
    tornado.parent = log
    tornado.setLevel(logging.WARNING)


def main(argv: Sequence[str], version: str) -> int:
    """Run a command line and return the exit status."""
    application = StandaloneProxyServer.instance(version=version)
    application.initialize(list(argv))
    return application.run()
