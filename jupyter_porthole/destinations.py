"""Where a granted request goes: to a port here, to one of another host, or to a named app."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from ipaddress import IPv6Address, ip_address
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import ensure_async

from .learned_fixes import LearnedFixes
from .listening.ports import LOOPBACK, find_listeners, local_addresses
from .named_apps import App
from .recognition import Recognised, Recognition
from .recognition.own_prefixes import Home, find_home
from .refusals import RefusalError
from .sub_paths import FIXES, SubPath

#: Names of this machine, and where they lead. Nobody is asked for them.
OWN_NAMES = {
    "localhost": LOOPBACK,
    "127.0.0.1": LOOPBACK[:1],
    "::1": LOOPBACK[1:],
}


@dataclass(frozen=True)
class PortPolicy:
    """What the configuration says about ports."""

    allow_ports_of_other_users: bool
    #: Hosts, or a function of a handler and a host.
    allowed_hosts: Any
    #: Functions that rewrite responses.
    rewriters: list[Any]
    #: How the apps live there, where it isn't found out.
    sub_paths: Mapping[int, SubPath]


@dataclass(frozen=True)
class Rewriting:
    """Which functions rewrite a response, and what they are told about where it comes from."""

    functions: list[Any]
    host: str
    #: As it stands in the address, or a named app's port; jupyter-server-proxy's functions
    #: expect it so.
    port: str | int


class Destinations:
    """Makes the part of a grant that says where a request goes, and how."""

    def __init__(
        self,
        policy: PortPolicy,
        apps: Mapping[str, App],
        learned_fixes: LearnedFixes,
        recognition: Recognition,
    ) -> None:
        """Keep what the configuration says, and what is known besides."""
        self._recognition = recognition
        self._policy = policy
        self._apps = apps
        self._learned_fixes = learned_fixes

    async def find(self, question: dict[str, Any], handler: JupyterHandler) -> dict[str, Any]:
        """Answer a question (``src/protocol/grant.ts``).

        :raises RefusalError: if it can't go there.
        """
        place = question["place"]
        if "app" in place:
            app = self._apps[place["app"]]
            destination = await app.grant(question, handler)
            known = self._recognition.by_process(app.port) if app.port else None
            destination |= {**_known(known), "pagesAt": "", "earlier": None}
        else:
            destination = await self._find_port(question, handler)
        if destination["fix"] == "auto" and self._learned_fixes.needs_fix(place):
            destination["fix"] = "always"
        return destination

    async def _find_port(self, question: dict[str, Any], handler: JupyterHandler) -> dict[str, Any]:
        port, host = question["place"]["port"], question["place"]["host"]
        if host is None:
            addresses, is_watched = self._own(port, LOOPBACK)
        else:
            addresses, is_watched = await self._of_host(host, port, handler)
        sub_path = "absolute" if question["absolute"] else self._policy.sub_paths.get(port, "auto")
        known = (
            await self._recognition.for_request(port, question["page"]) if host is None else None
        )
        home = Home()
        if known is not None and port not in self._policy.sub_paths:
            home = find_home(
                known.own_prefix, handler.base_url, port, absolute=question["absolute"]
            )
        if home.keeps_prefix:
            sub_path = "absolute"
        # It is told where nobody listens now.
        earlier = self._recognition.earlier.on(port) if host is None and known is None else None
        return {
            "target": {"addresses": addresses, "port": port},
            "tls": None,
            "title": known.title if known is not None else "",
            "host": f"{host or 'localhost'}:{port}",
            "keepsPrefix": sub_path == "absolute",
            **_known(known),
            "pagesAt": home.pages_at,
            "earlier": asdict(earlier) if earlier is not None else None,
            "fix": FIXES[sub_path],
            "paths": {},
            "mappedTo": None,
            "requestHeaders": [],
            "rewrites": bool(self._policy.rewriters),
            "isRawSocket": False,
            "isActivity": True,
            "isForPath": False,
            # Whoever comes to listen there next must be looked at first.
            "isForRequest": is_watched,
        }

    def rewriting(self, place: dict[str, Any]) -> Rewriting:
        """Return how the responses of a place are rewritten."""
        if "app" not in place:
            host = place["host"] or "localhost"
            return Rewriting(self._policy.rewriters, host, str(place["port"]))
        app = self._apps[place["app"]]
        return Rewriting(app.options.rewriters, "localhost", app.port)

    def _own(self, port: int, addresses: tuple[str, ...]) -> tuple[list[str], bool]:
        """Return which of this machine's addresses take a connection, unless it is a stranger.

        :returns: and whether nobody is known to listen there yet.
        """
        if self._policy.allow_ports_of_other_users:
            return list(addresses), False
        listeners = find_listeners(port, addresses)
        if listeners is None:
            return list(addresses), False
        if listeners.foreign and not listeners.own:
            raise RefusalError("foreign-port")
        return (listeners.own, False) if listeners.own else (list(addresses), True)

    async def _of_host(
        self, host: str, port: int, handler: JupyterHandler
    ) -> tuple[list[str], bool]:
        if not await self._is_allowed(host, handler):
            handler.log.warning(
                "The host %r isn't allowed: ServerProxy.host_allowlist doesn't name it.", host
            )
            raise RefusalError("host-refused")
        name = _plain(host)
        found = OWN_NAMES.get(name) or await _resolve(name)
        own = local_addresses()
        here = tuple(address for address in found if _is_among(address, own))
        if not here:
            return list(found), False
        # By another name it is this machine all the same, with its other users.
        addresses, is_watched = self._own(port, here)
        return [address for address in found if address not in here or address in addresses], (
            is_watched
        )

    async def _is_allowed(self, host: str, handler: JupyterHandler) -> bool:
        allowed = self._policy.allowed_hosts
        if not callable(allowed):
            return _plain(host) in {_plain(str(name)) for name in allowed}
        try:
            return bool(await ensure_async(allowed(handler, host)))
        except (Exception, SystemExit):
            handler.log.exception("host_allowlist failed; the host %r isn't allowed.", host)
            return False


def _known(recognised: Recognised | None) -> dict[str, Any]:
    """Return what a grant says about an app because of what it is."""
    app = recognised.app if recognised is not None else None
    return {
        "addressField": app.address_field if app is not None else "",
        "hasPages": app is None or app.kind == "web",
        "needsWebSockets": app is not None and app.needs_websockets,
    }


def _plain(host: str) -> str:
    """Return a host by the one name that it has however it is written."""
    return host.strip("[]").lower()


async def _resolve(name: str) -> tuple[str, ...]:
    """Look a host up. The request goes to what is found, so nobody can swap it in between."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        # The second for a name that can't be one: with an empty label, or a long one.
        raise RefusalError("no-such-host") from error
    return tuple(dict.fromkeys(_reached(str(address[0])) for *_, address in found))


def _reached(address: str) -> str:
    """Return the address that a connection to this one reaches: `0.0.0.0` is loopback, too."""
    ip = ip_address(address)
    mapped = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None
    if (mapped or ip).is_unspecified:
        return LOOPBACK[1 if mapped is None and ip.version == 6 else 0]
    return str(mapped or address)


def _is_among(address: str, own: set[str]) -> bool:
    """Tell whether an address is this machine's; of loopback, one is listed for all."""
    plain = address.partition("%")[0]
    return plain in own or ip_address(plain).is_loopback
