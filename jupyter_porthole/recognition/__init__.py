"""Which app it is that listens on a port, and what is known of apps of its kind."""

from .recognition import Recognised, Recognition

__all__ = ["Recognised", "Recognition"]
