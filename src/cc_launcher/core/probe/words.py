"""How a probe is spoken of: the same words in the table, the reports and the comparison."""

import shlex
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from cc_launcher.core.probe.outcome import DEGRADED, FAILED, PASSED, SKIPPED, Outcome, Run

STATUSES = (PASSED, DEGRADED, FAILED, SKIPPED)
_DAY = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def when(began: float) -> str:
    """A time, to the minute and the same everywhere."""
    return f"{_time(began):%Y-%m-%d %H:%M} UTC"


def day(began: float) -> str:
    """The day of a time."""
    return f"{_time(began):%Y-%m-%d}"


def iso(began: float) -> str:
    """A time, as programs read it."""
    return f"{_time(began):%Y-%m-%dT%H:%M:%SZ}"


def date_of(began: float) -> date:
    """The day of a time, to reckon with."""
    return _time(began).date()


def days(began: float, now: float) -> int:
    """How many days ago that was."""
    return max(0, int((now - began) // _DAY))


def age(began: float, now: float) -> str:
    """How long ago that was, in a few letters."""
    past = days(began, now)
    return f"{past} d" if past else "today"


def counted(number: int, what: str) -> str:
    """A number of things."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def duration(seconds: float) -> str:
    """How long something took, in a few letters."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 599.5:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min"


def price(dollars: float | None) -> str:
    """What it cost: cents, as far as one can tell them."""
    if dollars is None:
        return "cost unknown"
    cents = dollars * 100
    if cents <= 0:
        return "free"
    if cents < 0.1:
        return "less than 0.1 cents"
    return f"about {cents:.1f} cents" if dollars < 1 else f"about {dollars:,.2f} dollars"


def total(run: Run) -> str:
    """What all of it took."""
    tokens = f"{run.input_tokens:,} tokens in, {run.output_tokens:,} out"
    stopped = "" if run.whole else "stopped after "
    checks = counted(len(run.outcomes), "check")
    return f"{stopped}{checks} in {duration(run.seconds)}, {tokens}, {price(run.cost)}"


def counts(outcomes: Sequence[Outcome]) -> str:
    """How many checks ended in which way."""
    found = [(sum(outcome.status == status for outcome in outcomes), status) for status in STATUSES]
    return ", ".join(f"{number} {status}" for number, status in found if number) or "no checks"


def troubles(run: Run) -> list[Outcome]:
    """What was not passed, the worst first. A check that was skipped says nothing against the endpoint."""
    return [outcome for status in (FAILED, DEGRADED) for outcome in run.outcomes if outcome.status == status]


def edit(profile: str, change: str) -> str:
    """The line that would turn a knob."""
    return f"cc edit {profile} {shlex.quote(change)}"


def _time(began: float) -> datetime:
    # Not fromtimestamp, which asks the machine's library and refuses what that does not know.
    return _EPOCH + timedelta(seconds=min(max(began, 0), 253_402_300_799))
