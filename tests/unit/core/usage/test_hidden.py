"""What no line shows: by process, on top of a parent's sum, and never less than nothing."""

from __future__ import annotations

from cc_launcher.core.usage import hidden
from cc_launcher.core.usage.figures import Figures
from cc_launcher.core.usage.hidden import Hidden, Line, Sum


def f(given: int, output: int = 0) -> Figures:
    return Figures(given, output)


def test_it_is_the_sum_less_the_lines() -> None:
    lines = [Line(1, "a", f(10, 5)), Line(2, "a", f(1, 1))]
    sums = [Sum(3, 0, {"a": f(15, 6), "title": f(7, 7)})]
    assert hidden.found(lines, sums, [0], {}) == [Hidden(3, "a", f(4)), Hidden(3, "title", f(7, 7))]


def test_of_the_sums_of_a_process_the_last_counts_and_the_next_one_goes_on_from_it() -> None:
    sums = [Sum(1, 0, {"a": f(5)}), Sum(2, 0, {"a": f(9)}), Sum(6, 0, {"a": f(10)})]
    assert hidden.found([], sums, [0, 5], {}) == [Hidden(2, "a", f(9)), Hidden(6, "a", f(1))]


def test_a_line_behind_the_sum_of_its_process_is_in_it() -> None:
    """A client that is interrupted writes its sum first."""
    assert hidden.found([Line(9, "a", f(10, 3))], [Sum(1, 0, {"a": f(10, 4)})], [0], {}) == [Hidden(1, "a", f(0, 1))]


def test_a_sum_that_is_smaller_than_the_one_before_was_begun_again() -> None:
    sums = [Sum(1, 0, {"a": f(100)}), Sum(6, 0, {"a": f(7)})]
    assert hidden.found([], sums, [0, 5], {}) == [Hidden(1, "a", f(100)), Hidden(6, "a", f(7))]


def test_lines_beyond_the_sum_hide_nothing() -> None:
    assert hidden.found([Line(1, "a", f(50))], [Sum(2, 0, {"a": f(40)})], [], {}) == []


def test_a_model_that_answers_by_another_name_is_the_same_one() -> None:
    assert hidden.found([Line(1, "answered", f(50))], [Sum(2, 0, {"asked": f(60)})], [], {}) == [
        Hidden(2, "asked", f(10))
    ]


def test_a_fork_begins_with_the_newest_sum_that_its_parent_had_by_then() -> None:
    sums = [Sum(1, 77, {"a": f(10)}), Sum(5, 77, {"a": f(20)}), Sum(9, 77, {"a": f(30)})]
    first = Sum(8, 77, {"a": f(25)})
    assert hidden.base_of(sums, first, 6) == {"a": f(20)}
    assert hidden.base_of(sums, first, 0) == {}
    assert hidden.base_of(sums, Sum(8, 78, {"a": f(25)}), 6) == {}
    assert hidden.base_of(sums, Sum(8, 77, {"a": f(15)}), 6) == {"a": f(10)}
    assert hidden.found([], [first], [6], {"a": f(20)}) == [Hidden(8, "a", f(5))]


def test_writes_are_compared_as_a_whole_and_keep_their_class_where_they_have_one() -> None:
    assert Figures(0, 0, 10, 5, 0).beyond(Figures(0, 0, 0, 0, 12)) == Figures(0, 0, 0, 3, 0)
    assert Figures(0, 0, 0, 0, 12).beyond(Figures(0, 0, 10, 0, 0)) == Figures(0, 0, 0, 0, 2)
    assert Figures(0, 0, 10, 5, 0).beyond(Figures(0, 0, 4, 5, 0)) == Figures(0, 0, 6, 0, 0)
