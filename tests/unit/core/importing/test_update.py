"""What a followed source changes: three files held against each other, key by key."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc_launcher.core.errors import CcError
from cc_launcher.core.importing import update
from cc_launcher.core.importing.update import NOTHING
from cc_launcher.core.profile import toml_edit

NAMES = st.sampled_from(["a", "b-c", "d.e"])
VALUES = st.sampled_from(["x", "y", 1, True, ["x"], ["x", "y"]])
DATA = st.dictionaries(NAMES, VALUES | st.dictionaries(NAMES, VALUES, max_size=3), max_size=3)


def leaves(data: dict[str, Any]) -> dict[tuple[str, ...], Any]:
    return {change.path: change.there for change in update.changes({}, {}, data)}


def fits(*each: dict[str, Any]) -> bool:
    """Whether a key is a table in all of them, or in none: as the keys of profiles are."""
    kinds: dict[str, bool] = {}
    return all(
        kinds.setdefault(key, isinstance(value, dict)) is isinstance(value, dict)
        for one in each
        for key, value in one.items()
    )


@given(DATA, DATA, DATA)
def test_each_key_is_as_the_source_has_it_or_as_the_user_has(
    taken: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]
) -> None:
    if not fits(taken, mine, theirs):
        return
    text = toml_edit.new(mine)
    found = update.changes(taken, tomllib.loads(text), theirs)
    after = leaves(tomllib.loads(update.applied(text, found)))
    before, own, new = leaves(taken), leaves(mine), leaves(theirs)
    for path in {*before, *own, *new}:
        was, here, there = (each.get(path, NOTHING) for each in (before, own, new))
        assert after.get(path, NOTHING) == (there if here == was else here), path


@given(DATA, DATA)
def test_what_nobody_has_changed_becomes_what_the_source_has(taken: dict[str, Any], theirs: dict[str, Any]) -> None:
    if not fits(taken, theirs):
        return
    text = toml_edit.new(taken)
    after = tomllib.loads(update.applied(text, update.changes(taken, tomllib.loads(text), theirs)))
    assert leaves(after) == leaves(theirs)
    assert update.changes(taken, after, theirs) == []


def test_a_comment_and_the_order_stay() -> None:
    text = '# mine\nextends = "zai" # why\n\n[tiers]\nmain = "a"\n'
    found = update.changes({"tiers": {"main": "a"}}, tomllib.loads(text), {"tiers": {"main": "b", "haiku": "c"}})
    assert update.applied(text, found) == text.replace('"a"', '"b"') + 'haiku = "c"\n'


def test_a_key_before_the_tables() -> None:
    text = 'extends = "zai"\n\n[tiers]\nmain = "a"\n'
    found = update.changes({}, tomllib.loads(text), {"timeout": "5m"})
    assert tomllib.loads(update.applied(text, found))["timeout"] == "5m"


def test_a_model_that_goes_is_gone_with_its_table() -> None:
    text = '[models."a/b"]\ncontext = 9000\n\n[models.c]\ncontext = 1000\n'
    data = tomllib.loads(text)
    found = update.changes(data, data, {"models": {"c": {"context": 1000}}})
    assert tomllib.loads(update.applied(text, found)) == {"models": {"c": {"context": 1000}}}


def test_rules_are_one_value() -> None:
    text = '[[rules]]\nto = "a"\n\n[[rules]]\nto = "b"\n'
    data = tomllib.loads(text)
    found = update.changes(data, data, {"rules": [{"to": "b"}]})
    assert tomllib.loads(update.applied(text, found)) == {"rules": [{"to": "b"}]}


def test_a_layout_that_cannot_be_changed_and_has_somebodys_words() -> None:
    text = "# mine\na = {b = 1}\n"
    found = update.changes({}, {}, {"a": {"b": {"c": 1}}})
    with pytest.raises(CcError):
        update.applied(text, found)


@pytest.mark.parametrize(
    ("taken", "mine", "theirs", "line"),
    [
        ({"a": 1}, {"a": 1}, {"a": 2}, "a = 2 (now 1)"),
        ({}, {}, {"a": "x"}, 'adds a = "x"'),
        ({"a": 1}, {"a": 1}, {}, "takes out a (now 1)"),
        ({"a": 1}, {"a": 3}, {"a": 2}, "yours stays: a = 3 (the source has 2)"),
        ({"a": 1}, {"a": 3}, {}, "yours stays: a = 3 (the source has none)"),
        ({"a": 1}, {}, {"a": 2}, "yours stays: without a (the source has 2)"),
        ({}, {}, {"key_env": []}, "a key in a variable of your shell is not used from then on"),
        ({}, {}, {"b": {"x y": [1]}}, 'adds b."x y" = [1]'),
        ({}, {}, {"a": "sk-fake-0123456789ab"}, "adds a = (not shown: it has the shape of a key)"),
        ({}, {}, {"a": ["Bearer abcdefgh"]}, "adds a = (not shown: it has the shape of a key)"),
        ({}, {}, {"r": [{"when": "key == 'sk-fake-0123456789ab'"}]}, "adds r = (not shown: it has the shape of a key)"),
        ({}, {}, {"a": "\x1b[2J\u202e"}, 'adds a = "\\u001b[2J\\u202e"'),
    ],
)
def test_what_is_said(taken: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any], line: str) -> None:
    [change] = update.changes(taken, mine, theirs)
    assert change.line == line
    assert "sk-fake" not in str(change.data)


def test_what_two_have_changed_alike_is_nothing_to_say() -> None:
    assert update.changes({"a": 1}, {"a": 2}, {"a": 2}) == []
    assert update.changes({"a": 1}, {}, {}) == []
    assert update.changes({"a": 1}, {"a": 2}, {"a": 1}) == []
