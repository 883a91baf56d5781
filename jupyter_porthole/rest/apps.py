"""The REST interface to named apps, below `<base_url>porthole/api/`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_escape, url_path_join
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError, authenticated

from ..grants import AUTH_RESOURCE
from ..named_apps import App

#: How much of a log is sent at a time, in bytes.
LOG_PIECE = 64 * 1024


class AppsHandler(APIHandler):
    """What all of these know."""

    auth_resource = AUTH_RESOURCE
    #: Whether a request counts as activity of a person: a look at the apps doesn't.
    _track_activity = False

    def initialize(self, apps: Mapping[str, App]) -> None:
        """Keep the apps, by their names."""
        self._apps = apps

    def app(self, name: str) -> App:
        """Return the app of that name.

        :raises HTTPError: 404 if there is none.
        """
        app = self._apps.get(name)
        if app is None:
            raise HTTPError(404, "There is no app of that name.")
        return app

    def describe(self, app: App) -> dict[str, Any]:
        """Return what is told about an app."""
        tile = app.options.launcher_entry
        process = app.process
        failure = process.failure if process is not None else None
        return {
            "name": app.options.name,
            "title": tile.title,
            "category": tile.category,
            "icon_url": icon_url(self.base_url, app),
            "path": f"{app.path}/",
            "path_info": tile.path_info,
            "enabled": tile.enabled,
            "new_browser_tab": app.options.new_browser_tab,
            "source": app.source,
            "state": app.state,
            "port": app.port or None,
            "pid": process.pid if process is not None else None,
            "started": process.started_at if process is not None else None,
            "restarts": process.restarts if process is not None else 0,
            "exit_status": failure.exit_status if failure is not None else None,
            "failure": app.problem or (failure.message if failure is not None else None),
        }

    def finish_json(self, value: Any, status: int = 200) -> None:
        """Answer."""
        self.set_status(status)
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps(value))


class AppListHandler(AppsHandler):
    """All apps."""

    @authenticated
    @authorized
    def get(self) -> None:
        """List them."""
        self.finish_json({"apps": [self.describe(app) for app in self._apps.values()]})


class AppHandler(AppsHandler):
    """One app."""

    @authenticated
    @authorized
    def get(self, name: str) -> None:
        """Describe it."""
        self.finish_json(self.describe(self.app(name)))


class ActionHandler(AppsHandler):
    """What can be done with an app's process."""

    _track_activity = True

    @authenticated
    @authorized("execute")
    async def post(self, name: str, action: str) -> None:
        """Start, stop or restart it, and describe it then.

        A start isn't waited for, an end is.
        """
        app = self.app(name)
        process = app.process
        if process is None:
            raise HTTPError(409, "Somebody else runs this app.")
        await {"start": process.start, "stop": process.stop, "restart": process.restart}[action]()
        self.finish_json(self.describe(app))


class LogHandler(AppsHandler):
    """What an app has put out."""

    @authenticated
    @authorized
    async def get(self, name: str) -> None:
        """Send what is kept of it as text; with `?follow=1` what comes then, too, as it comes."""
        process = self.app(name).process
        if process is None:
            raise HTTPError(409, "Somebody else runs this app.")
        output = process.output
        follows = self.get_argument("follow", "0") in ("1", "true")
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        offset = 0
        try:
            while True:
                data, offset = output.read_from(offset)
                for start in range(0, len(data), LOG_PIECE):
                    self.write(data[start : start + LOG_PIECE])
                    # Waits for a client that reads slowly.
                    await self.flush()
                if not follows:
                    return
                await self.flush()
                await self._news(output, offset)
        except StreamClosedError:
            # The reader has left.
            return

    async def _news(self, output: Any, offset: int) -> None:
        """Wait until there is more, or nobody reads any more."""
        waiting = asyncio.ensure_future(output.wait_beyond(offset))
        await asyncio.wait([waiting, self._left], return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done():
            waiting.cancel()
            raise StreamClosedError

    def prepare(self) -> Any:
        """Learn of a reader who leaves."""
        self._left: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        return super().prepare()

    def on_connection_close(self) -> None:
        """End what is followed."""
        if not self._left.done():
            self._left.set_result(None)
        super().on_connection_close()


def icon_url(base_url: str, app: App) -> str | None:
    """Return where an app's icon is, if it has one."""
    tile = app.options.launcher_entry
    if not tile.icon_path:
        return None
    return url_path_join(base_url, "server-proxy", "icon", url_escape(app.options.name))


def app_routes(apps: Mapping[str, App]) -> list[tuple[str, type, dict[str, Any]]]:
    """Return the routes of this interface below base_url."""
    root = "/porthole/api/apps"
    known = {"apps": apps}
    return [
        (root, AppListHandler, known),
        (root + r"/(.+)/(start|stop|restart)", ActionHandler, known),
        (root + r"/(.+)/log", LogHandler, known),
        (root + r"/(.+)", AppHandler, known),
    ]
