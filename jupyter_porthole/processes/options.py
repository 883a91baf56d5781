"""How an app's process is kept."""

from __future__ import annotations

from dataclasses import dataclass

from .readiness import Readiness


@dataclass(frozen=True)
class ProcessOptions:
    """How an app's process is kept."""

    #: Seconds until it must be ready.
    timeout: float
    #: "on-failure", "always" or "never".
    restart: str
    readiness: Readiness
    #: 0: a free one for each start.
    port: int = 0
    #: ``None``: a port; empty: a new path for each start; else this path.
    unix_socket: str | None = None

    @property
    def leaves_port_to_us(self) -> bool:
        """Whether each start gets a port of our choice."""
        return self.unix_socket is None and not self.port
