"""Why a request is refused, or can't be served, although its user is known.

The pages and texts are made by the sidecar (``src/sidecar/pages/texts.ts``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Literal

Reason = Literal[
    "cross-site",
    "foreign-port",
    "host-refused",
    "no-such-host",
    "starting",
    "start-timeout",
    "app-failed",
]


@dataclass(eq=False)
class RefusalError(Exception):
    """Ends the way to a grant."""

    reason: Reason
    #: How the app is called; empty for a port.
    title: str = ""
    #: A sentence about what happened.
    message: str = ""
    #: The last lines that the app has put out.
    lines: list[str] = field(default_factory=list)

    def body(self) -> str:
        """Return what the sidecar is told, as JSON."""
        return json.dumps({"title": self.title, "message": self.message, "lines": self.lines})
