"""From the sums of the index to what is shown: rows, each with its cost and what that rests on."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cc_launcher.core.usage import attribution, price
from cc_launcher.core.usage.attribution import Ran
from cc_launcher.core.usage.figures import NOTHING, Figures
from cc_launcher.core.usage.price import Cost, Prices
from cc_launcher.core.usage.rollup import Amount, Part

WAYS = ("day", "profile", "model", "project", "session", "host")
EVERY = ("profile", "model", "project", "session", "day")  # by which rows are told apart where nobody says otherwise
NOT_ATTRIBUTED = "not attributed"
COLUMNS = (
    *EVERY,
    *("host", "requests", "input", "output", "cache_write", "cache_read", "cost", "cost_low", "cost_high"),
    *("currency", "basis", "attribution", "billing", "by_token_low", "by_token_high"),
)


@dataclass
class Row:
    """A sum that is shown: one currency, or none where no price is known."""

    keys: Mapping[str, str]
    currency: str = ""
    requests: int = 0
    figures: Figures = NOTHING
    hidden: Figures = NOTHING
    costs: list[Cost] = field(default_factory=list)
    apart: list[Cost] = field(default_factory=list)  # what it would cost by the token, where it is not paid so
    basis: str = price.EXACT
    how: set[str] = field(default_factory=set)
    billings: set[str] = field(default_factory=set)
    cut: int = 0
    old: int = 0
    longest: int = 0

    @property
    def cost(self) -> Cost:
        """What is paid for it."""
        return price.together(*self.costs) if self.costs else Cost(basis=price.UNKNOWN)

    @property
    def by_token(self) -> Cost:
        """What a plan's tokens would have cost one by one."""
        return price.together(*self.apart) if self.apart else Cost(basis=price.UNKNOWN)

    @property
    def said(self) -> str:
        """What the cost rests on, in a word: that of a plan, or of what is free, on nothing else."""
        if self.billings in ({price.PLAN}, {price.FREE}) and attribution.NONE not in self.how:
            return next(iter(self.billings))
        return self.basis


@dataclass(frozen=True)
class Known:
    """What is known beside the index."""

    prices: Prices
    served: Mapping[str, Collection[str]]  # the models of the profiles that come into question
    beside: Mapping[str, Sequence[Ran]]  # sessions with several profiles
    day_of: Callable[[int], str]


def rows(parts: Iterable[tuple[Part, Amount]], by: Sequence[str], known: Known) -> list[Row]:
    """The rows, by what they are to be told apart by, in the order in which they come."""
    found: dict[tuple[str, ...], Row] = {}
    for part, amount in parts:
        ran = attribution.decided(part.profile, part.host, part.model, known.beside.get(part.session, ()), known.served)
        day = known.day_of(part.quarter)
        every = {
            "profile": ran.profile,
            "model": part.model,
            "project": part.project,
            "session": part.session,
            "day": day,
            "host": ran.host,
        }
        listed = known.prices.price(ran.profile, part.model, day) if ran.profile else None
        keys = {way: every[way] for way in by}
        currency = listed.currency if listed is not None else ""
        place = (*keys.values(), currency)
        row = found.get(place)
        if row is None:
            row = found[place] = Row(keys, currency)
        _add(row, part, amount, ran, listed, known.prices.billing(ran.profile) if ran.profile else price.TOKENS)
    # Of a session that was killed before its first answer nothing is known, and so nothing is shown.
    return [row for row in found.values() if row.requests or any(row.figures)]


def together(found: Iterable[Row], by: Sequence[str]) -> list[Row]:
    """Rows that are told apart by less: each currency, and what has no price, by itself."""
    made: dict[tuple[str, ...], Row] = {}
    for row in found:
        keys = {way: row.keys[way] for way in by}
        place = (*keys.values(), row.currency)
        into = made.get(place)
        if into is None:
            into = made[place] = Row(keys, row.currency)
        into.requests += row.requests
        into.figures = into.figures.plus(row.figures)
        into.hidden = into.hidden.plus(row.hidden)
        into.costs += row.costs
        into.apart += row.apart
        into.basis = price.worst(into.basis, row.basis)
        into.how |= row.how
        into.billings |= row.billings
        into.cut += row.cut
        into.old += row.old
        into.longest = max(into.longest, row.longest)
    return list(made.values())


def totals(found: Iterable[Row]) -> list[Row]:
    """All of it: a row for each currency, and one for what has no price."""
    return sorted(together(found, ()), key=lambda row: (not row.currency, row.currency))


def ordered(found: Iterable[Row], by: Sequence[str]) -> list[Row]:
    """Days as they come; all else by what it cost, the dearest first."""
    if "day" in by[:1]:
        return sorted(found, key=lambda row: tuple(row.keys.values()))
    return sorted(
        found, key=lambda row: (-(row.cost.high or row.cost.low or 0), -row.figures.length, *row.keys.values())
    )


def as_data(row: Row) -> dict[str, Any]:
    """A row for programs. What is not known is null, and never 0."""
    cost, apart = row.cost, row.by_token
    return {
        **{way: row.keys.get(way) or None for way in (*EVERY, "host")},
        "requests": row.requests,
        "input": row.figures.input,
        "output": row.figures.output,
        "cache_write": row.figures.cache_write,
        "cache_read": row.figures.read,
        "cost": cost.value,
        "cost_low": cost.low,
        "cost_high": cost.high,
        "currency": row.currency or None,
        "basis": row.said,
        "attribution": _least(row.how),
        "billing": next(iter(row.billings)) if len(row.billings) == 1 else None,
        "by_token_low": apart.low,
        "by_token_high": apart.high,
        "cache_write_1h": row.figures.write_1h,
        "web_searches": row.figures.searches,
        "hidden": {
            "input": row.hidden.input,
            "output": row.hidden.output,
            "cache_write": row.hidden.cache_write,
            "cache_read": row.hidden.read,
        },
    }


def _least(how: Collection[str]) -> str:
    """The least sure way in which the profile is known."""
    return next((one for one in (attribution.NONE, attribution.GUESSED) if one in how), attribution.MARKED)


def _add(row: Row, part: Part, amount: Amount, ran: Ran, listed: price.Price | None, billing: str) -> None:
    cost = price.cost(listed, amount.figures, part.bucket)
    row.requests += amount.requests
    row.figures = row.figures.plus(amount.figures)
    if part.hidden:
        row.hidden = row.hidden.plus(amount.figures)
    if billing == price.TOKENS:
        row.costs.append(cost)
    else:
        row.costs.append(Cost(0.0, 0.0, price.EXACT))
        row.apart.append(cost)
    row.basis = price.worst(
        row.basis,
        cost.basis if billing == price.TOKENS else price.EXACT,
        {attribution.NONE: price.UNKNOWN, attribution.GUESSED: price.GUESSED}.get(ran.how, price.EXACT),
        price.ESTIMATE if amount.cut or amount.old else price.EXACT,
    )
    row.how.add(ran.how)
    row.billings.add(billing)
    row.cut += amount.cut
    row.old += amount.old
    row.longest = max(row.longest, amount.longest)
