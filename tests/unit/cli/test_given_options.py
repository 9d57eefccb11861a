"""What the user's own arguments say to the client."""

from __future__ import annotations

import pytest

from cc_launcher.cli.given_options import prints, taken
from cc_launcher.core.errors import CcError


@pytest.mark.parametrize(
    ("user", "given", "left"),
    [
        (["--x", "1", "a"], ["1"], ["a"]),
        (["--x=1", "--x", "2"], ["1", "2"], []),
        (["a", "--", "--x", "1"], [], ["a", "--", "--x", "1"]),
        (["--xy", "1"], [], ["--xy", "1"]),
        ([], [], []),
    ],
)
def test_an_option_is_taken_out_with_its_value(user: list[str], given: list[str], left: list[str]) -> None:
    assert taken(user, "--x") == (given, left)


def test_one_without_a_value_is_refused() -> None:
    with pytest.raises(CcError, match="--x needs a value"):
        taken(["--x"], "--x")


@pytest.mark.parametrize(
    ("user", "found"), [(["-p", "x"], True), (["--print"], True), (["--", "-p"], False), ([], False)]
)
def test_whether_it_answers_once(user: list[str], found: bool) -> None:  # noqa: FBT001
    assert prints(user) is found
