"""What is said of what was found: where it really stands, and without any key in it."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from cc_launcher.core.importing import keys
from cc_launcher.core.importing.found import LITERAL, Candidate, Draft, Dropped, Home, Key, Place, Reading, Skipped


def moved(reading: Reading, home: Home) -> Reading:
    """With the places where the files really are: the readers know the usual ones."""
    reading.shared = {home.elsewhere.get(path, path) for path, seen in home.files.items() if seen.shared}
    if not home.elsewhere:
        return reading
    return Reading(
        shared=reading.shared,
        drafts=[_draft(draft, home) for draft in reading.drafts],
        skipped=[replace(each, place=_place(each.place, home), key=_key(each.key, home)) for each in reading.skipped],
        candidates=reading.candidates,
        faults=[_fault(fault, home) for fault in reading.faults],
    )


def _draft(draft: Draft, home: Home) -> Draft:
    key = _key(draft.key, home) if draft.key is not None else None
    return replace(draft, place=_place(draft.place, home), key=key)


def _place(place: Place, home: Home) -> Place:
    return replace(place, file=home.elsewhere.get(place.file, place.file))


def _key(key: Key, home: Home) -> Key:
    return key if key.place is None else replace(key, place=_place(key.place, home))


def _fault(fault: str, home: Home) -> str:
    path, colon, rest = fault.partition(": ")
    return f"{home.elsewhere.get(path, path)}{colon}{rest}"


def known(candidates: Iterable[Candidate], skipped: Iterable[Skipped]) -> list[str]:
    """Every key that was found, the longest first: one may be a part of another."""
    every = [key for each in candidates for key in (each.key, *each.header_keys.values())]
    every += [each.key for each in skipped]
    return sorted({key.value for key in every if key.kind == LITERAL}, key=len, reverse=True)


def masked(candidate: Candidate, values: list[str]) -> Candidate:
    """A candidate of which all that is said can be shown."""

    def bare(text: str) -> str:
        return keys.masked(text, values)

    lines = tuple(each for each in candidate.consents if bare(each.line) == each.line)
    why = "has a key in it: it is not shown, and not taken"
    gone = (Dropped("a line", why),) if lines != candidate.consents else ()
    title = {"title": bare(candidate.data["title"])} if isinstance(candidate.data.get("title"), str) else {}
    return replace(
        candidate,
        data={**candidate.data, **title},
        needs=tuple(map(bare, candidate.needs)),
        dropped=(*(Dropped(bare(each.what), bare(each.why)) for each in candidate.dropped), *gone),
        notes=tuple(map(bare, candidate.notes)),
        key=_bare_key(candidate.key, bare),
        places=tuple(replace(place, at=bare(place.at)) for place in candidate.places),
        aliases=tuple(map(bare, candidate.aliases)),
        consents=lines,
    )


def _bare_key(key: Key, bare: Callable[[str], str]) -> Key:
    return key if key.place is None else replace(key, place=replace(key.place, at=bare(key.place.at)))


def masked_skip(skip: Skipped, values: list[str]) -> Skipped:
    """The same of what is not imported."""
    return replace(
        skip,
        place=replace(skip.place, at=keys.masked(skip.place.at, values)),
        key=_bare_key(skip.key, lambda text: keys.masked(text, values)),
        name=keys.masked(skip.name, values),
        why=keys.masked(skip.why, values),
        hint=keys.masked(skip.hint, values),
    )
