"""A profile's text is changed key by key, and what nobody asked to change stays as it is."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc_launcher.core.errors import INVALID, USAGE, CcError
from cc_launcher.core.profile import toml_edit
from tests.unit.conftest import CANARY, all_of, resolved

TEXT = """\
# A comment at the top.

extends  =  "zai"      # odd blanks, kept
secret = 'op://dev/zai/key'
timeout = \"""50m\"""

  # an indented comment
[tiers]    # of this profile
main = "glm-5.3"
haiku = "glm-5.3-flash"  # the small one

[models."vendor/model.v1"]
context = 200_000
aliases = [
    "one",  # the first
    "two",
]

[models.other]
context = 1000
# A comment at the end."""


def changed(*assignments: str, unset: tuple[str, ...] = (), text: str = TEXT) -> str:
    return toml_edit.changed(text, list(assignments), list(unset))


def refused(*assignments: str, unset: tuple[str, ...] = (), text: str = TEXT) -> CcError:
    with pytest.raises(CcError) as caught:
        changed(*assignments, unset=unset, text=text)
    return caught.value


def value(assignment: str, *path: str) -> Any:
    """What stands at this place after this change."""
    found: Any = tomllib.loads(changed(assignment))
    for part in path:
        found = found[part]
    return found


def test_nothing_asked_nothing_changed() -> None:
    assert changed() == TEXT


@pytest.mark.parametrize(
    ("assignment", "before", "after"),
    [
        ("extends=ollama", '"zai"', '"ollama"'),
        ("secret=pass:zai", "'op://dev/zai/key'", '"pass:zai"'),
        ("tiers.haiku=glm-5", '"glm-5.3-flash"', '"glm-5"'),
        ("tiers . main = glm-5", '"glm-5.3"\n', '"glm-5"\n'),
        ('models."vendor/model.v1".context=1000', "200_000", "1000"),
        ("models.'vendor/model.v1'.context=1_000", "200_000", "1000"),
    ],
)
def test_a_value_is_changed_where_it_stands_and_every_other_letter_stays(
    assignment: str, before: str, after: str
) -> None:
    assert changed(assignment) == TEXT.replace(before, after)


def test_a_new_key_stands_with_its_own_kind() -> None:
    text = changed("label=Mine", "tiers.opus=glm-5", "models.other.max_output=500", "compat.private=true")
    assert tomllib.loads(text) == tomllib.loads(TEXT) | {
        "label": "Mine",
        "tiers": {"main": "glm-5.3", "haiku": "glm-5.3-flash", "opus": "glm-5"},
        "models": {
            "vendor/model.v1": {"context": 200_000, "aliases": ["one", "two"]},
            "other": {"context": 1000, "max_output": 500},
        },
        "compat": {"private": True},
    }
    assert text.index("label") < text.index("[tiers]")
    for line in TEXT.splitlines():
        assert line in text.splitlines()


def test_tables_that_are_not_there_are_made() -> None:
    text = changed('models."a.b".prices.input=3', "headers.X-One=1", text='extends = "zai"\n')
    assert tomllib.loads(text) == {
        "extends": "zai",
        "models": {"a.b": {"prices": {"input": 3}}},
        "headers": {"X-One": "1"},
    }


@pytest.mark.parametrize("key", ["extends", "timeout", "tiers.haiku", "tiers", 'models."vendor/model.v1"', "models"])
def test_a_key_is_taken_out_with_what_is_below_it(key: str) -> None:
    data: Any = tomllib.loads(TEXT)
    path = toml_edit._path(key)
    inner = data
    for part in path[:-1]:
        inner = inner[part]
    del inner[path[-1]]
    text = changed(unset=(key,))
    assert tomllib.loads(text) == data
    assert "# A comment at the top." in text


def test_changes_go_in_before_keys_go_out() -> None:
    assert "label" not in changed("label=x", unset=("label",))


