"""A bundle of profiles for others: what is in it, and that no key of the user's is."""

import contextlib
import datetime as dt
import os
import time
import tomllib
from collections.abc import Iterator
from typing import Any, NamedTuple

from cc_launcher import __version__
from cc_launcher.actions.secret_places import all_of
from cc_launcher.core.errors import NO_SUCH, REFUSED, CcError, NotThere
from cc_launcher.core.importing import bundle, inside
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.stores.references import BadReference, Reference, parse
from cc_launcher.files import places, profiles, records, user_profiles
from cc_launcher.launch import planfile, secret_reader
from cc_launcher.secrets import programs


class Shared(NamedTuple):
    """The document, and what is to be said of it."""

    text: str
    notes: list[str]


def made(names: list[str], *, keep_reference: bool) -> Shared:
    """The profiles of these names, with those of the user's without which they are nothing."""
    notes: list[str] = []
    data = _with_needed(names, notes)
    they_have = {*data, *places.catalog_names()}
    given = {name: bundle.shared(profile, they_have, keep_reference=keep_reference) for name, profile in data.items()}
    for name, profile in data.items():
        left = bundle.left_out(profile, given[name])
        if left:
            notes.append(f"{name}: not in it: {', '.join(left)}")
    day = dt.datetime.fromtimestamp(time.time(), dt.UTC).date().isoformat()
    origins = {name: _origin(profiles.load(name)) for name in data}
    text = bundle.made(given, origins, day, __version__)
    known = {label: value for name in data for label, value in _own(name, notes)}
    known |= {label: value for label, value in _others({*data}, notes) if value not in known.values()}
    wrong = bundle.faults(text, known)
    if wrong:
        hint = "take it out of the profile: cc edit; a key belongs into a store: cc secret set"
        raise CcError(f"not exported: {wrong[0]}", hint, code=REFUSED, details=tuple(wrong[1:]))
    return Shared(text, notes)


def _with_needed(names: list[str], notes: list[str]) -> dict[str, dict[str, Any]]:
    """What the files of these profiles say, and of those that they start from, or that are behind them."""
    data: dict[str, dict[str, Any]] = {}
    own = {*places.user_names()}
    for name in names:
        if name not in own:
            hint = f"others have it, too: cc run {name}" if name in places.catalog_names() else "cc ls shows them"
            raise CcError(f"no profile of yours is named {name}", hint, code=NO_SUCH)
    wanted = list(names)
    while wanted:
        name = wanted.pop(0)
        if name in data:
            continue
        profiles.load(name)  # or else it is said what is wrong with it
        data[name] = tomllib.loads(user_profiles.read(name))
        needed = [each for each in inside.needed(data[name], name) if each in own and each not in data]
        wanted += needed
        notes += [f"{each}: is in it, since {name} needs it" for each in needed if each not in names]
    return data


def _origin(resolved: Resolved) -> str:
    """What a profile starts from, for those who get it."""
    base = resolved.chain[-1]
    if not base.shipped:
        return resolved.host if resolved.profile.elsewhere else "nothing else"
    checked = f", facts of {resolved.profile.checked}" if resolved.profile.checked else ""
    return f"{base.name} of the catalog{checked}"


def _own(name: str, notes: list[str]) -> Iterator[tuple[str, str]]:
    """Each secret of a profile that can be read without a question, so that it can be looked for."""
    for place, reference in all_of(profiles.load(name)):
        label = f"{name}, {place}" if place else name
        if reference.store == "cmd":
            notes.append(f"{label}: its key was not looked for, since a command prints it")
            continue
        try:
            yield label, _value(reference, name)
        except NotThere:
            continue
        except CcError as error:
            notes.append(f"{label}: its key was not looked for: {error.what}")


def _others(names: set[str], notes: list[str]) -> Iterator[tuple[str, str]]:
    """Every other key that can be read without a question: of other profiles, and what this shell has."""
    for name in sorted({variable for profile in profiles.catalog().values() for variable in profile.key_env}):
        if name in planfile.present():
            yield f"the variable {name}", os.environ.get(name, "")
    unseen = []
    for label, reference in _elsewhere(names):
        if reference.store in {"cmd", "env"} or reference.kept_by.may_ask:
            unseen += [label] if reference.store != "env" else []
            continue
        try:
            yield label, _value(reference, label)
        except NotThere:
            continue
        except CcError:
            unseen.append(label)
    if unseen:
        notes.append(f"keys that were not looked for, since that might ask: of {', '.join(dict.fromkeys(unseen))}")


def _elsewhere(names: set[str]) -> Iterator[tuple[str, Reference]]:
    """Where other keys are: as the other profiles say, and as it was written down when they were kept."""
    seen = set()
    for name in places.user_names():
        try:
            found = all_of(profiles.load(name), frozenset())
        except CcError:
            continue
        for _, reference in found:
            seen.add(str(reference))
            if name not in names:
                yield name, reference
    for text, known in records.read().secrets.items():
        if known.there and text not in seen:
            with contextlib.suppress(BadReference):
                yield text, parse(text)


def _value(reference: Reference, whose: str) -> str:
    return secret_reader.value(reference.read(programs.found()), whose, "", alone=True)
