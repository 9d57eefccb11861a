"""Days and spans of days, in the time of this place; today is told by who asks."""

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.usage.rollup import QUARTER

FIRST, LAST = 0, 4_000_000_000_000  # milliseconds: the time of which there can be something
_SPAN = re.compile(r"(\d{1,4})([dwm])")
_MONTH = re.compile(r"\d{4}-\d{2}")
_DAYS = {"d": 1, "w": 7, "m": 30}
_HINT = "a day such as 2026-11-28, a month such as 2026-11, or today, yesterday, 7d, 4w"


class Span(NamedTuple):
    """The time that is asked about."""

    since: int  # milliseconds since 1970
    until: int
    first: date | None  # nothing: from the first request on
    last: date
    today: date
    is_usual: bool = False  # nobody asked for one: this month

    @property
    def bounds(self) -> tuple[int, int]:
        """In milliseconds."""
        return self.since, self.until

    @property
    def days(self) -> tuple[date | None, date]:
        """The days of it that have begun."""
        return self.first, min(self.last, self.today)


def usual(today: date) -> dict[str, date]:
    """The spans that everybody asks for, by their first day."""
    return {
        "today": today,
        "this week": today - timedelta(days=today.weekday()),
        "this month": today.replace(day=1),
    }


def first_day(text: str, today: date, option: str = "--since") -> date:
    """The day on which a span begins."""
    return _day(text, today, option, ends=False)


def last_day(text: str, today: date, option: str = "--until") -> date:
    """The day with which a span ends."""
    return _day(text, today, option, ends=True)


def begin(day: date) -> int:
    """The first millisecond of a day."""
    try:
        return max(FIRST, int(datetime.combine(day, time()).timestamp() * 1000))
    except (OverflowError, ValueError, OSError):
        return FIRST


def end(day: date) -> int:
    """The first millisecond after a day."""
    try:
        return min(LAST, begin(day + timedelta(days=1)))
    except OverflowError:
        return LAST


@lru_cache(4096)
def day_of(quarter: int) -> str:
    """The day of a quarter of an hour."""
    try:
        return datetime.fromtimestamp(quarter * QUARTER / 1000).date().isoformat()  # noqa: DTZ006 - of this place
    except (OverflowError, ValueError, OSError):
        return ""


def clock(milliseconds: int) -> str:
    """A time of this place, to the second."""
    try:
        return f"{datetime.fromtimestamp(milliseconds / 1000):%Y-%m-%d %H:%M:%S}"  # noqa: DTZ006 - of this place
    except (OverflowError, ValueError, OSError):
        return "?"


def _day(text: str, today: date, option: str, *, ends: bool) -> date:
    word = text.strip().lower()
    try:
        if word in {"today", "yesterday"}:
            return today - timedelta(days=word == "yesterday")
        if span := _SPAN.fullmatch(word):
            return today - timedelta(days=int(span[1]) * _DAYS[span[2]] - (not ends))
        if _MONTH.fullmatch(word):
            first = date.fromisoformat(f"{word}-01")
            following = (first + timedelta(days=32)).replace(day=1)
            return following - timedelta(days=1) if ends else first
        return date.fromisoformat(word)
    except (ValueError, OverflowError):
        raise CcError(f"cc usage: {option} {text[:80]}: no day", _HINT, code=USAGE) from None
