"""Named apps: where a request to one goes, and what starts it."""

from __future__ import annotations

import functools
import os
import ssl
import sys
from collections.abc import Awaitable, Callable
from typing import Any, Literal
from urllib.parse import unquote

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import ensure_async

from ..header_fields import can_stand
from ..listening.ports import LOOPBACK, find_listeners
from ..processes import AppProcess, Launch, LaunchError, Processes, ProcessOptions, Readiness
from ..processes.places import Place
from ..refusals import RefusalError
from .options import AppOptions
from .public_path import tell_public_path
from .sources import NamedApp
from .templates import OptionError, call_with_asked, realize

#: How long a page waits for an app that is fast, in seconds, before it shows the start.
PAGE_PATIENCE = 0.3

#: How much longer than the app may take other requests wait, in seconds: what kept it from
#: getting ready is told rather than that it isn't.
MARGIN = 1.0

State = Literal["stopped", "starting", "running", "failed", "stopping", "external"]


class App:
    """One named app of a running Jupyter."""

    def __init__(
        self,
        named: NamedApp,
        *,
        root: str,
        base_url: str,
        processes: Processes,
        trusts_other_users: bool,
    ) -> None:
        """Start nothing yet.

        :param root: its public path without the last slash.
        :param trusts_other_users: `Porthole.allow_ports_of_other_users`.
        """
        self._trusts_other_users = trusts_other_users
        self.options: AppOptions = named.options
        self.source = named.source
        #: Why it can't be used, for people; empty if it can.
        self.problem = named.problem
        self.path = named.path
        self.root = root
        self._base_url = base_url
        #: ``None`` if somebody else runs it.
        self.process: AppProcess | None = None
        if self.options.command:
            self.process = processes.add(
                self.options.name, _process_options(self.options), self._prepare
            )

    @property
    def title(self) -> str:
        """How people call it."""
        return self.options.launcher_entry.title

    @property
    def state(self) -> State:
        """What its process is doing."""
        if self.problem:
            return "failed"
        return "external" if self.process is None else self.process.state

    @property
    def port(self) -> int:
        """The port that it listens on, or is expected on; 0 for none."""
        place = self.process.place if self.process is not None else None
        return self.options.port if place is None else place.port

    def on_change(self, changed: Callable[[str], None]) -> None:
        """Have a function called with its name whenever it has started or ended."""
        if self.process is not None:
            self.process.on_change.append(lambda _: changed(self.options.name))

    async def grant(self, question: dict[str, Any], handler: JupyterHandler) -> dict[str, Any]:
        """Return what a grant says about this app, once it is ready (``src/protocol/grant.ts``).

        :param question: see there.
        :param handler: that of the question.
        :raises RefusalError: if it isn't ready.
        """
        options = self.options
        # As in jupyter-server-proxy, WebSockets are where their address says.
        is_mapped = not question["upgrade"]
        place = await self._ready_place(question["page"])
        try:
            mapped_to = await self._mapped(question["path"]) if is_mapped else None
            overrides = self._overrides(place)
            is_activity = await self._is_activity(handler)
            tls = self._tls() if options.https else None
        except (OptionError, OSError) as error:
            # The second for the file of authorities.
            handler.log.error("The app %r: %s.", options.name, error)
            raise RefusalError("app-failed", self.title, f"Its configuration: {error}.") from error
        authority = f"localhost:{place.port}" if place.port else "localhost"
        return {
            "target": self._target(place),
            "tls": tls,
            "title": self.title,
            "host": authority if options.host == "target" else "",
            "keepsPrefix": options.keeps_prefix,
            "fix": options.fix,
            "paths": options.mappath if is_mapped and isinstance(options.mappath, dict) else {},
            "mappedTo": mapped_to,
            "requestHeaders": list(overrides.items()),
            "rewrites": bool(options.rewriters),
            "isRawSocket": options.raw_socket_proxy,
            "isActivity": is_activity,
            "isForPath": callable(options.mappath) or bool(options.exclude_last_activity_patterns),
            "isForRequest": callable(options.update_last_activity),
        }

    async def _ready_place(self, page: bool) -> Place:
        if self.problem:
            message = f"It is configured wrongly by {self.source}: {self.problem}."
            raise RefusalError("app-failed", self.title, message)
        process = self.process
        if process is None:
            return Place(self.options.port, self.options.socket_path or "")
        process.want()
        patience = PAGE_PATIENCE if page else self.options.timeout + MARGIN
        await process.wait_ready(patience)
        if self.process is None:
            # It has turned out that there is nothing to start.
            return await self._ready_place(page)
        if process.state == "running" and process.place is not None:
            return process.place
        failure = process.failure
        if process.state != "starting" and failure is not None:
            message = failure.message
            if process.seconds_until_retry >= 1:
                message += f" It is tried again in {process.seconds_until_retry:.0f} s."
            raise RefusalError("app-failed", self.title, message, failure.lines)
        reason: Literal["starting", "start-timeout"] = "starting" if page else "start-timeout"
        raise RefusalError(reason, self.title, "", process.output.tail_lines(20))

    def _target(self, place: Place) -> dict[str, Any]:
        if place.unix_socket:
            return {"socketPath": place.unix_socket}
        addresses = list(LOOPBACK)
        # Who else runs an app is the configuration's business; one of ours is this user's.
        if self.process is not None and not self._trusts_other_users:
            listeners = find_listeners(place.port)
            if listeners is not None and listeners.foreign and not listeners.own:
                raise RefusalError("foreign-port", self.title)
            if listeners is not None and listeners.own:
                addresses = listeners.own
        return {"addresses": addresses, "port": place.port}

    def _tls(self) -> dict[str, Any]:
        authorities = self.options.certificate_authorities
        changed = 0
        if authorities:
            authorities = os.path.abspath(authorities)
            changed = os.stat(authorities).st_mtime_ns // 1_000_000
            _check_authorities(authorities, changed)
        return {
            "serverName": "localhost",
            "verifies": self.options.verify_certificate,
            "authorities": authorities,
            "changed": changed,
        }

    async def _mapped(self, path: str) -> str | None:
        """Return what a function maps a path to, if that is another one.

        Else the path goes out byte for byte.
        """
        mappath = self.options.mappath
        if not callable(mappath):
            return None
        decoded = unquote(path)
        mapped = await _called("mappath", mappath, {"path": decoded})
        if not isinstance(mapped, str):
            raise OptionError(f"mappath returned {mapped!r}, which is no path")
        return mapped if mapped != decoded else None

    def _overrides(self, place: Place) -> dict[str, str]:
        """Return the header fields that are set in each request."""
        overrides = realize(self.options.request_headers_override, self._values(place))
        if not isinstance(overrides, dict):
            raise OptionError(f"request_headers_override returned {overrides!r}")
        for name, value in overrides.items():
            if not can_stand(name, value):
                raise OptionError(f"request_headers_override: {name!r} can't stand in a request")
        return overrides

    async def _is_activity(self, handler: JupyterHandler) -> bool:
        updates = self.options.update_last_activity
        if callable(updates):
            return bool(await _called("update_last_activity", lambda: updates(handler), {}))
        path = handler.request.path
        excluded = self.options.exclude_last_activity_patterns
        return updates and not any(pattern.match(path) for pattern in excluded)

    def _values(self, place: Place) -> dict[str, Any]:
        """Return what templates and functions may name: jupyter-server-proxy's, and more."""
        return {
            "port": place.port,
            "unix_socket": place.unix_socket,
            "base_url": self._base_url,
            "prefix": self.root,
            "cwd": self._cwd(),
            "python": sys.executable,
        }

    def _cwd(self) -> str:
        return os.path.expanduser(self.options.cwd) if self.options.cwd else os.getcwd()

    async def _prepare(self, place: Place) -> Launch:
        """Make what one start needs; see :class:`Processes`."""
        values = self._values(place)
        rendered: dict[str, Any] = {}
        for name, kind in (("command", list), ("environment", dict)):
            try:
                rendered[name] = realize(getattr(self.options, name), values)
                if not isinstance(rendered[name], kind):
                    raise OptionError(f"its function returned {rendered[name]!r}")
            except OptionError as error:
                raise LaunchError(f"Its {name} can't be used: {error}.") from error
        if not rendered["command"]:
            # The function says that somebody else runs it.
            self.process = None
            raise LaunchError("Somebody else runs it.")
        given = rendered["environment"]
        launch = Launch(rendered["command"], {**os.environ, **given}, self._cwd())
        return tell_public_path(launch, self.root, given) if self.options.is_plain else launch


@functools.lru_cache
def _check_authorities(path: str, _changed: int) -> None:
    """Make sure that a file holds certificates, once for each version of it.

    :raises OSError: (:class:`ssl.SSLError` among them) if it doesn't.
    """
    ssl.create_default_context(cafile=path)


async def _called(name: str, function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    try:
        result: Awaitable[Any] | Any = call_with_asked(function, arguments)
        return await ensure_async(result)
    except OptionError:
        raise
    except (Exception, SystemExit) as error:
        raise OptionError(f"{name} raised {type(error).__name__}: {error}") from error


def _process_options(options: AppOptions) -> ProcessOptions:
    return ProcessOptions(
        timeout=options.timeout,
        restart=options.restart,
        readiness=Readiness(
            connects_only=options.raw_socket_proxy,
            path=options.readiness_path or "/",
            demands_success=bool(options.readiness_path),
            tls=options.https,
        ),
        port=options.port,
        unix_socket=options.socket_path,
    )
