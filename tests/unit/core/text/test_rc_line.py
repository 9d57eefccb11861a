"""Our line in an rc file: whatever else is in the file, it comes back as it was."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cc_launcher.core.text import rc_line

LINE = rc_line.line("bash", ["/home/me/.local/bin/cc"])
TEXTS = st.text(alphabet=st.sampled_from("ab #\n\r\t'\"$"), max_size=40)


@given(TEXTS)
@example("")
@example("\n")
@example("PS1=x")
@example("PS1=x\r\n")
def test_what_was_there_before_comes_back(text: str) -> None:
    once = rc_line.put_in(text, LINE)
    assert once.startswith(text)
    assert rc_line.put_in(once, LINE) == once
    assert rc_line.at(once) == once.count("\n")
    assert rc_line.take_out(once) == text
    assert rc_line.by_hand(once) == rc_line.by_hand(text) == 0


@given(TEXTS, TEXTS)
def test_what_was_added_since_stays_whole(text: str, more: str) -> None:
    left = rc_line.take_out(rc_line.put_in(text, LINE) + more)
    assert left in {text + more, f"{text}\n{more}"}  # the end of a line that had none stays where something follows


def test_a_line_of_another_installation_is_replaced_where_it_is() -> None:
    old = rc_line.put_in("a\n", rc_line.line("bash", ["/old/cc"])) + "b\n"
    new = rc_line.put_in(old, LINE)
    assert new == rc_line.put_in("a\n", LINE) + "b\n"
    assert rc_line.take_out(new) == "a\nb\n"


def test_every_one_of_ours_is_taken_out() -> None:
    twice = rc_line.put_in("a\n", LINE) + rc_line.put_in("b\n", LINE)
    assert rc_line.take_out(twice) == "a\nb\n"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ('a\neval "$(cc init bash)"\n', 2),
        ('source <("/opt/x y/cc" init zsh)\n', 1),
        ("cc-launcher init fish | source\n", 1),
        ('# eval "$(cc init bash)"\n', 0),
        ("gcc init\n", 0),
        ("cc initialise\n", 0),
    ],
)
def test_a_line_that_somebody_wrote_is_known(text: str, number: int) -> None:
    assert rc_line.by_hand(text) == number
    assert rc_line.take_out(text) == text


def test_odd_paths_are_words() -> None:
    assert rc_line.line("bash", ["/a b/it's"]) == (
        "if [ -x '/a b/it'\\''s' ]; then eval \"$('/a b/it'\\''s' init bash)\"; fi"
    )
    assert rc_line.line("fish", ["/a b/cc"], ["--aliases"]) == (
        "test -x '/a b/cc'; and '/a b/cc' init fish --aliases | source"
    )
