"""Tables of figures: whole figures in any width, names cut where they have to be."""

from __future__ import annotations

import pytest

from cc_launcher.cli import usage_table
from cc_launcher.cli.usage_table import Across, Column
from cc_launcher.core.text.width import width

HEADS = (
    Column("model", right=False, name=True),
    Column("project", right=False, name=True, ends=True),
    Column("cache\nread"),
    Column("cost"),
    Column("", right=False),
)
ROWS = [("glm-5.3", "/home/dev/a-long-way/down/project", "2.0M", "$1.50", "guessed"), ("x", "/y", "0", "unknown", "")]


def laid_out(room: int) -> list[str]:
    titles, lines = usage_table.laid_out(HEADS, ROWS, room)
    return [*titles, *lines]


def test_where_there_is_room_all_of_it_stands_there() -> None:
    assert laid_out(80) == [
        "                                            cache",
        "model    project                             read     cost",
        "glm-5.3  /home/dev/a-long-way/down/project   2.0M    $1.50  guessed",
        "x        /y                                     0  unknown",
    ]


def test_where_there_is_not_the_longest_name_is_cut_and_of_a_path_its_end_stays() -> None:
    lines = laid_out(50)
    assert all(width(line) <= 50 for line in lines)
    assert lines[2].startswith("glm-5.3 …ng-way/down/project ")


@pytest.mark.parametrize("room", range(20, 90, 3))
def test_no_figure_is_ever_cut(room: int) -> None:
    lines = laid_out(room)
    assert all(width(line) <= room for line in lines)
    shown = " ".join(lines)
    for figure in ("2.0M", "$1.50", "unknown", "guessed"):
        assert figure in shown


def test_very_narrow_each_row_has_lines_of_its_own() -> None:
    assert laid_out(24) == [
        "glm-5.3  /home/dev/a-lon",
        "g-way/down/project",
        "  cache read 2.0M, cost",
        "  $1.50, guessed",
        "x  /y",
        "  cache read 0, cost",
        "  unknown",
    ]


def test_a_column_that_nobody_needs_takes_no_room() -> None:
    _, lines = usage_table.laid_out(HEADS, [("a", "b", "1", "2", "")], 80)
    assert lines == ["a      b            1     2"]


def test_a_text_may_go_across() -> None:
    _, lines = usage_table.laid_out(HEADS, [("a", "b", "1", "2", ""), Across("then", "from here on\x1b beta")], 80)
    assert lines[1] == "then   from here on\\x1b beta"


def test_wide_letters_stand_under_each_other() -> None:
    _, lines = usage_table.laid_out(HEADS, [("模型", "b", "1", "2", ""), ("abcd", "b", "1", "2", "")], 80)
    assert len({width(line) for line in lines}) == 1
