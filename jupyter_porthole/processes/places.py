"""Where an app listens."""

from __future__ import annotations

import socket
import sys
from dataclasses import dataclass

#: Whether a port can be listened on while somebody else has it bound (see `ReservedPort`).
CAN_SHARE = sys.platform.startswith("linux")


@dataclass(frozen=True)
class Place:
    """Where an app listens: one of the two."""

    #: A TCP port on loopback; 0 if it listens on a Unix socket.
    port: int = 0
    #: The socket's path; empty if it listens on a port.
    unix_socket: str = ""

    def __str__(self) -> str:
        """Name it for people."""
        return f"port {self.port}" if self.port else f"the socket {self.unix_socket}"


class ReservedPort:
    """A free port on 127.0.0.1 that nobody else is given, by a socket that never listens.

    On Linux a server that sets SO_REUSEADDR, as nearly all do, can bind and listen while the
    port is held; one that doesn't gets EADDRINUSE. The kernel gives a held port to nobody
    who asks for any port, neither by `bind` nor for the near end of a connection.
    """

    def __init__(self) -> None:
        """Choose a port and hold it.

        :raises OSError: if all are in use.
        """
        self._socket = socket.socket(socket.AF_INET)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.bind(("127.0.0.1", 0))
        except OSError:
            self._socket.close()
            raise
        self.port: int = self._socket.getsockname()[1]

    def release(self) -> None:
        """Hold it no longer; may be called again."""
        self._socket.close()
