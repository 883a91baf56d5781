"""JupyterHub's login. The only module here that needs the package jupyterhub."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from jupyterhub import __version__
from jupyterhub.services.auth import HubOAuth
from jupyterhub.singleuser.extension import (
    JupyterHubAuthorizer,
    JupyterHubIdentityProvider,
    JupyterHubOAuthCallbackHandler,
)
from tornado.log import gen_log
from tornado.web import HTTPError, RequestHandler
from traitlets.config import Configurable

from .access import Access
from .errors import StandaloneError


class HubIdentityProvider(JupyterHubIdentityProvider):
    """Asks the hub who somebody is, and lets in whom its `access:…` scopes name."""

    def get_cookie_name(self, handler: RequestHandler) -> str:
        """Name the login cookie, so that the app doesn't get it, nor can set it."""
        return self.hub_auth.cookie_name

    def get_token(self, handler: RequestHandler) -> str | None:
        """Return the token that the hub is asked about."""
        return self.hub_auth.get_token(handler, in_cookie=False)


class OAuthCallbackHandler(JupyterHubOAuthCallbackHandler):
    """Where the hub sends people back to."""

    def log_exception(self, typ: Any, value: BaseException | None, tb: Any) -> None:
        """Log what went wrong without the address, which holds the hub's code."""
        if isinstance(value, HTTPError):
            gen_log.warning("The login failed: %s %s", value.status_code, value.log_message)
        else:
            gen_log.error("The login failed", exc_info=(typ, value, tb))


def hub_access(parent: Configurable, base_url: str) -> Access:
    """Let in whom the hub says that has started this process.

    :param base_url: with slashes on both ends.
    :raises StandaloneError: if the hub lets nobody in.
    """
    hub_auth = HubOAuth(parent=parent, base_url=base_url)
    if not hub_auth.access_scopes:
        raise StandaloneError("JUPYTERHUB_OAUTH_ACCESS_SCOPES not set: the hub lets nobody in")
    provider = HubIdentityProvider(parent=parent, hub_auth=hub_auth)
    callback = urlsplit(hub_auth.oauth_redirect_uri).path
    return Access(
        provider,
        JupyterHubAuthorizer(parent=parent, identity_provider=provider),
        {callback: (OAuthCallbackHandler, {"hub_auth": hub_auth})},
        # No page asks for the hub's `_xsrf` here. Below base_url it would come before that of
        # an app, whose forms would send the wrong one.
        {"xsrf_cookie_kwargs": {"path": callback}},
        # By this the hub knows that it has reached what it has started.
        {"X-JupyterHub-Version": __version__},
    )
