"""Take what was chosen: its key into a store, bound to its host, then its profile. Each step is written down first."""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace

from cc_launcher.actions import key_places, secret_values
from cc_launcher.actions.key_places import FILE, KEYRING, SESSION, STORE, Place
from cc_launcher.core.errors import CcError, NotThere
from cc_launcher.core.importing import history, written
from cc_launcher.core.importing.found import Candidate
from cc_launcher.core.importing.history import Import, Kept, Taken
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.stores import references
from cc_launcher.core.stores.references import Reference
from cc_launcher.files import hosts, import_history, places, user_profiles
from cc_launcher.launch import secret_reader
from cc_launcher.secrets import keep, programs

_MOST_SLOTS = 50


@dataclass(frozen=True)
class Choice:
    """One candidate that is to be taken, and what was answered."""

    candidate: Candidate
    agreed: Collection[str] = ()  # the lines that got a yes
    with_secret: bool = True
    main: str = ""  # the model that was chosen


@dataclass
class Done:
    """What came of it."""

    taken: list[str] = field(default_factory=list)
    failed: dict[str, CcError] = field(default_factory=dict)
    number: int = 0


def whole(choice: Choice) -> Candidate:
    """The candidate with the model that was chosen for it."""
    if not choice.main:
        return choice.candidate
    tiers = {"main": choice.main, "haiku": choice.main} | dict(choice.candidate.data.get("tiers", {}))
    return replace(choice.candidate, data={**choice.candidate.data, "tiers": tiers})


def all_of(choices: list[Choice], kind: str, talk: Callable[[str], None]) -> Done:
    """Take each; one that fails leaves the others."""
    done = Done()
    if not choices:
        return done
    about = import_history.begin()
    done.number = about.number
    for choice in choices:
        candidate = whole(choice)
        try:
            about = _one(replace(choice, candidate=candidate), kind, about, talk)
        except CcError as error:
            done.failed[candidate.name] = error
            about = _without(about, candidate.name)
        else:
            done.taken.append(candidate.name)
    if about.taken:
        import_history.write(replace(about, state=history.DONE))
    else:
        import_history.remove(about)
    return done


def _one(choice: Choice, kind: str, about: Import, talk: Callable[[str], None]) -> Import:
    candidate = choice.candidate
    slots = written.slots(candidate) if choice.with_secret else {}
    kept = {header: _free(kind, slot, key.value) for header, (slot, key) in slots.items()}
    wanted = {header: str(reference) for header, (reference, _) in kept.items()}
    text = written.text(written.data(candidate, wanted, choice.agreed))
    resolved = user_profiles.check(candidate.name, text, f"{candidate.name}.toml")
    user_profiles.refuse_existing(candidate.name)
    new = tuple(
        Kept(str(reference), key.place.file if key.place else "")
        for header, (_, key) in slots.items()
        for reference, is_new in (kept[header],)
        if is_new
    )
    about = about.with_taken(Taken(candidate.name, digest(text), new, tuple(map(str, candidate.places))))
    import_history.write(about)
    for header, (_, key) in slots.items():
        reference, is_new = kept[header]
        if is_new:
            keep.put(reference, key.value, candidate.name)
        hosts.confirm(resolved, reference)
    try:
        user_profiles.create(candidate.name, text)
    except BaseException:
        _take_back(resolved, [reference for reference, is_new in kept.values() if is_new])
        raise
    for reference, is_new in kept.values():
        if is_new:
            secret_values.note_kept(resolved, reference)
    where = f", its key in {next(iter(kept.values()))[0].kept_by.title}" if kept else ""
    talk(f"{candidate.name}: made{where}, for {candidate.host}")
    return about


def _take_back(resolved: Resolved, kept: list[Reference]) -> None:
    """A key that nobody looks for is a key that lies around."""
    hosts.forget(resolved.name)
    for reference in kept:
        keep.remove(reference, resolved.name)


def _without(about: Import, name: str) -> Import:
    left = replace(about, taken=tuple(each for each in about.taken if each.name != name))
    import_history.write(left)
    return left


def _free(kind: str, slot: str, value: str) -> tuple[Reference, bool]:
    """A place in the store that is empty, or holds this very key; and whether it is new there."""
    for number in range(1, _MOST_SLOTS):
        name = slot if number == 1 else f"{slot}-{number}"
        reference = in_store(kind, name)
        found = _there(reference, name)
        if found is None:
            return reference, True
        if found == value:
            return reference, False
    raise CcError(f"{slot}: {_MOST_SLOTS} keys of that name are kept already", "cc secret status shows them")


def _there(reference: Reference, whose: str) -> str | None:
    """What is kept there; nothing where that is nothing."""
    try:
        return secret_reader.value(reference.read(programs.found()), whose, "", alone=True)
    except NotThere:
        return None


def in_store(kind: str, name: str) -> Reference:
    """Where a key of this name is in a store."""
    if kind == FILE:
        return references.parse(f"file:{places.key_file(name)}")
    return references.parse(f"pass:cc-launcher/{name}" if kind == STORE else f"keyring:{name}")


def stores(candidate: Candidate) -> tuple[tuple[Place, ...], str]:
    """The places for keys that this machine has, the best first, and why the keyring is not among them."""
    text = written.text({"extends": "zai", "secret": f"keyring:{candidate.name}"})
    resolved = user_profiles.check(candidate.name, text, candidate.name)
    found = key_places.of(resolved, for_session=False)
    return tuple(place for place in found.places if place.kind != SESSION), found.no_keyring


def unasked(found: tuple[Place, ...]) -> str:
    """The store that is taken where nobody answers: never a file that any program can read."""
    return next((place.kind for place in found if place.kind in {KEYRING, STORE}), "")


def digest(text: str) -> str:
    """What tells whether somebody has changed a profile since."""
    return hashlib.sha256(text.encode()).hexdigest()
