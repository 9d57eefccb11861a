"""A source that is followed, as it stands in a file: what was taken of it, and what it had when it was last asked.

No key is in it: a bundle has none, and an address with one is not followed.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

DAY = 86_400.0  # seconds
_VERSION = 1


@dataclass(frozen=True)
class Part:
    """A profile that is followed."""

    origin: str  # its name in the source
    text: str = ""  # as it was taken

    @property
    def data(self) -> dict[str, Any]:
        """What that says."""
        return tomllib.loads(self.text)


@dataclass(frozen=True)
class Followed:
    """A source."""

    url: str
    taken: float  # when it was taken last, in seconds since 1970
    digest: str  # of what was taken
    profiles: Mapping[str, Part] = field(default_factory=dict)  # by what they are called here
    known: tuple[str, ...] = ()  # all that it had then, taken or not
    asked: float = 0.0  # when it was asked last
    fault: str = ""  # why there was no answer then
    latest: str = field(default="", repr=False)  # what it has, where that is another
    latest_digest: str = ""

    @property
    def shown(self) -> str:
        """The address for people: what stands behind a question mark is theirs to know."""
        return self.url.partition("?")[0]

    def is_due(self, now: float) -> bool:
        """Whether it may be asked again by itself. A clock that went back is no reason to wait."""
        return not 0 <= now - self.asked < DAY

    def answered(self, text: str, digest: str, now: float) -> "Followed":
        """It was asked, and this is what it has."""
        if digest == self.digest:
            return replace(self, asked=now, fault="", latest="", latest_digest="")
        return replace(self, asked=now, fault="", latest=text, latest_digest=digest)

    def failed(self, why: str, now: float) -> "Followed":
        """It was asked, and there was no answer to use. What was known of it stays."""
        return replace(self, asked=now, fault=why)

    def without(self, name: str) -> "Followed":
        """This profile is not followed any more."""
        return replace(self, profiles={key: part for key, part in self.profiles.items() if key != name})


def encode(about: Followed) -> bytes:
    """The file."""
    profiles = {name: {"origin": part.origin, "text": part.text} for name, part in about.profiles.items()}
    plain = {name: getattr(about, name) for name in _PLAIN}
    whole = {"version": _VERSION, **plain, "known": list(about.known), "profiles": profiles}
    return json.dumps(whole, indent=1).encode()


_TEXTS, _NUMBERS = ("url", "digest", "fault", "latest", "latest_digest"), ("taken", "asked")
_PLAIN = (*_TEXTS, *_NUMBERS)


def decode(content: bytes) -> Followed | None:
    """What the file says; nothing of one that is damaged, or a later version's."""
    try:
        whole = json.loads(content)
        if whole["version"] != _VERSION or not str(whole["url"]).startswith("https://"):
            return None
        parts = {str(name): Part(str(part["origin"]), str(part["text"])) for name, part in whole["profiles"].items()}
        for part in parts.values():
            tomllib.loads(part.text)
        texts = {name: str(whole[name]) for name in _TEXTS}
        numbers = {name: float(whole[name]) for name in _NUMBERS}
        return Followed(**texts, **numbers, profiles=parts, known=tuple(map(str, whole["known"])))  # type: ignore[arg-type] # each by its name
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