@pytest.mark.parametrize(
    ("assignment", "path", "expected"),
    [
        ("label=Work", ("label",), "Work"),
        ('label="Work"', ("label",), "Work"),
        ("label='Wo\"rk'", ("label",), 'Wo"rk'),
        ('label=my "own" one', ("label",), 'my "own" one'),
        ("label=", ("label",), ""),
        ("label= a b ", ("label",), "a b"),
        ("secret=cmd:pass show a=b", ("secret",), "cmd:pass show a=b"),
        ("base_url=https://x.example/a#b", ("base_url",), "https://x.example/a#b"),
        ("sealed=true", ("sealed",), True),
        ('sealed="true"', ("sealed",), "true"),  # quoted is text, and the profile will say that it wants no text
        ("keep=[\"A\", 'B']", ("keep",), ["A", "B"]),
        ("models.other.context=64_000", ("models", "other", "context"), 64_000),
        ("models.other.prices.input=0.5", ("models", "other", "prices", "input"), 0.5),
        ("compat.private=true", ("compat", "private"), True),
        ("tiers={main='x'}", ("tiers",), {"main": "x"}),
    ],
)
def test_a_value_is_read_as_toml_where_it_is_toml_and_as_text_where_not(
    assignment: str, path: tuple[str, ...], expected: object
) -> None:
    found = value(assignment, *path)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize("text", ["5", "0.5", "true", "2026-11-21", "1e5", "[1]", "inf"])
@pytest.mark.parametrize(
    "path",
    [
        ("title",),
        ("label",),
        ("timeout",),
        ("tiers", "haiku"),
        ("models", "other", "name"),
        ("env", "FOO"),
        ("headers", "X-One"),
    ],
)
def test_where_the_profile_wants_text_what_looks_like_a_number_is_text(text: str, path: tuple[str, ...]) -> None:
    assert value(f"{'.'.join(path)}={text}", *path) == text


def test_a_second_line_in_a_value_brings_no_key_in() -> None:
    text = changed('sealed=true\nextends = "evil"')
    assert tomllib.loads(text) == tomllib.loads(TEXT) | {"sealed": True}


@pytest.mark.parametrize("key", ["", " ", "a b", "a..b", ".a", "a.", '"a', "a[0]", "a\nb", "[a]", "a#", "ä"])
def test_what_is_no_key_is_refused(key: str) -> None:
    for error in (refused(f"{key}=x"), refused(unset=(key,))):
        assert error.code == USAGE
        assert error.hint


@pytest.mark.parametrize("key", ["label", "tiers.opus", "tiers.main.x", "extends.x", "no.such.table"])
def test_what_is_not_there_cannot_be_taken_out(key: str) -> None:
    error = refused(unset=(key,))
    assert (error.what, error.code) == (f"{key}: not in the file", USAGE)


@pytest.mark.parametrize(("key", "part"), [("extends.x", "extends"), ("tiers.main.x", "main")])
def test_a_value_is_no_table(key: str, part: str) -> None:
    error = refused(f"{key}=1")
    assert (error.what, error.code) == (f"{key}: {part} is a value in the file, not a table", USAGE)


@pytest.mark.parametrize("assignment", ["label", "", "="])
def test_an_assignment_has_a_value(assignment: str) -> None:
    assert refused(assignment).code == USAGE


@pytest.mark.parametrize(
    "text",
    ["x = ", "= 3", "[a", "a = 1\na = 2\n", "a = [1\n", f'a = "{CANARY}', f"{CANARY} = 1 2", "a." * 2000 + "b=1"],
)
def test_a_file_that_is_not_toml_is_told_without_being_repeated(text: str) -> None:
    error = refused("label=x", text=text)
    assert error.code == INVALID
    assert error.what.startswith("the file is not valid TOML")
    assert CANARY not in all_of(error)


def test_of_a_new_profile_its_own_keys_come_first() -> None:
    values = {"extends": "zai", "tiers": {"main": "m"}, "title": 'a "b" \\ c', "sealed": True, "models": {}}
    assert toml_edit.new(values) == (
        'extends = "zai"\ntitle = "a \\"b\\" \\\\ c"\nsealed = true\n\n[tiers]\nmain = "m"\n'
    )
    assert toml_edit.new({}) == ""


