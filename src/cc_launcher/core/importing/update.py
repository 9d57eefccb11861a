"""What a followed source changes in a profile: key by key, and never where the user has changed the same key."""

import json
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cc_launcher.core.errors import CcError
from cc_launcher.core.importing import bundle
from cc_launcher.core.profile import toml_edit
from cc_launcher.core.profile.source import dotted
from cc_launcher.core.text import printable

NOTHING = object()  # a key that is not there
_LONGEST = 160  # of a value that is shown
HIDDEN = "(not shown: it has the shape of a key)"

Path = tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """One key that the source has changed since it was taken."""

    path: Path
    here: Any  # as the user's file has it
    there: Any  # as the source has it now
    stays: bool = False  # the user has changed it, too

    @property
    def line(self) -> str:
        """For people. Text with the shape of a key is not in it."""
        key = dotted(self.path)
        if self.stays:
            theirs = "has none" if self.there is NOTHING else f"has {self._shown(self.there)}"
            mine = f"{key} = {self._shown(self.here)}" if self.here is not NOTHING else f"without {key}"
            return f"yours stays: {mine} (the source {theirs})"
        if self.there is NOTHING:
            return f"takes out {key} (now {self._shown(self.here)})"
        if self.path == ("key_env",) and self.there == []:
            return "a key in a variable of your shell is not used from then on"
        if self.here is NOTHING:
            return f"adds {key} = {self._shown(self.there)}"
        return f"{key} = {self._shown(self.there)} (now {self._shown(self.here)})"

    @property
    def data(self) -> dict[str, Any]:
        """For programs."""
        here, there = (None if value is NOTHING else self._shown(value) for value in (self.here, self.there))
        return {"key": dotted(self.path), "here": here, "there": there, "stays": self.stays}

    def _shown(self, value: Any) -> str:
        if _has_key(dotted(self.path), value):
            return HIDDEN
        text = json.dumps(value, ensure_ascii=False, default=str)
        return printable(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")


def harmless(text: str) -> str:
    """The text, if it can be shown."""
    return HIDDEN if bundle.is_key("", text) else printable(text)


def _has_key(where: str, value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_key(where, part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return any(_has_key(where, part) for part in value)
    return isinstance(value, str) and bundle.is_key(where, value)


def changes(taken: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[Change]:
    """What the source has changed since it was `taken`, held against the user's own file."""
    before, here, there = (dict(_leaves(each)) for each in (taken, mine, theirs))
    found = []
    for path in dict.fromkeys([*there, *before]):
        was, own, new = (each.get(path, NOTHING) for each in (before, here, there))
        if new not in (was, own):
            found.append(Change(path, own, new, stays=own != was))
    return found


def applied(text: str, found: Collection[Change]) -> str:
    """The user's file with these changes, but for those of keys that the user has changed."""
    wanted = [change for change in found if not change.stays]
    put = {change.path: change.there for change in wanted if change.there is not NOTHING}
    out = [change.path for change in wanted if change.there is NOTHING]
    try:
        return toml_edit.with_values(text, put, out)
    except CcError:
        if "#" in text:  # somebody's words, which would be lost
            raise
        whole = tomllib.loads(text)
        for path in out:
            _take_out(whole, path)
        for path, value in put.items():
            _put(whole, path, value)
        return toml_edit.new(whole)


def _leaves(data: Mapping[str, Any], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    for name, value in data.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, (*path, name))
        elif value != {} or path:  # an empty table says nothing; an empty one in a table may be a model's
            yield (*path, name), value


def _put(data: dict[str, Any], path: Path, value: Any) -> None:
    for part in path[:-1]:
        data = data.setdefault(part, {})
    data[path[-1]] = value


def _take_out(data: dict[str, Any], path: Path) -> None:
    if len(path) > 1:
        _take_out(data[path[0]], path[1:])
        if data[path[0]]:
            return
    del data[path[0]]
