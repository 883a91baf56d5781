"""Apps that were started with a prefix of their own, without which they find nothing."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote

import psutil

from .command_lines import Command
from .known_app import KnownApp

#: What stands in paths as it is; a percent sign begins an escape.
KEPT = "/%~!$&'()*+,;=@"


@dataclass(frozen=True)
class Home:
    """Where such an app is seen."""

    #: Whether it gets paths with their public prefix, which is its own as well.
    keeps_prefix: bool = False
    #: Where its pages are if they aren't at `/`, a public path that ends with a slash; else
    #: empty.
    pages_at: str = ""


def find_own_prefix(app: KnownApp, command: Command, pid: int | None) -> str:
    """Return the prefix that an app was started with: "/x".

    :returns: an empty text if there is none, or it isn't known.
    """
    given = [command.option(option) for option in app.prefix_options]
    value = next(filter(None, given), "") or _variable(pid, app.prefix_variable)
    path = value.strip("/")
    return f"/{path}" if path else ""


def _variable(pid: int | None, name: str) -> str:
    if pid is None or not name:
        return ""
    try:
        return psutil.Process(pid).environ().get(name, "")
    except (psutil.Error, OSError):
        # It has just ended, or we are out of descriptors.
        return ""


def find_home(own_prefix: str, base_url: str, port: int, *, absolute: bool) -> Home:
    """Tell where an app is seen.

    :param own_prefix: as it was started with; empty for none.
    :param base_url: Jupyter's, with slashes on both ends.
    :param absolute: whether the address that was asked for has it get paths whole.
    """
    root = f"{base_url}proxy/{port}"
    absolute_root = f"{base_url}proxy/absolute/{port}"
    own, here, there = (unquote(path) for path in (own_prefix, root, absolute_root))
    if not own or own == (there if absolute else here):
        return Home(keeps_prefix=bool(own))
    if own == (here if absolute else there):
        return Home(pages_at=f"{root if absolute else absolute_root}/")
    # Who wants paths whole gets none that it knows.
    return Home() if absolute else Home(pages_at=f"{root}{quote(own_prefix, safe=KEPT)}/")
