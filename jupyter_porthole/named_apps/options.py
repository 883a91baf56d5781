"""What can be said about a named app.

The options, their meanings and their defaults are those of jupyter-server-proxy's
`ServerProcess` and `LauncherEntry`, and some more.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from traitlets import (
    Bool,
    Callable,
    Dict,
    Enum,
    Float,
    HasTraits,
    Instance,
    Int,
    List,
    TraitError,
    Unicode,
    Union,
    validate,
)

from ..sub_paths import FIXES, SUB_PATHS
from .templates import OptionError

#: The field's own word for a path that may come as an object, too.
PathLike = (Unicode(), Instance(Path))


class LauncherEntry(HasTraits):
    """An app's tile in the launcher."""

    enabled = Bool(True)
    icon_path = Union(PathLike, default_value="")
    title = Unicode()
    path_info = Unicode()
    category = Unicode("Notebook")


class AppOptions(HasTraits):
    """The options of one app."""

    name = Unicode()
    #: Empty if somebody else runs it. Templates and functions as with `environment`.
    command = Union([List(Unicode()), Callable()])
    #: Templates: `{port}`, `{unix_socket}`, `{base_url}`; functions get what they name of these.
    environment = Union([Dict(Unicode()), Callable()], default_value={})
    #: How long it may take until it is ready, in seconds.
    timeout = Float(5.0)
    #: Whether it gets paths with their prefix.
    absolute_url = Bool(False)
    #: 0 for a free one.
    port = Int(0)
    #: A path; ``True`` for a new one each time. It counts more than `port`.
    unix_socket = Union([Bool(False), *PathLike], default_value=None, allow_none=True)
    #: Which paths are asked for by others, or a function of `path`.
    mappath = Union([Dict(Unicode()), Callable()], default_value={})
    launcher_entry = Instance(LauncherEntry)
    #: Whether the tile opens a tab of the browser instead of JupyterLab.
    new_browser_tab = Bool(True)
    request_headers_override = Union([Dict(Unicode()), Callable()], default_value={})
    rewrite_response = Union([Callable(), List(Callable())], default_value=[])
    #: Whether requests count as activity, or a function of the request's handler.
    update_last_activity = Union([Bool(), Callable()], default_value=True)
    #: Paths that don't count.
    exclude_last_activity_patterns = List(Union([Unicode(), Instance(re.Pattern)]))
    #: Whether WebSockets carry the bare bytes of an app that speaks no HTTP.
    raw_socket_proxy = Bool(False)

    # Those that jupyter-server-proxy doesn't have

    #: See :data:`.sub_paths.SubPath`.
    sub_path = Enum(SUB_PATHS, default_value="auto")
    #: The folder to start it in; empty for Jupyter's own.
    cwd = Union(PathLike, default_value="")
    #: A path that answers below 400 when it is ready; empty: any answer to `/` will do.
    readiness_path = Unicode("")
    #: Whether it gets its own address as `Host`, `Origin` and `Referer`, or the client's.
    host = Enum(["target", "client"], default_value="target")
    restart = Enum(["on-failure", "always", "never"], default_value="on-failure")
    #: Whether it speaks HTTPS.
    https = Bool(False)
    verify_certificate = Bool(True)
    #: A file in PEM; empty for the usual authorities.
    certificate_authorities = Union(PathLike, default_value="")

    @validate("exclude_last_activity_patterns")
    def _compile(self, proposal: Any) -> list[re.Pattern[str]]:
        try:
            return [re.compile(pattern) for pattern in proposal["value"]]
        except re.error as error:
            raise TraitError(f"exclude_last_activity_patterns: {error}") from error

    @validate("port")
    def _check_port(self, proposal: Any) -> int:
        if not 0 <= proposal["value"] <= 65535:
            raise TraitError(f"{proposal['value']} is no port: a number from 1 to 65535, or 0")
        return proposal["value"]

    @validate("unix_socket")
    def _check_socket(self, proposal: Any) -> Any:
        if "\0" in str(proposal["value"]):
            raise TraitError("unix_socket: a path can't hold a zero byte")
        return proposal["value"]

    @property
    def keeps_prefix(self) -> bool:
        """Whether it gets paths with their prefix."""
        return self.absolute_url or self.sub_path == "absolute"

    @property
    def fix(self) -> str:
        """What is done with its pages (`Fix` in ``src/protocol/grant.ts``)."""
        return "never" if self.absolute_url else FIXES[self.sub_path]

    @property
    def is_plain(self) -> bool:
        """Whether nothing here is about its paths, so that it may be told where it lives."""
        return self.fix == "auto" and not (
            self.rewriters or self.mappath or self.request_headers_override or self.raw_socket_proxy
        )

    @property
    def rewriters(self) -> list[Any]:
        """The functions that rewrite responses, in their order."""
        functions = self.rewrite_response
        return list(functions) if isinstance(functions, (list, tuple)) else [functions]

    @property
    def socket_path(self) -> str | None:
        """The Unix socket: a path, empty for a new one each time, ``None`` for a port."""
        if self.unix_socket is True:
            return ""
        return os.fspath(self.unix_socket) if self.unix_socket else None


def read_options(name: str, given: Any) -> tuple[AppOptions, list[str]]:
    """Make options of what a configuration or a package says.

    :param given: a dictionary, or an object of jupyter-server-proxy's `ServerProcess`.
    :returns: the options, and the names of those that aren't known.
    :raises OptionError: if it is neither, or any of it makes no sense.
    """
    values = _as_dictionary(given)
    entry = _as_dictionary(values.pop("launcher_entry", None) or {})
    known = AppOptions.class_trait_names()
    unknown = [key for key in values if key not in known]
    kept = {key: value for key, value in values.items() if key in known}
    try:
        kept["launcher_entry"] = LauncherEntry(
            **{
                key: value
                for key, value in entry.items()
                if key in LauncherEntry.class_trait_names()
            }
        )
        options = AppOptions(**{**kept, "name": kept.get("name") or name})
    except (TraitError, TypeError) as error:
        raise OptionError(str(error)) from error
    tile = options.launcher_entry
    tile.title = tile.title or options.name
    tile.path_info = tile.path_info or f"{options.name}/"
    if (
        not options.command
        and not options.port
        and not isinstance(options.unix_socket, (str, Path))
    ):
        raise OptionError("it has no command, no port and no path of a Unix socket")
    return options, unknown


def _as_dictionary(given: Any) -> dict[str, Any]:
    if isinstance(given, Mapping):
        return {str(key): value for key, value in given.items()}
    if isinstance(given, HasTraits):
        # jupyter-server-proxy's own class, which says the same by traits.
        names = {*AppOptions.class_trait_names(), *LauncherEntry.class_trait_names()}
        return {key: getattr(given, key) for key in names if given.has_trait(key)}
    raise OptionError(f"it is a {type(given).__name__}, not a dictionary")
