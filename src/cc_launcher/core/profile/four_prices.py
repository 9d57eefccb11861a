"""The four prices of a model in dollars, as the client takes them: exact, or none with the reason.

A price of caching that a provider does not write follows from its documented rule, or the model has no exact price.
"""

from collections.abc import Mapping
from typing import NamedTuple

from cc_launcher.core.profile import caching
from cc_launcher.core.profile.model_choice import known
from cc_launcher.core.profile.money import FREE, PLAN, TOKENS
from cc_launcher.core.profile.profile import Prices, Profile

DOLLARS = "USD"
MOST = 10_000  # dollars for a million tokens: the client refuses a row with more (read in 2.1.332)
_DIGITS = 9


class Four(NamedTuple):
    """Dollars for a million tokens."""

    input: float
    output: float
    cache_read: float
    cache_write: float


NOTHING = Four(0.0, 0.0, 0.0, 0.0)


class Found(NamedTuple):
    """The four prices, or why there are none."""

    four: Four | None = None
    why: str = ""
    currency: str = DOLLARS  # that they were written in


def billing(profile: Profile) -> str:
    """How sessions are paid: as the profile says, or as is usual for its kind."""
    usual = FREE if profile.kind == "local" else PLAN if profile.auth == "login" else TOKENS
    return profile.billing or usual


def of(profile: Profile, model: str, rates: Mapping[str, float]) -> Found:
    """The four prices of this model. `rates` are the user's own: dollars for one unit of another currency."""
    about = known(profile, model)
    # Nothing is paid by the token with a plan: that is what a session adds to the bill. `cc usage` has the rest.
    if billing(profile) != TOKENS or (about.prices is not None and _is_free(about.prices)):
        return Found(NOTHING)
    if about.prices is None:
        return Found(why="no price is known")
    # A request is never longer than the model's window.
    if any(about.context is None or limit < about.context for limit in map(int, about.prices.above)):
        return Found(why="the price depends on the length of a request, and Claude Code knows one price alone")
    return _in_dollars(caching.filled(about.prices, profile.caching)[0], rates)


def _in_dollars(prices: Prices, rates: Mapping[str, float]) -> Found:
    rate = 1.0 if prices.currency == DOLLARS else rates.get(prices.currency)
    if rate is None:
        return Found(why=f"the price is in {prices.currency}, and config.toml has no rate for that")
    if prices.cache_read is None or prices.cache_write is None:
        lacks = "reading" if prices.cache_read is None else "writing"
        return Found(why=f"the price of {lacks} the cache is not known")
    written = (prices.input, prices.output, prices.cache_read, prices.cache_write)
    four = Four(*(round(price * rate, _DIGITS) for price in written))
    if max(four) > MOST:
        return Found(why=f"Claude Code takes no price above ${MOST}")
    return Found(four, currency=prices.currency)


def _is_free(prices: Prices) -> bool:
    return all(rates.input == 0 == rates.output for rates in (prices, *prices.above.values()))
