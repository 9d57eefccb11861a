"""What a model cost on which day: its prices in turn, each with the day from which it is known to have held."""

import dataclasses
from dataclasses import dataclass

from cc_launcher.core.usage.price import Price

ALWAYS = ""  # a day before all others


@dataclass(frozen=True)
class Dated:
    """A price, and since when."""

    since: str
    price: Price
    seen: str = ALWAYS  # the day on which it was first seen here


Timeline = tuple[Dated, ...]  # the oldest first


def on(prices: Timeline, day: str) -> Price | None:
    """The price of that day; of the last one, if none is named. Before the first one it is that, as an estimate."""
    if not prices:
        return None
    held = [one for one in prices if one.since <= day] if day else list(prices)
    return held[-1].price if held else dataclasses.replace(prices[0].price, is_estimate=True)


def then(before: Timeline, *newer: Dated) -> Timeline:
    """These prices, and what held before them."""
    for one in newer:
        before = (*(other for other in before if other.since < one.since), one)
    return before


def seen(before: Timeline, price: Price, since: str | None, today: str) -> Timeline:
    """What was seen until today, and that it is this price now; since when, if anybody says that.

    Where nobody does, the first price has always held, and another one holds from the day on which it is seen: so what
    was reported before stays. What only says more of the last one, or comes on the same day, takes its place.
    """
    last = before[-1] if before else None
    if last is None:
        return (Dated(ALWAYS if since is None else since, price, today),)
    same = _is_same(last.price, price)
    if same or _says_more(last.price, price):
        begin = last.since if since is None else min(since, last.since)
        return then(before[:-1], Dated(begin, price, last.seen if same else today))
    if since is None:
        since = last.since if last.seen == today else today
    return then(before, Dated(since, price, today))


def _is_same(one: Price, other: Price) -> bool:
    mine, theirs = ((it.rates, it.longer, it.currency, it.others) for it in (one, other))
    return mine == theirs


def _says_more(before: Price, now: Price) -> bool:
    """Whether all that was known still holds."""
    if (before.currency, before.others) != (now.currency, now.others):
        return False
    if before.longer and before.longer != now.longer:
        return False
    known = dataclasses.asdict(before.rates).items()
    return all(value is None or getattr(now.rates, key) == value for key, value in known)
