"""Where the benchmark's things are in the checkout."""

from __future__ import annotations

from runner.places import OUTPUT, ROOT

BENCH = OUTPUT / "bench"
#: jupyter-server-proxy, in the same versions of Jupyter Server and Tornado as ours.
JSP_VENV = BENCH / "jsp-venv"
CHART_VENV = BENCH / "chart-venv"
#: configurable-http-proxy, as npm installs it.
CHP = BENCH / "chp"
#: The raw figures of the last whole run, and of the last one that was of a part.
RESULTS = BENCH / "results.json"
PARTIAL_RESULTS = BENCH / "partial-results.json"
#: What the measured programs have logged in the last run.
LOGS = BENCH / "logs"

DOCUMENT = ROOT / "docs" / "performance.md"
CHART = ROOT / "docs" / "performance" / "ways.svg"
