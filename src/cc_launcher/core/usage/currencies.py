"""Sums in several currencies: apart, and together only at rates that the user wrote down."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from cc_launcher.core.usage import price
from cc_launcher.core.usage.price import Cost

DOLLARS = "USD"
Rates = Mapping[str, float]  # dollars for one unit of a currency
NO_RATES: Rates = MappingProxyType({})


class Together(NamedTuple):
    """Sums of several currencies as one, in dollars."""

    cost: Cost
    used: Mapping[str, float]  # the rates that it was made with

    @property
    def said(self) -> str:
        """The rates in words."""
        return "at your rate " + ", ".join(f"1 {currency} = {rate:g} {DOLLARS}" for currency, rate in self.used.items())


def in_dollars(cost: Cost, currency: str, rates: Rates) -> Cost | None:
    """A cost in dollars; nothing without a rate. What costs nothing, or nobody knows how much, needs none."""
    rate = 1.0 if currency in {"", DOLLARS} else rates.get(currency)
    if rate is None:
        return cost if not cost.low and not cost.high and cost.high is not None else None
    low, high = (None if each is None else each * rate for each in (cost.low, cost.high))
    return Cost(low, high, cost.basis)


def added(costs: Iterable[tuple[Cost, str]], rates: Rates) -> tuple[Cost, str]:
    """The sum and its currency: of several currencies in dollars, or unknown."""
    whole = list(costs)
    if not whole:
        return Cost(0.0, 0.0, price.EXACT), ""
    currencies = {currency for _, currency in whole if currency}
    if len(currencies) <= 1:
        return price.together(*(cost for cost, _ in whole)), next(iter(currencies), "")
    each = [in_dollars(cost, currency, rates) for cost, currency in whole]
    found = [one for one in each if one is not None]
    return (price.together(*found) if len(found) == len(each) else Cost(basis=price.UNKNOWN)), DOLLARS


def together(costs: Iterable[tuple[Cost, str]], rates: Rates) -> Together | None:
    """All of it in dollars, where something is not in dollars and every rate is known."""
    whole = list(costs)
    used = {currency: rates[currency] for _, currency in whole if currency in rates and currency != DOLLARS}
    if not used or any(in_dollars(cost, currency, rates) is None for cost, currency in whole):
        return None
    return Together(price.together(*(in_dollars(cost, currency, rates) or Cost() for cost, currency in whole)), used)
