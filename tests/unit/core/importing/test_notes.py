"""What is said beside the rows: what several profiles have in common is said once, and no value of a key ever."""

from __future__ import annotations

from dataclasses import replace

from cc_launcher.core.importing import notes, offers
from cc_launcher.core.importing.found import LITERAL, REFERENCE, Candidate, Consent, Dropped, Key, Place, Skipped
from cc_launcher.core.importing.offers import Offer

VALUE = "sk-canary-of-the-notes"
PLACE = Place("tool/config.json", line=3, mode=0o644)
KEY = Key(LITERAL, VALUE, place=PLACE)
ONE = Candidate("one", {}, KEY, {}, (PLACE,), ("tool",), "one.example")


def said(*candidates: Candidate, skipped: tuple[Skipped, ...] = ()) -> list[str]:
    lines = notes.of([Offer(candidate) for candidate in candidates], skipped)
    assert VALUE not in "\n".join(lines)
    return lines


def test_where_a_profile_is_from_is_said_where_its_key_does_not_say_so() -> None:
    assert said(replace(ONE, key=Key(LITERAL, VALUE, place=replace(PLACE, mode=0o600)))) == []
    assert said(replace(ONE, key=Key())) == ["one: from ~/tool/config.json:3 (tool)"]
    two = replace(ONE, places=(PLACE, Place("/srv/else")), sources=("tool", "other"))
    assert said(two)[0] == "one: from ~/tool/config.json:3, /srv/else (tool, other)"


def test_who_can_read_the_files() -> None:
    assert said(ONE) == ["others on this machine can read ~/tool/config.json"]
    skip = Skipped("x", PLACE, "no provider", "do this", replace(KEY, place=Place("b", mode=0o604)))
    assert said(skipped=(skip,)) == [
        "not imported: x, ~/tool/config.json:3: no provider; a key stands in ~/b (do this)",
        "others on this machine can read ~/b",
    ]


def test_what_is_left_out_of_several_is_one_line() -> None:
    dropped = (Dropped("HOOKS", "never taken"), Dropped("PATH", "never taken"))
    every = [
        replace(ONE, name=f"p{number}", dropped=dropped, key=Key(LITERAL, VALUE, place=Place("tool/config.json")))
        for number in range(5)
    ]
    assert said(*every) == ["p0, p1 and 3 more: left out: HOOKS, PATH: never taken"]
    assert said(*every[:2]) == ["p0 and p1: left out: HOOKS, PATH: never taken"]


def test_a_line_that_needs_a_yes_is_said_in_full() -> None:
    line = "sh -c 'vendor --all | head -n 1'"
    key = Key(REFERENCE, reference=f"cmd:{line}", consent=True)
    [first, last] = said(replace(ONE, key=key, consents=(Consent("secret", line, "why"),)))
    assert first.startswith("one: from ")
    assert last == f"one: its key comes from a command, which was not run: {line}"


def test_of_what_is_there_already_nothing_is_said() -> None:
    assert notes.of([Offer(replace(ONE, notes=("works",)), "mine")], ()) == []


def test_where_a_key_goes() -> None:
    assert offers.key_goes(Offer(ONE), "the keyring") == "the keyring"
    assert offers.key_goes(Offer(ONE, "one"), "the keyring") == "already there"
    assert offers.key_goes(Offer(ONE, "mine"), "the keyring") == "already there: mine"
    assert offers.key_goes(Offer(replace(ONE, key=Key(REFERENCE, reference="pass:x"))), "x") == "stays a reference"
    assert offers.key_goes(Offer(replace(ONE, key=Key(REFERENCE, reference="cmd:x", consent=True))), "x") == (
        "only with your yes"
    )
    assert offers.key_goes(Offer(replace(ONE, key=Key())), "x") == ""
