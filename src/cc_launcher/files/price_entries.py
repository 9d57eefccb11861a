"""What a profile says of prices today: the user's own file says them, or the provider's list, or the catalog."""

import dataclasses
import time
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from cc_launcher.core.errors import CcError
from cc_launcher.core.gateway import client_side
from cc_launcher.core.gateway.describe import describe
from cc_launcher.core.models import merged
from cc_launcher.core.models.listing import Listed
from cc_launcher.core.profile import caching, four_prices, model_choice
from cc_launcher.core.profile.profile import Prices
from cc_launcher.core.profile.profile import Rates as ProfileRates
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.profile.source import Origin
from cc_launcher.core.usage import dated
from cc_launcher.core.usage.dated import Dated, Timeline
from cc_launcher.core.usage.price import DERIVED, Price, Rates
from cc_launcher.files import kept_lists, kept_prices, price_data, price_history, profiles
from cc_launcher.files.price_history import Seen
from cc_launcher.launch import planfile

_BY_TOKEN = "anthropic"  # what plain claude would cost by the token


def made(name: str) -> dict[str, Any]:
    """All of a profile but the prices of its models; CcError where there is none."""
    resolved = profiles.load(name)
    listed = _models_of(resolved)
    try:
        choice = model_choice.choose(listed.profile, name, None)
        main, small = choice.main, choice.slots.get("haiku", choice.main)
    except CcError:  # it names no model
        main = small = ""
    chain = (*resolved.chain, *listed.chain)
    behind = resolved.profile.gateway.upstreams.values() if resolved.profile.gateway is not None else ()
    chain += tuple(source for other in dict.fromkeys(behind) for source in profiles.load(other).chain)
    own = {source.name for source in chain if not source.shipped}
    files = [*(source.path for source in chain), kept_lists.path_of(name), kept_prices.path()]
    return {
        "files": {path: planfile.fingerprint(path) for path in files},
        "shipped": [source.name for source in chain if source.shipped and source.name not in own],
        "billing": four_prices.billing(resolved.profile),
        "plan_price": resolved.profile.plan_price or "",
        "plain": not resolved.profile.elsewhere and not resolved.profile.by_gateway,
        "main": main,
        "small": small,
        "models": {},
    }


def model(name: str, wanted: str) -> dict[str, Any]:
    """What is known of one of its models: its window, its prices in turn, and those of them that were seen here."""
    resolved = profiles.load(name)
    listed = _models_of(resolved)
    about = model_choice.known(listed.profile, wanted)
    seen, whole = _prices(name, listed, wanted)
    return {"window": about.context, "prices": price_data.encoded(whole), "seen": price_data.encoded(seen)}


def _models_of(resolved: Resolved) -> Resolved:
    """Where the models of a profile are told: of plain claude's, in another one."""
    return profiles.shipped(_BY_TOKEN) if model_choice.is_clients_own(resolved.profile) else resolved


def _prices(name: str, resolved: Resolved, wanted: str) -> tuple[Timeline, Timeline]:
    """The prices that were seen under this name, until now; and with them what is known of days before."""
    seen = _seen(name, resolved, wanted, price_history.read())
    return seen, dated.then(_before(resolved, wanted), *seen)


def outdated(resolved: Resolved, newer: Sequence[Listed]) -> None:
    """Remember the prices that the kept list has and a newer one has no more, before that takes its place."""
    url = merged.address_of(resolved)
    kept = kept_lists.read(resolved.name, url, time.time()) if url else None
    now = {one.id: merged.values_of(one).prices for one in newer}
    was = {one.id: merged.values_of(one).prices for one in kept.listed} if kept is not None else {}
    changed = [model for model, prices in was.items() if prices is not None and now.get(model) != prices]
    if changed:
        history = price_history.read()
        models = {model: _seen(resolved.name, resolved, model, history) for model in changed}
        price_history.add({resolved.name: Seen(four_prices.billing(resolved.profile), models)})


def _seen(name: str, resolved: Resolved, wanted: str, history: Mapping[str, Seen]) -> Timeline:
    before = history.get(name)
    seen = before.models.get(wanted, ()) if before is not None else ()
    current, since = _current(resolved, wanted)
    if current is not None:
        seen = dated.seen(seen, current, since, _day_of(time.time()))
    elif told := _told(resolved, wanted):
        seen = dated.seen(seen, told[-1].price, told[-1].since, _day_of(time.time()))
    return seen


def _before(resolved: Resolved, wanted: str) -> Timeline:
    """What others know of days before anything was seen here: genai-prices, and nearer to now the catalog."""
    told = _told(resolved, wanted)
    try:
        shipped = profiles.shipped(resolved.provider) if resolved.chain[-1].shipped else None
    except CcError:  # its address needs a parameter
        shipped = None
    price, since = _of_profile(shipped, wanted) if shipped is not None else (None, None)
    return dated.then(told, Dated(since, price)) if price is not None and since else told


