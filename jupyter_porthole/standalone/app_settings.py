"""What is said about the app itself, on the command line and in files."""

from __future__ import annotations

import os
import re
from typing import Any

from traitlets import Bool, Callable, Enum, Float, Instance, List, Unicode, Union
from traitlets.config import Configurable

from ..named_apps import NamedApp
from ..named_apps.options import AppOptions, read_options
from ..named_apps.templates import OptionError
from .errors import UsageError
from .pairs import Pairs


class ServerProcess(Configurable):
    """The app: its name is what configurations written for jupyter-server-proxy say."""

    environment = Pairs(
        help="""Environment variables of the app. {port}, {unix_socket} and {base_url} are
        filled in, as in the command. In a file, a function may return them.""",
    ).tag(config=True)

    timeout = Float(60.0, help="""How long the app may take until it is ready, in seconds.""").tag(
        config=True
    )

    absolute_url = Bool(
        False, help="""Whether the app gets request paths with base_url in front."""
    ).tag(config=True)

    unix_socket = Union(
        [Bool(False), Unicode()],
        default_value=None,
        allow_none=True,
        help="""A Unix socket for the app to listen on instead of a port: its path, or True for
        a new one.""",
    ).tag(config=True)

    mappath = Pairs(
        help="""Request paths that ask the app for others: --mappath /=/index.html. In a file, a
        function of `path` may return the other one.""",
    ).tag(config=True)

    request_headers_override = Pairs(
        help="""Header fields that are set in each request to the app; templates as in the
        command.""",
    ).tag(config=True)

    rewrite_response = Union(
        [Callable(), List(Callable())],
        default_value=[],
        help="""A function, or several, that rewrites responses; in files only.""",
    ).tag(config=True)

    update_last_activity = Union(
        [Bool(), Callable()],
        default_value=True,
        help="""Whether requests count as activity; in a file, a function of the request's
        handler may tell.""",
    ).tag(config=True)

    exclude_last_activity_patterns = List(
        Union([Unicode(), Instance(re.Pattern)]),
        help="""Regular expressions of request paths, base_url included, that don't count as
        activity.""",
    ).tag(config=True)

    raw_socket_proxy = Bool(
        False,
        help="""Whether WebSockets carry the bare bytes of an app that speaks no HTTP, as
        websockify does.""",
    ).tag(config=True)

    # Those that jupyter-server-proxy doesn't have

    cwd = Unicode("", help="""The folder to start the app in. Empty: the current one.""").tag(
        config=True
    )

    readiness_path = Unicode(
        "",
        help="""A path that the app answers by a status below 400 when it is ready. Empty: any
        answer to / will do.""",
    ).tag(config=True)

    host = Enum(
        ["target", "client"],
        default_value="target",
        help="""Whether the app gets its own address as Host, Origin and Referer, or the
        client's.""",
    ).tag(config=True)

    restart = Enum(
        ["on-failure", "always", "never"],
        default_value="on-failure",
        help="""When the app is started again after it has ended.""",
    ).tag(config=True)

    https = Bool(False, help="""Whether the app speaks HTTPS.""").tag(config=True)

    verify_certificate = Bool(
        True, help="""Whether the certificate of an app that speaks HTTPS is checked."""
    ).tag(config=True)

    certificate_authorities = Unicode(
        "",
        help="""A file in PEM with the authorities that may have signed that certificate. Empty:
        the usual ones.""",
    ).tag(config=True)

    def named_app(self, command: Any, port: int) -> NamedApp:
        """Make the app of all that.

        :param command: a list, or a function that returns one; empty if somebody else runs it.
        :param port: the app's; 0 for a free one.
        :raises UsageError: if it makes no sense.
        """
        if not command and not port and not isinstance(self.unix_socket, str):
            raise UsageError(
                "say which app: a command after --, or --server-port or --unix-socket of one "
                "that somebody else runs"
            )
        known = AppOptions.class_trait_names()
        given = {name: getattr(self, name) for name in self.trait_names() if name in known}
        try:
            options, _ = read_options(
                _name_of(command), {**given, "command": command, "port": port}
            )
        except OptionError as error:
            raise UsageError(str(error)) from error
        return NamedApp(options, "the command line")


def _name_of(command: Any) -> str:
    """Return what the app is called: its program's name."""
    program = os.path.basename(command[0]) if isinstance(command, list) and command else ""
    return program.strip("{}") or "app"
