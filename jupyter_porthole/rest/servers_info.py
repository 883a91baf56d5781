"""What jupyter-server-proxy tells frontends about named apps, in the same shapes."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import JupyterHandler
from tornado.web import HTTPError, authenticated

from ..grants import AUTH_RESOURCE
from ..named_apps import App
from .apps import icon_url


class ServersInfoHandler(JupyterHandler):
    """All named apps."""

    auth_resource = AUTH_RESOURCE

    def initialize(self, apps: Mapping[str, App]) -> None:
        """Keep the apps."""
        self._apps = apps

    @authenticated
    @authorized
    def get(self) -> None:
        """List them."""
        usable = [app for app in self._apps.values() if not app.problem]
        self.finish({"server_processes": [self._describe(app) for app in usable]})

    def _describe(self, app: App) -> dict[str, Any]:
        tile = app.options.launcher_entry
        entry = {
            "enabled": tile.enabled,
            "title": tile.title,
            "path_info": tile.path_info,
            "category": tile.category,
        }
        url = icon_url(self.base_url, app)
        if url is not None:
            entry["icon_url"] = url
        return {
            "name": app.options.name,
            "launcher_entry": entry,
            "new_browser_tab": app.options.new_browser_tab,
        }


class IconHandler(JupyterHandler):
    """The icon of an app."""

    auth_resource = AUTH_RESOURCE

    def initialize(self, apps: Mapping[str, App]) -> None:
        """Keep the apps."""
        self._apps = apps

    @property
    def content_security_policy(self) -> str:
        """Allow an SVG image no more than to be looked at, even if it is opened as a page."""
        return "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"

    @authenticated
    @authorized
    def get(self, name: str) -> None:
        """Send it."""
        app = self._apps.get(name)
        path = Path(app.options.launcher_entry.icon_path) if app is not None else None
        if path is None or not path.is_file():
            raise HTTPError(404)
        kind, encoding = mimetypes.guess_type(path)
        known = kind if kind is not None and encoding is None else "application/octet-stream"
        self.set_header("Content-Type", known)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.finish(path.read_bytes())


def servers_info_routes(apps: Mapping[str, App]) -> list[tuple[str, type, dict[str, Any]]]:
    """Return the routes below base_url."""
    root = "/server-proxy"
    known = {"apps": apps}
    return [
        (root + "/servers-info", ServersInfoHandler, known),
        (root + "/icon/(.+)", IconHandler, known),
    ]
