"""The course of the measurement."""

from __future__ import annotations

import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from .children import MeasurementError
from .figures.catalogue import CATALOGUE
from .figures.figure import Figure, Setting, Values
from .machine import conditions, versions
from .options import FIGURES, Options
from .origin.origin import origin
from .pace import QUICK, WARM_UP, WHOLE
from .places import LOGS, PARTIAL_RESULTS, RESULTS
from .report.document import publish
from .results import Results, Sample
from .ways.starting import all_started
from .ways.way import Way


def measure_and_report(options: Options) -> int:
    """Do what the command line says; return the exit status."""
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    _allow_many_files()
    try:
        results = Results.read(RESULTS) if options.render_only else _measure(options)
    except MeasurementError as error:
        print(f"Failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    publish(results, write=options.write and (options.is_whole or options.render_only))
    return 0


def _allow_many_files() -> None:
    """Raise the limit of open files, for all programs that are started from here."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _measure(options: Options) -> Results:
    results = Results(conditions(options), versions())
    started_at = time.monotonic()
    try:
        _measure_figures(options, results)
    except MeasurementError:
        results.save(PARTIAL_RESULTS)
        raise
    minutes = (time.monotonic() - started_at) / 60
    results.conditions["Duration"] = f"{minutes:.0f} minutes"
    results.save(RESULTS if options.is_whole else PARTIAL_RESULTS)
    return results


def _measure_figures(options: Options, results: Results) -> None:
    # Not in the checkout: the paths of Unix sockets have to be short.
    with (
        tempfile.TemporaryDirectory(prefix="porthole-bench-") as folder,
        origin(Path(folder, "origin")) as app,
        all_started(options.ways, Path(folder), app) as ways,
    ):
        setting = Setting(app, QUICK if options.quick else WHOLE, Path(folder))
        try:
            for name in options.figures:
                _measure_figure(CATALOGUE[name], ways, setting, options.rounds, results)
        finally:
            _keep_logs(Path(folder))


def _keep_logs(folder: Path) -> None:
    """Copy what the programs have logged out of a folder that is about to be removed."""
    shutil.rmtree(LOGS, ignore_errors=True)
    LOGS.mkdir()
    for path in folder.rglob("*.log"):
        shutil.copy(path, LOGS / f"{path.parent.name}-{path.name}")


def _measure_figure(
    figure: Figure, ways: Mapping[str, Way], setting: Setting, rounds: int, results: Results
) -> None:
    chosen = [ways[name] for name in figure.ways if name in ways]
    if figure.once:
        rounds = 1
    else:
        for way in chosen:
            _measure_once(figure, way, replace(setting, pace=WARM_UP))
    for number in range(rounds):
        # Another one begins each time, so that none always comes after the same.
        start = number % len(chosen) if chosen else 0
        for way in chosen[start:] + chosen[:start]:
            values = _measure_once(figure, way, setting)
            results.samples.append(Sample(figure.name, way.name, values))
            name, unit = figure.shown
            where = f"round {number + 1}/{rounds}, {way.title}"
            print(f"{FIGURES[figure.name]}, {where}: {values[name]:,.1f} {unit}", flush=True)


def _measure_once(figure: Figure, way: Way, setting: Setting) -> Values:
    try:
        return figure.measure(way, setting)
    except MeasurementError as error:
        raise MeasurementError(f"{figure.name}, {way.title}: {error}") from None
