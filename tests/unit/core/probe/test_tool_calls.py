"""The calls that came, held against those that were wanted."""

from __future__ import annotations

from typing import Any

import pytest

from cc_launcher.core.probe.message import Block
from cc_launcher.core.probe.tool_calls import Called, read_again, wrong

A: Called = ("weather", {"city": "Oslo"})
B: Called = ("weather", {"city": "Quito"})
C: Called = ("look_up", {"word": "tide"})
BROKEN = Block("tool_use", text='{"city": "Os', name="weather", input=None)


def came(*calls: Called) -> list[Block]:
    return [Block("tool_use", name=name, input=given) for name, given in calls]


@pytest.mark.parametrize("found", [came(A, B, C), came(C, B, A), came(B, A, C)])
def test_in_any_order_they_are_right(found: list[Block]) -> None:
    assert wrong(found, [A, B, C]) == ""


@pytest.mark.parametrize(
    ("found", "wanted", "said"),
    [
        ([], [A], "no calls of 1"),
        (came(A), [A, B], "1 call of 2"),
        (came(A, B, C), [A, B], "3 calls of 2"),
        ([BROKEN], [A, B], '1 call of 2, with arguments that are no JSON: {"city": "Os'),
        ([BROKEN], [A], 'the arguments of weather are no JSON: {"city": "Os'),
        (came(("other", {})), [A], "other was not asked for"),
        (came(("", {})), [A], "a tool without a name was not asked for"),
        (came(("weather", {})), [A], "the arguments are empty"),
        (came(A, A), [A, C], "weather is called twice with the same"),
    ],
)
def test_what_is_wrong_with_them(found: list[Block], wanted: list[Called], said: str) -> None:
    assert wrong(found, wanted) == said


def test_another_argument_is_told_by_its_difference() -> None:
    assert "Oslo" in wrong(came(("weather", {"city": "oslo"})), [A])


@pytest.mark.parametrize(
    ("given", "wanted", "read"),
    [
        ({"n": "5", "s": "5"}, {"n": 5, "s": "5"}, {"n": 5, "s": "5"}),
        ({"n": '{"a": "1"}'}, {"n": {"a": 1}}, {"n": {"a": "1"}}),  # not what is inside of it
        ({"n": "no JSON"}, {"n": 5}, {"n": "no JSON"}),
        ({"n": "[" * 100_000}, {"n": 5}, {"n": "[" * 100_000}),
        ({"more": "5"}, {}, {"more": 5}),
        (["5"], {"n": 5}, ["5"]),
        (None, {}, None),
    ],
)
def test_json_that_came_as_text_is_read_as_the_client_does(given: Any, wanted: dict[str, Any], read: Any) -> None:
    assert read_again(given, wanted) == read
