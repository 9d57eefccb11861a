"""A gateway as a session sees it: an endpoint of Anthropic's API whose models are the routes."""

import dataclasses
from collections.abc import Iterator, Sequence

from cc_launcher.core.gateway.description import Gateway, Route, Target
from cc_launcher.core.gateway.upstream import USUAL_TIMEOUT
from cc_launcher.core.profile.four_prices import DOLLARS
from cc_launcher.core.profile.gateway import ANTHROPIC
from cc_launcher.core.profile.knobs import PRIVATE
from cc_launcher.core.profile.profile import Model, Prices, Rates
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.profile.route_model import RouteModel
from cc_launcher.core.text import amounts

_RATES = ("input", "output", "cache_read", "cache_write", "cache_write_1h")


def seen(resolved: Resolved, found: Gateway, base_url: str, secret: str) -> Resolved:
    """The profile that a session of this gateway is launched on. `secret` is the reference of its key."""
    profile = resolved.profile
    models = {route.name: _model(profile.models.get(route.name) or Model(), found, route) for route in found.routes}
    seen_by_client = profile.model_copy(
        update={
            "api": ANTHROPIC,
            "base_url": base_url,
            "openai_url": None,
            "auth": "bearer",
            "secret": secret,
            "placeholder": None,
            "key_env": (),
            "headers": {},
            "secret_headers": {},
            "secret_values": {},
            "server": None,
            "models_url": None,
            "quota_url": None,
            "open_ended": False,
            "any_model": False,
            "models": models,
            "compat": dict.fromkeys(sorted(_compat(found)), True) | profile.compat,
            "timeout": profile.timeout or _timeout(found),
            "budget": None,  # the gateway keeps it
            "gateway": None,
            "routes": {},
            "rules": (),
        }
    )
    hosts = dict.fromkeys(upstream.host for upstream in found.upstreams)
    return dataclasses.replace(resolved, profile=seen_by_client, behind=tuple(hosts))


def _compat(found: Gateway) -> frozenset[str]:
    """What one of its upstreams cannot take, the client leaves out for all: it does not know who will serve.

    A session is private where each of them is.
    """
    each = [upstream.compat for upstream in found.upstreams]
    return frozenset().union(*each) - (frozenset({PRIVATE}) - frozenset.intersection(*each))


def _timeout(found: Gateway) -> str | None:
    """The longest that one of them may take, where that is longer than what the client waits anyway."""
    seconds = max(upstream.timeout for upstream in found.upstreams)
    return f"{seconds}s" if seconds > USUAL_TIMEOUT else None


def _model(about: Model, gateway: Gateway, route: Route) -> Model:
    """What holds whichever target serves: the smallest window, the shortest answer, the dearest prices."""
    serving = gateway.serving(route)
    windows = [target.context for target in route.targets if target.context is not None]
    answers = [target.max_output for target in route.targets if target.max_output is not None]
    context = about.context or min(windows, default=None)
    prices = dearest(serving)
    whole = _of_any_length(prices, context) if prices is not None else None
    blind = any(target.vision is False for target in serving)  # an image that one of them refuses stops the session
    dead = bool(serving) and all(target.web_search is False for target in serving)
    update = {
        "vision": False if about.vision is None and blind else about.vision,
        "web_search": False if about.web_search is None and dead else about.web_search,
        "context": context,
        "max_output": about.max_output or min(answers, default=None),
        "prices": about.prices or whole,
        "costs": "" if about.prices is not None else costs(route),
        "at_most": about.prices is None and (len({_paid(target) for target in serving}) > 1 or whole != prices),
    }
    return RouteModel(**dict(about)).model_copy(update=update)


def costs(route: Route) -> str:
    """What its own targets cost, for `/model`: from the cheapest to the dearest, or why nobody can say."""
    unknown = [_called(target) for target in route.targets if target.prices is None and not target.is_free]
    if unknown:
        return f"no price is known of {unknown[0]}"
    paid = [target.prices for target in route.targets if target.prices is not None]
    if len({prices.currency for prices in paid}) > 1:
        return " or ".join(dict.fromkeys(_price(prices) for prices in paid))
    ends = [min, max]
    found = [
        [end([*(getattr(prices, key) for prices in paid), *free]) for end in ends]
        for key in ("input", "output")
        for free in [[0.0] if any(target.is_free for target in route.targets) else []]
    ]
    if not any(value for pair in found for value in pair):
        return "free"
    sign = _sign(paid[0].currency)
    return ", ".join(f"{_span(sign, pair)} {word}" for pair, word in zip(found, ("in", "out"), strict=True))


def _called(target: Target) -> str:
    return f"{target.upstream.alias}/{target.model}" if target.upstream.alias else target.model


def _paid(target: Target) -> str:
    """What tells its prices from another one's."""
    return (
        "free" if target.is_free or target.prices is None else target.prices.model_dump_json(exclude={"day", "source"})
    )


def _price(prices: Prices) -> str:
    sign = _sign(prices.currency)
    return f"{sign}{amounts.price(prices.input)} in, {sign}{amounts.price(prices.output)} out"


def _span(sign: str, ends: Sequence[float]) -> str:
    low, high = ends
    return f"{sign}{amounts.price(low)}" + (f" to {sign}{amounts.price(high)}" if low != high else "")


def _sign(currency: str) -> str:
    return "$" if currency == DOLLARS else f"{currency} "


def dearest(targets: Sequence[Target]) -> Prices | None:
    """The dearest of their prices, each by itself, so that no limit on costs is late.

    None where one of them is not known.
    """
    priced = [target.prices for target in targets if not target.is_free]
    known = [prices for prices in priced if prices is not None]
    if len(known) < len(priced) or len({prices.currency for prices in known}) > 1:
        return None
    if not known:
        return Prices(input=0.0, output=0.0)
    return Prices.model_validate({**_most(known), "currency": known[0].currency, "above": dict(_above(known))})


def _most(known: Sequence[Rates]) -> dict[str, float]:
    """The dearest of each. Where a target has no price of caching, it costs what its input costs.

    Without one the client would not take the others, and count by a table of its own.
    """
    found = {}
    for key in _RATES:
        values = [getattr(rates, key) for rates in known]
        found[key] = max(rates.input if value is None else value for rates, value in zip(known, values, strict=True))
    return found


def _of_any_length(prices: Prices, window: int | None) -> Prices:
    """The dearest for any length that fits the window: the client knows one price of a model alone."""
    lengths = [rates for length, rates in prices.above.items() if window is None or int(length) < window]
    return prices.model_copy(update={**_most([prices, *lengths]), "above": {}}) if prices.above else prices


def _above(known: list[Prices]) -> Iterator[tuple[str, Rates]]:
    for length in sorted({length for prices in known for length in prices.above}, key=int):
        yield length, Rates.model_validate(_most([_at(prices, int(length)) for prices in known]))


def _at(prices: Prices, length: int) -> Rates:
    """What a request of more than so many tokens costs."""
    fitting = [limit for limit in prices.above if int(limit) <= length]
    return prices.above[max(fitting, key=int)] if fitting else prices
