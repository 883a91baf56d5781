"""Whether a request may be forwarded: the one place where that is decided.

The TypeScript side of it is ``src/protocol/grant.ts``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import ensure_async
from tornado.web import HTTPError, authenticated

from .destinations import Destinations
from .refusals import RefusalError

#: Marks a request on the private socket as a question, and holds what is asked.
QUESTION_HEADER = "Porthole-Question"
GRANT_HEADER = "Porthole-Grant"
REFUSAL_HEADER = "Porthole-Refusal"

#: What an authorizer is asked about.
AUTH_RESOURCE = "porthole"

#: Cookies of JupyterHub begin with one of these.
HUB_COOKIE_PREFIXES = ("jupyterhub-", "__Host-jupyterhub-")

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class GrantHandler(JupyterHandler):
    """Answers the sidecar's questions.

    A question is a request of a client, without its body, so that all of Jupyter's own
    machinery (host check, identity provider, authorizer) judges it as if it were for
    Jupyter. The answer is 204 with the grant, or the refusal that the client gets.
    """

    def initialize(self, destinations: Destinations, ttl: float) -> None:
        """Read the question.

        :param ttl: how long a grant holds, in seconds.
        """
        self._destinations = destinations
        self._ttl = ttl
        self._question: dict[str, Any] = json.loads(self.request.headers[QUESTION_HEADER])
        self._is_upgrade: bool = self._question["upgrade"]

    async def prepare(self) -> None:
        """Run Jupyter's checks; a WebSocket is refused instead of sent to the login."""
        await super().prepare(_redirect_to_login=not self._is_upgrade)

    def check_xsrf_cookie(self) -> None:
        """Leave the app's forms to the app.

        They don't know Jupyter's token. What the token is good for, refusing what other
        sites start, is done by :meth:`_is_cross_site` for all unsafe requests.
        """

    def _judge(self) -> Awaitable[None] | None:
        if self._is_upgrade and self.current_user is None:
            raise HTTPError(403)
        # Tornado waits for it, if it isn't the decorator that has answered.
        return self._grant()

    @authenticated
    async def _grant(self) -> None:
        if not await self._is_authorized():
            raise HTTPError(403)
        if self._is_cross_site():
            self._refuse(RefusalError("cross-site"))
            return
        without_token = self._without_token()
        if without_token is not None and self._is_page():
            # Jupyter has set its login cookie; the token must not stay in the address.
            self.redirect(without_token)
            return
        try:
            destination = await self._destinations.find(self._question, self)
        except RefusalError as refusal:
            self._refuse(refusal)
            return
        self.set_header(GRANT_HEADER, json.dumps(self._make_grant(destination)))
        self.set_status(204)

    get = head = options = post = put = patch = delete = _judge

    def _make_grant(self, destination: dict[str, Any]) -> dict[str, Any]:
        host = re.sub(r":\d+$", "", self.request.host)
        ttl = 0 if destination.pop("isForRequest") else self._ttl
        cookie_name = self.identity_provider.get_cookie_name(self)
        return {
            **destination,
            "lifetimeMs": ttl * 1000,
            "cookieNames": [cookie_name],
            # Cookies know no ports: those of other Jupyters on this host come along too. A
            # service of a hub keeps a login's state in a cookie named after its own.
            "cookiePrefixes": [
                *HUB_COOKIE_PREFIXES,
                f"{cookie_name}-oauth-state",
                re.sub(r"\W", "-", f"username-{host}") + "-",
            ],
            "tokens": sorted(self._own_tokens()),
        }

    async def _is_authorized(self) -> bool:
        if self._is_upgrade:
            action = "execute"
        else:
            action = "read" if self.request.method in SAFE_METHODS else "write"
        return await ensure_async(
            self.authorizer.is_authorized(self, self.current_user, action, AUTH_RESOURCE)
        )

    def _refuse(self, refusal: RefusalError) -> None:
        self.set_header(REFUSAL_HEADER, refusal.reason)
        self.set_header("Content-Type", "application/json")
        # The sidecar chooses the status that the client gets; Jupyter logs this one, and
        # somebody who waits for a start asks again and again.
        self.set_status(202 if refusal.reason == "starting" else 403)
        self.write(refusal.body())

    # What other sites start

    def _is_cross_site(self) -> bool:
        """Whether another site started a request that may change something.

        Browsers send ``Sec-Fetch-Site`` only to https and localhost, so ``Origin`` and then
        ``Referer`` must tell elsewhere. Whoever sends Jupyter's token means it.
        """
        if self.request.method in SAFE_METHODS and not self._is_upgrade:
            return False
        headers = self.request.headers
        origin = headers.get("Origin")
        if origin is None and "Referer" in headers:
            origin = _origin_of(headers["Referer"])
        if origin is not None and not self._accepts_origin(origin):
            return True
        if headers.get("Sec-Fetch-Site") != "cross-site":
            return False
        # Let through what the configuration names, not what merely calls itself ours.
        is_own = origin is None or origin.partition("://")[2] == self.request.host
        return is_own and not self._accepts_all_origins()

    def _accepts_all_origins(self) -> bool:
        return self.allow_origin == "*" or self.skip_check_origin()

    def _accepts_origin(self, origin: str) -> bool:
        """Ask Jupyter's own check, which reads the header."""
        self.request.headers["Origin"] = origin
        try:
            return self.check_origin()
        except ValueError:
            # "http://[" is no address, let alone ours.
            return False

    # Jupyter's token

    def _own_tokens(self) -> set[str]:
        """Return all values that are Jupyter's token, whoever checks it."""
        provider = self.identity_provider
        tokens = {provider.token or ""}
        if self.token_authenticated:
            # JupyterHub's provider asks another object, which reads no token in addresses.
            tokens.add(getattr(provider, "hub_auth", provider).get_token(self) or "")
        return tokens - {""}

    def _is_page(self) -> bool:
        """Whether a browser wants to show the response as a page."""
        headers = self.request.headers
        is_navigation = (
            headers["Sec-Fetch-Mode"] == "navigate"
            if "Sec-Fetch-Mode" in headers
            else "text/html" in headers.get("Accept", "")
        )
        return self.request.method == "GET" and not self._is_upgrade and is_navigation

    def _without_token(self) -> str | None:
        """Return the request's target without Jupyter's token, if it holds it."""
        path, _, query = (self.request.uri or "").partition("?")
        tokens = self._own_tokens()
        parameters = query.split("&")
        kept = [parameter for parameter in parameters if _token_in(parameter) not in tokens]
        if len(kept) == len(parameters):
            return None
        return f"{path}?{'&'.join(kept)}" if kept else path

    def log_exception(self, typ: Any, value: BaseException | None, tb: Any) -> None:
        """Log what went wrong without the request, which Tornado would log with its token."""
        if not isinstance(value, HTTPError):
            self.log.error("A question of the sidecar failed", exc_info=(typ, value, tb))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer programs in JSON; browsers get Jupyter's page."""
        if "text/html" in self.request.headers.get("Accept", ""):
            super().write_error(status_code, **kwargs)
            return
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps({"message": self._reason}))


def _origin_of(address: str) -> str:
    """Return the origin of a page; whatever can't be read is no origin that anyone allows."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "null"
    return f"{parts.scheme}://{parts.netloc}"


def _token_in(parameter: str) -> str | None:
    """Return the value of a query's parameter that Jupyter reads as `token`.

    As `RequestHandler.get_argument` does: decoded, without control characters and blanks.
    ``src/sidecar/tokens.ts`` does the same.
    """
    for name, value in parse_qsl(parameter, keep_blank_values=True):
        if name == "token":
            return re.sub(r"[\x00-\x08\x0e-\x1f]", " ", value).strip()
    return None
