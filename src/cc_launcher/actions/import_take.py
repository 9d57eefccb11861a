"""Take what was chosen: its key into a store, bound to its host, then its profile. Each step is written down first."""

import contextlib
import hashlib
import os
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace

from cc_launcher.actions import secret_values
from cc_launcher.actions.key_places import FILE, STORE
from cc_launcher.core.errors import CcError, NotThere
from cc_launcher.core.importing import history, written
from cc_launcher.core.importing.found import Candidate
from cc_launcher.core.importing.history import Import, Kept, Taken
from cc_launcher.core.plan.make_plan import reference_of
from cc_launcher.core.profile import toml_edit
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.stores import references
from cc_launcher.core.stores.references import Reference
from cc_launcher.files import hosts, import_history, places, profiles, user_profiles
from cc_launcher.launch import planfile, secret_reader
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
    with import_history.alone():
        run = _Run(kind, import_history.begin(), _left_over(), _in_keyring(choices))
        done.number = run.about.number
        try:
            for choice in choices:
                candidate = whole(choice)
                try:
                    run.take(replace(choice, candidate=candidate), talk)
                except CcError as error:
                    done.failed[candidate.name] = error
                else:
                    done.taken.append(candidate.name)
        finally:
            run.end()
    return done


def _left_over() -> frozenset[str]:
    """The places of keys that imports have begun to fill which never came to their end."""
    begun = [about for about in import_history.all_of() if about.state == history.BEGUN]
    return frozenset(key.reference for about in begun for taken in about.taken for key in taken.keys)


@dataclass
class _Run:
    """One import while it is made. What it is about to do is written down before it is done."""

    kind: str  # of the store
    about: Import
    left_over: frozenset[str]
    there: Collection[str]  # in the keyring, under the names of profiles that came from others

    def take(self, choice: Choice, talk: Callable[[str], None]) -> None:
        """The keys, the host that they are for, the profile: all of it or, but for a kill, nothing."""
        candidate = choice.candidate
        slots = written.slots(candidate) if choice.with_secret else {}
        kept = {header: self._free(slot, key.value) for header, (slot, key) in slots.items()}
        wanted = {header: str(reference) for header, (reference, _) in kept.items()}
        text = toml_edit.new(written.data(candidate, wanted, choice.agreed))
        resolved = user_profiles.check(candidate.name, text, f"{candidate.name}.toml")
        user_profiles.refuse_existing(candidate.name)
        if candidate.origin and (slot := _other_slot(resolved, self.there)):
            if slot != f"keyring:{candidate.name}":
                talk(f"{candidate.name}: a key is kept under this name already: it is not used for {candidate.host}")
            text = toml_edit.new(written.data(candidate, wanted | {"": slot}, choice.agreed))
            resolved = user_profiles.check(candidate.name, text, f"{candidate.name}.toml")
        new = [
            Kept(str(kept[header][0]), key.place.file if key.place else "")
            for header, (_, key) in slots.items()
            if kept[header][1]
        ]
        taken = Taken(candidate.name, digest(text), tuple(new), tuple(map(str, candidate.places)))
        self._note(self.about.with_taken(taken))
        try:
            for header, (_, key) in slots.items():
                reference, is_new = kept[header]
                if is_new:
                    keep.put(reference, key.value, candidate.name)
                hosts.confirm(resolved, reference)
            user_profiles.create(candidate.name, text)
        except BaseException:
            self._take_back(taken, {key.value for _, key in slots.values()})
            raise
        for reference, is_new in kept.values():
            if is_new:
                secret_values.note_kept(resolved, reference)
        where = f", its key in {next(iter(kept.values()))[0].kept_by.title}" if kept else ""
        talk(f"{candidate.name}: made{where}, for {candidate.host}")

    def end(self) -> None:
        """It is over: what was taken is written down as done, and what others left here that is done now goes."""
        if not self.about.taken:
            import_history.remove(self.about)
            return
        with contextlib.suppress(CcError):  # a full disk: what is written down is as good, but for its end
            self._note(replace(self.about, state=history.DONE))
            for other in import_history.all_of():
                if other.state == history.BEGUN and all(_is_over(taken, self.about) for taken in other.taken):
                    import_history.remove(other)

    def _note(self, about: Import) -> None:
        import_history.write(about)
        self.about = about

    def _take_back(self, taken: Taken, values: Collection[str]) -> None:
        """A key that nobody looks for is a key that lies around. What cannot be removed stays written down."""
        left = []
        if is_there(taken):
            user_profiles.delete(taken.name)
        hosts.forget(taken.name)
        for each in taken.keys:
            reference = references.parse(each.reference)
            try:
                if _there(reference, taken.name) in values:
                    keep.remove(reference, taken.name)
            except CcError:
                left.append(each)
        others = replace(self.about, taken=tuple(one for one in self.about.taken if one.name != taken.name))
        with contextlib.suppress(CcError):
            self._note(others.with_taken(replace(taken, keys=tuple(left))) if left else others)

    def _free(self, slot: str, value: str) -> tuple[Reference, bool]:
        """A place in the store that is empty, or holds this very key; and whether it is an import that put it there."""
        for number in range(1, _MOST_SLOTS):
            name = slot if number == 1 else f"{slot}-{number}"
            reference = in_store(self.kind, name)
            is_left = str(reference) in self.left_over
            try:
                found = _there(reference, name)
            except CcError:
                if not is_left:
                    raise
                found = None  # the store was killed, too, while it wrote: what it has there is no key
            if found is None:
                return reference, True
            if found == value:
                return reference, is_left
        raise CcError(f"{slot}: {_MOST_SLOTS} keys of that name are kept already", "cc secret status shows them")


