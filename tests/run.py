"""All the tests, on a machine that has nothing but Python ≥ 3.10 with pip: python3 tests/run.py

Everything it needs goes into `.test-venv` and `node_modules`, all output into `.test-output`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from runner.course import Step, run_steps
from runner.steps import STEPS


def main(argv: Sequence[str] | None = None) -> int:
    """Run the steps that the command line names; return the exit status."""
    names = [step.name for step in STEPS]
    parser = argparse.ArgumentParser(
        description="Set up a test environment in the checkout and run all tests in it.",
        epilog="Steps: "
        + "; ".join(_described(step) for step in STEPS)
        + ". The full output of each is in .test-output/STEP.log.",
    )
    parser.add_argument(
        "--only",
        metavar="STEP[,STEP]",
        type=lambda text: text.split(","),
        help="run only these steps, and those that they need",
    )
    arguments = parser.parse_args(argv)
    unknown = [name for name in arguments.only or [] if name not in names]
    if unknown:
        parser.error(f"no such step: {', '.join(unknown)}; there are {', '.join(names)}")
    return run_steps(STEPS, arguments.only or [step.name for step in STEPS if not step.optional])


def _described(step: Step) -> str:
    return f"{step.name} ({step.title}{'; only when named' if step.optional else ''})"


if __name__ == "__main__":
    if sys.version_info < (3, 10):  # noqa: UP036 - whoever has less should read it
        sys.exit("The tests need Python 3.10 or newer.")
    sys.exit(main())
