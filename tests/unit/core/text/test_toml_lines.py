"""Each key of any TOML file is found on its line."""

import tomllib
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cc_launcher.core.text import toml_lines

# What would lead a scanner astray that looked only at single characters
_TRICKY = "ab.=#[]{}, \t-_'\"\\é"
_COMMENT = st.text(_TRICKY, max_size=8).map("# {}".format)


def _basic(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "") + "'"


def _long_basic(pieces: list[str]) -> str:
    text = "".join(pieces)
    while '"""' in text:
        text = text.replace('"""', '""\\"')
    return f'"""{text}"""'


def _long_literal(pieces: list[str]) -> str:
    text = "".join(pieces)
    while "'''" in text:
        text = text.replace("'''", "''")
    return f"'''{text}'''"


def _array(items: list[tuple[str, str]]) -> str:
    return "[" + "".join(f"{gap}{item}," for gap, item in items) + "]"


def _inline_table(items: list[str]) -> str:
    return "{ " + ", ".join(f"k{number} = {item}" for number, item in enumerate(items)) + " }"


_GAP = st.one_of(st.just(""), st.just("\n  "), _COMMENT.map(" {}\n".format))
_SCALAR = st.one_of(
    st.sampled_from(["1", "-1.5e3", "true", "inf", "2026-11-21", "2026-11-21T04:00:00Z", "0xFF", "04:00:00"]),
    st.text(_TRICKY, max_size=8).map(_literal),
    st.text(_TRICKY, max_size=8).map(_basic),
    st.lists(st.sampled_from(["a", "\n", '"', '""', "'", '\\"', "\\\\", "\\\n  ", "# x", "[", "="])).map(_long_basic),
    st.lists(st.sampled_from(["a", "\n", "'", "''", '"', "\\", "# x", "[", "="])).map(_long_literal),
)
_VALUE = st.one_of(
    _SCALAR,
    st.lists(st.tuples(_GAP, _SCALAR), max_size=3).map(_array),
    st.lists(st.lists(_SCALAR, max_size=2).map(_inline_table), max_size=2).map(_inline_table),
    st.lists(st.tuples(_GAP, st.lists(st.tuples(_GAP, _SCALAR), max_size=2).map(_array)), max_size=2).map(_array),
)


class Statement(NamedTuple):
    """A key with its value, or the header of a table."""

    before: str  # comments and empty lines
    key: list[tuple[str, str]]  # its parts: how each is written, and its name
    dot: str
    header: str  # of a table, or none
    below: bool  # a table inside the one before it
    value: str
    end: str


_STATEMENT = st.builds(
    Statement,
    st.lists(st.one_of(st.just(""), _COMMENT), max_size=2).map(lambda lines: "".join(f"{line}\n" for line in lines)),
    st.lists(
        st.tuples(st.sampled_from(["bare", "basic", "literal"]), st.text(_TRICKY, max_size=6)), min_size=1, max_size=3
    ),
    st.sampled_from([".", " . ", ". "]),
    st.sampled_from(["", "", "[{}]", "[ {} ]", "[[{}]]"]),
    st.booleans(),
    _VALUE,
    st.one_of(st.sampled_from(["", "  "]), _COMMENT.map(" {}".format)),
)


def _written(style: str, name: str, number: int) -> tuple[str, str]:
    """A part of a key that no other one equals: as it is written, and as it is meant."""
    if style == "bare":
        return f"a-_{number}", f"a-_{number}"
    written = (_basic if style == "basic" else _literal)(f"{name}{number}")
    return written, tomllib.loads(f"x = {written}")["x"]


def _document(statements: list[Statement]) -> tuple[str, dict[toml_lines.Path, int]]:
    """A TOML file, and on which line each of its keys stands first."""
    text = ""
    lines: dict[toml_lines.Path, int] = {}
    table, header = (), ""  # type: tuple[toml_lines.Path, str]
    number = 0
    for statement in statements:
        text += statement.before
        parts = [_written(style, name, number + index) for index, (style, name) in enumerate(statement.key)]
        number += len(parts)
        written = statement.dot.join(part for part, _ in parts)
        meant = tuple(part for _, part in parts)
        inside = table if not statement.header or statement.below else ()
        for length in range(len(inside) + 1 if not statement.header else 1, len(inside) + len(meant) + 1):
            lines.setdefault((*inside, *meant)[:length], text.count("\n") + 1)
        if statement.header:
            header = f"{header}.{written}" if inside else written
            table = (*inside, *meant)
            if statement.header.startswith("[["):  # no two names are the same, so each is the first
                table = (*table, "0")
                lines.setdefault(table, text.count("\n") + 1)
            text += statement.header.format(header)
        else:
            text += f"  {written} = {statement.value}"
        text += statement.end + "\n"
    return text, lines


@settings(max_examples=60, deadline=None)
@given(st.lists(_STATEMENT, max_size=6), st.booleans())
def test_every_key_of_a_file_is_found_on_its_line(statements: list[Statement], open_end: bool) -> None:  # noqa: FBT001
    text, lines = _document(statements)
    text = text.removesuffix("\n") if open_end else text
    tomllib.loads(text)  # the document is one
    assert toml_lines.lines_of(text) == lines


@settings(max_examples=100, deadline=None)
@given(st.text("ab=[]{}\"'#\n\\., 1", max_size=40))
def test_whatever_the_real_parser_takes_the_scanner_takes_too(text: str) -> None:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    toml_lines.lines_of(text)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("notes",), 4),
        (("notes", "0"), 4),
        (("models",), 9),
        (("models", "a/b"), 9),
        (("models", "a/b", "prices", "input"), 11),
        (("compat",), 13),
        (("compat", "private"), 14),
        (("nothing", "of", "this"), 1),
        ((), 1),
    ],
)
def test_what_has_no_line_of_its_own_gets_that_of_the_key_around_it(path: toml_lines.Path, line: int) -> None:
    text = '''# x
title = "a"

notes = [
  """
]
""", "[models]", # [models]
]
[models."a/b"]
context = 32000
prices = { input = 1, output = 1 }

[compat]
private = true'''
    assert toml_lines.line_for(path, toml_lines.lines_of(text)) == line


def test_each_table_of_a_list_has_its_number_and_its_own_lines() -> None:
    text = "[[rules]]\nname = 1\n[rules.x]\ny = 2\n[[rules]]\nname = 3\n[[rules.in]]\na = 4\n[[rules.in]]\na = 5\n"
    lines = toml_lines.lines_of(text)
    assert [lines["rules", number, "name"] for number in "01"] == [2, 6]
    assert lines["rules", "0", "x", "y"] == 4
    assert [lines["rules", "1", "in", number, "a"] for number in "01"] == [8, 10]
    assert toml_lines.line_for(("rules", "1", "to"), lines) == 5
