"""What `cc import` asks on a terminal: which of it, what one of them needs, and where its keys are to be kept."""

from cc_launcher.actions.import_take import Choice
from cc_launcher.actions.key_places import FILE, KEYRING, Place
from cc_launcher.cli import questions, render
from cc_launcher.cli.questions import Entry
from cc_launcher.core.importing import notes
from cc_launcher.core.importing.found import Candidate
from cc_launcher.core.importing.models_of import NO_MODEL
from cc_launcher.core.importing.offers import Offer
from cc_launcher.files import guard, places, profiles

_ALL, _SOME, _NONE = "all", "some", "none"
_OTHER = "-"
_MOST_MODELS = 6
_LINES = {
    "args": "Start claude with it at each launch?",
    "secret": "Take the command over? It then runs at each launch",
    "plain_http": "Send the key there anyway?",
}


def chosen(found: list[Offer], *, with_secret: bool) -> list[Choice]:
    """What somebody wants, with the answers that it needs."""
    new = [offer for offer in found if not offer.there]
    if not new:
        return []
    usual = [offer for offer in new if offer.candidate.chosen]
    wanted = _several(new, usual) if len(new) > 1 else _single(new[0])
    choices = [_answered(offer.candidate, with_secret=with_secret) for offer in wanted]
    return [choice for choice in choices if choice is not None]


def _single(offer: Offer) -> list[Offer]:
    entries = [Entry("yes", [offer]), Entry("no", [])]  # of an old copy, and its like, no is the usual answer
    return list(
        questions.choose(f"Import {offer.candidate.name}?", entries if offer.candidate.chosen else entries[::-1])
    )


def _several(new: list[Offer], usual: list[Offer]) -> list[Offer]:
    rest = [offer.candidate.name for offer in new if not offer.candidate.chosen]
    line = f"{len(usual)} of them: without {notes.together(rest)}" if rest else f"all {len(new)}"
    entries = [Entry(line, _ALL)] if usual else []
    how = questions.choose(f"Import these {len(new)}?", [*entries, Entry("choose", _SOME), Entry("none", _NONE)])
    if how == _NONE:
        return []
    return usual if how == _ALL else _ticked(new, usual)


def _ticked(new: list[Offer], usual: list[Offer]) -> list[Offer]:
    entries = [Entry(f"{each.candidate.name}: {each.candidate.host}", each.candidate.name) for each in new]
    ticked = questions.choose_some("Which?", entries, [each.candidate.name for each in usual])
    return [each for each in new if each.candidate.name in ticked]


def _answered(candidate: Candidate, *, with_secret: bool) -> Choice | None:
    """Ask what this one needs. No answer, no profile; a line without a yes is left out."""
    name = candidate.name
    main = ""
    for need in candidate.needs:
        if need == NO_MODEL:
            main = _model(name, candidate.host)
            if not main:
                return None
        elif not questions.agree(f"{name}: {need}. Take it like that?", usual=False):
            return None
    agreed = []
    for consent in candidate.consents:
        render.talk(notes.only_with_a_yes(name, consent.part, consent.line))
        if questions.agree(f"{_LINES[consent.part]} ({consent.why})", usual=False):
            agreed.append(consent.line)
    if candidate.plain_http and str(candidate.data.get("base_url")) not in agreed:
        return None
    return Choice(candidate, agreed, with_secret, main)


def _model(name: str, host: str) -> str:
    """The model of a relay that names none: the client's own ids, or one that is typed."""
    known = list(profiles.catalog()["anthropic"].models)[:_MOST_MODELS]
    entries = [Entry(model, model) for model in known]
    entries += [Entry("another one", _OTHER), Entry(f"leave {name} out", "")]
    model = str(questions.choose(f"{name}: {host} names no model. Which one is it to start with?", entries))
    if model != _OTHER:
        return model
    from cc_launcher.cli import fit_answers

    return questions.answer("Its id", fit_answers.model)


def store(found: tuple[Place, ...], no_keyring: str) -> str:
    """Where the keys go: into the keyring, or what somebody chooses where there is none. Nothing: nowhere."""
    kinds = [place.kind for place in found]
    if KEYRING in kinds:
        return KEYRING
    if no_keyring:
        render.talk(no_keyring)
    entries = [Entry(_line(place), place.kind) for place in found]
    entries.append(Entry("nowhere: they stay where they are, and each profile asks for its own later", ""))
    while True:
        kind = str(questions.choose("Where should the keys be kept? (Enter takes the first)", entries))
        if kind != FILE or questions.agree(_warning(), usual=False):
            return kind


def _line(place: Place) -> str:
    if place.kind == FILE:
        return "in files (programs that run as you can read them; usual without a desktop)"
    return f"in {place.reference.kept_by.title}" if place.reference is not None else place.kind


def _warning() -> str:
    return f"Any program that runs as you can read {guard.shown(places.key_file('x').parent)}. Keep the keys there?"
