"""`cc import`, from the look to the profiles: the table, which of it is wanted, what is asked, and the result."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from cc_launcher.actions import import_scan, import_take
from cc_launcher.actions.import_scan import Looked
from cc_launcher.actions.import_take import Choice, Done
from cc_launcher.actions.key_places import KEYRING, STORE, Place
from cc_launcher.cli import import_checks, import_questions, import_table, questions, render
from cc_launcher.core.importing import notes, offers, written
from cc_launcher.core.importing.found import LITERAL, REFERENCE, Candidate
from cc_launcher.launch import report

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
    """Where keys can go here."""

    found: tuple[Place, ...] = ()
    no_keyring: str = ""

    @property
    def unasked(self) -> str:
        """The kind of the one that is taken where nobody answers."""
        return import_take.unasked(self.found)


Then = Callable[[Looked, list[Choice], Done], dict[str, object]]


def run(asked: Asked, *, as_json: bool, then: Then = lambda *_: {}) -> None:
    """All of it. `then` is done once the profiles are there; what it returns is told to programs."""
    looked = import_scan.look(asked.wanted, asked.given, _progress())
    import_scan.renamed(looked, asked.names)
    somebody = asked.ask and questions.is_conversation()
    conversation = somebody and not asked.dry_run
    stores = _stores(looked, asked)
    if not as_json:
        import_table.show(looked, _goes(stores, asked, asks=somebody))
    if asked.dry_run:
        if as_json:
            render.envelope("import", _data(looked, Done(), [], {}))
        return
    kind = stores.unasked
    if conversation:
        choices = import_questions.chosen(looked.offers, with_secret=asked.with_secret)
        if asked.with_secret and any(written.slots(choice.candidate) for choice in choices):
            kind = import_questions.store(stores.found, stores.no_keyring)
            choices = choices if kind else [replace(choice, with_secret=False) for choice in choices]
    else:
        choices = easy(looked, asked, kind)
    talk = (lambda _: None) if as_json else render.talk
    done = import_take.all_of(choices, kind, talk)
    more = then(looked, choices, done)
    left = [] if conversation else _left(looked, asked, stores, done)
    checked = import_checks.asked(done.taken) if asked.check else {}
    if as_json:
        render.envelope("import", _data(looked, done, left, checked) | more, done.failed)
        return
    for reason, command, names in left:
        render.talk(f"{notes.together(names)}: not taken: {reason}: {command}")
    _farewell(done, choices)


def _progress() -> Callable[[str], None]:
    """Say that something is going on, where it takes longer than a moment."""
    begun = time.monotonic()
    told: list[bool] = []

    def seen(path: str) -> None:
        if not told and time.monotonic() - begun > _SLOW:
            told.append(True)
            render.talk(f"looking at what is there: ~/{path} …")

    return seen


def _stores(looked: Looked, asked: Asked) -> Stores:
    """The stores of this machine, where there is a key that would go into one."""
    new = (offer.candidate for offer in looked.offers if not offer.there)
    first = next((candidate for candidate in new if written.slots(candidate)), None)
    if first is None or not asked.with_secret:
        return Stores()
    return Stores(*import_take.stores(first))


def _goes(stores: Stores, asked: Asked, *, asks: bool) -> str:
    """Where a key would go, in a word."""
    if not asked.with_secret:
        return "stays there"
    kind = stores.unasked
    if kind == KEYRING or (kind and not asks):
        return _STORES[kind]
    return "you are asked" if asks else "no place yet"


def easy(looked: Looked, asked: Asked, kind: str) -> list[Choice]:
    """What needs no answer. A key that cannot be put anywhere without a question is an answer that is needed."""
    return [
        Choice(offer.candidate, (), asked.with_secret)
        for offer in looked.offers
        if offer.is_easy and (kind or not asked.with_secret or not written.slots(offer.candidate))
    ]


def _left(looked: Looked, asked: Asked, stores: Stores, done: Done) -> list[Left]:
    """What was not taken: why, and what to type; several that have that in common are one."""
    found: dict[tuple[str, str], list[str]] = {}
    for offer in looked.offers:
        candidate = offer.candidate
        if offer.there or candidate.name in done.taken or candidate.name in done.failed:
            continue
        command = f"cc import {' '.join(asked.wanted) or candidate.sources[0]}, on a terminal"
        if offer.questions:
            reason = offer.questions[0]
        elif not candidate.chosen:
            reason = "not taken unasked: " + ("an old copy" if candidate.old else "see its notes")
        else:
            reason = f"no place for its key without a question: {stores.no_keyring or 'no keyring'}"
            command += "; or --no-secret"
        found.setdefault((reason, command), []).append(candidate.name)
    return [(reason, command, names) for (reason, command), names in found.items()]


def _farewell(done: Done, choices: list[Choice]) -> None:
    """What to do next. Of what failed each is said; the last one ends the program with its code."""
    bare = [choice.candidate.name for choice in choices if choice.candidate.name in done.taken and _is_bare(choice)]
    if bare:
        render.talk(f"{notes.together(bare)}: made without a key: cc secret set {bare[0]}")
    if done.taken:
        render.talk(f"next: cc run {next((name for name in done.taken if name not in bare), done.taken[0])}")
        render.talk("what still stands in clear text: cc import --left; to take it all back: cc import --undo")
    faults = list(done.failed.values())
    for fault in faults[:-1]:
        report.say(fault)
    if faults:
        raise faults[-1]


def _is_bare(choice: Choice) -> bool:
    """Whether a profile that needs a key was made without one."""
    candidate: Candidate = choice.candidate
    key = candidate.key
    if key.kind == LITERAL:
        return not choice.with_secret
    if key.kind == REFERENCE:
        return key.consent and key.reference.removeprefix("cmd:") not in choice.agreed
    return import_take.needs_key(candidate.name)


def _data(looked: Looked, done: Done, left: list[Left], checked: dict[str, dict[str, object]]) -> dict[str, object]:
    return {
        "found": [offers.as_data(offer) for offer in looked.offers],
        "not_imported": [
            {"name": skip.name, "place": str(skip.place), "why": skip.why, "hint": skip.hint or None}
            for skip in looked.skipped
        ],
        "faults": looked.faults,
        "taken": done.taken,
        "number": done.number or None,
        "left": [{"name": name, "why": why, "command": command} for why, command, names in left for name in names],
        "checked": checked,
    }
