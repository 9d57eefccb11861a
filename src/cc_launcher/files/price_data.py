"""Prices as they stand in our files: in JSON, checked when they are read."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from cc_launcher.core.usage.dated import Dated, Timeline
from cc_launcher.core.usage.price import DERIVED, Price, Rates

_RATES = ("input", "output", *DERIVED)  # in their order
_MOST = 10_000


def encoded(prices: Sequence[Dated]) -> list[dict[str, Any]]:
    """As they are kept."""
    return [
        {
            "since": one.since,
            "seen": one.seen,
            "rates": list(vars(one.price.rates).values()),
            "longer": [[limit, list(vars(rates).values())] for limit, rates in one.price.longer],
            "currency": one.price.currency,
            "source": one.price.source,
            "day": one.price.day,
            "derived": list(one.price.derived),
        }
        | ({"others": encoded([Dated("", other) for other in one.price.others])} if one.price.others else {})
        for one in prices
    ]


def decoded(kept: Iterable[Any]) -> Timeline:
    """As they were kept. ValueError, KeyError or TypeError for anything else."""
    return tuple(map(_decoded, kept))


def _decoded(one: Any) -> Dated:
    longer = tuple((_whole(limit), _checked(rates)) for limit, rates in one["longer"])
    words = [one[key] for key in ("since", "seen", "currency", "source", "day")]
    derived = tuple(one["derived"])
    if not all(isinstance(word, str) for word in words) or not {*derived} <= {*DERIVED.values()}:
        raise ValueError
    since, seen, currency, source, day = words
    others = tuple(other.price for other in decoded(one.get("others", ())))
    return Dated(since, Price(_checked(one["rates"]), longer, currency, source, day, derived, others), seen)


def _checked(rates: Any) -> Rates:
    if not isinstance(rates, list) or len(rates) != len(_RATES) or None in rates[:2]:
        raise ValueError
    for rate in rates:
        if rate is not None and (isinstance(rate, bool) or not math.isfinite(rate) or not 0 <= rate <= _MOST):
            raise ValueError
    return Rates(*rates)


def _whole(limit: Any) -> int:
    if type(limit) is not int or limit <= 0:
        raise ValueError
    return limit
