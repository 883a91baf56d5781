"""Connections of clients, from Jupyter's hands to a sidecar's."""

from .carrier import Carrier
from .door import Door
from .handover import take_over_proxied_requests

__all__ = ["Carrier", "Door", "take_over_proxied_requests"]
