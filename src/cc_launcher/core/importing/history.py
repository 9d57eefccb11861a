"""What imports have done, as it stands in a file each: which profiles, which keys, from where. No key is in it."""

import json
from dataclasses import dataclass, field, replace
from typing import Any

_VERSION = 1
BEGUN, DONE, UNDONE = "begun", "done", "undone"


@dataclass(frozen=True)
class Kept:
    """A key that was put into a store."""

    reference: str
    source: str  # the file that it came from


@dataclass(frozen=True)
class Taken:
    """A profile that an import makes. It is written down before anything of it is done."""

    name: str
    digest: str  # of its text
    keys: tuple[Kept, ...] = ()
    sources: tuple[str, ...] = ()
    before: str = ""  # the text of a profile that was there, and was changed


@dataclass(frozen=True)
class Import:
    """One import."""

    number: int
    when: float
    state: str = BEGUN
    taken: tuple[Taken, ...] = field(default=())

    def with_taken(self, taken: Taken) -> "Import":
        """With one more profile."""
        return replace(self, taken=(*(each for each in self.taken if each.name != taken.name), taken))


def encode(about: Import) -> bytes:
    """The file."""
    taken = [
        {
            "name": each.name,
            "digest": each.digest,
            "keys": [{"reference": key.reference, "source": key.source} for key in each.keys],
            "sources": list(each.sources),
            **({"before": each.before} if each.before else {}),
        }
        for each in about.taken
    ]
    whole = {"version": _VERSION, "number": about.number, "when": about.when, "state": about.state, "taken": taken}
    return json.dumps(whole, indent=1).encode()


def decode(content: bytes) -> Import | None:
    """What the file says; nothing of one that is damaged, or a later version's."""
    try:
        whole = json.loads(content)
        if whole["version"] != _VERSION or whole["state"] not in {BEGUN, DONE, UNDONE}:
            return None
        taken = tuple(_taken(each) for each in whole["taken"])
        return Import(int(whole["number"]), float(whole["when"]), str(whole["state"]), taken)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _taken(each: dict[str, Any]) -> Taken:
    keys = tuple(Kept(str(key["reference"]), str(key["source"])) for key in each["keys"])
    sources = tuple(str(source) for source in each["sources"])
    return Taken(str(each["name"]), str(each["digest"]), keys, sources, str(each.get("before", "")))
