"""Which consents are wanted, and the file that they stand in."""

from __future__ import annotations

import pytest

from cc_launcher.core.sessions import consent
from cc_launcher.core.sessions.consent import Consent, Pair, Side
from cc_launcher.files import profiles

ZAI, DEEPSEEK = Side("zai", "api.z.ai"), Side("deepseek", "api.deepseek.com")


@pytest.mark.parametrize(
    ("name", "host", "private"),
    [
        ("claude", "claude.ai", False),
        ("anthropic", "api.anthropic.com", False),
        ("zai", "api.z.ai", False),
        ("ollama", "localhost:11434", True),
    ],
)
def test_whom_a_profile_shows_things_to(name: str, host: str, private: bool) -> None:  # noqa: FBT001 - of a table
    resolved = profiles.load(name)
    assert (consent.host_of(resolved), consent.is_private(resolved)) == (host, private)


def test_one_host_needs_no_consent_and_a_pair_needs_it_once() -> None:
    other = Side("deepseek-2", DEEPSEEK.host)
    pairs = [Pair(ZAI, ZAI), Pair(ZAI, DEEPSEEK), Pair(ZAI, other), Pair(DEEPSEEK, other)]
    assert consent.unsettled(pairs, ()) == [Pair(ZAI, DEEPSEEK)]
    assert consent.unsettled(pairs, [(ZAI.host, DEEPSEEK.host)]) == []
    assert consent.unsettled([Pair(DEEPSEEK, ZAI)], [(ZAI.host, DEEPSEEK.host)]) == [Pair(DEEPSEEK, ZAI)]


def test_of_two_profiles_of_one_host_the_private_one_counts() -> None:
    private = Pair(Side("mine", ZAI.host), DEEPSEEK, private=True)
    assert consent.unsettled([Pair(ZAI, DEEPSEEK), private], ()) == [private]
    assert consent.command_for(private) == "cc take-over --allow --private mine deepseek"
    assert consent.command_for(Pair(ZAI, DEEPSEEK)) == "cc take-over --allow zai deepseek"


def test_what_is_written_is_read_again() -> None:
    known = [Consent("a.example", "b.example", 5.0), Consent("b.example", "127.0.0.1:8080", 6.5)]
    assert consent.decode(consent.encode(known)) == known


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not JSON (line 1)"),
        (b'{\n"version": 1, "cons', "not JSON (line 2)"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "no file of consents"),
        (b'{"version": 1}', "no file of consents"),
        (b'{"version": 2, "consents": []}', "written by another version of cc"),
        (b'{"version": 1, "consents": [{"sender": "a", "receiver": "b", "when": true}]}', "entry 1 names no"),
        (b'{"version": 1, "consents": [{"sender": "a", "receiver": "b c", "when": 1}]}', "entry 1 names no"),
        (b'{"version": 1, "consents": [{"sender": "", "receiver": "b", "when": 1}]}', "entry 1 names no"),
        (b'{"version": 1, "consents": ["a"]}', "entry 1 names no"),
    ],
)
def test_what_is_no_such_file_is_said_and_not_guessed_at(content: bytes, why: str) -> None:
    with pytest.raises(ValueError, match="^" + why.replace("(", r"\(").replace(")", r"\)")):
        consent.decode(content)
