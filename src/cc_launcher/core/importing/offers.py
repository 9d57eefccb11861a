"""What is offered of what was found: new, there already, or with a question first; as rows for people and programs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cc_launcher.core.importing.found import LITERAL, MISSING, NONE, PLACEHOLDER, REFERENCE, Candidate, Key
from cc_launcher.core.importing.models_of import NO_MODEL

_SAID = {PLACEHOLDER: "none", MISSING: "none", NONE: "the cloud's own"}


@dataclass(frozen=True)
class Offer:
    """One candidate, and what is known of the user's own profiles."""

    candidate: Candidate
    there: str = ""  # the profile of the user's that says the same

    @property
    def questions(self) -> tuple[str, ...]:
        """What has to be answered before it can be taken."""
        found = [*self.candidate.needs]
        found += ["its key would go over the network in clear text"] if self.candidate.plain_http else []
        return tuple(found)

    @property
    def needs_model(self) -> bool:
        """Whether a model has to be chosen."""
        return NO_MODEL in self.candidate.needs

    @property
    def is_easy(self) -> bool:
        """Whether it is taken where nobody answers."""
        return not self.there and not self.questions and self.candidate.chosen


def models(candidate: Candidate) -> str:
    """Its models, in one line."""
    tiers: Mapping[str, str] = candidate.data.get("tiers", {})
    base = candidate.data.get("extends")
    usual = (f"those of {base}" if candidate.origin else "those of the catalog") if base else "none"
    return ", ".join(dict.fromkeys(tiers.values())) or usual


def key_at(key: Key) -> str:
    """Where its key stands, without it: the file, the line and the mode."""
    if key.kind == REFERENCE:
        return key.reference if not key.consent else "a command"
    if key.kind != LITERAL or key.place is None:
        return _SAID.get(key.kind, "none")
    return f"{key.place.shown} ({key.place.mode:04o})"


def key_goes(offer: Offer, store: str) -> str:
    """Where it would go; `store` says it of one that is to be kept."""
    if offer.there:
        return "already there" + (f": {offer.there}" if offer.there != offer.candidate.name else "")
    key = offer.candidate.key
    if key.kind == REFERENCE:
        return "only with your yes" if key.consent else "stays a reference"
    return store if key.kind == LITERAL else ""


def as_data(offer: Offer) -> dict[str, Any]:
    """For programs. No value of a key is in it."""
    candidate = offer.candidate
    key = candidate.key
    return {
        "name": candidate.name,
        "title": candidate.title,
        "host": candidate.host,
        "extends": candidate.data.get("extends"),
        "tiers": dict(candidate.data.get("tiers", {})),
        "sources": list(candidate.sources),
        "places": [str(place) for place in candidate.places],
        "key": {
            "kind": key.kind,
            "reference": key.reference or None,
            "file": key.place.file if key.place else None,
            "line": (key.place.line or None) if key.place else None,
            "mode": f"{key.place.mode:04o}" if key.place else None,
        },
        "there": offer.there or None,
        "questions": list(offer.questions),
        "asks_for_a_yes": [{"part": each.part, "line": each.line, "why": each.why} for each in candidate.consents],
        "left_out": [{"what": each.what, "why": each.why} for each in candidate.dropped],
        "notes": list(candidate.notes),
        "chosen": candidate.chosen,
    }
