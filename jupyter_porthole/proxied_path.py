"""What a path names that is proxied. ``src/protocol/paths.ts`` reads it in the same way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .routes import Routes

#: What a request wants to reach (`IProxiedPath` in ``src/protocol/paths.ts``): a port with its
#: host, which is ``None`` for this machine, or the name of an app.
Place = dict[str, Any]

#: How a path goes on that leads to a port.
PORT = re.compile(
    r"(absolute/)?(?:(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._-]+):)?([1-9][0-9]{0,4})(?=/)",
    re.ASCII,
)


@dataclass(frozen=True)
class ProxiedPath:
    """A path within an app."""

    place: Place
    #: The public path of the app without the last slash.
    prefix: str
    #: Whether the app gets the path whole because its address asks for that.
    is_absolute: bool


def read_proxied_path(routes: Routes, path: str) -> ProxiedPath | None:
    """Read a path.

    :param path: as it stands in an address, without a query.
    :returns: ``None`` if it isn't one within an app.
    """
    root = f"{routes.base_url}proxy/"
    if routes.has_ports and path.startswith(root):
        return _read_port(path, len(root))
    if any(f"{path}/".startswith(f"{own}/") for own in routes.own_paths):
        return None
    found = [item for item in routes.roots.items() if path.startswith(f"{item[1]}/")]
    if not found:
        return None
    # The longest, since `/a/b` can be another app than `/a`.
    name, prefix = max(found, key=lambda item: len(item[1]))
    return ProxiedPath({"app": name}, prefix, False)


def _read_port(path: str, start: int) -> ProxiedPath | None:
    found = PORT.match(path, start)
    if found is None or int(found[3]) > 65535:
        return None
    place = {"port": int(found[3]), "host": found[2]}
    return ProxiedPath(place, path[: found.end()], found[1] is not None)
