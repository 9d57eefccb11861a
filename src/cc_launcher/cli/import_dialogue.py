"""`cc import`, from the table to the profiles: which of it is wanted, what is taken, and what came of it."""

import shlex
from collections.abc import Callable
from dataclasses import replace

from cc_launcher.actions import import_take
from cc_launcher.actions.import_scan import Looked
from cc_launcher.actions.import_take import Choice, Done
from cc_launcher.cli import import_checks, import_look, import_questions, render
from cc_launcher.cli.import_look import Asked, Left, Seen
from cc_launcher.core.importing import notes, sources, written
from cc_launcher.core.importing.found import LITERAL, REFERENCE, Candidate
from cc_launcher.launch import report

Then = Callable[[Looked, list[Choice], Done], dict[str, object]]


def run(asked: Asked, *, as_json: bool, then: Then = lambda *_: {}) -> None:
    """All of it. `then` is done once the profiles are there; what it returns is told to programs."""
    seen = import_look.look(asked, as_json=as_json)
    if not asked.dry_run:
        take(seen, asked, as_json=as_json, then=then)


def take(seen: Seen, asked: Asked, *, as_json: bool, then: Then = lambda *_: {}) -> None:
    """Take what is wanted of it, or what needs no answer."""
    looked = seen.looked
    kind = seen.stores.unasked
    if seen.somebody:
        choices = import_questions.chosen(looked.offers, with_secret=asked.with_secret)
        if asked.with_secret and any(written.slots(choice.candidate) for choice in choices):
            kind = import_questions.store(seen.stores.found, seen.stores.no_keyring)
            choices = choices if kind else [replace(choice, with_secret=False) for choice in choices]
    else:
        choices = easy(looked, asked, kind)
    talk = (lambda _: None) if as_json else render.talk
    done = import_take.all_of(choices, kind, talk)
    more = then(looked, choices, done)
    left = [] if seen.somebody else _left(seen, asked, done)
    checked = import_checks.asked(done.taken) if asked.check else {}
    if as_json:
        told = import_look.data(looked, done.taken, done.number, left, checked)
        render.envelope("import", told | more, done.failed)
        return
    for reason, command, names in left:
        render.talk(f"{notes.together(names)}: not taken: {reason}; on a terminal, this asks: {command}")
    _farewell(done, choices)


def easy(looked: Looked, asked: Asked, kind: str) -> list[Choice]:
    """What needs no answer. A key that cannot be put anywhere without a question is an answer that is needed."""
    return [
        Choice(offer.candidate, (), asked.with_secret)
        for offer in looked.offers
        if offer.is_easy and (kind or not asked.with_secret or not written.slots(offer.candidate))
    ]


def _left(seen: Seen, asked: Asked, done: Done) -> list[Left]:
    """What was not taken: why, and what to type; several that have the reason in common are one."""
    found: dict[str, list[Candidate]] = {}
    for offer in seen.looked.offers:
        candidate = offer.candidate
        if offer.there or candidate.name in done.taken or candidate.name in done.failed:
            continue
        if offer.questions:
            reason = offer.questions[0]
        elif not candidate.chosen:
            reason = _why_not(candidate)
        else:
            reason = f"no place for its key without a question: {seen.stores.no_keyring or 'no keyring'}"
        found.setdefault(reason, []).append(candidate)
    left = []
    for reason, candidates in found.items():
        words = asked.wanted or sorted({_source(candidate) for candidate in candidates})
        names = [candidate.name for candidate in candidates]
        left.append((reason, shlex.join(["cc", "import", *filter(None, words)]), names))
    return left


def _why_not(candidate: Candidate) -> str:
    if candidate.old:
        return "an old copy"
    return "only a gateway reaches it" if candidate.by_gateway else "only where somebody says so"


def _source(candidate: Candidate) -> str:
    """The word that names where it is from, as one types it."""
    known = (sources.ALIASES.get(name, name) for name in candidate.sources)
    return next((name for name in known if name in sources.SOURCES), "")


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
