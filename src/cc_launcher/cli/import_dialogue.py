"""`cc import`, from the look to the profiles: the table, which of it is wanted, what is asked, and the result."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from cc_launcher.actions import import_scan, import_take
from cc_launcher.actions.import_scan import Looked
from cc_launcher.actions.import_take import Choice, Done
from cc_launcher.actions.key_places import FILE, Place
from cc_launcher.cli import import_table, questions, render
from cc_launcher.cli.questions import Entry
from cc_launcher.core.errors import CcError
from cc_launcher.core.importing import offers, written
from cc_launcher.core.importing.models_of import NO_MODEL
from cc_launcher.core.importing.offers import Offer
from cc_launcher.files import profiles

_ALL, _SOME, _NONE = "all", "some", "none"
_SLOW = 1.0  # seconds, after which something is said


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


Then = Callable[[Looked, list[Choice], Done], dict[str, object]]


def run(asked: Asked, *, as_json: bool, then: Then = lambda *_: {}) -> None:
    """All of it. `then` is done once the profiles are there; what it returns is told to programs."""
    looked = import_scan.look(asked.wanted, asked.given, _progress())
    import_scan.renamed(looked, asked.names)
    conversation = asked.ask and questions.is_conversation() and not asked.dry_run
    if not as_json:
        import_table.show(looked)
        if not looked.offers:
            return
    kind, why = _store(looked, asked, ask=False)
    if asked.dry_run:
        if as_json:
            render.envelope("import", _data(looked, Done(), []))
        return
    choices = chosen(looked, asked) if conversation else easy(looked, asked, kind)
    if conversation and any(written.slots(choice.candidate) for choice in choices) and asked.with_secret:
        kind, why = _store(looked, asked, ask=True)
    talk = (lambda _: None) if as_json else render.talk
    done = import_take.all_of(choices, kind, talk)
    more = then(looked, choices, done)
    left = [] if conversation else _left(looked, asked, kind, why, done)
    if as_json:
        render.envelope("import", _data(looked, done, left) | more, done.failed)
    else:
        _farewell(done, left)
    if asked.check:
        _check(done)
    if done.failed and not as_json:
        raise next(iter(done.failed.values()))


def _progress() -> Callable[[str], None]:
    """Say that something is going on, where it takes longer than a moment."""
    begun = time.monotonic()
    told: list[bool] = []

    def seen(path: str) -> None:
        if not told and time.monotonic() - begun > _SLOW:
            told.append(True)
            render.talk(f"looking at what is there: ~/{path} …")

    return seen


def _store(looked: Looked, asked: Asked, *, ask: bool) -> tuple[str, str]:
    """Where keys go: the best store of this machine, or what somebody chooses; and why there is no keyring."""
    first = next((offer.candidate for offer in looked.offers if written.slots(offer.candidate)), None)
    if first is None or not asked.with_secret:
        return "", ""
    found, fault = import_take.stores(first)
    if not ask or (found and found[0].kind != FILE):
        return import_take.unasked(found), fault
    if fault:
        render.talk(fault)
    return _chosen_store(found), fault


def _chosen_store(found: tuple[Place, ...]) -> str:
    if not found:
        return ""
    warning = "There is no keyring here. Keep the keys in files, which any program that runs as you can read?"
    return FILE if questions.agree(warning, usual=False) else ""


def easy(looked: Looked, asked: Asked, kind: str) -> list[Choice]:
    """What needs no answer. A key that cannot be put anywhere without a question is an answer that is needed."""
    return [
        Choice(offer.candidate, (), asked.with_secret)
        for offer in looked.offers
        if offer.is_easy and (kind or not asked.with_secret or not written.slots(offer.candidate))
    ]


def _left(looked: Looked, asked: Asked, kind: str, why: str, done: Done) -> list[tuple[str, str, str]]:
    """What was not taken: its name, why, and what to type."""
    found = []
    for offer in looked.offers:
        candidate = offer.candidate
        if offer.there or candidate.name in done.taken or candidate.name in done.failed:
            continue
        source = " ".join(asked.wanted) or candidate.sources[0]
        if offer.questions:
            reason = offer.questions[0]
        elif not candidate.chosen:
            reason = "not taken unasked: " + ("an old copy" if candidate.old else "see its notes")
        elif not kind and written.slots(candidate):
            reason = f"no place for its key without a question: {why}" if why else "no place for its key"
            found.append((candidate.name, reason, f"cc import {source}, on a terminal; or --no-secret"))
            continue
        else:
            continue
        found.append((candidate.name, reason, f"cc import {source}, on a terminal"))
    return found


def chosen(looked: Looked, asked: Asked) -> list[Choice]:
    """What somebody wants, with the answers that it needs."""
    new = [offer for offer in looked.offers if not offer.there]
    if not new:
        return []
    usual = [offer for offer in new if offer.candidate.chosen]
    how = questions.choose(
        f"Import these {len(new)}?" if len(new) > 1 else "Import it?",
        [Entry(f"all that are new ({len(usual)})", _ALL), Entry("choose", _SOME), Entry("none", _NONE)],
    )
    if how == _NONE:
        return []
    wanted = usual if how == _ALL else _ticked(new, usual)
    choices = [_answered(offer, asked) for offer in wanted]
    return [choice for choice in choices if choice is not None]


def _ticked(new: list[Offer], easy: list[Offer]) -> list[Offer]:
    entries = [Entry(f"{each.candidate.name}: {each.candidate.host}", each.candidate.name) for each in new]
    chosen = questions.choose_some("Which?", entries, [each.candidate.name for each in easy])
    return [each for each in new if each.candidate.name in chosen]


def _answered(offer: Offer, asked: Asked) -> Choice | None:
    """Ask what this one needs. No answer, no profile; a line without a yes is left out."""
    candidate = offer.candidate
    main = ""
    for need in candidate.needs:
        if need == NO_MODEL:
            main = _model(candidate.name, candidate.host)
            if not main:
                return None
        elif not questions.agree(f"{candidate.name}: {need}. Take it like that?", usual=False):
            return None
    agreed = []
    for consent in candidate.consents:
        render.talk(f"{candidate.name}: {consent.part}: {consent.line}")
        if questions.agree(f"Take this line? ({consent.why})", usual=False):
            agreed.append(consent.line)
    if candidate.plain_http and str(candidate.data.get("base_url")) not in agreed:
        return None
    return Choice(candidate, agreed, asked.with_secret, main)


def _model(name: str, host: str) -> str:
    """The model of a relay that names none: the client's own ids, or one that is typed."""
    known = list(profiles.catalog()["anthropic"].models)[:6]
    entries = [Entry(model, model) for model in known] + [Entry("another one", "-"), Entry("leave this out", "")]
    chosen = str(questions.choose(f"{name}: {host} names no model. Which one is it to start with?", entries))
    if chosen == "-":
        from cc_launcher.cli import fit_answers

        return questions.answer("Its id", fit_answers.model)
    return chosen


def _farewell(done: Done, left: list[tuple[str, str, str]]) -> None:
    for name, reason, command in left:
        render.talk(f"{name}: not taken: {reason}: {command}")
    if not done.taken:
        return
    first = done.taken[0]
    render.talk(f"next: cc run {first}; what still stands in clear text: cc import --left; to take it back: --undo")


def _check(done: Done) -> None:
    from cc_launcher.cli import add_steps

    for name in done.taken:
        try:
            add_steps.try_out(profiles.load(name))
        except CcError as error:
            render.talk(f"{error.what}" + (f" ({error.hint})" if error.hint else ""))


def _data(looked: Looked, done: Done, left: list[tuple[str, str, str]]) -> dict[str, object]:
    return {
        "found": [offers.as_data(offer) for offer in looked.offers],
        "not_imported": [
            {"name": skip.name, "place": str(skip.place), "why": skip.why, "hint": skip.hint or None}
            for skip in looked.skipped
        ],
        "faults": looked.faults,
        "taken": done.taken,
        "number": done.number or None,
        "left": [{"name": name, "why": why, "command": command} for name, why, command in left],
    }
