"""Our prices for ccusage: what its `pricingOverrides` can hold, and in words what it cannot.

Measured with ccusage 20.0.24: it knows one price a model, by the name that stands in the answer, in dollars for one
token. A write for an hour is always twice the input there. Where a price by length is set, it holds for the tokens
beyond 200,000 of each kind, which is no provider's rule, so none is written.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from cc_launcher.core.usage import currencies, price
from cc_launcher.core.usage.currencies import Rates
from cc_launcher.core.usage.price import Price

SCHEMA = "https://ccusage.com/config-schema.json"
_MILLION = 1_000_000
_DIGITS = 15


class Offer(NamedTuple):
    """A model of a profile: what is asked for it there, and how much it was used."""

    profile: str
    model: str
    listed: Price | None
    billing: str
    window: int | None
    tokens: int


class Export(NamedTuple):
    """The file, and what is to be known of it."""

    config: Mapping[str, Any]
    notes: Sequence[str]


def made(offers: Iterable[Offer], rates: Rates) -> Export:
    """The overrides of all models whose prices are known. Of several profiles, the one that was used most decides."""
    by_model: dict[str, list[Offer]] = {}
    for offer in sorted(offers, key=lambda one: (one.model, -one.tokens, one.profile)):
        by_model.setdefault(offer.model, []).append(offer)
    overrides: dict[str, Any] = {}
    notes: list[str] = []
    for model, several in by_model.items():
        able = [(offer, found) for offer in several if isinstance(found := _override(offer, rates), dict)]
        if not able:
            notes.append(f"left out: {model}: {_override(several[0], rates)}")
            continue
        offer, found = able[0]
        overrides[model] = found
        if any(other != found for _, other in able[1:]) or len(able) < len(several):
            others = ", ".join(one.profile for one in several if one is not offer)
            notes.append(
                f"{model}: the prices of {offer.profile}, which used it most; ccusage cannot have {others}, too"
            )
        notes += _differs(offer)
    return Export({"$schema": SCHEMA, "defaults": {"pricingOverrides": overrides}}, notes)


def _override(offer: Offer, rates: Rates) -> dict[str, Any] | str:
    """What ccusage takes for this model, or why nothing can be said to it."""
    window = {"maxInputTokens": offer.window} if offer.window else {}
    if offer.billing == price.FREE or (offer.listed is not None and offer.listed.is_free):
        return {**dict.fromkeys(_NAMES, 0), **window}
    listed = offer.listed
    if listed is None:
        return "no price is known"
    rate = 1.0 if listed.currency == currencies.DOLLARS else rates.get(listed.currency)
    if rate is None:
        return f"its price is in {listed.currency}, and [rates] in config.toml has no rate for it"
    if listed.rates.read is None:
        return "no price of cached tokens is known"
    write = listed.rates.input if listed.rates.write_5m is None else listed.rates.write_5m
    each = (listed.rates.input, listed.rates.output, write, listed.rates.read)
    return {name: _per_token(value * rate) for name, value in zip(_NAMES, each, strict=True)} | window


_NAMES = ("inputCostPerToken", "outputCostPerToken", "cacheCreationInputTokenCost", "cacheReadInputTokenCost")


def _per_token(value: float) -> float:
    return round(value / _MILLION, _DIGITS)


def _differs(offer: Offer) -> list[str]:
    """Where ccusage will come to something else all the same."""
    listed = offer.listed
    if listed is None or offer.billing == price.FREE:
        return []
    found = []
    if listed.longer:
        found.append(
            f"{offer.model}: costs more in long requests, which ccusage cannot reckon: only its first price is there"
        )
    hour = listed.rates.write_1h
    if hour is not None and hour != 2 * listed.rates.input:
        found.append(f"{offer.model}: ccusage takes twice the input's price for cache writes of an hour")
    if offer.billing == price.PLAN:
        found.append(
            f"{offer.model}: paid by a plan with {offer.profile}; ccusage shows what it would cost by the token"
        )
    return found
