"""Foreign text is shown harmless."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc_launcher.core.text import has_control, is_control, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é € 😀 日本", "plain é € 😀 日本"),
        ("", ""),
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("\x9b2J", "\\x9b2J"),
        ("a\r\nb\tc\0", "a\\x0d\\x0ab\\x09c\\x00"),
        ("\x7f\x85", "\\x7f\\x85"),
        ("user\u202etxt.exe", "user\\u202etxt.exe"),
        ("\u2028\u2066\ufeff", "\\u2028\\u2066\\ufeff"),
        ("\udcff", "\\udcff"),
    ],
)
def test_control_characters_become_visible_escapes(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text())
def test_what_is_shown_holds_no_control_character_and_shows_everything_else(text: str) -> None:
    shown = printable(text)
    assert not has_control(shown)
    assert not any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in shown)
    if not has_control(text):
        assert shown == text


def test_every_control_and_direction_character_of_unicode_is_one() -> None:
    every = [chr(code) for code in range(0x11000)]  # the planes above hold no such character
    assert [hex(ord(char)) for char in every if is_control(char) is not has_control(char)] == []
    steering = {"Cc", "Cs", "Zl", "Zp"}
    directions = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    assert [
        hex(ord(char))
        for char in every
        if (unicodedata.category(char) in steering or unicodedata.bidirectional(char) in directions)
        and not is_control(char)
    ] == []
