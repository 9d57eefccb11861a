"""What there is to say of what was found, beside its row: the same of several profiles in one line."""

from collections.abc import Iterable

from cc_launcher.core.importing.found import LITERAL, Candidate, Key, Skipped
from cc_launcher.core.importing.offers import Offer, key_at

_MOST = 3  # names in one line
_PARTS = {
    "args": "starts claude with",
    "secret": "its key comes from a command, which was not run",
    "plain_http": "its address is without encryption",
}


def of(found: Iterable[Offer], skipped: Iterable[Skipped]) -> list[str]:
    """All of it, a line each. Of a profile that is there already there is nothing to say."""
    new = [offer for offer in found if not offer.there]
    skips = list(skipped)
    said = [line for offer in new for line in _beside_its_key(offer.candidate)]
    said += _left_out([offer.candidate for offer in new])
    said += [_not_imported(skip) for skip in skips]
    said += _readable([key for offer in new for key in _keys(offer.candidate)] + [skip.key for skip in skips])
    for offer in new:
        said += [f"{offer.candidate.name}: asks first: {question}" for question in offer.questions]
        said += [only_with_a_yes(offer.candidate.name, each.part, each.line) for each in offer.candidate.consents]
    return said


def only_with_a_yes(name: str, part: str, line: str) -> str:
    """A line that somebody has to agree to, in full."""
    return f"{name}: {_PARTS[part]}: {line}"


def _beside_its_key(candidate: Candidate) -> list[str]:
    """Where it is from, if its key does not say so; its other keys; what else there is to know."""
    name, key = candidate.name, candidate.key
    said = []
    if [place.file for place in candidate.places] != [key.place.file if key.kind == LITERAL and key.place else ""]:
        where = ", ".join(place.shown for place in candidate.places)
        said.append(f"{name}: from {where} ({', '.join(candidate.sources)})")
    for header, other in candidate.header_keys.items():
        said.append(f"{name}: the header {header} holds a key: {key_at(other)}")
    return said + [f"{name}: {note}" for note in candidate.notes]


def _left_out(candidates: list[Candidate]) -> list[str]:
    """What has no place in a profile: what several have in common is said once."""
    whose: dict[tuple[str, str], list[str]] = {}
    for candidate in candidates:
        for dropped in candidate.dropped:
            whose.setdefault((dropped.what, dropped.why), []).append(candidate.name)
    what: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for (part, why), names in whose.items():
        what.setdefault((tuple(dict.fromkeys(names)), why), []).append(part)
    return [f"{together(names)}: left out: {', '.join(parts)}: {why}" for (names, why), parts in what.items()]


def together(names: Iterable[str]) -> str:
    """Some names, in few words."""
    every = list(names)
    if len(every) > _MOST:
        return f"{', '.join(every[: _MOST - 1])} and {len(every) - _MOST + 1} more"
    return " and ".join(filter(None, [", ".join(every[:-1]), every[-1]]))


def _not_imported(skip: Skipped) -> str:
    hint = f" ({skip.hint})" if skip.hint else ""
    still = f"; a key stands in {skip.key.place.shown}" if skip.key.kind == LITERAL and skip.key.place else ""
    return f"not imported: {skip.name}, {skip.place.shown}: {skip.why}{still}{hint}"


def _keys(candidate: Candidate) -> list[Key]:
    return [candidate.key, *candidate.header_keys.values()]


def _readable(keys: Iterable[Key]) -> list[str]:
    """The files that others on this machine can read."""
    places = [key.place for key in keys if key.kind == LITERAL and key.place is not None and key.place.mode & 0o044]
    files = list(dict.fromkeys(place.shown.removesuffix(f":{place.line}") for place in places))
    return [f"others on this machine can read {', '.join(files)}"] if files else []
