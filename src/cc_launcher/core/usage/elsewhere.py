"""What these very tokens would have cost somewhere else. A what-if: other models need other tokens and other turns."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cc_launcher.core.usage import currencies, price
from cc_launcher.core.usage.currencies import NO_RATES, Rates
from cc_launcher.core.usage.price import Cost, Price
from cc_launcher.core.usage.rollup import Amount, Part


@dataclass(frozen=True)
class There:
    """A model of another profile."""

    model: str
    price: Price | None
    window: int | None = None


@dataclass(frozen=True)
class Place:
    """Another profile: its main model, and the one for small jobs."""

    profile: str
    main: There
    small: There


@dataclass(frozen=True)
class WhatIf:
    """What it would have cost there."""

    place: Place
    cost: Cost
    currency: str
    fits: bool  # whether every request would have had room


def reckoned(
    parts: Iterable[tuple[Part, Amount]],
    places: Iterable[Place],
    is_small: Callable[[str, str], bool],
    rates: Rates = NO_RATES,
) -> list[WhatIf]:
    """Each of these places, the cheapest first; those whose price nobody knows at the end.

    Currencies without a rate are no dearer nor cheaper than others: each stands by itself, behind the dollars.
    """
    whole = list(parts)
    return sorted((_at(place, whole, is_small) for place in places), key=lambda one: _rank(one, rates))


def _at(place: Place, parts: list[tuple[Part, Amount]], is_small: Callable[[str, str], bool]) -> WhatIf:
    costs, fits, several = [], True, set()
    for part, amount in parts:
        there = place.small if is_small(part.profile, part.model) else place.main
        costs.append(price.cost(there.price, amount.figures, part.bucket))
        fits = fits and (there.window is None or amount.longest <= there.window)
        several.add(there.price.currency if there.price is not None else "")
    cost = price.together(*costs)
    if len(several) > 1 or cost.high is None:
        cost = Cost(basis=price.UNKNOWN)
    return WhatIf(place, cost, place.main.price.currency if place.main.price is not None else "", fits)


def _rank(one: WhatIf, rates: Rates) -> tuple[bool, str, float, str]:
    dollars = currencies.in_dollars(one.cost, one.currency, rates)
    cost, currency = (one.cost, one.currency) if dollars is None else (dollars, "")
    return one.cost.high is None, currency, cost.high or 0.0, one.place.profile
