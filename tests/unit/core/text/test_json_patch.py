"""Values put into somebody's settings file and taken out again: it is then what it was, or what they made of it."""

import json

import pytest

from cc_launcher.core.text.json_patch import BEHIND, Entry, put_in, take_out

WANTED = [(("env", "A"), "ours"), (("env", "B"), "ours"), (("list",), ["x"])]
BEFORE = {
    "nothing": "",
    "an empty object": "{}",
    "other keys": '{\n  "theme": "dark"\n}\n',
    "another variable": '{\n  "env": {\n    "Z": "theirs"\n  }\n}\n',
    "one of the same names": '{"env": {"A": "their\\u0073"}}',
    "in tabs": '{\n\t"list":\t[ "theirs" ],\n\t"env": { }\n}',
}


@pytest.mark.parametrize("before", BEFORE)
def test_what_is_put_in_is_there_and_taken_out_leaves_no_trace(before: str) -> None:
    text, entries = put_in(BEFORE[before], WANTED)
    found = json.loads(text)
    assert (found["env"]["A"], found["env"]["B"], found["list"]) == ("ours", "ours", ["x"])
    assert [(entry.path, entry.value) for entry in entries] == WANTED
    again, left = take_out(text, entries)
    assert left == []
    assert again == BEFORE[before] or (BEFORE[before] == "" and again.strip() == "{}")


def test_what_somebody_has_changed_since_stays_and_is_named() -> None:
    text, entries = put_in("{}", WANTED)
    text = text.replace('"A": "ours"', '"A": "theirs"')
    again, left = take_out(text, entries)
    assert json.loads(again) == {"env": {"A": "theirs"}}
    assert [entry.path for entry in left] == [("env", "A")]


def test_what_somebody_has_added_keeps_the_object_that_we_made() -> None:
    text, entries = put_in("{}", WANTED)
    again, left = take_out(text.replace('"B": "ours"', '"B": "ours", "C": "theirs"'), entries)
    assert json.loads(again) == {"env": {"C": "theirs"}}
    assert left == []


def test_what_somebody_has_taken_out_is_not_missed() -> None:
    text, entries = put_in("{}", WANTED)
    again, left = take_out('{"env": {"B": "ours"}, "theme": "dark"}', entries)
    assert json.loads(text)["list"] == ["x"]
    assert json.loads(again) == {"theme": "dark"}
    assert left == []


def test_several_that_were_changed_are_named_in_their_order() -> None:
    text, entries = put_in("{}", WANTED)
    _, left = take_out(text.replace('"ours"', '"theirs"'), entries)
    assert [entry.path for entry in left] == [("env", "A"), ("env", "B")]


def test_an_empty_object_of_theirs_is_not_ours_to_take() -> None:
    text, entries = put_in('{"env": {}}', [(("env", "A"), "ours")])
    assert entries == [Entry(("env", "A"), "ours", ("env", "A"))]
    assert json.loads(take_out(text, entries)[0]) == {"env": {}}


def test_an_editors_comments_stay() -> None:
    before = '{\n  // mine\n  "env": {"Z": "z"}, // too\n}\n'
    text, entries = put_in(before, [(("env", "A"), "ours")], comments=True)
    assert "// mine" in text
    assert take_out(text, entries, comments=True) == (before, [])


OURS = {"hooks": [{"command": "ours"}]}
LISTS = {
    "nothing": "",
    "no hooks": '{\n  "theme": "dark"\n}\n',
    "an event without any": '{"hooks": {"SessionStart": []}}',
    "another event": '{"hooks": {"Stop": [{"hooks": []}]}}',
    "hooks of theirs": '{\n  "hooks": {\n    "SessionStart": [\n      {"hooks":  [ ]}\n    ]\n  }\n}\n',
}


@pytest.mark.parametrize("before", LISTS)
def test_what_is_put_into_a_list_is_behind_what_is_there_and_leaves_no_trace(before: str) -> None:
    text, entries = put_in(LISTS[before], [(("hooks", "SessionStart", BEHIND), OURS)])
    there = (json.loads(LISTS[before] or "{}").get("hooks") or {}).get("SessionStart") or []
    assert json.loads(text)["hooks"]["SessionStart"] == [*there, OURS]
    again, left = take_out(text, entries)
    assert left == []
    assert again == LISTS[before] or (LISTS[before] == "" and again.strip() == "{}")


def test_what_has_moved_in_a_list_is_found_and_what_came_beside_it_stays() -> None:
    theirs = {"hooks": [{"command": "theirs"}]}
    text, entries = put_in("{}", [(("hooks", "SessionStart", BEHIND), OURS)])
    for listed in ([theirs, OURS], [OURS, theirs], [theirs, OURS, theirs], [theirs], [OURS, OURS, theirs]):
        changed = json.dumps({"hooks": {"SessionStart": listed}})
        left_over = listed.copy()
        if OURS in listed:
            left_over.remove(OURS)
        again, left = take_out(changed, entries)
        assert (json.loads(again), left) == ({"hooks": {"SessionStart": left_over}}, [])
    assert json.loads(text)["hooks"]["SessionStart"] == [OURS]
    assert take_out('{"hooks": 3}', entries) == ('{"hooks": 3}', [])
