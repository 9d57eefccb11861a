"""Arguments for claude that stand in a file of somebody: the model that they name, and the lines that need a yes."""

import shlex
from collections.abc import Iterable
from typing import Any

from cc_launcher.core.importing.found import Dropped
from cc_launcher.core.importing.lenient import listed

_OF_FILES = {"--settings", "--fallback-model"}


def read(value: Any) -> tuple[str, tuple[str, ...], tuple[Dropped, ...]]:
    """The model that arguments for claude name, the other arguments, and what has no place."""
    try:
        given = shlex.split(value) if isinstance(value, str) else listed(value)
    except ValueError:
        return "", (), (Dropped("arguments", "a quote is not closed"),)
    model, left, dropped = "", [], []
    index = 0
    while index < len(given):
        name, equals, inside = given[index].partition("=")
        if name == "--model":
            index += 0 if equals else 1
            model = inside if equals else (given[index] if index < len(given) else "")
        elif name in _OF_FILES:
            index += 0 if equals else 1
            dropped.append(Dropped(name, "stands in the client's own files"))
        else:
            left.append(given[index])
        index += 1
    return model, tuple(left), tuple(dropped)


def lines(words: Iterable[str]) -> list[tuple[str, ...]]:
    """Each option with what belongs to it: one of them alone would take the next word for its own."""
    found: list[list[str]] = []
    for word in words:
        if found and not word.startswith("-"):
            found[-1].append(word)
        else:
            found.append([word])
    return [tuple(line) for line in found]
