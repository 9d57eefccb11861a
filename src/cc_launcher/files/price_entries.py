"""What a profile says of prices today: the user's own file says them, or the provider's list, or the catalog."""

import time
from datetime import date
from typing import Any

from cc_launcher.core.errors import CcError
from cc_launcher.core.models import merged
from cc_launcher.core.profile import caching, model_choice
from cc_launcher.core.profile.profile import Prices, Profile, Rates
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.usage.price import DERIVED, FREE, PLAN, TOKENS
from cc_launcher.files import kept_lists, profiles
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
    own = {source.name for source in chain if not source.shipped}
    files = [source.path for source in chain] + [kept_lists.path_of(name)]
    return {
        "files": {path: planfile.fingerprint(path) for path in files},
        "shipped": [source.name for source in chain if source.shipped and source.name not in own],
        "billing": _billing(resolved.profile),
        "plan_price": resolved.profile.plan_price or "",
        "main": main,
        "small": small,
        "models": {},
    }


def model(name: str, wanted: str) -> dict[str, Any]:
    """What is known of one of its models: its prices, where they are from, its window."""
    resolved = _models_of(profiles.load(name))
    about = model_choice.known(resolved.profile, wanted)
    return {"window": about.context} | _prices(resolved, wanted)


def _models_of(resolved: Resolved) -> Resolved:
    """Where the models of a profile are told: of plain claude's, in another one."""
    return profiles.shipped(_BY_TOKEN) if model_choice.is_clients_own(resolved.profile) else resolved


def _billing(profile: Profile) -> str:
    """How it is paid: as it says, or as is usual."""
    usual = FREE if profile.kind == "local" else PLAN if profile.auth == "login" else TOKENS
    return profile.billing or usual


def _prices(resolved: Resolved, wanted: str) -> dict[str, Any]:
    prices = model_choice.known(resolved.profile, wanted).prices
    origin = resolved.origin("models", wanted, "prices", "input") or resolved.origin("models", wanted, "prices")
    own = origin is not None and not origin.source.shipped
    listed, where, listed_day = (None, "", "") if own else _listed(resolved, wanted)
    if listed is not None:
        whole = merged.prices_of(prices, listed)
        if whole is not prices:
            more = "" if whole == listed or origin is None else f", and of the same price {origin}"
            return as_data(whole, resolved.profile.caching, f"{where}{more}", listed_day)
    if prices is None:
        return {}
    day = prices.day or (None if own else resolved.profile.checked)
    source = f"{origin}: {prices.source}" if prices.source else str(origin)
    return as_data(prices, resolved.profile.caching, source, day.isoformat() if day is not None else "")


def as_data(prices: Prices, rule: str | None, source: str, day: str) -> dict[str, Any]:
    """Prices as they are remembered."""
    whole, derived = caching.filled(prices, rule)
    kinds = ", ".join(DERIVED[name].replace("_", " ") for name in derived)
    return {
        "rates": _rates(whole),
        "longer": sorted([int(limit), _rates(rates)] for limit, rates in whole.above.items()),
        "currency": whole.currency,
        "source": f"{source} ({kinds}: by the rule of {rule} caching)" if derived else source,
        "day": day,
        "derived": [DERIVED[name] for name in derived],
    }


def _rates(rates: Rates) -> list[float | None]:
    return [rates.input, rates.output, rates.cache_read, rates.cache_write, rates.cache_write_1h]


def _listed(resolved: Resolved, wanted: str) -> tuple[Prices | None, str, str]:
    """What the provider's own list says, as it was kept; where that is from, and of which day."""
    url = merged.address_of(resolved)
    kept = kept_lists.read(resolved.name, url, time.time()) if url else None
    found = next((one for one in kept.listed if one.id == wanted), None) if kept is not None else None
    if kept is None or found is None:
        return None, "", ""
    day = date.fromtimestamp(time.time() - min(kept.age, 1e9)).isoformat()  # noqa: DTZ012 - of this place
    return merged.values_of(found).prices, f"the provider's list ({url})", day
