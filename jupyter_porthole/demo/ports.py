"""Free ports on 127.0.0.1 for the demo's apps."""

from __future__ import annotations

import os
import socket

DEFAULT_SITE_PORT = 8700
DEFAULT_SERVICE_PORT = 8701


def port_is_free(port: int) -> bool:
    """Tell whether a server could listen on `port` of 127.0.0.1 now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name == "posix":
            # As servers do: closed connections in TIME_WAIT don't occupy the port. On Windows
            # the same option would allow two listeners on one port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(avoid: set[int]) -> int:
    """Return a free port of 127.0.0.1 that is not in `avoid`.

    Raises OSError when the system has none to give.
    """
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port not in avoid:
            return port


def port_for(wanted: int | None, default: int, avoid: set[int]) -> int:
    """Return `wanted` if given, else `default` if free and not in `avoid`, else a free one."""
    if wanted is not None:
        return wanted
    if default not in avoid and port_is_free(default):
        return default
    return free_port(avoid)
