"""The app that all ways lead to."""

from __future__ import annotations

import contextlib
import gzip
import json
import re
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..children import MeasurementError, node, running
from ..nginx import nginx
from .pages import page, page_of_links

SMALL_BYTES = 200
LARGE_BYTES = 90_000_000

#: What the app answers to: files, and what begins with `/app/`.
SMALL = "/small"
LARGE = "/large"
#: Pages that need no fix, since all their addresses are relative: 8 kB, that compressed, 1 MB.
PAGE_8K = "/pages/8k.html"
PAGE_8K_GZIP = "/pages/8k-gzip.html"
PAGE_1MB = "/pages/1mb.html"
#: Pages that need it: 8 kB, 50 MB, and 50 MB of links.
ROOT_PAGE_8K = "/pages/root-8k.html"
ROOT_PAGE_50MB = "/pages/root-50mb.html"
ROOT_PAGE_LINKS = "/pages/root-links.html"
APP = "/app/"
UPLOAD = "/app/upload"
ECHO = "/app/echo"

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Origin:
    """The running app: its two ports."""

    files: int
    app: int

    def url(self, path: str) -> str:
        """Return the address of a file, with nothing in between."""
        return f"http://127.0.0.1:{self.files}{path}"

    def requests(self) -> int:
        """Return how many requests for files it has had so far."""
        with urllib.request.urlopen(self.url("/status")) as response:
            text = response.read().decode()
        numbers = re.search(r"requests\s+\d+ \d+ (\d+)", text)
        if numbers is None:
            raise MeasurementError(f"nginx's status has changed: {text}")
        return int(numbers[1])


@contextlib.contextmanager
def origin(folder: Path) -> Iterator[Origin]:
    """Run the app, with its files in a folder."""
    root = folder / "root"
    for path, content in _files():
        (root / path.lstrip("/")).parent.mkdir(parents=True, exist_ok=True)
        (root / path.lstrip("/")).write_bytes(content)
    command = [node(), _HERE / "app.ts"]
    with (
        nginx(folder / "nginx", _HERE / "nginx.conf", root=root) as (files, _),
        running(command, folder / "app.log", pipe=True) as process,
    ):
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise MeasurementError((folder / "app.log").read_text(encoding="utf-8"))
        yield Origin(files, json.loads(line)["port"])


def _files() -> Iterator[tuple[str, bytes]]:
    """Return the path and the content of each file, one after another."""
    yield SMALL, b"x" * SMALL_BYTES
    yield LARGE, bytes(range(250)) * (LARGE_BYTES // 250)
    yield PAGE_8K, page(8_000)
    yield PAGE_8K_GZIP, gzip.compress(page(8_000))
    yield PAGE_1MB, page(1_000_000)
    yield ROOT_PAGE_8K, page(8_000, "/")
    yield ROOT_PAGE_50MB, page(50_000_000, "/")
    yield ROOT_PAGE_LINKS, page_of_links(50_000_000, "/")
