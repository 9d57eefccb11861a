"""What a profile says of prices today: the user's own file says them, or the provider's list, or the catalog."""

import time
from datetime import date
from typing import Any

from cc_launcher.core.errors import CcError
from cc_launcher.core.models import merged
from cc_launcher.core.profile import model_choice
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.usage.price import FREE, PLAN, TOKENS
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
    login, local = resolved.profile.auth == "login", resolved.profile.kind == "local"
    return {
        "files": {path: planfile.fingerprint(path) for path in files},
        "shipped": [source.name for source in chain if source.shipped and source.name not in own],
        "billing": FREE if local else PLAN if login else TOKENS,
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


def _prices(resolved: Resolved, wanted: str) -> dict[str, Any]:
    prices = model_choice.known(resolved.profile, wanted).prices
    origin = resolved.origin("models", wanted, "prices", "input") or resolved.origin("models", wanted, "prices")
    own = origin is not None and not origin.source.shipped
    listed = {} if own else _listed(resolved, wanted)
    if listed and (prices is None or prices.input != listed["rates"][0]):
        return listed  # of the same price the catalog knows more: the list says nothing of caching
    if prices is None:
        return {}
    checked = resolved.profile.checked
    return {
        "rates": [prices.input, prices.output, prices.cache_read, prices.cache_write, None],
        "source": str(origin) if origin is not None else "",
        "day": "" if own or checked is None else checked.isoformat(),
    }


def _listed(resolved: Resolved, wanted: str) -> dict[str, Any]:
    """What the provider's own list says, as it was kept."""
    url = merged.address_of(resolved)
    kept = kept_lists.read(resolved.name, url, time.time()) if url else None
    found = next((one for one in kept.listed if one.id == wanted), None) if kept is not None else None
    if kept is None or found is None or found.input_price is None or found.output_price is None:
        return {}
    day = date.fromtimestamp(time.time() - min(kept.age, 1e9)).isoformat()  # noqa: DTZ012 - of this place
    rates = [found.input_price, found.output_price, None, None, None]
    return {"rates": rates, "source": f"the provider's list ({url})", "day": day}
