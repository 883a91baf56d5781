"""From a bare Python to the environment that measures."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from runner.course import Step, run_steps
from runner.places import VENV_BIN, environment
from runner.steps import STEPS

from ..places import BENCH
from .packages import install_chart_packages, install_chp, install_jsp
from .programs import ensure_programs

_CHECKOUT = ("environment", "node", "build", "install")
_OWN = (
    Step("bench-programs", "nginx and wrk", ensure_programs),
    Step("bench-jsp", "jupyter-server-proxy", install_jsp, ("environment",)),
    Step("bench-chp", "configurable-http-proxy", install_chp, ("environment",)),
    Step("bench-chart", "what draws the chart", install_chart_packages, ("environment",)),
)


def prepare(with_checkout: bool) -> int:
    """Install all that the benchmark needs; return the exit status.

    :param with_checkout: whether the checkout is built and installed in `.test-venv`, too.
    """
    BENCH.mkdir(parents=True, exist_ok=True)
    if with_checkout:
        steps = (*STEPS, *_OWN)
        return run_steps(steps, [*_CHECKOUT, *(step.name for step in _OWN)])
    steps = tuple(replace(step, needs=()) for step in _OWN)
    return run_steps(steps, [step.name for step in steps])


def go_on_in_environment(script: Path) -> NoReturn:
    """Replace this process by the same command in `.test-venv`'s Python."""
    python = str(VENV_BIN / "python")
    variables = environment() | {"PORTHOLE_BENCH_PREPARED": "1"}
    sys.stdout.flush()
    os.execve(python, [python, str(script), *sys.argv[1:]], variables)
