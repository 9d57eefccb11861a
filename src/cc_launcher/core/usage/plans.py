"""Plans: their fee for some days, what the same tokens would be one by one, and which of the two is less.

A fee is no cost of a token: it stands apart from the sum, and is paid for days without a request, too.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from cc_launcher.core.profile.money import YEAR, Sum
from cc_launcher.core.usage import currencies, price
from cc_launcher.core.usage.currencies import Rates
from cc_launcher.core.usage.price import Cost
from cc_launcher.core.usage.report import Row

_DIGITS = 6
_UNKNOWN = Cost()
_LAST = (date.max.year, date.max.month)


class Plan(NamedTuple):
    """A plan, in the days that are shown."""

    profile: str
    fee: Sum | None  # nothing where the profile does not say it
    days: int
    requests: int
    by_token: Cost  # what its tokens would have cost one by one
    currency: str  # of that
    due: Cost = _UNKNOWN  # the fee's share for these days
    saved: Cost | None = None  # by the plan against the token, in `into`; below 0: the token would have been cheaper
    into: str = ""

    @property
    def cheaper(self) -> str:
        """Which was less: PLAN or TOKENS; nothing where nobody can say."""
        if self.saved is None or self.saved.low is None or self.saved.high is None:
            return ""
        return price.PLAN if self.saved.low > 0 else price.TOKENS if self.saved.high < 0 else ""


def share(fee: Sum, first: date, last: date) -> float:
    """What of a fee falls on these days."""
    found = 0.0
    day = first
    while day <= last:
        begin, end = _year(day) if fee.per == YEAR else _month(day)
        whole = (end - begin).days + 1
        until = min(end, last)
        found += fee.amount * ((until - day).days + 1) / whole
        if until == date.max:
            break
        day = until + timedelta(days=1)
    return round(found, _DIGITS)


def found(
    rows: Sequence[Row], fees: Mapping[str, Sum | None], span: tuple[date | None, date], rates: Rates
) -> list[Plan]:
    """The plans of these profiles, by name. The rows know `profile` and `day`; without a first day, it is that."""
    made = []
    for profile, fee in sorted(fees.items()):
        own = [row for row in rows if row.keys["profile"] == profile]
        used = min((row.keys["day"] for row in own if row.keys["day"]), default="")
        first = span[0] or (date.fromisoformat(used) if used else span[1])
        costs = [(row.by_token, row.currency) for row in own]
        by_token, currency = currencies.added(costs, rates) if costs else (Cost(0.0, 0.0, price.EXACT), "")
        requests, days = sum(row.requests for row in own), max((span[1] - first).days + 1, 0)
        plan = Plan(profile, fee, days, requests, by_token, currency)
        made.append(plan if fee is None else _held_against(plan, fee, share(fee, first, span[1]), rates))
    return made


def cheapest(plans: Iterable[Plan], rates: Rates) -> Plan | None:
    """The plan with the least fee, where every fee can be held against the others."""
    priced = [(plan, plan.fee.currency) for plan in plans if plan.fee is not None]
    known = {currencies.DOLLARS: 1.0, **rates}
    if len({currency for _, currency in priced}) <= 1:
        known = {currency: 1.0 for _, currency in priced}
    if any(currency not in known for _, currency in priced):
        return None
    ranked = sorted(((plan.due.high or 0.0) * known[currency], plan.profile, plan) for plan, currency in priced)
    return ranked[0][2] if ranked else None


def less(one: Cost, other: Cost) -> Cost:
    """The one less the other, from its least to its most."""
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return Cost()
    low, high = round(one.low - other.high, _DIGITS), round(one.high - other.low, _DIGITS)
    return Cost(low, high, price.worst(one.basis, other.basis))


def _year(day: date) -> tuple[date, date]:
    """The first day and the last."""
    return date(day.year, 1, 1), date(day.year, 12, 31)


def _month(day: date) -> tuple[date, date]:
    """The first day and the last."""
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1) if (day.year, day.month) != _LAST else None
    return day.replace(day=1), following - timedelta(days=1) if following is not None else date.max


def _held_against(plan: Plan, fee: Sum, amount: float, rates: Rates) -> Plan:
    due = Cost(amount, amount, price.EXACT)
    by_token, into = plan.by_token, fee.currency
    saved: Cost | None = None
    if not plan.requests:
        by_token = Cost(0.0, 0.0, price.EXACT)
    if plan.currency in {"", fee.currency}:
        saved = less(by_token, due)
    else:
        there, ours = currencies.in_dollars(by_token, plan.currency, rates), currencies.in_dollars(due, into, rates)
        if there is not None and ours is not None:
            saved, into = less(there, ours), currencies.DOLLARS
    return Plan(plan.profile, fee, plan.days, plan.requests, by_token, plan.currency, due, saved, into)
