"""Measure: python3 tests/bench/run.py, on a machine that has nothing but Python ≥ 3.10 with pip.

Direct, nginx, jupyter-server-proxy, configurable-http-proxy, and ours by the door and by the
relay, one after another within one run, all in front of the same app. The tables and the chart
go to `docs/performance.md`, the raw figures to `.test-output/bench/results.json`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "server")]

from bench.options import read_options  # noqa: E402
from bench.preparation.stages import go_on_in_environment, prepare  # noqa: E402


def main() -> int:
    """Prepare with whatever Python this is, then measure with the environment's."""
    options = read_options()
    if not os.environ.get("PORTHOLE_BENCH_PREPARED"):
        if not options.render_only and prepare(options.install) != 0:
            return 1
        go_on_in_environment(Path(__file__))
    from bench.measuring import measure_and_report

    return measure_and_report(options)


if __name__ == "__main__":
    if sys.version_info < (3, 10):  # noqa: UP036 - whoever has less should read it
        sys.exit("The benchmark needs Python 3.10 or newer.")
    sys.exit(main())
