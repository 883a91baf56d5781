"""docs/performance.md: its figures are written here, the rest of it by hand."""

from __future__ import annotations

from runner.commands import execute

from ..places import BENCH, CHART, DOCUMENT
from ..results import Results
from .drawing import draw
from .markdown import markdown_table, put_between
from .tables import TABLES
from .targets import TARGETS, Target

START = "<!-- figures: written by tests/bench/run.py -->"
END = "<!-- end of figures -->"

_SKELETON = f"# Performance\n\n{START}\n{END}\n"
_CAPTION = "What each way to the app takes and gives"


def publish(results: Results, *, write: bool) -> None:
    """Write the document with its chart, or print the tables; print what isn't reached."""
    lines = figures_of(results)
    if write:
        _write(results, lines)
        print(f"Written: {DOCUMENT.name}, {CHART.name}")
    else:
        print("\n".join(lines))
    missed = [
        f"  {target.title}: {target.text(measured)}, not {target.relation} "
        f"{target.text(target.bound)}"
        for target, measured in _measured_targets(results)
        if not target.is_reached(measured)
    ]
    print("\n".join(["", "Not reached:", *missed] if missed else ["", "All targets are reached."]))


def figures_of(results: Results) -> list[str]:
    """Return the figures as lines of Markdown."""
    return [
        *_about(results),
        *_target_table(results),
        *(line for table in TABLES for line in table.render(results)),
    ]


def _write(results: Results, lines: list[str]) -> None:
    CHART.parent.mkdir(parents=True, exist_ok=True)
    draw(results, CHART)
    picture = f"![{_CAPTION}]({CHART.relative_to(DOCUMENT.parent).as_posix()})"
    text = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else _SKELETON
    DOCUMENT.write_text(put_between(text, START, END, [picture, "", *lines]), encoding="utf-8")
    with (BENCH / "prettier.log").open("w", encoding="utf-8") as log:
        execute(log, "jlpm", "prettier", "--write", DOCUMENT)


def _about(results: Results) -> list[str]:
    facts = [f"- {name}: {text}" for name, text in results.conditions.items()]
    versions = ", ".join(f"{name} {number}" for name, number in results.versions.items())
    return [
        *facts,
        f"- Versions: {versions}",
        "",
        "Each figure is the median of all rounds, the least and the most in brackets.",
    ]


def _target_table(results: Results) -> list[str]:
    rows = [
        [
            target.title,
            f"{target.relation} {target.text(target.bound)}",
            target.text(measured),
            "reached" if target.is_reached(measured) else "**not reached**",
        ]
        for target, measured in _measured_targets(results)
    ]
    if not rows:
        return []
    return ["", "### Targets", "", *markdown_table(["", "target", "measured", ""], rows)]


def _measured_targets(results: Results) -> list[tuple[Target, float]]:
    measured = [(target, target.measured(results)) for target in TARGETS]
    return [(target, value) for target, value in measured if value is not None]
