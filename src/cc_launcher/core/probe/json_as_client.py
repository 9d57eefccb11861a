"""JSON as the client reads it, which takes less than Python, and counts that can be reckoned with."""

import json
from typing import Any

_DEEPEST = 200  # lists in lists: nobody means more, and what is handed back has to be written again
_MOST = 10**12


def parsed(text: str | bytes) -> Any:
    """What the text says; None where it is no JSON."""
    try:
        found = json.loads(text, parse_constant=_refused)
    except (ValueError, RecursionError):
        return None
    return found if _is_flat(found) else None


def joined(text: str) -> str:
    """The text with the halves of a letter that came in two pieces put together, as in the client's strings."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def count(value: object) -> int | None:
    """A number of things; None where it is none that could be true."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # 5.0 is 5 to the client
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST else None


def _refused(constant: str) -> None:
    """NaN and its like: the client takes a stream that has one for malformed."""
    raise ValueError(constant)


def _is_flat(value: object) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        inner = [held for each in level if isinstance(each, dict) for held in each.values()]
        level = inner + [held for each in level if isinstance(each, list) for held in each]
        if not level:
            return True
    return False
