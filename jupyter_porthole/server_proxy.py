"""The configuration of jupyter-server-proxy, which counts here as it did there."""

from __future__ import annotations

from logging import Logger
from typing import Any

from traitlets import Any as AnyTrait
from traitlets import Callable, Dict, List, TraitError, Tuple, Union
from traitlets.config import Configurable

#: The hosts that may be reached as `proxy/<host>:<port>/`, if nothing else is said.
DEFAULT_HOSTS = ("localhost", "127.0.0.1")


class ServerProxy(Configurable):
    """`c.ServerProxy`: its name is what configurations written for the other one say."""

    servers = Dict(
        value_trait=AnyTrait(),
        help="""Named apps: their options by their names, as for `Porthole.apps`.""",
    ).tag(config=True)

    non_service_rewrite_response = Union(
        [List(), Tuple(), Callable()],
        default_value=(),
        help="""A function, or several, that rewrites the responses of ports; see
        `rewrite_response` of an app.""",
    ).tag(config=True)

    host_allowlist = Union(
        [List(), Callable()],
        default_value=list(DEFAULT_HOSTS),
        help="""The hosts that may be reached as `proxy/<host>:<port>/`, or a function of the
        request's handler and the host that tells.""",
    ).tag(config=True)

    host_whitelist = Union(
        [List(), Callable()], default_value=[], help="""Deprecated: use host_allowlist."""
    ).tag(config=True)

    @property
    def allowed_hosts(self) -> Any:
        """Whichever of the two is set; the newer one counts more."""
        is_default = list(DEFAULT_HOSTS) == self.host_allowlist
        return self.host_whitelist if is_default and self.host_whitelist else self.host_allowlist

    @property
    def rewriters(self) -> list[Any]:
        """The functions that rewrite responses of ports, in their order."""
        functions = self.non_service_rewrite_response
        return list(functions) if isinstance(functions, (list, tuple)) else [functions]


def read_server_proxy(parent: Configurable, log: Logger) -> ServerProxy:
    """Read the configuration; what can't be used is logged, and the defaults count."""
    try:
        server_proxy = ServerProxy(parent=parent)
    except TraitError as error:
        log.error("c.ServerProxy can't be used: %s", error)
        return ServerProxy()
    if server_proxy.host_whitelist:
        log.warning("ServerProxy.host_whitelist is deprecated: use ServerProxy.host_allowlist.")
    return server_proxy
