"""Draw bars: `python chart.py FILE.svg`, with what to draw as JSON on the standard input.

Run with a Python that has matplotlib, and alone: it imports nothing of the benchmark. The same
input gives the same file.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot
from matplotlib.axes import Axes

_COLUMNS = 2
_WIDTH_INCHES = 10.0
_ROW_INCHES = 2.2
_OURS = "#e8710a"
_OTHERS = "#8a93a0"
_STYLE = {
    # Text as text: it can be searched and takes the reader's font.
    "svg.fonttype": "none",
    # Instead of random names within the file.
    "svg.hashsalt": "ways",
    "font.family": "sans-serif",
    "font.size": 9,
}


def draw(panels: list[dict[str, Any]], path: str) -> None:
    """Draw panels `{title, bars: [{label, length, text, ours}]}`."""
    rows = -(-len(panels) // _COLUMNS)
    with pyplot.rc_context(_STYLE):
        figure, axes = pyplot.subplots(
            rows, _COLUMNS, figsize=(_WIDTH_INCHES, rows * _ROW_INCHES), squeeze=False
        )
        for axis in axes.flat[len(panels) :]:
            axis.remove()
        for axis, panel in zip(axes.flat, panels, strict=False):
            _draw_panel(axis, panel)
        figure.tight_layout()
        figure.savefig(path, metadata={"Date": None, "Creator": None}, facecolor="white")


def _draw_panel(axis: Axes, panel: dict[str, Any]) -> None:
    bars = panel["bars"]
    drawn = axis.barh(
        [bar["label"] for bar in bars],
        [bar["length"] for bar in bars],
        color=[_OURS if bar["ours"] else _OTHERS for bar in bars],
        height=0.7,
    )
    axis.bar_label(drawn, [bar["text"] for bar in bars], padding=3)
    axis.invert_yaxis()
    axis.set_title(panel["title"], loc="left", fontsize=10)
    axis.set_xticks([])
    axis.margins(x=0.18)
    axis.tick_params(left=False)
    axis.spines[["top", "right", "bottom"]].set_visible(False)


if __name__ == "__main__":
    draw(json.load(sys.stdin), sys.argv[1])
