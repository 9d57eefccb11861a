"""JSON texts changed in one place: what is JSON to the client, and what an addition looks like."""

import json

import pytest

from cc_launcher.core.text import json_edit
from cc_launcher.core.text.json_edit import NotJson

# Measured on client 2.1.329, with each of these as a settings file: whether what stands in it is in effect.
TAKEN = {
    "a byte order mark": '\ufeff{"env":{}}',
    "lines before it": '\n\n{"env":{}}',
    "carriage returns alone": '{\r"env":{}\r}\r',
    "a number that is too large": '{"x":1e999,"env":{}}',
    "half a character": '{"x":"\\ud800","env":{}}',
    "a key twice": '{"env":1,"env":{}}',
    "a key twice, once escaped": '{"env":1,"\\u0065nv":{}}',
    "deep nesting": '{"x":' + "[" * 5000 + "]" * 5000 + ',"env":{}}',
}
NOT_TAKEN = {
    "a comment to the line's end": ('{\n// c\n"env":{}}', 2),
    "a comment": ('{/* c */"env":{}}', 1),
    "a comma too much": ('{"env":{}\n,\n}', 2),
    "two byte order marks": ('\ufeff\ufeff{"env":{}}', 1),
    "a byte order mark after a line": ('\n\ufeff{"env":{}}', 2),
    "NaN": ('{"x":NaN,"env":{}}', 1),
    "Infinity": ('{"x":Infinity,"env":{}}', 1),
    "a zero before a number": ('{"x":01,"env":{}}', 1),
    "a plus": ('{"x":+1,"env":{}}', 1),
    "a point without digits": ('{"x":1.,"env":{}}', 1),
    "a hexadecimal number": ('{"x":0x1,"env":{}}', 1),
    "single quotes": ("{'x':1}", 1),
    "a key without quotes": ('{\r\nx:1,"env":{}}', 2),
    "a tab in a text": ('{"x":"a\tb"}', 1),
    "a line end in a text": ('{"x":"a\nb"}', 1),
    "an unknown escape": ('{"x":"\\q"}', 1),
    "a no-break space": ('{\u00a0"env":{}}', 1),
    "a form feed": ('{\f"env":{}}', 1),
    "something behind it": ('{"env":{}}\nx', 2),
    "a second object": ('{"env":{}}{}', 1),
    "a zero byte behind it": ('{"env":{}}\0', 1),
    "a list": ("[1]", 1),
    "null": ("null", 1),
    "a missing comma": ('{"x":1\n"env":{}}', 2),
    "no end": ('\n{"env":{}', 2),
    "an open text": ('{"env', 1),
}


@pytest.mark.parametrize("text", TAKEN.values(), ids=TAKEN.keys())
def test_what_the_client_takes_is_read_and_written(text: str) -> None:
    assert json_edit.get(text, ("env",)) == {}
    changed = json_edit.put(text, ("env", "A"), "b")
    assert json_edit.get(changed, ("env", "A")) == "b"
    assert json_edit.drop(changed, ("env", "A")) == text


@pytest.mark.parametrize(("text", "line"), NOT_TAKEN.values(), ids=NOT_TAKEN.keys())
def test_what_the_client_does_not_take_is_named_with_its_line(text: str, line: int) -> None:
    for attempt in (
        lambda: json_edit.get(text, ("env",)),
        lambda: json_edit.put(text, ("a",), 1),
        lambda: json_edit.drop(text, ("env",)),
    ):
        with pytest.raises(NotJson) as raised:
            attempt()
        assert raised.value.line == line
        assert raised.value.why


@pytest.mark.parametrize("text", ["", " \n", "\ufeff", "\r\n"])
def test_where_nothing_stands_an_object_begins(text: str) -> None:
    assert json_edit.get(text, ("a",), "none") == "none"
    changed = json_edit.put(text, ("a", "b"), 1)
    assert changed.startswith(text)
    assert json.loads(changed.removeprefix("\ufeff")) == {"a": {"b": 1}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", '{\n  "a": 1\n}\n'),
        (" \n", ' \n{\n  "a": 1\n}\n'),
        ("\r\n", '\r\n{\r\n  "a": 1\r\n}\r\n'),
        ("\r", '\r{\r  "a": 1\r}\r'),
        ("  ", '  \n{\n  "a": 1\n}\n'),
        ("\ufeff", '\ufeff{\n  "a": 1\n}\n'),
    ],
)
def test_it_begins_on_a_line_of_its_own(text: str, expected: str) -> None:
    assert json_edit.put(text, ("a",), 1) == expected


