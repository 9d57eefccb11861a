"""Where two values differ: said in a line that names the place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from cc_launcher.core.probe.difference import difference
from cc_launcher.core.probe.prompts import EDIT_CALL
from tests.unit.core.probe.made import VALUES

LONG = "a" * 500
CASES: dict[str, tuple[Any, Any, str]] = {
    "a missing key": ({"a": 1, "b": 2}, {"a": 1}, "the arguments: b is missing"),
    "a missing key inside": ({"a": {"b": 1}}, {"a": {}}, "a: b is missing"),
    "a key too much": ({"a": 1}, {"a": 1, "b": 2}, "the arguments: b was not asked for"),
    "a key too much inside": ({"a": {}}, {"a": {LONG: 2}}, f"a: {'a' * 40} was not asked for"),
    "true for 1": ({"a": 1}, {"a": True}, "a: true or false instead of a number"),
    "1 for true": ({"a": True}, {"a": 1}, "a: a number instead of true or false"),
    "0 for false": ({"a": False}, {"a": 0.0}, "a: a number instead of true or false"),
    "a text for a number": ({"a": 90}, {"a": "90"}, "a: text instead of a number"),
    "a text for a list": ({"a": [1]}, {"a": "[1]"}, "a: text instead of a list"),
    "a text for an object": ({"a": {}}, {"a": "{}"}, "a: text instead of an object"),
    "nothing for a text": ({"a": "x"}, {"a": None}, "a: nothing instead of text"),
    "a text for nothing": ({"a": None}, {"a": ""}, "a: text instead of nothing"),
    "a list for an object": ({"a": {}}, {"a": []}, "a: a list instead of an object"),
    "another number": ({"a": 1}, {"a": 2}, "a: 2 instead of 1"),
    "nearly the number": ({"a": 12.5}, {"a": 12}, "a: 12 instead of 12.5"),
    "another truth": ({"a": True}, {"a": False}, "a: False instead of True"),
    "a list in another order": ({"a": [1, 2]}, {"a": [2, 1]}, "a[0]: 2 instead of 1"),
    "a shorter list": ({"a": [1, 2]}, {"a": [1]}, "a: 1 of 2 elements"),
    "a list at the top": ([1, 2], [1], "the arguments: 1 of 2 elements"),
    "deep inside": ({"a": [{"b": [0, "x"]}]}, {"a": [{"b": [0, "y"]}]}, "a[0].b[1], at 0: 'y' instead of 'x'"),
    "line breaks": ({"a": "b\nc"}, {"a": "b\\nc"}, "a: line breaks have become \\n"),
    "a blank that is lost": ({"a": "b\n"}, {"a": "b"}, "a: blanks or line breaks at an end are lost"),
    "a blank that was added": ({"a": "b"}, {"a": " b"}, "a: blanks or line breaks at an end are not the same"),
    "long texts": (
        {"a": f"{LONG}x{LONG}"}, {"a": f"{LONG}y{LONG}"},
        f"a, at 500: '{'a' * 8}y{'a' * 31}' instead of '{'a' * 8}x{'a' * 31}'",
    ),
    "a text that is cut": ({"a": "abc"}, {"a": "ab"}, "a, at 2: 'ab' instead of 'abc'"),
    "another type at the top": ({"a": 1}, "{}", "the arguments: text instead of an object"),
}  # fmt: skip


@pytest.mark.parametrize("what", CASES)
def test_what_is_said(what: str) -> None:
    wanted, found, said = CASES[what]
    assert difference(wanted, found) == said


@pytest.mark.parametrize(("wanted", "found"), [(1, 1.0), (2.0, 2), ({"a": [0]}, {"a": [0.0]}), ({}, {})])
def test_numbers_are_the_same_with_and_without_a_point(wanted: Any, found: Any) -> None:
    assert difference(wanted, found) == ""


def test_the_order_of_keys_does_not_matter() -> None:
    assert difference({"a": 1, "b": 2}, {"b": 2, "a": 1}) == ""


def strict(value: Any) -> Any:
    """The value such that True is not 1, and 1 is 1.0."""
    if isinstance(value, dict):
        return {key: strict(held) for key, held in value.items()}
    if isinstance(value, list):
        return [strict(held) for held in value]
    return ("bool", value) if isinstance(value, bool) else value


@given(VALUES, VALUES)
def test_nothing_is_said_of_equal_values_and_of_no_others(one: Any, other: Any) -> None:
    assert difference(one, one) == ""
    assert (difference(one, other) == "") is (strict(one) == strict(other))
    assert (difference(other, one) == "") is (strict(one) == strict(other))


@given(VALUES)
def test_it_is_one_short_line(found: Any) -> None:
    for wanted in (EDIT_CALL[1], {"a": [found]}):
        said = difference(wanted, {"a": [found], "b": found} | EDIT_CALL[1])
        assert "\n" not in said
        assert len(said) < 250
