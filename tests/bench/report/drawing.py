"""What the chart shows."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from ..options import WAYS
from ..places import CHART_VENV
from ..results import Results

#: Title, figure, value, and the format of its numbers.
_PANELS = (
    ("Small file, keep-alive, 32 clients: requests/s", "keep-alive-32", "requests_per_s", ",.0f"),
    ("One connection per request: requests/s", "one-connection", "requests_per_s", ",.0f"),
    ("One client, p50: ms (less is better)", "keep-alive-1", "p50_ms", ".2f"),
    ("First byte of 90 MB: ms (less is better)", "download", "first_byte_ms", ",.1f"),
    ("Download: MB/s", "download", "mb_per_s", ",.0f"),
    ("Upload: MB/s", "upload", "mb_per_s", ",.0f"),
    ("WebSocket, 64 B × 64 in flight: messages/s", "websocket-64", "messages_per_s", ",.0f"),
    ("Jupyter's /api, flat out, p99: ms (less is better)", "api-flat-out", "p99_ms", ",.1f"),
)


def draw(results: Results, path: Path) -> None:
    """Draw the chart with what was installed for it."""
    panels = [_panel(results, *panel) for panel in _PANELS]
    subprocess.run(
        [CHART_VENV / "bin" / "python", Path(__file__).with_name("chart.py"), path],
        input=json.dumps([panel for panel in panels if panel["bars"]]),
        encoding="utf-8",
        check=True,
    )


def _panel(results: Results, title: str, figure: str, value: str, form: str) -> dict[str, Any]:
    bars = [
        {"label": label, "length": median, "text": format(median, form), "ours": way in _OURS}
        for way, label in WAYS.items()
        if (median := results.median(figure, way, value)) is not None
    ]
    return {"title": title, "bars": bars}


_OURS = ("door", "relay")
