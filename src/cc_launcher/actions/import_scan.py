"""Look at what people have, and hold it against the profiles that are there already."""

import os
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.importing import inside, naming, sources
from cc_launcher.core.importing.found import LITERAL, STDIN, Candidate, Home, Reading, Seen, Skipped
from cc_launcher.core.importing.hosts import Catalog
from cc_launcher.core.importing.offers import Offer
from cc_launcher.core.importing.readers import links
from cc_launcher.core.stores import references
from cc_launcher.core.text import names, printable
from cc_launcher.core.text.nearest import did_you_mean
from cc_launcher.files import foreign_home, guard, places, providers
from cc_launcher.launch import paths

_MOST_NAMES = 12
_NOT_COMPARED = ("secret", "secret_headers", "title")


@dataclass
class Looked:
    """All that a look came to."""

    offers: list[Offer] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)  # that were looked at


def home() -> str:
    """The home directory."""
    return os.path.expanduser("~")


def look(wanted: list[str], given: str = "", seen: Callable[[str], None] = lambda _: None) -> Looked:
    """What these sources and files hold; `given` is what is at the address, or on standard input (`-`)."""
    catalog = Catalog(providers.catalog())
    named = [word for word in wanted if word in sources.SOURCES]
    others = [word for word in wanted if word not in sources.SOURCES]
    looked = Looked()
    reading, base = Reading(), Home(home(), {})
    if named or not wanted:
        looked.places = [f"~/{place}" for place in foreign_home.places(named)]
        found = foreign_home.look(home(), named, paths.here(), seen)
        looked.faults += found.faults
        base = found.home
        for said in sources.readings(found.homes, named):
            sources.add(reading, said)
    for word in others:
        inside = _named(word, given, looked)
        if inside is not None:
            sources.add(reading, sources.of_file(*inside))
            base = inside[0] if not base.files else base
    scan = sources.concluded(reading, base, catalog)
    looked.skipped = list(scan.skipped)
    looked.faults += [fault for fault in scan.faults if fault not in looked.faults]
    looked.offers = against(scan.candidates, looked.skipped)
    return looked


def check_words(wanted: Iterable[str]) -> None:
    """Refuse a word that is no source and no file, and a link, which others can read in the list of processes."""
    for word in wanted:
        if links.is_link(word):
            raise CcError(
                "a link as an argument can be read by others, and its key is in the shell's history now",
                "revoke that key; then: cc import -, and paste the link there",
                code=USAGE,
            )
        if word == STDIN or word in sources.SOURCES or os.path.lexists(os.path.expanduser(word)):
            continue
        if "/" in word:
            raise CcError(
                f"there is no file {printable(word)[:200]}", "cc import alone looks at all places", code=USAGE
            )
        known = did_you_mean(word, [*sources.SOURCES, *sources.ALIASES])
        known = known or f"sources: {', '.join(sources.SOURCES)}; or a file"
        raise CcError(f"cc import: {printable(word)[:80]} is neither a source nor a file", known, code=USAGE)


def renamed(looked: Looked, pairs: Mapping[str, str]) -> None:
    """Give other names to some of them."""
    for old, new in pairs.items():
        at = next((at for at, offer in enumerate(looked.offers) if offer.candidate.name == old), -1)
        if at < 0:
            known = [offer.candidate.name for offer in looked.offers]
            hint = did_you_mean(old, known) or (f"found: {', '.join(known[:_MOST_NAMES])}" if known else "")
            raise CcError(f"--name: nothing that was found is called {printable(old)[:64]}", hint)
        if not names.is_profile(new):
            hint = f"for example --name {old}={naming.slug(new) or 'mine'}"
            raise CcError(f"--name: no profile can be named {printable(new)[:64]}", hint, code=USAGE)
        others = {offer.candidate.name for offer in looked.offers} | {*places.user_names()}
        if new in others - {old}:
            raise CcError(f"--name: {new} is taken", f"cc show {new} shows what it is", code=USAGE)
        changed = replace(looked.offers[at].candidate, name=new)
        looked.offers[at] = replace(looked.offers[at], candidate=changed, there="")
        called = {(place.file, old): new for place in changed.places[:1] if changed.origin}
        looked.offers = [replace(each, candidate=inside.renamed(each.candidate, called)) for each in looked.offers]


