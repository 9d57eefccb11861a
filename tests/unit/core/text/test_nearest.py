"""The nearest right spelling of a mistyped word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc_launcher.core.text.nearest import did_you_mean, distance, nearest


@pytest.mark.parametrize(
    ("left", "right", "steps"),
    [
        ("", "", 0), ("a", "", 1), ("", "ab", 2), ("abc", "abc", 0), ("abc", "abd", 1), ("abc", "acb", 1),
        ("abc", "xabc", 1), ("zia", "zai", 1), ("kitten", "sitting", 3),
    ],
)  # fmt: skip
def test_the_distance_counts_letters_to_insert_delete_replace_or_swap(left: str, right: str, steps: int) -> None:
    assert distance(left, right) == distance(right, left) == steps


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_the_distance_is_within_its_bounds(left: str, right: str) -> None:
    assert abs(len(left) - len(right)) <= distance(left, right) <= max(len(left), len(right))
    assert (distance(left, right) == 0) is (left == right)


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("openruoter", ["openrouter"]),
        ("open", ["openai", "openrouter"]),
        ("router", ["openrouter"]),
        ("ZAI", ["zai"]),
        ("zia", ["zai"]),
        ("qqqqqq", []),
        ("", []),
        ("x" * 5000, []),
    ],
)
def test_what_may_have_been_meant(word: str, found: list[str]) -> None:
    assert nearest(word, ["zai", "openrouter", "openai", "deepseek"]) == found


def test_the_hint_names_them_or_is_empty() -> None:
    assert did_you_mean("zia", ["zai", "x"]) == "did you mean zai?"
    assert did_you_mean("a", ["aa", "ab", "ac", "ad"]) == "did you mean aa or ab or ac?"
    assert did_you_mean("qqqqqq", ["zai"]) == ""
