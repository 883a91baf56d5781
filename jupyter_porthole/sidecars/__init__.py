"""The processes that carry requests to apps: started, watched, talked to."""

from .all_sidecars import Sidecars
from .sidecar import Sidecar, SidecarOptions

__all__ = ["Sidecar", "SidecarOptions", "Sidecars"]