def _named(word: str, given: str, looked: Looked) -> tuple[Home, str] | None:
    if word == STDIN or word.startswith("https://"):
        return Home(home(), {word: Seen(word, given)}), word
    found = foreign_home.one(home(), os.path.expanduser(word))
    looked.faults += found.faults
    looked.places.append(word)
    path = next(iter(found.home.files), "")
    return (found.home, path) if path else None


def against(
    candidates: Iterable[Candidate], skipped: list[Skipped], known: Mapping[tuple[str, str], str] | None = None
) -> list[Offer]:
    """Each with the profile of the user's that says the same, or with a name that none of those has."""
    own = {name: data for name in places.user_names() if (data := _data_of(name)) is not None}
    taken = {*places.user_names()}
    offers = []
    called = dict(known or {})  # the profiles of a document
    for candidate in candidates:
        here = inside.renamed(candidate, called)
        same = next((name for name, data in own.items() if _is_same(here, data, name)), "")
        name = same or candidate.name
        if name in taken and not same:
            name = naming.free(name, naming.slug(candidate.sources[0]), taken)
        if not same and (why := refused(here, name, called)):
            skipped.append(Skipped(candidate.name, candidate.places[0], *why))
            continue
        taken.add(name)
        if candidate.origin:
            called[candidate.places[0].file, candidate.name] = name
        offers.append(Offer(candidate if same else replace(candidate, name=name), same))
    return [replace(offer, candidate=_noted(inside.renamed(offer.candidate, called), called)) for offer in offers]


def refused(candidate: Candidate, name: str, called: Mapping[tuple[str, str], str]) -> tuple[str, str] | None:
    """Why a profile of a document cannot be here what it is there, and what to do. No key of the user's goes along."""
    if not candidate.origin:
        return None
    start = str(candidate.data.get("extends", ""))
    if not start or start in _of_document(candidate, called) or (start == name and start in places.catalog_names()):
        return None
    if start in places.user_names():
        why = f"starts from {start}, and a profile of yours has that name: its key would go along"
        return why, f"cc show {start} shows what it is"
    if start in places.catalog_names():
        return None
    return f"starts from {start}, which is not there", "ask for a bundle that has it: cc export adds it"


def _noted(candidate: Candidate, called: Mapping[tuple[str, str], str]) -> Candidate:
    """With what is to be said of the profiles behind a gateway."""
    if not candidate.origin:
        return candidate
    behind = set(inside.needed(candidate.data, candidate.origin)) - _of_document(candidate, called)
    behind -= {str(candidate.data.get("extends", ""))}
    own = sorted(behind & {*places.user_names()})
    gone = sorted(behind - {*places.known()})
    notes = [f"behind it: {', '.join(own)}, which you have already"] if own else []
    notes += [f"needs {', '.join(gone)}, which is not in the bundle: cc add"] if gone else []
    return replace(candidate, notes=(*candidate.notes, *notes))


def _of_document(candidate: Candidate, called: Mapping[tuple[str, str], str]) -> set[str]:
    return {name for (document, _), name in called.items() if document == candidate.places[0].file}


def _data_of(name: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(guard.read_text(places.user_path(name)) or "")
    except (CcError, ValueError, RecursionError):
        return None


def _is_same(candidate: Candidate, data: Mapping[str, Any], name: str) -> bool:
    """Whether a profile of the user's says the same. Its key is compared where it can be read without a question."""
    left = {key: value for key, value in data.items() if key not in (*_NOT_COMPARED, "args", "plain_http")}
    wanted = {key: value for key, value in candidate.data.items() if key != "title"}
    if "main" not in wanted.get("tiers", {}):  # its model was asked for, perhaps
        left["tiers"] = {
            tier: model for tier, model in left.get("tiers", {}).items() if tier in wanted.get("tiers", {})
        }
        wanted.setdefault("tiers", {})
    if left != wanted:
        return False
    return candidate.key.kind != LITERAL or _has_key(name, candidate.key.value)


def _has_key(name: str, key: str) -> bool:
    """Whether a profile of the user's has this key, or one that cannot be looked at."""
    from cc_launcher.files import profiles  # what loads profiles takes longer than a scan does
    from cc_launcher.launch import secret_reader
    from cc_launcher.secrets import programs

    try:
        resolved = profiles.load(name)
        reference = resolved.profile.secret
        if reference is None or reference.startswith(("env:", "cmd:")):
            return reference is None
        parsed = references.parse(reference)
        value = secret_reader.value(parsed.read(programs.found()), name, "", alone=True)
    except CcError:
        return True  # it cannot be compared: what is there stays
    return value == key
