"""What is remembered of secrets and launches, and that a damaged file of it is an empty one."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc_launcher.core.profile.remembered import Launch, Records, Seen, decode, encode

KEY, OTHER = "keyring:zai", "pass:zai"
KNOWN = (
    Records()
    .with_kept(KEY, 5)
    .with_seen([OTHER], 6)
    .with_accepted("zai", KEY, 7)
    .with_launch(Launch("zai", "glm-5.3", 8))
)


def test_it_comes_back_from_its_file_as_it_was() -> None:
    assert decode(encode(KNOWN)) == KNOWN
    assert decode(encode(Records())) == Records()


def test_a_key_that_was_accepted_is_no_more_when_another_one_is_kept_there_or_it_is_gone() -> None:
    assert KNOWN.is_accepted("zai", KEY)
    assert not KNOWN.is_accepted("mine", KEY)
    assert not KNOWN.is_accepted("zai", OTHER)
    for changed in (KNOWN.with_kept(KEY, 9), KNOWN.with_gone(KEY, 9)):
        assert not changed.is_accepted("zai", KEY)
        assert changed.launched == KNOWN.launched
    assert KNOWN.with_kept(OTHER, 9).is_accepted("zai", KEY)


def test_a_look_at_what_is_known_changes_nothing() -> None:
    assert KNOWN.with_seen([KEY, OTHER], 99) is KNOWN
    assert KNOWN.with_accepted("zai", KEY, 99) is KNOWN
    gone = KNOWN.with_gone(KEY, 9)
    assert gone.secrets[KEY] == Seen(there=False, when=9)
    assert gone.with_gone(KEY, 99) is gone
    assert gone.with_seen([KEY], 10).secrets[KEY] == Seen(there=True, when=10)


def test_a_variable_is_of_one_shell_and_not_remembered() -> None:
    assert Records().with_seen(["env:ZAI_API_KEY"], 5) == Records()


def test_with_a_profile_goes_what_is_its_own() -> None:
    left = KNOWN.with_accepted("mine", KEY, 9).without("zai")
    assert left.is_accepted("mine", KEY)
    assert left.launched == {}
    assert left.secrets == KNOWN.secrets


def damaged(**changed: object) -> str:
    return json.dumps(json.loads(encode(KNOWN)) | changed)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        "null",
        "[" * 100_000,
        damaged(version=2),
        damaged(secrets=[]),
        damaged(secrets={KEY: 5}),
        damaged(secrets={KEY: {"there": True, "when": "now"}}),
        damaged(secrets={KEY: {"there": True, "when": 1e300}}),
        damaged(accepted={"zai": [KEY]}),
        damaged(accepted={"zai": {KEY: True}}),
        damaged(launched={"zai": {"word": 5, "when": 5}}),
        '{"version": 1, "secrets": {"a": {"there": true, "when": NaN}}, "accepted": {}, "launched": {}}',
    ],
)
def test_what_is_damaged_or_a_later_versions_says_nothing(content: str) -> None:
    assert decode(content) == Records()


@given(st.binary())
def test_no_bytes_are_an_error(content: bytes) -> None:
    assert isinstance(decode(content), Records)
