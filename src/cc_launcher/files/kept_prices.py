"""What genai-prices said when it was asked last: the prices of the models of our profiles, each with its day.

That library takes half a second to import, so it is asked only when somebody says so.
"""

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path

from cc_launcher.core.errors import CcError
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.text import urls
from cc_launcher.core.usage.dated import Timeline
from cc_launcher.files import atomic, places, price_data
from cc_launcher.launch import planfile

_FORMAT = 1


def address_of(resolved: Resolved) -> str:
    """By what its provider is known there: an address, or the name of a cloud."""
    profile = resolved.profile
    return f"cloud {profile.cloud}" if profile.cloud is not None else profile.base_url or urls.OWN_ADDRESS


def read(address: str, model: str) -> Timeline:
    """What it said of this model there."""
    try:
        whole = json.loads(planfile.read_own(path()))
        return price_data.decoded(whole["prices"][address][model]) if whole["format"] == _FORMAT else ()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ()


def write(prices: Mapping[str, Mapping[str, Timeline]]) -> None:
    """Keep what it says, by address and model."""
    told = {
        address: {model: price_data.encoded(found) for model, found in sorted(models.items())}
        for address, models in sorted(prices.items())
    }
    with contextlib.suppress(CcError):
        atomic.directory(Path(path()).parent)
        atomic.write(Path(path()), json.dumps({"format": _FORMAT, "prices": told}).encode())


def path() -> str:
    """The file. Prices that were made with it have it among their sources."""
    return str(Path(places.cache()) / "genai-prices.json")
