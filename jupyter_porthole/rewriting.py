"""Responses that functions of the configuration rewrite.

The sidecar sends a whole response here and gets the one that the client is to have
(``src/sidecar/rewriting.ts``): a line of JSON with its head, and its body.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

from jupyter_server.base.handlers import log
from jupyter_server.utils import ensure_async
from tornado.httpclient import HTTPRequest, HTTPResponse
from tornado.httputil import HTTPHeaders, responses
from tornado.web import RequestHandler
from traitlets import Bytes, Dict, HasTraits, Instance, Integer, Unicode, Union, observe

from .destinations import Destinations
from .header_fields import can_stand
from .named_apps.templates import call_with_asked

#: Marks a request on the private socket as a response to be rewritten, and says whose.
REWRITE_HEADER = "Porthole-Rewrite"


class RewritableResponse(HasTraits):
    """What the functions get as `response`, and change; as jupyter-server-proxy's."""

    #: The app's own, not to be changed.
    orig_response = Instance(HTTPResponse)
    headers = Union([Instance(HTTPHeaders), Dict()])
    body = Bytes()
    code = Integer()
    reason = Unicode(allow_none=True)

    @observe("code")
    def _name_code(self, change: Any) -> None:
        """Let a reason that names the old status name the new one."""
        if self.reason == responses.get(change["old"], "Unknown"):
            self.reason = responses.get(change["new"], "Unknown")

    def copied(self) -> RewritableResponse:
        """Return another one that can be changed."""
        other = copy.copy(self)
        other.headers = copy.copy(self.headers)
        return other


class RewriteHandler(RequestHandler):
    """Has a response rewritten.

    Only the sidecar asks for that, after a grant for the request. So nobody is
    authorised here again.
    """

    def initialize(self, destinations: Destinations) -> None:
        """Read what it is about."""
        self._asked: dict[str, Any] = json.loads(self.request.headers.pop(REWRITE_HEADER))
        self._destinations = destinations

    def check_xsrf_cookie(self) -> None:
        """Leave it out: no browser asks here."""

    async def post(self) -> None:
        """Call the functions, one after the other."""
        # As the client sent it; the functions may look at it.
        self.request.method = self._asked["method"]
        response = _read(self.request.body, self.request.full_url())
        self.request.body = b""
        rewriting = self._destinations.rewriting(self._asked["place"])
        known = {
            "request": self.request,
            "orig_response": response,
            "host": rewriting.host,
            "port": rewriting.port,
            "path": self._asked["mapped"],
        }
        try:
            for function in rewriting.functions:
                response = response.copied()
                await ensure_async(call_with_asked(function, {"response": response, **known}))
            rewritten = _write(response)
        except (Exception, SystemExit):
            # Whatever it is, it is to concern this response alone.
            log().exception("A function of rewrite_response failed.")
            self.set_status(502)
            return
        finally:
            # Tornado would send no body to a HEAD.
            self.request.method = "POST"
        self.set_header("Content-Type", "application/octet-stream")
        self.write(rewritten)


def _read(data: bytes, url: str) -> RewritableResponse:
    line, _, body = data.partition(b"\n")
    head = json.loads(line)
    headers = HTTPHeaders()
    for name, value in zip(head["headers"][::2], head["headers"][1::2], strict=True):
        headers.add(name, value)
    original = HTTPResponse(
        HTTPRequest(url), head["status"], headers, BytesIO(body), reason=head["reason"]
    )
    return RewritableResponse(
        orig_response=original,
        headers=copy.copy(headers),
        body=body,
        code=head["status"],
        reason=head["reason"],
    )


def _write(response: RewritableResponse) -> bytes:
    if not 200 <= response.code <= 999:
        raise ValueError(f"{response.code} is no status of a response")
    head = {
        "status": response.code,
        "reason": response.reason or "",
        "headers": [text for field in _fields(response.headers) for text in field],
    }
    return json.dumps(head).encode() + b"\n" + response.body


def _fields(headers: HTTPHeaders | Mapping[str, str]) -> Iterator[tuple[str, str]]:
    items = headers.get_all() if isinstance(headers, HTTPHeaders) else headers.items()
    for name, value in items:
        text = str(value)
        if not can_stand(name, text):
            raise ValueError(f"the field {name!r} can't stand in a response")
        yield name, text
