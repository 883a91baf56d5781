"""One request, for a look at what comes."""

from __future__ import annotations

import contextlib
import http.client
import urllib.parse
from dataclasses import dataclass

from support.jupyter import TOKEN

from ..children import MeasurementError

_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Fetched:
    """An answer, as far as a page depends on it."""

    kind: str | None
    coding: str | None
    body: bytes

    def __str__(self) -> str:
        return f"{len(self.body)} bytes of {self.kind}, coding {self.coding}"


def fetch(url: str, accept: str) -> Fetched:
    """Get what is there, as it comes: compressed if it is.

    Raises MeasurementError if the status isn't 200.
    """
    address = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(address.netloc, timeout=_PATIENCE_SECONDS)
    with contextlib.closing(connection):
        headers = {"Accept": accept, "Authorization": f"token {TOKEN}"}
        connection.request("GET", address.path, headers=headers)
        response = connection.getresponse()
        body = response.read()
    if response.status != 200:
        raise MeasurementError(f"{url}: status {response.status}")
    return Fetched(response.getheader("Content-Type"), response.getheader("Content-Encoding"), body)
