"""From the sums of the index to what is shown: rows, each with its cost and what that rests on."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

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
    *("currency", "basis", "attribution", "billing", "by_token_low", "by_token_high", "served_by"),
)


_Place = tuple[tuple[str, ...], str, str, bool]  # the keys, the currency, who answered, and whether beside


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
    served: str = ""  # who answered behind our gateway, where rows are told apart by model
    beside: bool = False  # by the gateway's log alone: it is in no transcript
    logged: Figures = NOTHING  # of what is hidden: by the gateway's log
    routed: int = 0  # requests of which nobody knows who answered behind the gateway

    @property
    def model(self) -> str:
        """The model as it is shown: with who answered behind our gateway."""
        name = self.keys["model"] or "?"
        served = f"{name} ({self.served})" if self.served else name
        return f"{served}, in no transcript" if self.beside else served

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
    found: dict[_Place, Row] = {}
    for alike, amount in _alike(parts, by, known).items():
        ran, model, day, _, is_hidden, project, session, served, paid_in = alike
        every = {
            "profile": ran.profile,
            "model": model,
            "project": project,
            "session": session,
            "day": day,
            "host": ran.host,
        }
        listed = known.prices.price(ran.profile, model, day) if ran.profile and not paid_in else None
        keys = {way: every[way] for way in by}
        currency = paid_in or (listed.currency if listed is not None else "")
        apart = (served, is_hidden and amount.requests > 0) if "model" in by else ("", False)
        place = (tuple(keys.values()), currency, *apart)
        row = found.get(place)
        if row is None:
            row = found[place] = Row(keys, currency, served=apart[0], beside=apart[1])
        _add(row, alike, amount, listed, known.prices.billing(ran.profile) if ran.profile else price.TOKENS)
    # Of a session that was killed before its first answer nothing is known, and so nothing is shown.
    return [row for row in found.values() if row.requests or any(row.figures)]


class _Alike(NamedTuple):
    """What has one price, and stands in one row."""

    ran: Ran
    model: str
    day: str
    bucket: int | None
    hidden: bool
    project: str  # as far as rows are told apart by it, as is the session
    session: str
    served: str
    currency: str  # of what the gateway's log says


def _alike(parts: Iterable[tuple[Part, Amount]], by: Sequence[str], known: Known) -> dict[_Alike, Amount]:
    """Added up before anything is reckoned with prices: most of a long time is of few models on few days."""
    by_project, by_session = "project" in by, "session" in by
    added: dict[_Alike, list[int]] = {}
    costs: dict[_Alike, float] = {}
    for part, (requests, figures, longest, cut, old, cost) in parts:
        session, quarter, model, profile, host, project, bucket, hidden, served, currency = part
        ran = attribution.decided(profile, host, model, known.beside.get(session, ()), known.served)
        if (currency or served) and ran.profile != profile:  # the gateway knows whose it is
            ran = Ran(profile, host, attribution.MARKED)
        alike = _Alike(
            *(ran, model, known.day_of(quarter), bucket, hidden),
            project if by_project else "",
            session if by_session else "",
            served,
            currency,
        )
        if currency:
            costs[alike] = costs.get(alike, 0.0) + cost
        sums = added.get(alike)
        if sums is None:
            added[alike] = [requests, longest, cut, old, *figures]
            continue
        sums[1] = max(sums[1], longest)
        for at, value in (0, requests), (2, cut), (3, old), *enumerate(figures, 4):
            sums[at] += value
    return {
        alike: Amount(requests, Figures(*figures), longest, cut, old, costs.get(alike, 0.0))
        for alike, (requests, longest, cut, old, *figures) in added.items()
    }


def together(found: Iterable[Row], by: Sequence[str]) -> list[Row]:
    """Rows that are told apart by less: each currency, and what has no price, by itself."""
    made: dict[_Place, Row] = {}
    for row in found:
        keys = {way: row.keys[way] for way in by}
        apart = (row.served, row.beside) if "model" in by else ("", False)
        place = (tuple(keys.values()), row.currency, *apart)
        into = made.get(place)
        if into is None:
            into = made[place] = Row(keys, row.currency, served=apart[0], beside=apart[1])
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
        into.logged = into.logged.plus(row.logged)
        into.routed += row.routed
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
        "served_by": row.served or None,
        "in_transcript": not row.beside,
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


def _add(row: Row, alike: _Alike, amount: Amount, listed: price.Price | None, billing: str) -> None:
    ran = alike.ran
    cost = price.cost(listed, amount.figures, alike.bucket)
    if alike.currency:
        cost = Cost(*(round(amount.cost, price.DIGITS),) * 2, price.EXACT)
    row.requests += amount.requests
    row.figures = row.figures.plus(amount.figures)
    if alike.hidden:
        row.hidden = row.hidden.plus(amount.figures)
        if amount.requests:
            row.logged = row.logged.plus(amount.figures)
    if listed is not None and listed.others:
        row.routed += amount.requests
    if billing == price.TOKENS:
        row.costs.append(cost)
    else:
        row.costs.append(Cost(0.0, 0.0, price.EXACT))
        row.apart.append(cost)
    row.basis = price.worst(
        row.basis,
        cost.basis if billing == price.TOKENS else price.EXACT,
        {attribution.NONE: price.UNKNOWN, attribution.GUESSED: price.GUESSED}.get(ran.how, price.EXACT),
        price.ESTIMATE if (amount.cut or amount.old) and not alike.currency else price.EXACT,
    )
    row.how.add(ran.how)
    row.billings.add(billing)
    row.cut += amount.cut
    row.old += amount.old
    row.longest = max(row.longest, amount.longest)
