"""Apps that have names: what is configured about them, where they are, and how they start."""

from .app import App
from .sources import NamedApp

__all__ = ["App", "NamedApp"]
