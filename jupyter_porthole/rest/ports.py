"""The REST interface to ports, below `<base_url>porthole/api/`."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado.web import HTTPError, authenticated

from ..grants import AUTH_RESOURCE
from ..listening import Listening, all_listening, find_listening
from ..named_apps import App
from ..recognition import Recognised, Recognition


class PortsHandler(APIHandler):
    """What both of these know."""

    auth_resource = AUTH_RESOURCE
    #: A look at the ports isn't a person's activity.
    _track_activity = False

    def initialize(self, apps: Mapping[str, App], recognition: Recognition) -> None:
        """Keep the named apps, and what is known of the others."""
        self._apps = apps
        self._recognition = recognition

    def describe(self, listening: Listening, recognised: Recognised | None) -> dict[str, Any]:
        """Return what is told about a port."""
        known = recognised.app if recognised is not None else None
        named = (app.options.name for app in self._apps.values() if app.port == listening.port)
        return {
            "port": listening.port,
            "kind": known.kind if known is not None else "unknown",
            "name": known.name if known is not None else None,
            "title": recognised.title if recognised is not None else None,
            "icon": known.icon if known is not None else None,
            "process": listening.name or None,
            "pid": listening.pid,
            "started": listening.started,
            "app": next(named, None),
            "is_this_jupyter": listening.pid == os.getpid(),
        }

    def finish_json(self, value: dict[str, Any]) -> None:
        """Answer."""
        self.set_header("Cache-Control", "no-store")
        self.finish(value)


class PortListHandler(PortsHandler):
    """All ports that this user's processes listen on."""

    @authenticated
    @authorized
    def get(self) -> None:
        """List them; none is asked anything."""
        ports = [self.describe(each, self._recognition.of(each)) for each in all_listening()]
        self.finish_json({"ports": ports})


class PortHandler(PortsHandler):
    """One port."""

    @authenticated
    @authorized
    async def get(self, text: str) -> None:
        """Describe it; if its process doesn't tell what it is, it is asked."""
        if re.fullmatch(r"[1-9][0-9]{0,4}", text) is None or int(text) > 65535:
            raise HTTPError(404, "A port is a number from 1 to 65535.")
        recognised = await self._recognition.recognise(int(text))
        listening = find_listening(int(text))
        if listening is None:
            raise HTTPError(404, f"No program of yours listens on port {text}.")
        self.finish_json(self.describe(listening, recognised))


def port_routes(
    apps: Mapping[str, App], recognition: Recognition
) -> list[tuple[str, type, dict[str, Any]]]:
    """Return the routes of this interface below base_url."""
    root = "/porthole/api/ports"
    known = {"apps": apps, "recognition": recognition}
    return [(root, PortListHandler, known), (root + r"/(.+)", PortHandler, known)]
