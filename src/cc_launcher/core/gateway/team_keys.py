"""The keys of a gateway that a team runs: each is in a variable of its engine."""

import hashlib
import re

from cc_launcher.core.gateway.description import Gateway

THE_ONE = "default"  # where the profile names none
_NOT_IN_A_NAME = re.compile(r"[^A-Z0-9]")


def variables(gateway: Gateway) -> dict[str, str]:
    """The variable of each key, by its name. No two are the same: `a.b` and `a-b` have a number of their own."""
    found: dict[str, str] = {}
    for key in [key.name for key in gateway.keys] or [THE_ONE]:
        plain = f"CC_KEY_{_written(gateway.profile)}_{_written(key)}"
        number = hashlib.sha256(key.encode()).hexdigest()[:6].upper()
        found[key] = f"{plain}_{number}" if plain in found.values() else plain
    return found


def _written(word: str) -> str:
    return _NOT_IN_A_NAME.sub("_", word.upper())
