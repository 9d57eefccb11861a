"""`cc import`, up to the table: what is looked at, what it would become, and where its keys would go."""

import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from cc_launcher.actions import import_scan, key_places
from cc_launcher.actions.import_scan import Looked
from cc_launcher.actions.key_places import KEYRING, STORE, Place
from cc_launcher.cli import import_table, render
from cc_launcher.core.errors import INVALID, CcError
from cc_launcher.core.importing import offers, sources, written
from cc_launcher.core.stores import references

_SLOW = 1.0  # seconds, after which something is said
_STORES = {KEYRING: "the keyring", STORE: "pass"}

Left = tuple[str, str, list[str]]  # why, what to type, and for which


@dataclass(frozen=True)
class Asked:
    """What the line asked for."""

    wanted: list[str]
    names: dict[str, str]
    given: str
    ask: bool
    with_secret: bool
    check: bool
    dry_run: bool


@dataclass(frozen=True)
class Stores:
    """Where keys can go here, the best first."""

    found: tuple[Place, ...] = ()
    no_keyring: str = ""

    @property
    def unasked(self) -> str:
        """The kind of the one that is taken where nobody answers: never a file that any program can read."""
        return next((place.kind for place in self.found if place.kind in {KEYRING, STORE}), "")


@dataclass(frozen=True)
class Seen:
    """What came of a look."""

    looked: Looked
    stores: Stores
    somebody: bool  # is there to be asked


def look(asked: Asked, *, as_json: bool) -> Seen:
    """Look, and show what was found: to people at once, to programs where that is all."""
    with _progress() as seen:
        looked = import_scan.look(asked.wanted, asked.given, seen.append)
    import_scan.renamed(looked, asked.names)
    if asked.wanted and looked.faults and not looked.offers and not looked.skipped:
        first, *others = [import_table.at(fault) for fault in looked.faults]
        raise CcError(first, _hint(asked.wanted), code=INVALID, details=tuple(others))
    somebody = asked.ask and _is_somebody()
    stores = _stores(looked, asked)
    if not as_json:
        import_table.show(looked, _goes(stores, asked, asks=somebody))
    elif asked.dry_run:
        render.envelope("import", data(looked))
    return Seen(looked, stores, somebody)


def _hint(wanted: list[str]) -> str:
    """What can be read, for somebody whose file could not be."""
    if all(word in sources.SOURCES for word in wanted):
        return "look at that file: nothing else of it was read"
    return "known are settings files, shell files, what tools keep or export, links, and what cc export made"


def data(
    looked: Looked,
    taken: list[str] | None = None,
    number: int = 0,
    left: list[Left] | None = None,
    checked: Mapping[str, Mapping[str, object]] | None = None,
) -> dict[str, object]:
    """For programs."""
    return {
        "found": [offers.as_data(offer) for offer in looked.offers],
        "not_imported": [
            {"name": skip.name, "place": str(skip.place), "why": skip.why, "hint": skip.hint or None}
            for skip in looked.skipped
        ],
        "faults": looked.faults,
        "taken": taken or [],
        "number": number or None,
        "left": [
            {"name": name, "why": why, "command": command} for why, command, names in left or [] for name in names
        ],
        "checked": checked or {},
    }


@contextmanager
def _progress() -> Iterator[list[str]]:
    """Say what is looked at, where it takes longer than a moment."""
    seen: list[str] = []
    timer = threading.Timer(_SLOW, lambda: render.talk(f"looking at what is there{_at(seen)} …"))
    timer.daemon = True
    timer.start()
    try:
        yield seen
    finally:
        timer.cancel()


def _at(seen: list[str]) -> str:
    return f": ~/{seen[-1]}" if seen else ""


def _is_somebody() -> bool:
    if not sys.stdin.isatty():
        return False
    from cc_launcher.cli import questions  # what asks takes longer to load than a look takes

    return questions.is_conversation()


def _stores(looked: Looked, asked: Asked) -> Stores:
    """The stores of this machine, where there is a key that would go into one."""
    new = (offer.candidate for offer in looked.offers if not offer.there)
    first = next((candidate for candidate in new if written.slots(candidate)), None)
    if first is None or not asked.with_secret:
        return Stores()
    found = key_places.of_keyring(references.parse(f"keyring:{first.name}"), first.name, for_session=False)
    return Stores(found.places, found.no_keyring)


def _goes(stores: Stores, asked: Asked, *, asks: bool) -> str:
    """Where a key would go, in a word."""
    if not asked.with_secret:
        return "stays there"
    kind = stores.unasked
    if kind == KEYRING or (kind and not asks):
        return _STORES[kind]
    return "you are asked" if asks else "no place yet"
