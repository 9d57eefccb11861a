"""The sums that are kept: of requests that are alike, by profile and time, with what is hidden apart."""

from __future__ import annotations

from cc_launcher.core.usage import rollup
from cc_launcher.core.usage.attribution import Marks
from cc_launcher.core.usage.figures import Figures
from cc_launcher.core.usage.hidden import Hidden
from cc_launcher.core.usage.marker import Marker
from cc_launcher.core.usage.rollup import QUARTER, Amount, Group, Part

MARKS = Marks([Marker(10, "s", "zai", "", "h", begins=True), Marker(QUARTER, "s", "zai", "", "h", begins=True)])


def group(time: int, given: int, longest: int, process: str = "s", project: str = "/p") -> Group:
    return Group("s", process, time, "glm", project, 0, Amount(1, Figures(given), longest, 1, 0))


def test_what_is_alike_is_one_sum_with_the_longest_of_its_requests() -> None:
    made = rollup.sums([group(20, 1, 5), group(30, 2, 9, "other"), group(40, 4, 7)], {}, MARKS)
    part = Part("s", 0, "glm", "zai", "h", "/p", 0, hidden=False)
    assert made == {part: Amount(3, Figures(7), 9, 3, 0)}


def test_quarters_of_an_hour_and_profiles_are_sums_of_their_own() -> None:
    made = rollup.sums([group(5, 1, 1), group(20, 1, 1), group(QUARTER + 1, 1, 1)], {}, MARKS)
    assert [(part.quarter, part.profile) for part in made] == [(0, ""), (0, "zai"), (1, "zai")]


def test_what_is_hidden_is_of_the_newest_project_and_of_no_length() -> None:
    groups = [group(20, 1, 1, project="/old"), group(30, 1, 1, project="/new")]
    made = rollup.sums(groups, {"s": [Hidden(50, "title", Figures(3))]}, MARKS)
    assert made[Part("s", 0, "title", "zai", "h", "/new", None, hidden=True)] == Amount(0, Figures(3), 0, 0, 0)
