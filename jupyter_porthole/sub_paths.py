"""How apps live below their public path, as configurations say it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

#: What an app gets: the path without its prefix (`strip`), with it (`absolute`), or without it
#: while its pages are corrected (`fix`). `auto`: they are corrected if they need it.
SubPath = Literal["auto", "strip", "absolute", "fix"]

SUB_PATHS: tuple[SubPath, ...] = ("auto", "strip", "absolute", "fix")

#: What is done with the pages (`Fix` in ``src/protocol/grant.ts``).
FIXES = {"auto": "auto", "strip": "never", "absolute": "never", "fix": "always"}


def read_sub_paths(given: Mapping[Any, Any]) -> dict[int, SubPath] | None:
    """Read what a configuration says about ports.

    :param given: by ports, which are texts in a file of JSON.
    :returns: ``None`` if any of it makes no sense.
    """
    read: dict[int, SubPath] = {}
    for port, sub_path in given.items():
        text = str(port)
        is_port = text.isascii() and text.isdigit() and 1 <= int(text) <= 65535
        if not is_port or sub_path not in SUB_PATHS:
            return None
        read[int(text)] = sub_path
    return read
