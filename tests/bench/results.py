"""The figures of a run, and what becomes of several rounds."""

from __future__ import annotations

import json
import statistics
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Summary:
    """One value over all rounds."""

    median: float
    least: float
    most: float
    rounds: int


@dataclass(frozen=True)
class Sample:
    """One measurement: values by name."""

    figure: str
    way: str
    values: dict[str, float]


@dataclass
class Results:
    """All that was measured in one run."""

    #: The machine, the date, how it was measured: names with texts.
    conditions: dict[str, str]
    #: Programs with their versions.
    versions: dict[str, str]
    samples: list[Sample] = field(default_factory=list)

    def summary(self, figure: str, way: str, value: str) -> Summary | None:
        """Sum up a value over all rounds; `None` if it was not measured."""
        values = [
            sample.values[value]
            for sample in self.samples
            if (sample.figure, sample.way) == (figure, way) and value in sample.values
        ]
        if not values:
            return None
        return Summary(statistics.median(values), min(values), max(values), len(values))

    def median(self, figure: str, way: str, value: str) -> float | None:
        """Return the median of a value over all rounds; `None` if it was not measured."""
        summary = self.summary(figure, way, value)
        return summary.median if summary else None

    def save(self, path: Path) -> None:
        """Write it to a file, as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Results:
        """Read what `save` has written."""
        content = json.loads(path.read_text(encoding="utf-8"))
        samples = [Sample(**sample) for sample in content["samples"]]
        return cls(content["conditions"], content["versions"], samples)
