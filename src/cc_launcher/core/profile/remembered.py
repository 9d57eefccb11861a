"""What we remember of secrets and launches, and how it stands in a file: no secret, and nothing that needs one."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypeVar

_VERSION = 1
_OF_A_SHELL = "env:"  # there for this shell alone: nothing to remember


Value = TypeVar("Value")


class Seen(NamedTuple):
    """What was last known of a secret: that it was there, or that it was not."""

    there: bool
    when: float  # in seconds since 1970, as all times here


class Launch(NamedTuple):
    """A launch that reached the client."""

    profile: str
    word: str  # for the model, as it was typed; empty: none was
    when: float


@dataclass(frozen=True)
class Records:
    """All of it. References are the texts of profiles, such as `keyring:zai`."""

    secrets: Mapping[str, Seen] = field(default_factory=dict)  # by reference
    accepted: Mapping[str, Mapping[str, float]] = field(default_factory=dict)  # by profile, then by reference
    launched: Mapping[str, Launch] = field(default_factory=dict)  # the last one of each profile

    def is_accepted(self, profile: str, reference: str) -> bool:
        """Whether this profile's provider has ever taken the key that is kept there now."""
        return reference in self.accepted.get(profile, {})

    def with_kept(self, reference: str, when: float) -> "Records":
        """A new key was kept: nobody has taken that one yet."""
        return replace(
            self._without_accepted(reference), secrets={**self.secrets, reference: Seen(there=True, when=when)}
        )

    def with_seen(self, references: Iterable[str], when: float) -> "Records":
        """These were there when somebody looked. Since when counts, so that a second look changes nothing."""
        wanted = [text for text in references if not text.startswith(_OF_A_SHELL) and not self._is_there(text)]
        new = {text: Seen(there=True, when=when) for text in wanted}
        return replace(self, secrets={**self.secrets, **new}) if new else self

    def with_gone(self, reference: str, when: float) -> "Records":
        """There was no secret when somebody looked, or it was removed."""
        found = self.secrets.get(reference)
        if found is not None and not found.there:
            return self
        return replace(
            self._without_accepted(reference), secrets={**self.secrets, reference: Seen(there=False, when=when)}
        )

    def with_accepted(self, profile: str, reference: str, when: float) -> "Records":
        """The profile's provider took this key."""
        if self.is_accepted(profile, reference):
            return self
        own = {**self.accepted.get(profile, {}), reference: when}
        return replace(self, accepted={**self.accepted, profile: own})

    def with_launch(self, launch: Launch) -> "Records":
        """The client was reached."""
        return replace(self, launched={**self.launched, launch.profile: launch})

    def without(self, profile: str) -> "Records":
        """A profile was removed. What is known of its secrets stays, since they may be others', too."""
        return replace(self, accepted=_but(self.accepted, profile), launched=_but(self.launched, profile))

    def _is_there(self, reference: str) -> bool:
        found = self.secrets.get(reference)
        return found is not None and found.there

    def _without_accepted(self, reference: str) -> "Records":
        left = {name: _but(own, reference) for name, own in self.accepted.items()}
        return replace(self, accepted={name: own for name, own in left.items() if own})


def _but(known: Mapping[str, Value], name: str) -> dict[str, Value]:
    return {key: value for key, value in known.items() if key != name}


def encode(records: Records) -> bytes:
    """The file."""
    whole = {
        "version": _VERSION,
        "secrets": {text: {"there": seen.there, "when": seen.when} for text, seen in records.secrets.items()},
        "accepted": records.accepted,
        "launched": {name: {"word": one.word, "when": one.when} for name, one in records.launched.items()},
    }
    return json.dumps(whole, indent=1, sort_keys=True).encode()


def decode(content: bytes | str) -> Records:
    """What the file says; of one that is damaged, or a later version's, nothing."""
    try:
        whole = json.loads(content)
        if whole["version"] != _VERSION:
            return Records()
        return Records(
            {text: Seen(seen["there"] is True, _time(seen["when"])) for text, seen in whole["secrets"].items()},
            {name: {text: _time(at) for text, at in own.items()} for name, own in whole["accepted"].items()},
            {name: Launch(name, _text(one["word"]), _time(one["when"])) for name, one in whole["launched"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Records()


def _time(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
        raise TypeError
    return float(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
