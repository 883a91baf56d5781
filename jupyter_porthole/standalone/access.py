"""Who may enter."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from jupyter_server.auth import AllowAllAuthorizer, Authorizer, IdentityProvider, User
from tornado.web import RequestHandler
from traitlets.config import Configurable


@dataclass(frozen=True)
class Access:
    """What judges requests, in terms of jupyter_server, and what logging in needs."""

    identity_provider: IdentityProvider
    authorizer: Authorizer
    #: Paths that are not the app's, and who answers there.
    handlers: dict[str, tuple[type[RequestHandler], dict[str, Any]]] = field(default_factory=dict)
    #: More settings of the Tornado application.
    settings: dict[str, Any] = field(default_factory=dict)
    #: More fields of the responses that are made here.
    headers: dict[str, str] = field(default_factory=dict)


class NoLogin(IdentityProvider):
    """Lets everyone in, without a cookie to tell them apart."""

    token = ""

    def get_user(self, handler: RequestHandler) -> User:
        """Return the same user for all."""
        return User("anonymous")


def open_access(parent: Configurable) -> Access:
    """Let everyone in."""
    provider = NoLogin(parent=parent)
    return Access(provider, AllowAllAuthorizer(parent=parent, identity_provider=provider))
