"""Whose a request is: by marker and time, by its model where two ran at once, or by nothing."""

from __future__ import annotations

from cc_launcher.core.usage import attribution
from cc_launcher.core.usage.attribution import GUESSED, MARKED, Marks, Ran
from cc_launcher.core.usage.marker import DOUBTFUL, Marker

MARKS = Marks(
    [
        Marker(30, "s", "beta", "", "", begins=True),
        Marker(10, "s", "alpha", "", "", begins=True),
        Marker(20, "s", "", "", "", begins=True),
        Marker(10, "process", "gamma", "", "", begins=True),
    ]
)


def of(session: str, process: str, time: int) -> str:
    found = MARKS.of(session, process, time)
    return found.profile if found is not None else ""


def test_the_newest_marker_that_is_not_younger() -> None:
    assert [of("s", "s", time) for time in (9, 10, 29, 30, 31)] == ["", "alpha", "alpha", "beta", "beta"]


def test_without_one_in_the_session_that_of_the_process() -> None:
    assert of("other", "process", 40) == "gamma"
    assert of("other", "process", 5) == ""
    assert of("s", "process", 9) == ""  # it has markers of its own
    assert of("other", "another", 40) == ""


def test_where_two_hooks_did_not_agree_nobody_is_named_until_the_next_marker() -> None:
    marks = Marks(
        [
            Marker(10, "s", "alpha", "", "", begins=True),
            Marker(20, "s", DOUBTFUL, "", "", begins=True),
            Marker(30, "s", "beta", "", "", begins=True),
        ]
    )
    found = [marks.of("s", "s", time) for time in (15, 25, 35)]
    assert [mark and mark.profile for mark in found] == ["alpha", None, "beta"]


def decided(profile: str, model: str, *beside: str, **served: str) -> Ran:
    return attribution.decided(
        profile, "h", model, [Ran(name) for name in beside], {name: models.split() for name, models in served.items()}
    )


def test_a_marker_is_believed() -> None:
    assert decided("alpha", "m", alpha="m") == Ran("alpha", "h", MARKED)
    assert decided("alpha", "m") == Ran("alpha", "h", MARKED)
    assert decided("alpha", "m", alpha="other", beta="m") == Ran("alpha", "h", MARKED)


def test_of_two_in_one_session_the_model_tells() -> None:
    assert decided("alpha", "m", "alpha", "beta", alpha="other", beta="m") == Ran("beta", "", GUESSED)
    assert decided("alpha", "m", "beta", "gamma", alpha="x", beta="m", gamma="m") == Ran("alpha", "h", MARKED)


def test_without_a_marker_it_is_a_guess_only_where_one_profile_alone_has_the_model() -> None:
    assert decided("", "m", alpha="m x", beta="x") == Ran("alpha", "", GUESSED)
    assert decided("", "m", alpha="m", beta="m") == Ran()
    assert decided("", "m", alpha="x") == Ran()


def test_a_doubt_of_the_same_millisecond_counts() -> None:
    marks = Marks([Marker(20, "s", DOUBTFUL, "", "", begins=True), Marker(20, "s", "zeta", "", "", begins=True)])
    assert marks.of("s", "s", 25) is None
