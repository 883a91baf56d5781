"""Apps in processes of their own, and what they have noted."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RECORDING_APP = Path(__file__).with_name("recording_app.py")


@dataclass
class Record:
    """The notes of an app, see ``recording_app.py``."""

    path: Path

    def command(self, place: str = "{port}") -> list[str]:
        """Return the app's command."""
        return [sys.executable, str(RECORDING_APP), str(self.path), place]

    def events(self, kind: str) -> list[dict[str, Any]]:
        """Return the notes of a kind: "start", "connection" or "request"."""
        if not self.path.exists():
            return []
        notes = [json.loads(line) for line in self.path.read_text().splitlines()]
        return [note for note in notes if note["event"] == kind]

    @property
    def start(self) -> dict[str, Any]:
        """Its only start."""
        (start,) = self.events("start")
        return start
