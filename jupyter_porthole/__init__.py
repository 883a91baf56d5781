"""See the web apps that run beside Jupyter, through Jupyter's own address and login."""

from __future__ import annotations

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """Say what Jupyter Server has to load."""
    from .app import Porthole

    return [{"module": "jupyter_porthole", "app": Porthole}]
