"""Take back an import: the profiles that nobody has changed since, and keys that their source still holds."""

from dataclasses import dataclass, field, replace

from cc_launcher.actions import import_left, import_take, secret_values
from cc_launcher.core.errors import NO_SUCH, CcError, NotThere
from cc_launcher.core.importing import history
from cc_launcher.core.importing.history import Import, Taken
from cc_launcher.core.stores import references
from cc_launcher.files import follows, hosts, import_history, plan_cache, records, user_profiles
from cc_launcher.launch import secret_reader
from cc_launcher.secrets import keep, programs


@dataclass
class Undone:
    """What came of it."""

    removed: list[str] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)  # profiles that a followed source had changed
    stays: dict[str, str] = field(default_factory=dict)  # a profile or a key, and why
    keys: list[str] = field(default_factory=list)  # that were removed


def of(number: int) -> Import:
    """The import of this number, or the last one that is not undone."""
    every = [about for about in import_history.all_of() if about.state != history.UNDONE]
    found = next((about for about in reversed(every) if number in {0, about.number}), None)
    if found is None:
        what = f"there is no import {number} to undo" if number else "there is no import to undo"
        raise CcError(what, "cc import --history lists them", code=NO_SUCH)
    return found


def undone(about: Import, *, dry_run: bool) -> Undone:
    """Take it back. What stays is said, with the reason."""
    made = Undone()
    held = import_left.values({kept.source for taken in about.taken for kept in taken.keys})
    for taken in reversed(about.taken):
        is_there = _profile(taken, made, dry_run=dry_run)
        for kept in taken.keys:
            _key(kept.reference, taken.name, held, made, dry_run=dry_run, in_use=is_there)
    if not dry_run:
        left = tuple(taken for taken in about.taken if taken.name in made.stays)
        state = history.UNDONE if not left else about.state
        import_history.write(replace(about, state=state, taken=left or about.taken))
    return made


def _profile(taken: Taken, made: Undone, *, dry_run: bool) -> bool:
    """Remove the profile; returns whether it stays."""
    try:
        text = user_profiles.read(taken.name)
    except CcError:
        return False  # somebody has removed it, or the import never came so far
    if taken.before == text:
        return True
    if import_take.digest(text) != taken.digest:
        made.stays[taken.name] = "it was changed since"
        return True
    if taken.before:
        if not dry_run:
            user_profiles.replace(taken.name, taken.before)
        made.restored.append(taken.name)
        return True
    children = user_profiles.extending(taken.name)
    if children:
        made.stays[taken.name] = f"{', '.join(children)} extends it"
        return True
    if not dry_run:
        user_profiles.delete(taken.name)
        plan_cache.forget(taken.name)
        hosts.forget(taken.name)
        records.forget(taken.name)
        follows.forget(taken.name)
    made.removed.append(taken.name)
    return False


def _key(reference: str, name: str, held: set[str], made: Undone, *, dry_run: bool, in_use: bool) -> None:
    parsed = references.parse(reference)
    try:
        value = secret_reader.value(parsed.read(programs.found()), name, "", alone=True)
    except NotThere:
        return
    except CcError as error:
        made.stays[reference] = f"it cannot be looked at: {error.what}"
        return
    users = [other for other in secret_values.using(parsed) if other != name]
    if in_use or users:
        made.stays[reference] = f"{', '.join(users) or name} uses it"
    elif value not in held:
        made.stays[reference] = "its source does not hold it any more: this is the only copy"
    else:
        if not dry_run:
            keep.remove(parsed, name)
            records.note_gone(reference)
        made.keys.append(reference)
