"""What each client can: the table, and what follows from it."""

import pytest

from cc_launcher.core.plan import REMOTE, SUBCOMMANDS, client


def test_each_line_says_since_when_and_which_client_was_measured_without_it() -> None:
    assert len(set(client.ABILITIES)) == len(client.ABILITIES)
    for ability in client.ABILITIES:
        assert client.OLDEST <= ability.lacking < ability.since <= client.NEWEST
        assert not client.can(ability.lacking, ability)
        assert client.can(ability.since, ability)
        assert ability.lacks.split()[0] in {"follows", "does", "takes", "asks", "lets", "shows", "sends", "puts"}
    named = {value for value in vars(client).values() if isinstance(value, client.Ability)}
    assert named == {*client.ABILITIES}


@pytest.mark.parametrize(
    ("version", "hosted"),
    [
        (None, False),
        ((2, 0, 64), False),
        ((2, 1, 84), False),
        ((2, 1, 198), False),
        ((2, 1, 252), False),
        ((2, 1, 257), True),
        ((2, 1, 332), True),
        ((9, 9, 9), True),
    ],
)
def test_from_which_client_on_a_launch_is_hosted(version: client.Version | None, hosted: bool) -> None:  # noqa: FBT001
    assert client.can_be_hosted(version) is hosted


def test_a_client_that_nobody_knows_lacks_everything_and_the_newest_nothing() -> None:
    assert client.lacking(None) == [*client.ABILITIES]
    assert client.lacking(client.NEWEST) == client.lacking((9, 0, 0)) == []


def test_each_word_is_known_once() -> None:
    later = [word for words in client.SINCE.values() for word in words]
    assert len(set(later)) == len(later)
    assert {*later, *client.NEVER, *client.TAKE_NO_PINS} <= SUBCOMMANDS
    assert {*REMOTE} <= client.TAKE_NO_PINS
    assert list(client.SINCE) == sorted(client.SINCE)


@pytest.mark.parametrize(
    ("word", "before", "since"),
    [
        ("auto-mode", (2, 1, 80), (2, 1, 81)),
        ("logs", (2, 1, 118), (2, 1, 119)),
        ("stop", (2, 1, 120), (2, 1, 121)),
        ("import", (2, 1, 221), (2, 1, 222)),
        ("purge", (2, 1, 287), (2, 1, 288)),
    ],
)
def test_a_subcommand_of_a_newer_client_is_a_prompt_to_an_older_one(
    word: str, before: client.Version, since: client.Version
) -> None:
    assert word not in client.subcommands(before)
    assert word in client.subcommands(since)


def test_some_words_are_subcommands_of_no_client_and_some_of_all() -> None:
    for version in (client.OLDEST, (2, 1, 84), client.NEWEST, (9, 9, 9), None):
        assert not {"config", "migrate-installer"} & {*client.subcommands(version)}
        assert {"mcp", "plugin", "doctor", "install", "update"} <= {*client.subcommands(version)}
        assert {*client.unpinned(version)} == {*client.subcommands(version)} & client.TAKE_NO_PINS
    assert client.unpinned(None) == ()
