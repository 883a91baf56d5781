"""Tells JupyterHub when the app was last in use."""

from __future__ import annotations

import asyncio
import json
import os
import random
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from logging import Logger

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest


@dataclass(frozen=True)
class HubActivity:
    """Where activity is reported to."""

    url: str
    token: str = field(repr=False)
    #: Empty for a user's default server.
    server_name: str

    @classmethod
    def from_environment(cls) -> HubActivity | None:
        """Read what a hub has said to us, if one has started us."""
        url, token = (
            os.environ.get(f"JUPYTERHUB_{name}", "") for name in ("ACTIVITY_URL", "API_TOKEN")
        )
        if not url or not token:
            return None
        return cls(url, token, os.environ.get("JUPYTERHUB_SERVER_NAME", ""))

    def request(self, last_activity: datetime, context: ssl.SSLContext | None) -> HTTPRequest:
        """Make a report."""
        time = last_activity.astimezone(timezone.utc).isoformat()
        servers = {self.server_name: {"last_activity": time}}
        return HTTPRequest(
            self.url,
            method="POST",
            headers={"Authorization": f"token {self.token}", "Content-Type": "application/json"},
            body=json.dumps({"servers": servers, "last_activity": time}),
            # The token is for this address alone.
            follow_redirects=False,
            ssl_options=context,
        )


async def report_activity(
    hub: HubActivity,
    interval: float,
    last_activity: Callable[[], datetime],
    context: ssl.SSLContext | None,
    log: Logger,
) -> None:
    """Report again and again, until cancelled.

    What fails is tried again at the next time: the next report says no less.

    :param interval: seconds from one report to the next.
    :param last_activity: when the app was last in use.
    """
    client = AsyncHTTPClient(force_instance=True)
    try:
        while True:
            time = last_activity()
            try:
                await client.fetch(hub.request(time, context))
                log.debug("The hub knows of activity until %s", time)
            except (HTTPClientError, OSError) as error:
                log.error("Activity can't be reported to the hub: %s", error)
            # Servers that a hub has started at the same moment shall not stay in step.
            await asyncio.sleep(interval * random.uniform(0.95, 1.05))  # noqa: S311
    finally:
        client.close()
