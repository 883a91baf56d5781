"""The answer while there is no sidecar: the only one to a proxied request made in Python."""

from __future__ import annotations

import contextlib
import json
from html import escape

from tornado.httputil import HTTPServerRequest

from .relay import End

#: Tries again each second, without a script.
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="1">
<title>Jupyter can&rsquo;t open web apps at the moment.</title>
</head>
<body>
<h1>Jupyter can&rsquo;t open web apps at the moment.</h1>
<p>{message}</p>
<p>This page tries again every second.</p>
</body>
</html>
"""


async def send_unavailable(client: End, request: HTTPServerRequest, failed: bool) -> None:
    """Answer 503 and close the connection.

    :param failed: whether it stays so until somebody mends it. Why is told in Jupyter's
        log only, since anybody may be asking.
    """
    what = "The part of jupyter-porthole that carries requests"
    message = (
        f"{what} can't be started: Jupyter's log says why."
        if failed
        else f"{what} is being started."
    )
    if "text/html" in request.headers.get("Accept", ""):
        kind, body = "text/html; charset=utf-8", PAGE.format(message=escape(message))
    else:
        kind, body = "application/json", json.dumps({"message": message})
    payload = body.encode()
    head = (
        "HTTP/1.1 503 Service Unavailable\r\n"
        "Retry-After: 1\r\n"
        "Cache-Control: no-store\r\n"
        "Content-Security-Policy: default-src 'none'; frame-ancestors 'self'\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        f"Content-Type: {kind}\r\n"
        f"Content-Length: {len(payload)}\r\n"
        "Connection: close\r\n"
        "\r\n"
    )
    # A client that has left needs no answer.
    with contextlib.suppress(OSError):
        await client.write(head.encode() + (b"" if request.method == "HEAD" else payload))
    client.close()
