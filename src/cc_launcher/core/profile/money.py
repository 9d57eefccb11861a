"""Sums of money as a profile says them: `5 USD/day`."""

import re
from typing import NamedTuple

CURRENCY = re.compile(r"[A-Z]{3}")
TOKENS, PLAN, FREE = "tokens", "plan", "free"  # how a profile is paid
SESSION, DAY, MONTH, YEAR = "session", "day", "month", "year"
MAX_DAYS = 366
TASK, TASK_TOKENS = "0.50 USD", 1_000_000  # what one task for another profile may take, unless the user says it

_AMOUNT = r"(\d{1,9}(?:\.\d{1,6})?) ?([A-Z]{3})"
_SUM = re.compile(rf"{_AMOUNT} ?/ ?([a-z]+|[1-9]\d{{0,2}}d)", re.ASCII)
_ONCE = re.compile(_AMOUNT, re.ASCII)


class Sum(NamedTuple):
    """An amount for a span of time."""

    amount: float
    currency: str
    per: str  # SESSION, DAY, MONTH, YEAR; or `30d`: the last so many days

    @property
    def days(self) -> int:
        """The days of a span such as `30d`; 0 for the others."""
        return int(self.per[:-1]) if self.per[0].isdecimal() else 0

    def __str__(self) -> str:
        amount = f"{self.amount:.6f}".rstrip("0").rstrip(".")  # as it may be written: no exponent
        return f"{amount} {self.currency}/{self.per}"


def budget(text: str) -> Sum:
    """The most that may be spent. ValueError says what is wrong, and how it is written."""
    found = _parsed(text, (SESSION, DAY, MONTH))
    if found is None or found.amount == 0:
        raise ValueError("is not a budget|write it like 5 USD/day; /session, /month and /30d are the others")
    return found


def fee(text: str) -> Sum:
    """What a plan costs. ValueError as above."""
    found = _parsed(text, (MONTH, YEAR))
    if found is None:
        raise ValueError("is not the price of a plan|write it like 20 USD/month, or 200 USD/year")
    return found


def amount(text: str) -> tuple[float, str]:
    """An amount without a span of time, and its currency. ValueError as above."""
    found = _ONCE.fullmatch(text)
    if found is None or not float(found[1]):
        raise ValueError("is not a limit|write it like 0.50 USD")
    return float(found[1]), found[2]


def _parsed(text: str, spans: tuple[str, ...]) -> Sum | None:
    match = _SUM.fullmatch(text)
    if match is None:
        return None
    found = Sum(float(match[1]), match[2], match[3])
    if found.days:
        return found if found.days <= MAX_DAYS and SESSION in spans else None
    return found if found.per in spans else None
