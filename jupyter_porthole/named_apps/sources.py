"""Where named apps come from, and which one counts where two have one name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from logging import Logger
from typing import Any
from urllib.parse import quote

from .options import AppOptions, LauncherEntry, read_options
from .templates import OptionError

#: What packages written for jupyter-server-proxy announce their apps by.
ENTRY_POINTS = "jupyter_serverproxy_servers"

#: First parts of paths that no app may take: without them nobody could log in, or the
#: other apps be reached.
RESERVED = frozenset(
    (
        "api",
        "hub",
        "login",
        "logout",
        "oauth_callback",
        "porthole",
        "proxy",
        "server-proxy",
        "static",
    )
)


@dataclass(frozen=True)
class NamedApp:
    """An app that somebody has named."""

    options: AppOptions
    #: Who, for people: "the package jupyter-rsession-proxy".
    source: str
    #: Why it can't be used, for people; empty if it can.
    problem: str = ""

    @property
    def path(self) -> str:
        """Where it lives below base_url, as it stands in addresses; without slashes around it.

        The name is a literal. What browsers would escape in it is escaped.
        """
        return quote(self.options.name, safe="/!$&'()*+,;=:@-._~")


def find_apps(
    servers: Mapping[str, Any], apps: Mapping[str, Any], log: Logger
) -> dict[str, NamedApp]:
    """Collect the named apps: of packages, `c.ServerProxy.servers` and `c.Porthole.apps`.

    The later source wins. What can't be used is logged, and has a page that says why.
    """
    found: dict[str, NamedApp] = {}
    for given in (*_of_packages(), *_configured(servers, apps)):
        try:
            app = given.read(log)
        except OptionError as error:
            log.error("The app %r of %s is left out: %s.", given.name, given.source, error)
            continue
        name = app.options.name
        other = found.get(name)
        if app.problem:
            log.error("The app %r of %s can't be used: %s.", name, app.source, app.problem)
            if other is not None:
                continue
        if other is not None:
            log.warning(
                "The app %r of %s takes the place of that of %s.", name, app.source, other.source
            )
        found[name] = app
    return found


@dataclass(frozen=True)
class Given:
    """What a source says about an app."""

    name: str
    source: str
    #: Returns it; may raise whatever it likes.
    load: Callable[[], Any]

    def read(self, log: Logger) -> NamedApp:
        """Read it.

        :raises OptionError: if its name can't be the path of an address.
        """
        name = self.name
        try:
            options, unknown = read_options(name, self.load())
            name = options.name
        except OptionError as error:
            return self._unusable(name, str(error))
        except (Exception, SystemExit) as error:
            # Whatever a package does wrong is not to harm the others.
            return self._unusable(name, f"{type(error).__name__}: {error}")
        options.name = checked_name(name)
        for option in unknown:
            log.warning("The app %r of %s has an unknown option: %s.", name, self.source, option)
        return NamedApp(options, self.source)

    def _unusable(self, name: str, problem: str) -> NamedApp:
        name = checked_name(name)
        entry = LauncherEntry(enabled=False, title=name, path_info=f"{name}/")
        options = AppOptions(name=name, launcher_entry=entry)
        return NamedApp(options, self.source, problem.rstrip("."))


def _of_packages() -> Iterator[Given]:
    for entry_point in entry_points(group=ENTRY_POINTS):
        package = entry_point.dist.name if entry_point.dist is not None else entry_point.value
        yield Given(
            entry_point.name,
            f"the package {package}",
            # Bound to this one, not to the last one of the loop.
            lambda entry_point=entry_point: entry_point.load()(),
        )


def _configured(servers: Mapping[str, Any], apps: Mapping[str, Any]) -> Iterator[Given]:
    for source, named in (("c.ServerProxy.servers", servers), ("c.Porthole.apps", apps)):
        for name, options in named.items():
            yield Given(str(name), source, lambda options=options: options)


def checked_name(name: str) -> str:
    """Return a name without slashes around it, as jupyter-server-proxy makes its routes.

    :raises OptionError: if it is no path, or hides a part of Jupyter.
    """
    name = name.strip("/")
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts) or not name.isprintable() or "\\" in name:
        raise OptionError("its name can't be the path of an address")
    if parts[0] in RESERVED:
        raise OptionError(f"{parts[0]!r} is a path of Jupyter's own")
    return name
