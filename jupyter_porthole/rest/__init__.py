"""What Jupyter itself answers about apps and ports."""

from .apps import app_routes
from .fixes import fix_routes
from .ports import port_routes
from .servers_info import servers_info_routes

__all__ = ["app_routes", "fix_routes", "port_routes", "servers_info_routes"]
