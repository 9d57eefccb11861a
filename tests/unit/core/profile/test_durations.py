"""Times such as 50m: what they are in milliseconds, and back."""

from __future__ import annotations

import pytest

from cc_launcher.core.profile.durations import milliseconds, written


@pytest.mark.parametrize(
    ("text", "meant"),
    [("1ms", 1), ("90s", 90_000), ("10m", 600_000), ("1.5h", 5_400_000), ("50m", 3_000_000), ("0.25s", 250)],
)
def test_a_timeout_reaches_the_client_in_milliseconds(text: str, meant: int) -> None:
    assert milliseconds(text) == meant


@pytest.mark.parametrize("text", ["", "10", "m", "10 m", "-1s", "1d", "10m\n"])
def test_what_is_no_time(text: str) -> None:
    assert milliseconds(text) == 0


@pytest.mark.parametrize(("number", "text"), [(3_000_000, "50m"), (90_000, "90s"), (250, "250ms"), (60_000, "1m")])
def test_milliseconds_of_a_tool_as_one_would_write_them(number: int, text: str) -> None:
    assert written(number) == text
    assert milliseconds(text) == number
