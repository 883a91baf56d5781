"""The course of a run: which steps, in which order, what the terminal shows."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from .commands import StepFailedError
from .counts import Counts, closing_lines, count
from .places import OUTPUT

TAIL_LINES = 60


@dataclass(frozen=True)
class Step:
    """One step of the run: `action` writes to its log and raises StepFailedError on failure.

    `needs` names the steps without which it is impossible; `counts` says that it runs tests;
    `optional`, that it is run only when it is named.
    """

    name: str
    title: str
    action: Callable[[TextIO], None]
    needs: tuple[str, ...] = ()
    counts: bool = False
    optional: bool = False


@dataclass
class _Result:
    failed: list[str] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)


def run_steps(steps: Sequence[Step], wanted: Sequence[str]) -> int:
    """Run the wanted steps and those that they need; return the exit status.

    `steps` must be in an order in which each comes after those that it needs.
    """
    OUTPUT.mkdir(exist_ok=True)
    chosen = _with_needs(steps, wanted)
    result = _Result()
    for number, step in enumerate(chosen, 1):
        print(f"[{number}/{len(chosen)}] {step.title} … ", end="", flush=True)
        missing = [name for name in step.needs if name in result.failed]
        if missing:
            print(f"impossible without: {', '.join(missing)}")
            result.failed.append(step.name)
            if step.counts:
                result.counts += count("", succeeded=False)
        else:
            _run(step, result)
    print()
    if result.failed:
        print(f"Failed: {', '.join(result.failed)}")
    print(f"{result.counts.passed} passed, {result.counts.failed} failed")
    return 1 if result.failed else 0


def _run(step: Step, result: _Result) -> None:
    path = OUTPUT / f"{step.name}.log"
    started = time.monotonic()
    error = ""
    with path.open("w", encoding="utf-8") as log:
        try:
            step.action(log)
        except StepFailedError as failure:
            error = str(failure)
    took = f"({time.monotonic() - started:.0f} s)"
    output = path.read_text(encoding="utf-8", errors="replace")
    if step.counts:
        result.counts += count(output, succeeded=not error)
    if error:
        result.failed.append(step.name)
        _show_failure(path, output, f"FAILED {took}: {error}")
        return
    print(f"ok {took}")
    for line in closing_lines(output) if step.counts else []:
        print(f"    {line}")


def _show_failure(path: Path, output: str, headline: str) -> None:
    print(headline)
    for line in output.splitlines()[-TAIL_LINES:]:
        print(f"    {line}")
    print(f"    (all of it: {path})", flush=True)


def _with_needs(steps: Sequence[Step], wanted: Sequence[str]) -> list[Step]:
    by_name = {step.name: step for step in steps}
    chosen: set[str] = set()
    waiting = list(wanted)
    while waiting:
        name = waiting.pop()
        if name not in chosen:
            chosen.add(name)
            waiting.extend(by_name[name].needs)
    return [step for step in steps if step.name in chosen]
