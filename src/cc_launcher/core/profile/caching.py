"""What caching costs where the provider has a documented rule for it instead of a price."""

from typing import TypeVar

from cc_launcher.core.profile.profile import Prices, Rates

READ, WRITE, WRITE_1H = "cache_read", "cache_write", "cache_write_1h"
AUTOMATIC, ANTHROPIC = "automatic", "anthropic"
# Of the price of input: a read, a write for five minutes, and one for an hour
_ANTHROPIC = {READ: 0.1, WRITE: 1.25, WRITE_1H: 2.0}
_DIGITS = 9  # 1.4 * 0.1 is no price

_Priced = TypeVar("_Priced", bound=Rates)


def filled(prices: Prices, rule: str | None) -> tuple[Prices, tuple[str, ...]]:
    """The prices with those of caching that the rule has, and the names of these. Without a rule, as they are."""
    whole, derived = _filled(prices, rule)
    above = {}
    for length, rates in prices.above.items():
        above[length], more = _filled(rates, rule)
        derived = tuple(dict.fromkeys((*derived, *more)))
    return whole.model_copy(update={"above": above}), derived


def _filled(rates: _Priced, rule: str | None) -> tuple[_Priced, tuple[str, ...]]:
    if rule == AUTOMATIC:  # what is written is input like all other, and nobody chooses for how long it is kept
        write = rates.input if rates.cache_write is None else rates.cache_write
        by_rule = {WRITE: write, WRITE_1H: write}
    elif rule == ANTHROPIC:
        by_rule = {name: round(rates.input * times, _DIGITS) for name, times in _ANTHROPIC.items()}
    else:
        by_rule = {}
    new = {name: value for name, value in by_rule.items() if getattr(rates, name) is None}
    return rates.model_copy(update=new), tuple(new)
