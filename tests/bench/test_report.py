"""Targets, tables and the document, from figures that are known."""

from __future__ import annotations

import pytest

from .figures.catalogue import CATALOGUE
from .options import FIGURES, WAYS
from .report.markdown import markdown_table, put_between
from .report.tables import TABLES, Column, Row, Table
from .report.targets import TARGETS, Target
from .results import Results, Sample


def _results(figure: str, value: str, **medians: float) -> Results:
    samples = [Sample(figure, way, {value: number}) for way, number in medians.items()]
    return Results({}, {}, samples)


RATES = _results("keep-alive-32", "requests_per_s", jsp=600.0, nginx=40_000.0, door=21_000.0)


def test_a_target_may_be_a_multiple_of_another_way() -> None:
    target = Target("rate", "keep-alive-32", "requests_per_s", "≥", 30, times="jsp")

    measured = target.measured(RATES)

    assert measured == pytest.approx(35)
    assert target.is_reached(35)
    assert not target.is_reached(29.9)
    assert target.text(35) == "35 × jupyter-server-proxy"


def test_a_target_may_be_what_comes_on_top_of_another_way() -> None:
    target = Target("memory", "memory-after", "main_mb", "≤", 10, "MB", above="off")
    results = _results("memory-after", "main_mb", off=90.0, door=98.5)

    assert target.measured(results) == pytest.approx(8.5)
    assert target.is_reached(10)
    assert not target.is_reached(10.1)
    assert target.text(8.5) == "Jupyter with ours off + 8.5 MB"


def test_a_target_may_be_absolute() -> None:
    target = Target("rate", "keep-alive-32", "requests_per_s", "≥", 20_000, "requests/s")

    assert target.measured(RATES) == 21_000
    assert target.text(21_000) == "21000 requests/s"


@pytest.mark.parametrize("missing", ["door", "jsp"])
def test_a_target_without_its_figures_has_no_outcome(missing: str) -> None:
    target = Target("rate", "keep-alive-32", "requests_per_s", "≥", 30, times="jsp")
    samples = [sample for sample in RATES.samples if sample.way != missing]

    assert target.measured(Results({}, {}, samples)) is None


def test_targets_and_tables_name_figures_and_ways_that_there_are() -> None:
    columns = [column for table in TABLES for column in table.columns]

    assert {target.figure for target in TARGETS} <= set(FIGURES)
    assert {target.way for target in TARGETS} <= set(WAYS)
    assert {column.figure for column in columns} <= set(FIGURES)


def test_all_figures_of_the_command_line_can_be_measured_in_this_order() -> None:
    assert list(CATALOGUE) == list(FIGURES)
    assert {way for figure in CATALOGUE.values() for way in figure.ways} == set(WAYS)


def test_a_table_has_a_row_for_each_way_that_was_measured() -> None:
    table = Table(
        "Rates",
        (
            Column("requests/s", "keep-alive-32", "requests_per_s"),
            Column("× jsp", "keep-alive-32", "requests_per_s", times="jsp"),
            Column("p50", "keep-alive-32", "p50_ms", 2),
        ),
    )

    assert table.render(RATES) == [
        "",
        "### Rates",
        "",
        "| way | requests/s | × jsp | p50 |",
        "| --- | ---: | ---: | ---: |",
        "| nginx | 40,000 | 66.7 | – |",
        "| jupyter-server-proxy | 600 | 1 | – |",
        "| ours, by the door | 21,000 | 35 | – |",
    ]


def test_a_row_may_have_other_values_of_a_way() -> None:
    rate = Column("requests/s", "pages-8k", "requests_per_s")
    table = Table(
        "Rates",
        (rate, Column("× jsp", "pages-8k", "requests_per_s", times="jsp")),
        (Row("not looked at", "door", "as_file_"),),
    )
    door = {"requests_per_s": 9_000.0, "as_file_requests_per_s": 10_000.0}
    samples = [
        Sample("pages-8k", "jsp", {"requests_per_s": 500.0}),
        Sample("pages-8k", "door", door),
    ]

    assert table.render(Results({}, {}, samples))[-2:] == [
        "| ours, by the door | 9,000 | 18 |",
        "| not looked at | 10,000 | 20 |",
    ]


def test_a_table_of_nothing_is_left_out() -> None:
    assert Table("Rates", (Column("MB/s", "upload", "mb_per_s"),)).render(RATES) == []


def test_the_spread_is_shown_if_there_were_rounds() -> None:
    column = Column("MB/s", "upload", "mb_per_s", 1, spread=True)
    samples = [Sample("upload", "door", {"mb_per_s": number}) for number in (3.0, 1.0, 2.0)]

    assert column.cell(Results({}, {}, samples), Row("ours", "door")) == "2.0 (1.0–3.0)"
    assert column.cell(Results({}, {}, samples[:1]), Row("ours", "door")) == "3.0"


def test_only_what_is_between_the_marks_is_replaced() -> None:
    text = "# Title\n\nBefore\n<start>\nold\n<end>\n\nAfter\n"

    assert put_between(text, "<start>", "<end>", ["new"]) == (
        "# Title\n\nBefore\n<start>\n\nnew\n\n<end>\n\nAfter\n"
    )


def test_replacing_twice_is_replacing_once() -> None:
    once = put_between("<start>\n<end>\n", "<start>", "<end>", ["new"])

    assert put_between(once, "<start>", "<end>", ["new"]) == once


@pytest.mark.parametrize(
    "text", ["", "<start>\n", "<end>\n", "<end>\n<start>\n", "<start>\n<start>\n<end>\n"]
)
def test_marks_that_are_missing_or_wrong_are_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="needs"):
        put_between(text, "<start>", "<end>", ["new"])


def test_numbers_are_to_the_right_in_tables() -> None:
    assert markdown_table(["a", "b"], [["x", "1"]]) == ["| a | b |", "| --- | ---: |", "| x | 1 |"]
