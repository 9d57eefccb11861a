"""What tokens cost: four prices of a model, by length where a provider has that, with their source and day.

A price that nobody knows is never 0, and no middle of a range is ever shown.
"""

from dataclasses import dataclass
from typing import Protocol

from cc_launcher.core.profile import money
from cc_launcher.core.usage.figures import Figures
from cc_launcher.core.usage.lengths import LENGTHS

TOKENS, PLAN, FREE = money.TOKENS, money.PLAN, money.FREE
BILLINGS = (TOKENS, PLAN, FREE)
# What a sum rests on, from the surest to the least sure
EXACT = "exact"
ESTIMATE = "estimate"  # a figure or a price of it is not quite known
GUESSED = "guessed"  # its profile is
RANGE = "range"  # the price of caching is not known, or which of several it was: somewhere between the two
UNKNOWN = "unknown"
DERIVED = {"cache_read": "read", "cache_write": "write_5m", "cache_write_1h": "write_1h"}  # as a profile calls them
BASES = (EXACT, ESTIMATE, GUESSED, RANGE, UNKNOWN)
_MILLION = 1_000_000
DIGITS = 12


@dataclass(frozen=True)
class Rates:
    """Prices for a million tokens."""

    input: float
    output: float
    read: float | None = None
    write_5m: float | None = None
    write_1h: float | None = None


@dataclass(frozen=True)
class Price:
    """The prices of a model on one day."""

    rates: Rates
    longer: tuple[tuple[int, Rates], ...] = ()  # for requests longer than so many tokens, the shortest first
    currency: str = "USD"
    source: str = ""
    day: str = ""
    derived: tuple[str, ...] = ()  # the prices of caching that are the provider's rule, and in no list: of DERIVED
    others: tuple["Price", ...] = ()  # it is one of these, and nobody knows which: this is at least the dearest
    is_estimate: bool = False  # the price of another day: of that day, nobody knows it

    @property
    def is_free(self) -> bool:
        """Whether it costs nothing, however it is counted."""
        own = all(rates.input == 0 == rates.output for rates in (self.rates, *(rates for _, rates in self.longer)))
        return own and all(one.is_free for one in self.others)


class Prices(Protocol):
    """Where prices come from."""

    def price(self, profile: str, model: str, day: str) -> Price | None:
        """What the model cost there on that day (YYYY-MM-DD); nothing where nobody says."""

    def billing(self, profile: str) -> str:
        """How the profile is billed: TOKENS, PLAN or FREE."""


@dataclass(frozen=True)
class Cost:
    """What something costs. Both ends are the same where it is known, and absent where nothing is."""

    low: float | None = None
    high: float | None = None
    basis: str = UNKNOWN

    @property
    def value(self) -> float | None:
        """The cost, if there is one figure for it."""
        return self.low if self.low == self.high else None


def cost(price: Price | None, figures: Figures, bucket: int | None) -> Cost:
    """What these tokens cost. Their requests are all of one bucket of lengths; without one, nobody knows how long."""
    if price is None:
        return Cost() if any(figures[:6]) else Cost(0.0, 0.0, EXACT)
    costs = [cost(one, figures, bucket) for one in price.others]
    costs = costs or [_at(rates, figures) for rates in _rates(price, bucket)]
    low, high = min(one.low or 0.0 for one in costs), max(one.high or 0.0 for one in costs)
    sure = ESTIMATE if price.is_estimate and not price.is_free else EXACT
    return Cost(low, high, worst(*(one.basis for one in costs), EXACT if low == high else RANGE, sure))


def worst(*bases: str) -> str:
    """The least sure of them."""
    return max(bases, key=BASES.index)


def bucket_of(length: int) -> int:
    """The bucket of a request of this length."""
    return sum(length > limit for limit in LENGTHS)


def _rates(price: Price, bucket: int | None) -> list[Rates]:
    """The prices that may hold for requests of this bucket: one, unless a provider has a limit that we do not keep."""
    if not price.longer:
        return [price.rates]
    steps = [(0, price.rates), *price.longer]
    if bucket is None:
        return [rates for _, rates in steps]
    least = LENGTHS[bucket - 1] + 1 if bucket else 0
    most = LENGTHS[bucket] if bucket < len(LENGTHS) else None
    first = max(index for index, (limit, _) in enumerate(steps) if limit < max(least, 1))
    return [rates for index, (limit, rates) in enumerate(steps) if index >= first and (most is None or limit < most)]


def _at(rates: Rates, figures: Figures) -> Cost:
    """At these prices."""
    low = figures.input * rates.input + figures.output * rates.output
    high, basis = low, EXACT
    if figures.read:
        low += figures.read * (rates.read or 0.0)
        high += figures.read * (rates.input if rates.read is None else rates.read)
        basis = worst(basis, RANGE if rates.read is None else EXACT)
    # Who caches by itself reports no writes; where they are reported and have no price, they are input.
    short = rates.input if rates.write_5m is None else rates.write_5m
    if figures.write_5m or figures.write:
        low += (figures.write_5m + figures.write) * short
        high += (figures.write_5m + figures.write) * short
        basis = worst(basis, ESTIMATE if rates.write_5m is None else EXACT)
    if figures.write_1h:
        low += figures.write_1h * (short if rates.write_1h is None else rates.write_1h)
        high += figures.write_1h * (max(short, 2 * rates.input) if rates.write_1h is None else rates.write_1h)
        basis = worst(basis, EXACT if rates.write_1h is not None or rates.input == 0 else RANGE)
    if rates.input == 0 == rates.output:
        return Cost(0.0, 0.0, EXACT)
    low, high = round(low / _MILLION, DIGITS), round(high / _MILLION, DIGITS)
    return Cost(low, high, basis)


def together(*costs: Cost) -> Cost:
    """The sum of costs in one currency. With one that is unknown, it is unknown, and what is known is its least."""
    lows = [one.low for one in costs if one.low is not None]
    highs = [one.high for one in costs if one.high is not None]
    basis = worst(EXACT, *(one.basis for one in costs))
    if not lows:
        return Cost(basis=basis)
    return Cost(round(sum(lows), DIGITS), None if len(highs) < len(costs) else round(sum(highs), DIGITS), basis)
