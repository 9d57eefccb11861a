"""Values put into a settings file, and taken out again: what was there before comes back, what came since stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cc_launcher.core.text import json_edit
from cc_launcher.core.text.json_tree import Part

BEHIND = -1  # in a list: behind all that is there
Wanted = Sequence[tuple[tuple[Part, ...], Any]]  # where values are to stand, and the values


@dataclass(frozen=True)
class Entry:
    """One value that we put in."""

    path: tuple[Part, ...]
    value: Any
    missing: tuple[Part, ...]  # what was not there before: nothing, when a value of the user's was replaced
    old: str = ""  # that value, as it was written


def put_in(text: str, wanted: Wanted, *, comments: bool = False) -> tuple[str, list[Entry]]:
    """The text with these values, and what is needed to take them out."""
    entries = []
    for asked, value in wanted:
        path = asked
        if path[-1] == BEHIND:
            there = json_edit.get(text, path[:-1], comments=comments)
            path = (*path[:-1], len(there) if isinstance(there, list) else 0)
        missing = json_edit.missing(text, path, comments=comments)
        old = json_edit.written(text, path, comments=comments)
        entries.append(Entry(path, value, missing, old))
        text = json_edit.put(text, path, value, comments=comments)
    return text, entries


def take_out(text: str, entries: list[Entry], *, comments: bool = False) -> tuple[str, list[Entry]]:
    """The text without our values, and those that somebody has changed since, which stay."""
    left = []
    gone: list[tuple[Part, ...]] = []
    for entry in reversed(entries):
        made = [entry.path[:length] for length in range(len(entry.path) - 1, len(entry.missing) - 1, -1)]
        path = _place(text, entry, comments=comments)
        if json_edit.missing(text, path, comments=comments):
            gone += made if entry.missing else []  # somebody has taken it out
        elif json_edit.get(text, path, comments=comments) != entry.value:
            left.append(entry)
        elif entry.missing:
            text = json_edit.drop(text, path, comments=comments)
            gone += made
        else:
            text = json_edit.rewrite(text, path, entry.old, comments=comments)
    for path in dict.fromkeys(sorted(gone, key=len, reverse=True)):
        if json_edit.get(text, path, comments=comments) in ({}, []):  # an object that we made, with nothing left in it
            text = json_edit.drop(text, path, comments=comments)
    return text, left[::-1]


def _place(text: str, entry: Entry, *, comments: bool) -> tuple[Part, ...]:
    """Where the value is now: in a list, others may have been put before it or taken out."""
    *outer, last = entry.path
    listed = json_edit.get(text, outer, comments=comments) if isinstance(last, int) else None
    if not isinstance(listed, list):
        return entry.path
    at = max((index for index, value in enumerate(listed) if value == entry.value), default=len(listed))
    return (*outer, at)