LAYOUTS = {
    "two blanks": ('{\n  "x": 1\n}\n', '{\n  "x": 1,\n  "env": {\n    "A": "b"\n  }\n}\n'),
    "tabs": ('{\n\t"x": 1\n}', '{\n\t"x": 1,\n\t"env": {\n\t\t"A": "b"\n\t}\n}'),
    "Windows": ('{\r\n "x":1\r\n}\r\n', '{\r\n "x":1,\r\n "env":{\r\n  "A":"b"\r\n }\r\n}\r\n'),
    "one line": ('{"x": 1}', '{"x": 1, "env": {"A": "b"}}'),
    "one tight line": ('{"x":1,"y":2}\n', '{"x":1,"y":2,"env":{"A":"b"}}\n'),
    "empty": ("{}", '{\n  "env": {\n    "A": "b"\n  }\n}'),
    "another one inside": ('{\n  "env": {\n    "Z": "y"\n  }\n}', '{\n  "env": {\n    "Z": "y",\n    "A": "b"\n  }\n}'),
    "an empty one inside": ('{\n  "env": {}\n}', '{\n  "env": {\n    "A": "b"\n  }\n}'),
}


@pytest.mark.parametrize(("text", "expected"), LAYOUTS.values(), ids=LAYOUTS.keys())
def test_what_is_added_looks_like_what_is_there(text: str, expected: str) -> None:
    assert json_edit.put(text, ("env", "A"), "b") == expected
    assert json_edit.drop(expected, json_edit.missing(text, ("env", "A"))) == text


def test_an_editors_comments_stay_with_what_they_are_about() -> None:
    text = '{\n  // the first\n  "a": 1, // one\n  "b": 2, // two\n}\n'
    expected = '{\n  // the first\n  "a": 1, // one\n  "b": 2, // two\n  "c": 3,\n}\n'
    assert json_edit.put(text, ("c",), 3, comments=True) == expected
    assert json_edit.drop(expected, ("c",), comments=True) == text
    assert json_edit.drop(text, ("b",), comments=True) == '{\n  // the first\n  "a": 1, // one\n // two\n}\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1 // one\n}', '{"a": 1, // one\n"c": 3\n}'),
        ('{"a": 1, // one\n"b": 2 // two\n}', '{"a": 1, // one\n"b": 2, // two\n"c": 3\n}'),
        ('{"a": 1 /* one */}', '{"a": 1, /* one */ "c": 3}'),
        ('{\n  "a": 1 // one\n}', '{\n  "a": 1, // one\n  "c": 3\n}'),
    ],
)
def test_nothing_is_put_into_a_comment(text: str, expected: str) -> None:
    """What would come behind `//` on its line would be a part of it."""
    assert json_edit.put(text, ("c",), 3, comments=True) == expected
    assert json_edit.drop(expected, ("c",), comments=True) == text


def test_a_value_is_told_from_another_kind_of_the_same() -> None:
    assert json_edit.put('{"a": true}', ("a",), 1) == '{"a": 1}'
    assert json_edit.put('{"a": "\\u0062"}', ("a",), "b") == '{"a": "\\u0062"}'


def test_lists() -> None:
    text = '{"a": [{"name": "x"}, 2]}'
    assert json_edit.get(text, ("a", 0, "name")) == "x"
    assert json_edit.put(text, ("a", 2), 3) == '{"a": [{"name": "x"}, 2, 3]}'
    assert json_edit.drop(text, ("a", 0)) == '{"a": [2]}'
    with pytest.raises(NotJson, match="a is no object"):
        json_edit.put(text, ("a", "b"), 1)
    with pytest.raises(NotJson, match="list of at least 5"):
        json_edit.put(text, ("a", 5), 1)


def test_lines() -> None:
    text = '{\r\n"a":\r{\n"b": 1, "b":\n2}}'
    assert json_edit.line_of(text, ("a",)) == 2
    assert json_edit.line_of(text, ("a", "b")) == 4
    assert json_edit.line_of(text, ("a", "c")) is None


def test_as_it_is_written() -> None:
    text = '{"a": [1,\n 2], "b": "\\u0041"}'
    assert json_edit.written(text, ("a",)) == "[1,\n 2]"
    assert json_edit.rewrite(json_edit.put(text, ("a",), []), ("a",), "[1,\n 2]") == text


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"\xff\xfe" + '{"ä":1}'.encode("utf-16-le"), "utf-16-le"),
        (b'{"x":"\xff\xfe"}', "utf-8"),
        ('\ufeff{"ä":1}'.encode(), "utf-8"),
    ],
)
def test_bytes_that_the_client_takes(content: bytes, encoding: str) -> None:
    text, found = json_edit.decode(content)
    assert found == encoding
    changed = json_edit.encode(json_edit.put(text, ("env",), {"ü": "\udcff"}), encoding)
    assert json_edit.encode(json_edit.drop(json_edit.decode(changed)[0], ("env",)), encoding) == content
    assert b"\xff\xff" not in changed  # half a character of ours is escaped


@pytest.mark.parametrize(
    "content", [b"\xff\xfe{", b"\xff\xfe" + '{"a":1}'.encode("utf-16-le") + b"\n", b"\xff\xfe\xff"]
)
def test_what_begins_like_utf_16_and_is_of_odd_length_is_none(content: bytes) -> None:
    """No letter has half a unit: read so, its last byte would be lost, and the file could not be put back."""
    text, found = json_edit.decode(content)
    assert found == "utf-8"
    assert json_edit.encode(text, found) == content
    assert json_edit.decode(content + b"\0")[1] == "utf-16-le"
