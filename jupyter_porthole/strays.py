"""Requests that went past an app: its page believes to live at the root of this host.

Jupyter gets them, and answers 404. That tells that the app's pages need the fix for sub-paths
although nothing in them shows it. Only whoever is logged in is believed, and browsers send the
cookie of a login below base_url only: so this is for Jupyters at the root of their hosts, and for
those whose login needs no cookie. A hub doesn't even pass such requests on. There the tab in
JupyterLab tells (``src/lab/strays.ts``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from logging import Logger
from typing import Any
from urllib.parse import urlsplit

from jupyter_server.base.handlers import JupyterHandler, Template404
from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher, Rule
from tornado.web import Application, HTTPError, RequestHandler

from .learned_fixes import LearnedFixes
from .named_apps import App
from .proxied_path import ProxiedPath, read_proxied_path
from .routes import Routes

#: What browsers and their tools ask for by themselves, or for links without which a page works.
#: ``src/lab/strays.ts`` passes over the same.
MINOR = re.compile(
    r".*/(?:favicon|apple-touch-icon)[^/]*\.(?:ico|png|svg)"
    r"|.*\.(?:map|webmanifest)"
    r"|/(?:manifest\.json|robots\.txt|sitemap\.xml|browserconfig\.xml|\.well-known/.*)",
    re.IGNORECASE,
)

#: Segments that climb, in all their spellings. No browser sends any.
CLIMBS = re.compile(r"[/\\](?:\.|%2e){1,2}(?:[/\\]|$)", re.IGNORECASE)


class Strays:
    """Tells such requests from others, and learns from them."""

    def __init__(
        self, routes: Routes, apps: Mapping[str, App], learned: LearnedFixes, log: Logger
    ) -> None:
        """Know none yet."""
        self._routes = routes
        self._proxied = re.compile(routes.pattern)
        self._apps = apps
        self._learned = learned
        self._log = log

    def home(self, request: HTTPServerRequest) -> ProxiedPath | None:
        """Return the page that a request comes from, if that is an app's and it went past it.

        :returns: ``None`` if it is meant for Jupyter, or if the app's pages are to be left as
            they are.
        """
        referer = request.headers.get("Referer")
        if request.method != "GET" or referer is None or not self._is_outside(request.path):
            return None
        page = self._page(referer, request.host)
        return page if page is not None and self._fix(page) != "never" else None

    def learn(self, request: HTTPServerRequest) -> None:
        """Remember that the pages of the app need the fix from which a request comes."""
        home = self.home(request)
        if home is None or MINOR.fullmatch(request.path) or self._fix(home) == "always":
            return
        if not self._learned.needs_fix(home.place):
            self._learned.learn(home.place)
            self._log.info(
                "A page of %s/ asks for what is not there: from now on its links are corrected.",
                home.prefix,
            )

    def _is_outside(self, path: str) -> bool:
        """Tell whether a path is one that whoever knows where Jupyter is wouldn't name."""
        base_url = self._routes.base_url
        is_jupyters = base_url != "/" and f"{path}/".startswith(base_url)
        return (
            path.startswith("/")
            and not is_jupyters
            and not self._proxied.match(path)
            and not CLIMBS.search(path)
        )

    def _page(self, address: str, host: str) -> ProxiedPath | None:
        try:
            parts = urlsplit(address)
        except ValueError:
            # "http://[" is no address.
            return None
        is_own = parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()
        return read_proxied_path(self._routes, parts.path) if is_own else None

    def _fix(self, page: ProxiedPath) -> str:
        """Return what the configuration says about the pages of an app."""
        if "app" in page.place:
            return self._apps[page.place["app"]].options.fix
        return "never" if page.is_absolute else "auto"


def watch_strays(web_app: Application, strays: Strays) -> None:
    """Learn from what a Jupyter answers with 404 from now on, and show the way to pages."""
    log_request = web_app.settings["log_function"]

    def learn_and_log(handler: RequestHandler) -> None:
        # Tornado's hook for what is done when a request has been answered, by whatever handler:
        # below base_url `/`, `/static/app.js` and `/api/items` are Jupyter's to answer, too.
        if handler.get_status() == 404 and _user_of(handler) is not None:
            strays.learn(handler.request)
        log_request(handler)

    web_app.settings["log_function"] = learn_and_log
    rules = web_app.wildcard_router.rules
    last = next((i for i, rule in enumerate(rules) if rule.target is Template404), len(rules))
    rules.insert(last, Rule(StrayNavigations(strays), WayHome, {"strays": strays}))


class StrayNavigations(Matcher):
    """Matches them among the requests for which there is nothing but Jupyter's 404 page."""

    def __init__(self, strays: Strays) -> None:
        self._strays = strays

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """Tell whether it is one; see :class:`tornado.routing.Matcher`."""
        is_stray = _is_navigation(request) and self._strays.home(request) is not None
        return {} if is_stray else None


class WayHome(JupyterHandler):
    """Leads a person who has followed a link of an app to the app's page.

    A page that asks for data in vain can be loaded again, and is corrected then. A link leads
    out of the app, to a 404 page of Jupyter's that nobody can do anything about: the page with
    the link is gone. Where the link was made by a script in a browser without the Navigation
    API, this is the only help even for pages that are corrected (``src/shim/navigations.ts``).

    It leads to a path below the app's own and nowhere else; which app, only a page of this
    host can say, since no other site can choose what a browser sends as `Referer`. A form's
    POST isn't led anywhere: its data would be lost on the way.
    """

    def initialize(self, strays: Strays) -> None:
        """Keep what knows the way."""
        self._strays = strays

    def get(self, *_: str) -> None:
        """Send it there, but nobody who isn't logged in."""
        home = self._strays.home(self.request)
        if home is None or self.current_user is None:
            raise HTTPError(404)
        self._strays.learn(self.request)
        self.redirect(home.prefix + (self.request.uri or ""))


def _is_navigation(request: HTTPServerRequest) -> bool:
    """Tell whether a person waits for a page; only https and localhost get `Sec-Fetch-Mode`."""
    mode = request.headers.get("Sec-Fetch-Mode")
    if mode is not None:
        return mode == "navigate"
    return "text/html" in request.headers.get("Accept", "")


def _user_of(handler: RequestHandler) -> Any:
    """Return who has sent a request; ``None`` if nobody knows."""
    try:
        return handler.current_user
    except RuntimeError:
        # JupyterHandler's, if it has answered before it looked.
        return None
