"""Rounds are summed up, and kept in a file."""

from __future__ import annotations

from pathlib import Path

from .results import Results, Sample, Summary


def _results(*rounds: float) -> Results:
    samples = [Sample("upload", "door", {"mb_per_s": number}) for number in rounds]
    samples.append(Sample("upload", "nginx", {"mb_per_s": 1000.0}))
    return Results({"Date": "2026-01-01"}, {"wrk": "4.1.0"}, samples)


def test_median_and_extremes_of_all_rounds() -> None:
    results = _results(30.0, 10.0, 90.0)

    assert results.summary("upload", "door", "mb_per_s") == Summary(30.0, 10.0, 90.0, 3)
    assert results.median("upload", "door", "mb_per_s") == 30.0


def test_what_was_not_measured_has_no_summary() -> None:
    results = _results(1.0)

    assert results.summary("download", "door", "mb_per_s") is None
    assert results.summary("upload", "relay", "mb_per_s") is None
    assert results.summary("upload", "door", "p99_ms") is None
    assert results.median("upload", "relay", "mb_per_s") is None


def test_what_is_saved_is_read_again(tmp_path: Path) -> None:
    results = _results(1.5, 2.5)
    results.save(tmp_path / "results.json")

    assert Results.read(tmp_path / "results.json") == results
