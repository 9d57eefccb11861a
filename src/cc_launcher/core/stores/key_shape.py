"""What a key looks like: a friendly word about one that seems to be another provider's. It is never refused for it."""

from collections.abc import Mapping
from typing import NamedTuple

TELLING = 6  # a beginning of fewer characters, such as sk-, is that of half of all keys


class Shape(NamedTuple):
    """How the keys of a provider begin, and in which variables people keep them."""

    prefix: str
    variables: tuple[str, ...]


def of_another(key: str, own: Shape, others: Mapping[str, Shape]) -> str:
    """Whose key this seems to be, if not this provider's. Of the key, no more is repeated than what many have."""
    fits = _fits(key, own)
    strangers = {name: shape for name, shape in others.items() if not {*shape.variables} & {*own.variables}}
    alike = [
        shape
        for shape in strangers.values()
        if len(shape.prefix) >= TELLING and len(shape.prefix) > fits and key.startswith(shape.prefix)
    ]
    if not alike:
        return ""
    nearest = max(alike, key=lambda shape: len(shape.prefix))
    names = [name for name, shape in strangers.items() if _same_keys(shape, nearest)]
    return f"this looks like a key of {' or '.join(names)} ({nearest.prefix}…)"


def oddity(key: str, own: Shape, others: Mapping[str, Shape]) -> str:
    """What is odd about this key for this provider, or nothing."""
    if stranger := of_another(key, own, others):
        return stranger
    if own.prefix and not _fits(key, own):
        return f"a key of this provider begins with {own.prefix}; this one does not"
    return ""


def _fits(key: str, own: Shape) -> int:
    """How many letters of it are those of this provider's keys."""
    return len(own.prefix) if key.startswith(own.prefix) else 0


def _same_keys(one: Shape, other: Shape) -> bool:
    return one.prefix == other.prefix or bool({*one.variables} & {*other.variables})
