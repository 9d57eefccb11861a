"""What the status line takes from outside, before it draws anything: whatever that is, there is a line."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from cc_launcher.core.status.figures import LONGEST_PAUSE, Quota
from cc_launcher.launch import line


@pytest.mark.parametrize(
    ("columns", "room"),
    [("80", 80), ("1", 1), ("0", 0), ("", 0), ("abc", 0), ("-5", 0), ("8.5", 0), ("²", 0), ("٣٣", 0), ("999999", 0)],
)
def test_the_width_of_the_terminal_is_what_is_told_less_a_margin(
    monkeypatch: pytest.MonkeyPatch, columns: str, room: int
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert line._columns() == (max(1, room - line._MARGIN) if room else 0)


@contextmanager
def standard_input(content: bytes) -> Iterator[None]:
    kept = os.dup(0)
    handle = os.memfd_create("input")
    os.write(handle, content)
    os.lseek(handle, 0, os.SEEK_SET)
    try:
        os.dup2(handle, 0)
        yield
    finally:
        os.dup2(kept, 0)
        os.close(kept)
        os.close(handle)


@pytest.mark.parametrize("length", [0, 1, 70_000, line.MAX_INPUT, line.MAX_INPUT + 1])
def test_what_the_client_says_is_read_whole_or_not_at_all(length: int) -> None:
    with standard_input(b"x" * length):
        assert len(line._input()) == (length if length <= line.MAX_INPUT else 0)


@pytest.mark.parametrize(
    ("address", "host"),
    [("https://h/a", "h"), ("http://h:1", "h:1"), ("https://me:pw@h/x@y", "h"), ("nothing", ""), ("", "")],
)
def test_the_host_of_an_address_is_without_what_could_be_a_secret(address: str, host: str) -> None:
    assert line._host(address) == host


def test_how_a_budget_of_the_gateways_stands_is_looked_up_again_and_again() -> None:
    known = line._Known("nobody")
    known.fresh = True
    assert not known.is_due(NOW)
    known.facts.metered = True
    assert known.is_due(NOW)


NOW = 1_795_000_000.0
ASKS = "https://h.example/quota"


@pytest.mark.parametrize(
    ("asks", "fresh", "quota", "due"),
    [
        (ASKS, True, None, True),  # nothing is known yet
        (ASKS, True, Quota(next=NOW + 30), False),
        (ASKS, True, Quota(next=NOW), True),
        (ASKS, True, Quota(next=NOW - 30), True),
        (ASKS, True, Quota(next=NOW + LONGEST_PAUSE), False),
        (ASKS, True, Quota(next=NOW + 3 * LONGEST_PAUSE), True),  # of a clock that was wrong
        (ASKS, False, Quota(next=NOW + 30), True),
        ("", True, None, False),
        ("", True, Quota(next=NOW - 30), False),
        ("", False, None, True),
    ],
)
def test_when_a_provider_is_asked_again(asks: str, fresh: bool, quota: Quota | None, due: bool) -> None:  # noqa: FBT001
    known = line._Known("nobody")
    known.facts.asks, known.fresh, known.quota = asks, fresh, quota
    assert known.is_due(NOW) is due
