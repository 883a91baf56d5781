"""The REST interface to what is learned about apps, below `<base_url>porthole/api/`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado.web import HTTPError, authenticated

from ..grants import AUTH_RESOURCE
from ..learned_fixes import LearnedFixes
from ..named_apps import App
from ..proxied_path import Place


class FixesHandler(APIHandler):
    """The apps whose pages need the fix for sub-paths."""

    auth_resource = AUTH_RESOURCE

    def initialize(self, apps: Mapping[str, App], learned: LearnedFixes) -> None:
        """Keep the apps, by their names, and what is known of them."""
        self._apps = apps
        self._learned = learned

    @authenticated
    @authorized
    def post(self) -> None:
        """Remember one: `{"port": 8050}`, or `{"app": "name"}`."""
        self._learned.learn(self._place(self.get_json_body()))
        self.set_status(204)
        self.finish()

    def _place(self, body: Any) -> Place:
        if not isinstance(body, dict) or len(body.keys() & {"port", "app"}) != 1:
            raise HTTPError(400, 'The body must name either a "port" or an "app".')
        if "port" in body:
            return {"port": _port(body["port"]), "host": None}
        name = body["app"]
        app = self._apps.get(name) if isinstance(name, str) else None
        if app is None:
            raise HTTPError(404, "There is no app of that name.")
        if app.options.fix == "never":
            raise HTTPError(409, "The configuration says that this app's pages stay as they are.")
        return {"app": name}


def _port(value: Any) -> int:
    # True and False are numbers to Python.
    if type(value) is not int or not 1 <= value <= 65535:
        raise HTTPError(400, "The port must be a whole number from 1 to 65535.")
    return value


def fix_routes(
    apps: Mapping[str, App], learned: LearnedFixes
) -> list[tuple[str, type, dict[str, Any]]]:
    """Return the route of this interface below base_url."""
    return [("/porthole/api/fixes", FixesHandler, {"apps": apps, "learned": learned})]
