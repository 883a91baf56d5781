"""Load by the programs for Node in this folder."""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from support.jupyter import TOKEN

from ..children import MeasurementError, node

_HERE = Path(__file__).parent


class Load:
    """A running program."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def first_report(self) -> dict[str, Any]:
        """Wait until it has reported something; for programs that go on after that."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        return json.loads(line) if line else self.result(10)

    def result(self, seconds: float) -> dict[str, Any]:
        """Wait for its end, so long at most, and return what it has reported.

        Raises MeasurementError if it fails or doesn't end.
        """
        name = self._process.args[1].name
        try:
            output, errors = self._process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise MeasurementError(f"{name} did not end after {seconds:.0f} s") from None
        if self._process.returncode != 0:
            raise MeasurementError(f"{name} has failed:\n{errors}")
        return json.loads(output) if output else {}

    def stop(self, seconds: float = 60) -> dict[str, Any]:
        """Let it come to an end; see `result`."""
        self._process.terminate()
        return self.result(seconds)


@contextlib.contextmanager
def load(program: str, **options: object) -> Iterator[Load]:
    """Run a program of this folder; it is ended in any case.

    :param options: its options, with `_` for `-`; it also gets the token.
    """
    given = [word for name, value in options.items() for word in (f"--{_dashed(name)}", str(value))]
    with subprocess.Popen(
        [node(), _HERE / f"{program}.ts", "--token", TOKEN, *given],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            yield Load(process)
        finally:
            # Nothing happens if it has ended.
            process.kill()


def run_load(program: str, most_seconds: float, **options: object) -> dict[str, Any]:
    """Run a program of this folder to its end, and return what it has reported."""
    with load(program, **options) as running:
        return running.result(most_seconds)


def _dashed(name: str) -> str:
    return name.replace("_", "-")
