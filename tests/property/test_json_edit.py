"""Whatever a JSON text looks like, a change of one value changes nothing else in it, and can be taken back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cc_launcher.core.text import json_edit
from cc_launcher.core.text.json_edit import NotJson
from cc_launcher.core.text.json_tree import parse

BOM = "\ufeff"
# To shrink takes minutes; what failed is printed.
MANY = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
KEYS = st.sampled_from(["a", "b", "env", "x.y", "", "ä", 'q"', "\\", "//", "\ud800", "/*"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.sampled_from(["//", "/* x */", "}", "]", ",", '"', "\n", "\\", "\ud800"])
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=4)
NEW = ("new", "ours", "ne//w", "neü")  # keys that no drawn object has


@dataclass(frozen=True)
class Drawn:
    text: str
    value: dict[str, Any]
    comments: bool


@st.composite
def drawn(draw: st.DrawFn, *, comments: bool | None = None) -> Drawn:
    """An object, written down in one of many manners."""
    value = draw(OBJECTS)
    commented = draw(st.booleans()) if comments is None else comments
    newline = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    writer = _Writer(draw, newline, commented=commented)
    style = draw(st.sampled_from(["indented", "flat", "odd"]))
    if style == "odd":
        body = writer.written(value)
    else:
        indent = draw(st.sampled_from(["", " ", "  ", "    ", "\t"])) if style == "indented" else None
        separators = (",", draw(st.sampled_from([": ", ":", " : "]))) if indent is not None else None
        flat = draw(st.sampled_from([None, (",", ":")]))
        ascii_only = draw(st.booleans())
        body = json.dumps(value, ensure_ascii=ascii_only, indent=indent, separators=separators or flat)
        body = body.replace("\n", newline)
    mark = draw(st.sampled_from(["", BOM]))
    before = draw(st.sampled_from(["", " ", newline, "\t"]))
    after = draw(st.sampled_from(["", newline, newline * 2, "  "]))
    return Drawn(mark + before + body + after, value, commented)


class _Writer:
    """Writes a value with white space, and comments, wherever there may be some."""

    def __init__(self, draw: st.DrawFn, newline: str, *, commented: bool) -> None:
        self.draw = draw
        self.newline = newline
        some = ["", "", "", " ", newline, f"{newline}  ", f"{newline}\t", f"{newline}{newline} "]
        if commented:
            some += ["/**/", " /* , } */ ", f"/* a{newline} b */", f" // it's \" {{{newline}", f"//{newline}"]
        self.gaps = st.sampled_from(some)
        self.trailing = st.sampled_from(["", ","] if commented else [""])

    def gap(self) -> str:
        return self.draw(self.gaps)

    def written(self, value: Any) -> str:
        if isinstance(value, dict):
            parts = [
                f"{self.scalar(key)}{self.gap()}:{self.gap()}{self.written(inner)}" for key, inner in value.items()
            ]
            return self.joined("{", parts, "}")
        if isinstance(value, list):
            return self.joined("[", [self.written(inner) for inner in value], "]")
        return self.scalar(value)

    def joined(self, opening: str, parts: list[str], closing: str) -> str:
        text = opening + self.gap()
        for number, part in enumerate(parts):
            last = number + 1 == len(parts)
            text += part + self.gap() + (self.draw(self.trailing) if last else ",") + self.gap()
        return text + closing

    def scalar(self, value: Any) -> str:
        if isinstance(value, str) and self.draw(st.booleans()):
            return '"' + "".join(f"\\u{unit:04x}" for unit in _units(value)) + '"'
        return json.dumps(value, ensure_ascii=self.draw(st.booleans()))


def _units(text: str) -> list[int]:
    raw = text.encode("utf-16-le", "surrogatepass")
    return [int.from_bytes(raw[place : place + 2], "little") for place in range(0, len(raw), 2)]


def paths_in(value: Any) -> list[tuple[str | int, ...]]:
    """The paths to everything that is in a value."""
    found: list[tuple[str | int, ...]] = []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, inner in items:
        found += [(part,), *((part, *path) for path in paths_in(inner))]
    return found


def model_of(value: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        value = value[part]
    return value


def same(one: Any, other: Any) -> bool:
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


@MANY
@given(drawn())
def test_every_value_is_found_where_it_is(case: Drawn) -> None:
    assert same(json_edit.get(case.text, (), comments=case.comments), case.value)
    for path in paths_in(case.value):
        assert same(json_edit.get(case.text, path, comments=case.comments), model_of(case.value, path))
        assert json_edit.missing(case.text, path, comments=case.comments) == ()
        assert json_edit.line_of(case.text, path, comments=case.comments)


@MANY
@given(drawn(), st.data())
def test_what_was_put_in_is_taken_out_without_a_trace_in_any_order(case: Drawn, data: st.DataObject) -> None:
    objects: list[tuple[str | int, ...]] = [(), *(path for path in paths_in(case.value))]
    objects = [path for path in objects if isinstance(model_of(case.value, path), dict)]
    added = []
    text = case.text
    for _ in range(data.draw(st.integers(1, 4))):
        path = (*data.draw(st.sampled_from(objects)), *data.draw(st.sampled_from([(key,) for key in NEW] + [NEW[:2]])))
        lacking = json_edit.missing(text, path, comments=case.comments)
        value = data.draw(VALUES)
        try:
            text = json_edit.put(text, path, value, comments=case.comments)
        except NotJson:  # what was put at `new` before is no object
            assert path[-2:] == NEW[:2]
            continue
        assert same(json_edit.get(text, path, comments=case.comments), value)
        assert json_edit.put(text, path, value, comments=case.comments) == text
        if lacking:
            added.append(lacking)
    for path in data.draw(st.permutations(added)):
        text = json_edit.drop(text, path, comments=case.comments)
    assert text == case.text


@MANY
@given(drawn(), VALUES, st.data())
def test_a_value_is_changed_in_its_place_alone(case: Drawn, value: Any, data: st.DataObject) -> None:
    paths = paths_in(case.value)
    if not paths:
        return
    path = data.draw(st.sampled_from(paths))

    text = json_edit.put(case.text, path, value, comments=case.comments)

    expected = json.loads(json.dumps(case.value))
    model_of(expected, path[:-1])[path[-1]] = value
    assert same(json_edit.get(text, (), comments=case.comments), expected)
    old = json_edit.get(case.text, path, comments=case.comments)
    if same(old, value):
        assert text == case.text
    elif not isinstance(old, dict | list) and not isinstance(value, dict | list):
        # What stood before and behind it still does: exactly one stretch is another one.
        assert json_edit.put(text, path, None, comments=case.comments) == json_edit.put(
            case.text, path, None, comments=case.comments
        )


@MANY
@given(drawn(), st.data())
def test_what_is_dropped_is_gone_and_all_else_is_there(case: Drawn, data: st.DataObject) -> None:
    paths = paths_in(case.value)
    if not paths:
        return
    path = data.draw(st.sampled_from(paths))

    text = json_edit.drop(case.text, path, comments=case.comments)

    expected = json.loads(json.dumps(case.value))
    del model_of(expected, path[:-1])[path[-1]]
    assert same(json_edit.get(text, (), comments=case.comments), expected)
    assert _comments(text) == _without_those_inside(case, path)


def _comments(text: str) -> int:
    """How many comments stand in a text, by their beginnings, which no drawn text has otherwise at these places."""
    return text.count("/* , } */")


def _without_those_inside(case: Drawn, path: tuple[str | int, ...]) -> int:
    member = None
    node = parse(case.text, comments=case.comments)
    for part in path:
        assert node is not None
        member = node.member(part)
        assert member is not None
        node = member.node
    assert member is not None
    return case.text.count("/* , } */") - case.text.count("/* , } */", member.start, member.node.end)


@MANY
@given(drawn(comments=False), st.data())
def test_what_is_json_is_decided_as_by_the_letter_of_the_standard(case: Drawn, data: st.DataObject) -> None:
    text = case.text.removeprefix(BOM)
    for _ in range(data.draw(st.integers(0, 2))):
        place = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 2))
        text = (
            text[:place]
            + data.draw(st.sampled_from(["", *'{}[]:,"\\/0-+.eENn \f\n\0\u00a0']))[:1]
            + text[place + cut :]
        )
    try:
        expected = json.loads(text, parse_constant=_refused)
    except ValueError:
        if text.strip(" \t\n\r"):
            with pytest.raises(NotJson):
                parse(text)
        else:
            assert parse(text) is None
    else:
        found = parse(text)
        assert found is not None
        assert same(found.value(), expected)


def _refused(constant: str) -> None:
    raise ValueError(constant)


@MANY
@given(st.text(max_size=30).map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=30))
def test_any_bytes_are_kept(content: bytes) -> None:
    text, encoding = json_edit.decode(content)
    assert json_edit.encode(text, encoding) == content