def _told(resolved: Resolved, wanted: str) -> Timeline:
    """What genai-prices said, with what follows from the provider's rule of caching."""
    found = []
    for one in kept_prices.read(kept_prices.address_of(resolved), wanted):
        above = {str(limit): _said(rates) for limit, rates in one.price.longer}
        made = Prices.model_validate(_said(one.price.rates) | {"above": above, "currency": one.price.currency})
        price = price_of(made, resolved.profile.caching, one.price.source, one.price.day)
        found.append(Dated(one.since, price, one.seen))
    return tuple(found)


def _said(rates: Rates) -> dict[str, Any]:
    names = {ours: name for name, ours in DERIVED.items()}
    return {names.get(kind, kind): value for kind, value in vars(rates).items()}


def _current(resolved: Resolved, wanted: str) -> tuple[Price | None, str | None]:
    """The price of today, and since when it holds, where that is said: the user's, the list's, or the catalog's."""
    if resolved.profile.gateway is not None:
        return _of_route(resolved, wanted), None
    origin = _origin(resolved, wanted)
    own = origin is not None and not origin.source.shipped
    listed, where, day, since = (None, "", "", "") if own else _listed(resolved, wanted)
    prices = model_choice.known(resolved.profile, wanted).prices
    if listed is not None:
        whole = merged.prices_of(prices, listed)
        if whole is not prices:
            more = "" if whole == listed or origin is None else f", and of the same price {origin}"
            rule = resolved.profile.caching
            return price_of(whole, rule, f"{where}{more}", day), since
    return _of_profile(resolved, wanted)


def _of_route(resolved: Resolved, wanted: str) -> Price | None:
    """The prices of all that may serve a route; nothing where one of them is not known, or in another currency."""
    found = describe(resolved, profiles.load, planfile.present())
    aliases = dict(found.aliases)
    route = next((route for route in found.routes if route.name == aliases.get(wanted, wanted)), None)
    serving = found.serving(route) if route is not None else ()
    most = client_side.dearest(serving)
    if most is None or not serving:
        return None
    free = Prices(input=0.0, output=0.0, currency=most.currency)
    each = {
        f"{one.upstream.alias}/{one.model}": price_of(free if one.prices is None else one.prices, None, "", "")
        for one in serving
    }
    others = tuple(dict.fromkeys(each.values()))
    source = f"the dearest of {', '.join(each)}" if len(each) > 1 else f"that of {''.join(each)}"
    return dataclasses.replace(price_of(most, None, source, ""), others=others if len(others) > 1 else ())


def _of_profile(resolved: Resolved, wanted: str) -> tuple[Price | None, str | None]:
    prices = model_choice.known(resolved.profile, wanted).prices
    if prices is None:
        return None, None
    origin = _origin(resolved, wanted)
    own = origin is not None and not origin.source.shipped
    day = prices.day or (None if own else resolved.profile.checked)
    since = day.isoformat() if day is not None else None
    source = f"{origin}: {prices.source}" if prices.source else str(origin)
    return price_of(prices, resolved.profile.caching, source, since or ""), since


def price_of(prices: Prices, rule: str | None, source: str, day: str) -> Price:
    """What a profile, or a list, says, with what follows from the provider's rule of caching."""
    whole, derived = caching.filled(prices, rule)
    kinds = ", ".join(DERIVED[name].replace("_", " ") for name in derived)
    return Price(
        _rates(whole),
        tuple(sorted((int(limit), _rates(rates)) for limit, rates in whole.above.items())),
        whole.currency,
        f"{source} ({kinds}: by the rule of {rule} caching)" if derived else source,
        day,
        tuple(DERIVED[name] for name in derived),
    )


def _rates(rates: ProfileRates) -> Rates:
    return Rates(rates.input, rates.output, rates.cache_read, rates.cache_write, rates.cache_write_1h)


def _origin(resolved: Resolved, wanted: str) -> Origin | None:
    return resolved.origin("models", wanted, "prices", "input") or resolved.origin("models", wanted, "prices")


def _day_of(moment: float) -> str:
    return date.fromtimestamp(moment).isoformat()  # noqa: DTZ012 - of this place


def _listed(resolved: Resolved, wanted: str) -> tuple[Prices | None, str, str, str]:
    """What the provider's own list says, as it was kept; where that is from, of which day, and since when."""
    url = merged.address_of(resolved)
    now = time.time()
    kept = kept_lists.read(resolved.name, url, now) if url else None
    found = next((one for one in kept.listed if one.id == wanted), None) if kept is not None else None
    if kept is None or found is None:
        return None, "", "", ""
    day, since = (_day_of(now - min(age, 1e9)) for age in (kept.age, kept.unchanged))
    return merged.values_of(found).prices, f"the provider's list ({url})", day, since
