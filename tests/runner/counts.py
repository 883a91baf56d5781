"""What the test runners say at the end, read from their logs."""

from __future__ import annotations

import re
from dataclasses import dataclass

_JEST = re.compile(r"^Tests: +.*\d+ total$", re.MULTILINE)
_PYTEST = re.compile(r"^=* ?((?:\d+ [a-z]+,? ?)+in [\d.]+s.*?)=*$", re.MULTILINE)
_COUNT = re.compile(r"(\d+) (passed|failed|error)")


@dataclass(frozen=True)
class Counts:
    """How many tests passed and failed."""

    passed: int = 0
    failed: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.passed + other.passed, self.failed + other.failed)


def closing_lines(output: str) -> list[str]:
    """Return the lines in which jest and pytest sum up."""
    return [
        match.group().strip("= ") for match in (*_JEST.finditer(output), *_PYTEST.finditer(output))
    ]


def count(output: str, succeeded: bool) -> Counts:
    """Return what the closing lines in `output` add up to.

    A runner that has failed without naming a failed test (it could not load one) counts as one.
    """
    total = Counts()
    for line in closing_lines(output):
        for number, word in _COUNT.findall(line):
            one = Counts(passed=int(number)) if word == "passed" else Counts(failed=int(number))
            total += one
    if not succeeded and total.failed == 0:
        total += Counts(failed=1)
    return total
