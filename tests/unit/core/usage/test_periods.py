"""Days: as people write them, in the time of this place."""

from __future__ import annotations

import time
from datetime import date

import pytest

from cc_launcher.core.errors import CcError
from cc_launcher.core.usage import periods
from cc_launcher.core.usage.rollup import QUARTER

TODAY = date(2026, 11, 29)  # a Sunday


@pytest.mark.parametrize(
    ("word", "first", "last"),
    [
        ("today", "2026-11-29", "2026-11-29"),
        ("yesterday", "2026-11-28", "2026-11-28"),
        ("7d", "2026-11-23", "2026-11-22"),
        ("1D", "2026-11-29", "2026-11-28"),
        ("2w", "2026-11-16", "2026-11-15"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2026-12", "2026-12-01", "2026-12-31"),
        ("2026-03-05", "2026-03-05", "2026-03-05"),
    ],
)
def test_a_day_as_people_write_it(word: str, first: str, last: str) -> None:
    assert periods.first_day(word, TODAY).isoformat() == first
    assert periods.last_day(word, TODAY).isoformat() == last


@pytest.mark.parametrize("word", ["", "tomorrow", "2026-13", "2026-02-30", "-1d", "7 d", "1e3d"])
def test_what_is_no_day_is_refused_with_what_would_be(word: str) -> None:
    with pytest.raises(CcError) as caught:
        periods.first_day(word, TODAY)
    assert "--since" in caught.value.what
    assert "2026-11-28" in caught.value.hint


def test_the_usual_spans() -> None:
    assert periods.usual(TODAY) == {
        "today": TODAY,
        "this week": date(2026, 11, 23),
        "this month": date(2026, 11, 1),
    }


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati"])
def test_a_day_begins_where_one_is(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    periods.day_of.cache_clear()
    try:
        first = periods.begin(TODAY)
        assert first % QUARTER == 0
        assert periods.day_of(first // QUARTER) == "2026-11-29"
        assert periods.day_of(first // QUARTER - 1) == "2026-11-28"
        assert periods.end(TODAY) - first == 86_400_000
    finally:
        monkeypatch.undo()
        time.tzset()
        periods.day_of.cache_clear()


def test_days_of_which_there_is_nothing_are_no_fault() -> None:
    assert periods.begin(date.min) == periods.FIRST
    assert periods.end(date.max) == periods.LAST
    assert periods.day_of(1 << 60) == ""
    assert periods.clock(1 << 60) == "?"
