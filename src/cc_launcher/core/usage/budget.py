"""What is left of a budget: what the sessions of a profile have cost in its span of time.

A limit is no report. So a range counts with its upper end, and a guess as if it were known; what no price is known of
does not count, and is named.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from cc_launcher.core.profile.money import DAY, MONTH, SESSION, Sum
from cc_launcher.core.status.segments import CLIENTS_PRICES
from cc_launcher.core.usage import periods
from cc_launcher.core.usage.currencies import DOLLARS
from cc_launcher.core.usage.price import Price
from cc_launcher.core.usage.report import Row
from cc_launcher.core.usage.words import money

ALL_OF_IT = 1e9  # dollars: of what costs nothing
_NOTHING = 1e-9  # of a unit: sums of many prices are no exact numbers
_AGAIN = {DAY: "at midnight", MONTH: "next month"}


@dataclass(frozen=True)
class Standing:
    """How a budget stands."""

    profile: str
    budget: Sum
    spent: float = 0.0
    unknown: tuple[str, ...] = ()  # models of which no price is known: they do not count
    unchanged: tuple[str, ...] = ()  # currencies for which there is no rate: neither do these

    @property
    def left(self) -> float:
        """What may still be spent."""
        return 0.0 if self.is_spent else self.budget.amount - self.spent

    @property
    def percent(self) -> float:
        """How much of it is spent."""
        return 100 * self.spent / self.budget.amount

    @property
    def is_spent(self) -> bool:
        """Whether nothing is left."""
        return self.spent >= self.budget.amount - _NOTHING


def span(budget: Sum, today: date) -> tuple[int, int]:
    """The time that counts today, in milliseconds: in days of this place."""
    if budget.per == SESSION:
        return periods.FIRST, periods.LAST
    first = today.replace(day=1) if budget.per == MONTH else today - timedelta(days=max(budget.days - 1, 0))
    return periods.begin(first), periods.end(today)


def standing(profile: str, budget: Sum, rows: Iterable[Row], rates: Mapping[str, float]) -> Standing:
    """How it stands after these rows, which are told apart by profile and model. Rates are dollars for one unit."""
    spent, unknown, unchanged = 0.0, set[str](), set[str]()
    for row in rows:
        if row.keys["profile"] != profile:
            continue
        for cost in row.costs:
            if cost.high is None:
                unknown.add(row.keys["model"])
                spent += cost.low or 0.0
            elif (rate := changed(row.currency, budget.currency, rates)) is not None:
                spent += cost.high * rate
            elif cost.high:
                unchanged.add(row.currency)
    return Standing(profile, budget, spent, tuple(sorted(unknown)), tuple(sorted(unchanged)))


def changed(currency: str, into: str, rates: Mapping[str, float]) -> float | None:
    """What one unit of a currency is in another one; nothing where no rate of the user's says that."""
    if currency == into:
        return 1.0
    known = {DOLLARS: 1.0, **rates}
    return known[currency] / known[into] if currency in known and into in known else None


def least_ratio(price: Price) -> float:
    """What the client takes for a model that it does not know, for each unit that it costs here: at least so much."""
    found = []
    for rates in (price.rates, *(rates for _, rates in price.longer)):
        short = rates.input if rates.write_5m is None else rates.write_5m
        read = rates.input if rates.read is None else rates.read
        ours = (rates.input, rates.output, short, read)
        found += [theirs / own for theirs, own in zip(CLIENTS_PRICES, ours, strict=True) if own]
        found += [2 * CLIENTS_PRICES[0] / rates.write_1h] if rates.write_1h else []
    return min(found, default=ALL_OF_IT)


def left(standing: Standing) -> str:
    """How it stands, in words."""
    spent, rest = (money(amount, standing.budget.currency) for amount in (standing.spent, standing.left))
    return f"{standing.budget}, {spent} spent, " + ("nothing left" if standing.is_spent else f"{rest} left")


def over(standing: Standing) -> str:
    """That nothing is left of it."""
    spent = money(standing.spent, standing.budget.currency)
    return f"{standing.profile}: the budget of {standing.budget} is spent ({spent})"


def again(standing: Standing) -> str:
    """When there is something again, and what else helps."""
    when = _AGAIN.get(standing.budget.per, "")
    more = f"raise it: cc edit {standing.profile} 'budget=…'"
    if standing.budget.per == SESSION:
        return f"start a new session, or {more}"
    return f"it begins again {when}, or {more}" if when else more


def uncounted(standing: Standing) -> str:
    """What the budget cannot count, if there is such a thing."""
    parts = []
    if standing.unknown:
        parts.append(f"no price is known of {', '.join(standing.unknown)}")
    if standing.unchanged:
        parts.append(f"config.toml has no rate for {', '.join(standing.unchanged)}")
    return f"{standing.profile}: {' and '.join(parts)}, so that does not count in the budget" if parts else ""
