"""The prices that were seen, each with the day from which it held: so one of today changes no report of last month.

One file beside the index of usage, owner-only. It outlives the profiles: what their sessions cost is still asked for.
"""

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cc_launcher.core.errors import CcError
from cc_launcher.core.usage.dated import Timeline
from cc_launcher.core.usage.price import BILLINGS, TOKENS
from cc_launcher.files import atomic, lock, places, price_data
from cc_launcher.launch import planfile

_FORMAT = 1
_MOST = 200  # prices of one model: the oldest go


@dataclass(frozen=True)
class Seen:
    """What was seen of a profile."""

    billing: str
    models: Mapping[str, Timeline]


def read() -> dict[str, Seen]:
    """All of it, by profile. What cannot be read, or is not ours, is nothing."""
    try:
        whole = json.loads(planfile.read_own(str(_file())))
        if whole["format"] != _FORMAT:
            return {}
        return {name: _decoded(about) for name, about in whole["profiles"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def add(new: Mapping[str, Seen]) -> None:
    """Remember these prices of these models. A directory that cannot be written remembers nothing."""
    path = _file()
    with contextlib.suppress(CcError):
        atomic.directory(path.parent)
        with lock.alone(path.parent):
            kept = read()
            whole = dict(kept)
            for name, seen in new.items():
                before = whole[name].models if name in whole else {}
                models = {model: prices[-_MOST:] for model, prices in seen.models.items()}
                whole[name] = Seen(seen.billing, {**before, **models})
            if whole != kept:
                told = {"format": _FORMAT, "profiles": {name: _encoded(seen) for name, seen in sorted(whole.items())}}
                atomic.write(path, json.dumps(told).encode())


def _encoded(seen: Seen) -> dict[str, Any]:
    return {
        "billing": seen.billing,
        "models": {model: price_data.encoded(prices) for model, prices in sorted(seen.models.items())},
    }


def _decoded(about: Any) -> Seen:
    models = {model: price_data.decoded(kept) for model, kept in about["models"].items()}
    return Seen(about["billing"] if about["billing"] in BILLINGS else TOKENS, models)


def _file() -> Path:
    return Path(places.data()) / "usage" / "prices.json"
