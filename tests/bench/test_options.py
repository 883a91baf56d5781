"""The command line chooses what is measured."""

from __future__ import annotations

import pytest

from .options import FIGURES, ROUNDS, WAYS, read_options


def test_everything_by_default() -> None:
    options = read_options([])

    assert options.is_whole
    assert options.rounds == ROUNDS
    assert options.install
    assert options.write


def test_one_round_if_quick_unless_more_are_wanted() -> None:
    assert read_options(["--quick"]).rounds == 1
    assert read_options(["--quick", "--rounds", "2"]).rounds == 2


def test_a_beginning_stands_for_all_figures_with_it() -> None:
    options = read_options(["--only", "transfer,keep-alive-32"])

    assert options.figures == ("keep-alive-32", "transfer-down", "transfer-up")
    assert not options.is_whole


def test_figures_and_ways_come_in_their_own_order() -> None:
    options = read_options(["--ways", "door,direct", "--only", ",".join(reversed(FIGURES))])

    assert options.ways == ("direct", "door")
    assert options.figures == tuple(FIGURES)
    assert len(options.ways) < len(WAYS)


@pytest.mark.parametrize("words", [["--only", "speed"], ["--ways", "door,caddy"], ["--only", "up"]])
def test_what_there_is_not_is_an_error(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        read_options(words)
    assert "there is no" in capsys.readouterr().err