def _other_slot(resolved: Resolved, there: Collection[str]) -> str:
    """Where its key is to be, if it would be one by itself that is for another host: kept already, or of its base."""
    usual = secret_values.own_of(resolved)
    base = resolved.chain[1] if len(resolved.chain) > 1 else None
    if usual is None or resolved.profile.secret is not None:
        return ""
    if base is not None and not base.shipped and profiles.load(base.name).host != resolved.host:
        return f"keyring:{resolved.name}"  # what is said of the base's key later is not said of this one
    if usual.store != "keyring" or usual.name not in there:
        return ""
    return f"keyring:{next(name for name in _slots(usual.name) if name not in there)}"


def _in_keyring(choices: list[Choice]) -> set[str]:
    """What the keyring holds under the names of profiles that came from others: asked once for all of them."""
    names = [name for choice in choices if choice.candidate.origin for name in _slots(choice.candidate.name)]
    return (keep.in_keyring(names) or set()) if names else set()


def _slots(name: str) -> list[str]:
    return [name, *(f"{name}-{number}" for number in range(2, 10)), f"{name}-{os.urandom(3).hex()}"]


def is_there(taken: Taken) -> bool:
    """Whether its profile is there, as it was made."""
    try:
        return digest(user_profiles.read(taken.name)) == taken.digest
    except CcError:
        return False


def _is_over(taken: Taken, by: Import) -> bool:
    """Whether nothing is left of what an import had begun, but what a later one has made of it."""
    keys = {key.reference for one in by.taken for key in one.keys}
    is_theirs = any(one.name == taken.name for one in by.taken)
    return (is_theirs or not is_there(taken)) and all(key.reference in keys for key in taken.keys)


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


def needs_key(name: str) -> bool:
    """Whether a profile needs a key, and says nothing of where it is."""
    try:
        reference = reference_of(profiles.load(name), planfile.present())
        return reference is not None and _there(reference, name) is None
    except CcError:
        return False


def digest(text: str) -> str:
    """What tells whether somebody has changed a profile since."""
    return hashlib.sha256(text.encode()).hexdigest()
