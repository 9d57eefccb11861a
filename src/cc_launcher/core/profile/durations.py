"""How long one request may take, as a profile has it: 50m."""

import re

MAX_MS = 2_147_483_647  # what the client's timer can count
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
_UNIT_MS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000}


def milliseconds(text: str) -> int:
    """How many milliseconds this is; none where it is no such text."""
    match = _DURATION.fullmatch(text)
    return int(float(match[1]) * _UNIT_MS[match[2]]) if match else 0


def written(number: int) -> str:
    """So many milliseconds, as one would write them."""
    unit, size = next((unit, _UNIT_MS[unit]) for unit in ("m", "s", "ms") if number % _UNIT_MS[unit] == 0)
    return f"{number // size}{unit}"
