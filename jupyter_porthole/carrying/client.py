"""Who is at the other end of a connection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from ..sidecars.channel import Message


@dataclass(frozen=True)
class Client:
    """A client, as the sidecar gets to know it (``src/sidecar/client.ts``)."""

    #: Its IP address; empty if Jupyter listens on a Unix socket.
    address: str
    scheme: Literal["http", "https"]

    @classmethod
    def at(cls, address: Any, *, encrypted: bool) -> Client:
        """Make it of a socket's address (see :mod:`socket`)."""
        host = address[0] if isinstance(address, tuple) else ""
        return cls(host, "https" if encrypted else "http")

    def as_message(self) -> Message:
        """Return what the sidecar is told."""
        return {"address": self.address, "scheme": self.scheme}
