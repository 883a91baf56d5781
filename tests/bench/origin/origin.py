"""The app that all ways lead to."""

from __future__ import annotations

import contextlib
import json
import re
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..children import MeasurementError, node, running
from ..nginx import nginx

SMALL_BYTES = 200
LARGE_BYTES = 90_000_000

#: What the app answers to: the first two are files, the rest begins with `/app/`.
SMALL = "/small"
LARGE = "/large"
APP = "/app/"
UPLOAD = "/app/upload"
ECHO = "/app/echo"

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Origin:
    """The running app: its two ports."""

    files: int
    app: int

    def requests(self) -> int:
        """Return how many requests for files it has had so far."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.files}/status") as response:
            text = response.read().decode()
        numbers = re.search(r"requests\s+\d+ \d+ (\d+)", text)
        if numbers is None:
            raise MeasurementError(f"nginx's status has changed: {text}")
        return int(numbers[1])


@contextlib.contextmanager
def origin(folder: Path) -> Iterator[Origin]:
    """Run the app, with its files in a folder."""
    root = folder / "root"
    root.mkdir(parents=True)
    (root / "small").write_bytes(b"x" * SMALL_BYTES)
    (root / "large").write_bytes(bytes(range(250)) * (LARGE_BYTES // 250))
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
