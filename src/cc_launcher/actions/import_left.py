"""What still stands in clear text: each file in which a key of what was found stands, copies and backups included."""

import contextlib
import os
from collections.abc import Collection, Iterator

from cc_launcher.actions import import_scan
from cc_launcher.core.errors import CcError
from cc_launcher.core.importing import sources
from cc_launcher.core.importing.found import LITERAL, Key, Reading
from cc_launcher.core.importing.hosts import Catalog
from cc_launcher.core.stores import references
from cc_launcher.files import foreign_home, foreign_search, import_history, providers
from cc_launcher.files.foreign_search import Holder
from cc_launcher.launch import paths, secret_reader
from cc_launcher.secrets import programs


def keys(files: Collection[str] = ()) -> dict[str, str]:
    """Every key that the sources hold, and these files, by what it is called."""
    home = import_scan.home()
    looked = foreign_home.look(home, (), paths.here())
    readings = list(sources.readings(looked.homes))
    seen = {each.elsewhere.get(path, path) for each in looked.homes for path in each.files}
    for path in {*files} - seen:
        named = foreign_home.one(home, os.path.join(home, path))
        readings += [sources.of_file(named.home, inside) for inside in named.home.files]
    whole = Reading()
    for found in readings:
        whole.drafts += found.drafts
        whole.skipped += found.skipped
    scan = sources.concluded(whole, looked.home, Catalog(providers.catalog()))
    every: list[tuple[str, Key]] = []
    for candidate in scan.candidates:
        every.append((candidate.name, candidate.key))
        every += [(f"{candidate.name}, header {header}", key) for header, key in candidate.header_keys.items()]
    every += [(skip.name, skip.key) for skip in scan.skipped]
    found_keys: dict[str, str] = {}
    for name, key in every:
        if key.kind == LITERAL and key.value not in found_keys.values():
            found_keys[_free(name, found_keys)] = key.value
    return found_keys


def values(files: Collection[str]) -> set[str]:
    """The keys themselves."""
    return {*keys(files).values()}


def holders() -> list[Holder]:
    """The files in which they stand."""
    project = os.path.relpath(paths.here(), import_scan.home())
    inside = [] if project.startswith("..") or project == "." else [f"{project}/{name}" for name in _OF_PROJECT]
    known = keys()
    for name, value in _imported():
        if value not in known.values():
            known[_free(name, known)] = value
    return foreign_search.holders(import_scan.home(), known, inside)


def _imported() -> Iterator[tuple[str, str]]:
    """The keys that imports have kept, where they can be read without a question: of a source that is clean now."""
    for about in import_history.all_of():
        for taken in about.taken:
            for kept in taken.keys:
                with contextlib.suppress(CcError):
                    reference = references.parse(kept.reference)
                    yield taken.name, secret_reader.value(reference.read(programs.found()), taken.name, "", alone=True)


_OF_PROJECT = (".env", ".envrc", "mise.toml", ".claude/settings.json", ".claude/settings.local.json")


def _free(name: str, taken: dict[str, str]) -> str:
    return next(each for each in (name, *(f"{name} ({number})" for number in range(2, 1000))) if each not in taken)