VALUES = st.one_of(st.text(max_size=20), st.booleans(), st.integers(-5, 10**6))
NAMES = st.text("abcXYZ019_-./ \"'é", min_size=1, max_size=8)


@given(st.dictionaries(NAMES, st.one_of(VALUES, st.dictionaries(NAMES, VALUES, min_size=1, max_size=3)), max_size=5))
def test_a_new_profile_holds_what_it_was_given(values: dict[str, Any]) -> None:
    """Whatever the values: nothing of them is taken for syntax."""
    text = toml_edit.new({key: value for key, value in values.items() if not _has_surrogates(key, value)})
    assert tomllib.loads(text) == {key: value for key, value in values.items() if not _has_surrogates(key, value)}


def _has_surrogates(*parts: object) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in repr(parts))


LAYOUTS = {
    "with tables": TEXT,
    "with dotted keys": 'extends = "zai"\ntiers.main = "a"\ntiers.haiku = "b"\nmodels.other.context = 1000\n',
    "with inline tables": 'extends = "zai"\ntiers = { main = "a" }\nmodels = { other = { context = 1 } }\n',
    "out of order": '[models.other]\ncontext = 1000\n\n[tiers]\nmain = "a"\n\n[models.more]\ncontext = 2000\n',
    "empty": "",
    "only a comment": "# nothing here",
    "without a last line end": 'extends = "zai"\n[tiers]\nmain = "a"',
    "with Windows' line ends": 'extends = "zai"\r\n[tiers]\r\nmain = "a"\r\n',
}
PATHS = [
    ("extends",),
    ("label",),
    ("tiers", "main"),
    ("tiers", "opus"),
    ("models", "other", "name"),
    ("models", "more", "name"),
    ("models", "a.b/c", "name"),
    ("env", "FOO"),
]


@pytest.mark.parametrize("layout", LAYOUTS)
@given(paths=st.lists(st.sampled_from(PATHS), min_size=1, max_size=5))
def test_however_a_file_is_laid_out_a_change_means_what_it_says(layout: str, paths: list[tuple[str, ...]]) -> None:
    text = LAYOUTS[layout]
    expected: Any = tomllib.loads(text)
    for number, path in enumerate(paths):
        table = expected
        for part in path[:-1]:
            table = table.setdefault(part, {})
        table[path[-1]] = f"value {number}"
        quoted = ".".join(f'"{part}"' for part in path)
        try:
            text = changed(f"{quoted}=value {number}", text=text)
        except CcError:
            assert layout == "with dotted keys"  # where a new table would take the keys behind it: said, not done
            return
        assert tomllib.loads(text) == expected
    for path in dict.fromkeys(paths):
        text = changed(unset=(".".join(f'"{part}"' for part in path),), text=text)
        table = expected
        for part in path[:-1]:
            table = table[part]
        del table[path[-1]]
        assert _without_empty(tomllib.loads(text)) == _without_empty(expected)


def _without_empty(data: Any) -> Any:
    if not isinstance(data, dict):
        return data
    return {key: inner for key, value in data.items() if (inner := _without_empty(value)) != {}}


def test_a_changed_profile_is_a_profile() -> None:
    text = changed("extends=zai", "env.FOO=1", unset=('models."vendor/model.v1"', "models"))
    whole = resolved(text, shipped={"zai": 'base_url = "https://x.example"\nauth = "bearer"\n'})
    assert whole.profile.env == {"FOO": "1"}


def test_a_new_table_that_would_take_the_keys_behind_it_is_refused() -> None:
    text = 'models.other.context = 1000\nlabel = "x"\n'
    error = refused("models.more.context=2000", text=text)
    assert (error.what, error.code) == (
        "the layout of this file does not allow changing a single key safely",
        USAGE,
    )
    assert error.hint == "cc edit NAME opens it in an editor"
