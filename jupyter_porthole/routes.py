"""Which paths are proxied. ``src/protocol/paths.ts`` reads them in the same way."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

#: What follows a path within the first line of a request, or is its end.
AFTER_PATH = r"(?=[/?# ]|$)"


@dataclass(frozen=True)
class Routes:
    """The paths below which requests are proxied."""

    #: Jupyter's base_url, with slashes on both ends.
    base_url: str
    #: The public paths of the named apps, without the last slash, by their names.
    roots: dict[str, str] = field(default_factory=dict)
    #: Whether ports are reached below `proxy/`.
    has_ports: bool = True
    #: Paths that stay Jupyter's own although they lie below an app's.
    own_paths: tuple[str, ...] = ()

    @property
    def pattern(self) -> str:
        """A regular expression of how proxied request targets begin."""
        roots = [re.escape(root) + AFTER_PATH for root in self.roots.values()]
        if self.has_ports:
            roots.append(re.escape(self.base_url + "proxy/"))
        if not roots:
            # Matches nothing.
            return "(?!)"
        own = "".join(f"(?!{re.escape(path)}{AFTER_PATH})" for path in self.own_paths)
        return f"{own}(?:{'|'.join(roots)})"

    @property
    def longest(self) -> int:
        """How much of a request target has to be seen to tell, in characters."""
        paths = [*self.roots.values(), *self.own_paths, self.base_url + "proxy/"]
        return max(map(len, paths)) + 1

    def as_message(self) -> dict[str, Any]:
        """Return what the sidecar is told."""
        return {
            "baseUrl": self.base_url,
            "hasPorts": self.has_ports,
            "apps": [{"name": name, "root": root} for name, root in self.roots.items()],
            "ownPaths": list(self.own_paths),
        }
