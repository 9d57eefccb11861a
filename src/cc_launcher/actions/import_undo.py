"""Take back an import: the profiles that nobody has changed since, and keys that their source still holds."""

import os
from dataclasses import dataclass, field, replace

from cc_launcher.actions import import_left, import_take, removal, secret_values, wrapping
from cc_launcher.core.errors import NO_SUCH, CcError, NotThere
from cc_launcher.core.importing import history
from cc_launcher.core.importing.history import Import, Taken
from cc_launcher.core.stores import references
from cc_launcher.files import hosts, import_history, places, records, user_profiles, wrappers
from cc_launcher.launch import secret_reader
from cc_launcher.secrets import keep, programs


@dataclass
class Undone:
    """What came of it."""

    removed: list[str] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)  # profiles that a followed source had changed
    stays: dict[str, str] = field(default_factory=dict)  # a profile or a key, and why
    keys: list[str] = field(default_factory=list)  # that were removed
    said: list[str] = field(default_factory=list)  # what went with them
    again: set[str] = field(default_factory=set)  # profiles of which something may be removed another time


def of(number: int) -> Import:
    """The import of this number, or the last one that is not undone."""
    every = import_history.all_of()
    found = next((one for one in reversed(every) if one.number == number or not number), None)
    if number and found is not None and found.state == history.UNDONE:
        raise CcError(f"import {number} is undone already", "cc import --history lists them", code=NO_SUCH)
    left = [one for one in every if one.state != history.UNDONE and number in {0, one.number}]
    if not left:
        what = f"there is no import {number} to undo" if number else "there is no import to undo"
        raise CcError(what, "cc import --history lists them", code=NO_SUCH)
    return left[-1]


def undone(about: Import, *, dry_run: bool) -> Undone:
    """Take it back. What stays is said, with the reason."""
    made = Undone()
    with import_history.alone():
        held = import_left.values({kept.source for taken in about.taken for kept in taken.keys})
        for taken in reversed(about.taken):
            is_there = _profile(taken, made, dry_run=dry_run)
            for kept in taken.keys:
                _key(kept.reference, taken.name, held, made, dry_run=dry_run, in_use=is_there)
        if not dry_run:
            left = tuple(taken for taken in about.taken if taken.name in made.again)
            state = about.state if left else history.UNDONE
            import_history.write(replace(about, state=state, taken=left or about.taken))
    return made


def _profile(taken: Taken, made: Undone, *, dry_run: bool) -> bool:
    """Remove the profile; returns whether it stays."""
    name = taken.name
    if not os.path.lexists(places.user_path(name)):  # somebody has removed it, or the import never came so far
        if not dry_run:
            hosts.forget(name)
        return False
    try:
        text = user_profiles.read(name)
    except CcError as error:
        return _stays(made, name, f"it cannot be read: {error.what}")
    if taken.before == text:
        return True
    why = "it was changed since" if import_take.digest(text) != taken.digest else ""
    if taken.before and not why:
        return _restored(name, taken.before, made, dry_run=dry_run)
    children = user_profiles.extending(name)
    why = why or (f"{', '.join(children)} extends it" if children else "")
    if why:
        return _stays(made, name, why)
    made.removed.append(name)
    if not dry_run:
        scripts = [
            found
            for found in wrappers.installed()
            if found.wrapper and found.wrapper.profile == name and found.state == wrappers.OURS
        ]
        made.said += [line for found in scripts for line in wrapping.removed(found.path, force=False)]
        removal.of_profile(name)
    return False


def _restored(name: str, before: str, made: Undone, *, dry_run: bool) -> bool:
    """A profile that a followed source had changed is as it was."""
    if not dry_run:
        user_profiles.replace(name, before)
    made.restored.append(name)
    return True


def _stays(made: Undone, name: str, why: str) -> bool:
    made.stays[name] = why
    made.again.add(name)
    return True


def _key(reference: str, name: str, held: set[str], made: Undone, *, dry_run: bool, in_use: bool) -> None:
    parsed = references.parse(reference)
    users = [other for other in secret_values.using(parsed) if other != name]
    if in_use or users:
        made.stays[reference] = f"{', '.join(users) or name} uses it"
        made.again.add(name)
        return
    try:
        value = secret_reader.value(parsed.read(programs.found()), name, "", alone=True)
        if value not in held:
            made.stays[reference] = "no source that was looked at holds it: this may be the only copy"
            return
        if not dry_run:
            keep.remove(parsed, name)
            records.note_gone(reference)
    except NotThere:
        return
    except CcError as error:
        made.stays[reference] = error.what.removeprefix(f"{name}: ")
        made.again.add(name)
        return
    made.keys.append(reference)
