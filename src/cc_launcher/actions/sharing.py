"""A bundle of profiles for others: what is in it, and that no key of the user's is."""

import datetime as dt
import time
import tomllib
from typing import Any, NamedTuple

from cc_launcher import __version__
from cc_launcher.actions.secret_places import all_of
from cc_launcher.core.errors import NO_SUCH, REFUSED, CcError, NotThere
from cc_launcher.core.importing import bundle
from cc_launcher.files import places, profiles, user_profiles
from cc_launcher.launch import secret_reader
from cc_launcher.secrets import programs


class Shared(NamedTuple):
    """The document, and what is to be said of it."""

    text: str
    notes: list[str]


def made(names: list[str], *, keep_reference: bool) -> Shared:
    """The profiles of these names, with those of the user's that they start from."""
    data: dict[str, dict[str, Any]] = {}
    known: dict[str, str] = {}
    notes: list[str] = []
    for name in names:
        if name not in places.user_names():
            hint = f"others have it, too: cc run {name}" if name in places.catalog_names() else "cc ls shows them"
            raise CcError(f"no profile of yours is named {name}", hint, code=NO_SUCH)
        for source in reversed(profiles.load(name).chain):
            if not source.shipped and source.name not in data:
                data[source.name] = tomllib.loads(user_profiles.read(source.name))
        _look(name, known, notes)
    day = dt.datetime.fromtimestamp(time.time(), dt.UTC).date().isoformat()
    text = bundle.made(data, day, __version__, keep_reference=keep_reference)
    wrong = bundle.faults(text, known)
    if wrong:
        hint = "take it out of the profile: cc edit; a key belongs into a store: cc secret set"
        raise CcError(f"not exported: {wrong[0]}", hint, code=REFUSED, details=tuple(wrong[1:]))
    return Shared(text, notes)


def _look(name: str, known: dict[str, str], notes: list[str]) -> None:
    """Each secret of a profile that can be read without a question, so that it can be looked for."""
    for place, reference in all_of(profiles.load(name)):
        label = f"{name}, {place}" if place else name
        if reference.store == "cmd":
            notes.append(f"{label}: its key was not looked for, since a command prints it")
            continue
        try:
            known[label] = secret_reader.value(reference.read(programs.found()), name, "", alone=True)
        except NotThere:
            continue
        except CcError as error:
            notes.append(f"{label}: its key was not looked for: {error.what}")
