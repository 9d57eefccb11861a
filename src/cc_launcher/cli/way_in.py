"""From a line of `cc run` to a launch that lacks nothing: all questions first, and only then is anything kept.

Who leaves at a question has changed nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from cc_launcher.actions import key_places, own_key, planning, states
from cc_launcher.actions.key_places import SESSION, Place
from cc_launcher.actions.own_key import Tried
from cc_launcher.actions.planning import Planned
from cc_launcher.cli import ask_client, ask_key, questions, render
from cc_launcher.cli.ask_key import Given
from cc_launcher.cli.ask_missing import Answers
from cc_launcher.core.errors import CcError, NotThere
from cc_launcher.core.plan import BY_ITSELF
from cc_launcher.core.plan.make_plan import reference_of
from cc_launcher.core.profile.model_choice import choose
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.profile.state import MISSING
from cc_launcher.files import profiles
from cc_launcher.launch import planfile, report
from cc_launcher.launch.request import Request

Secrets = dict[tuple[str, ...], str]


@dataclass(frozen=True)
class Ready:
    """What can be launched, the secrets that were read for it, and what to remember when it is."""

    planned: Planned
    read: Secrets = field(repr=False)
    remember: Callable[[], None]


def prepared(asked: Request, answers: Answers, *, asks_anyway: bool) -> Ready:
    """Ask for what is missing, keep it, and plan. `asks_anyway`: the provider is asked about the key in any case."""
    fault = ask_client.missing()
    if fault is not None and not questions.is_conversation():
        raise fault
    install = "" if fault is None else ask_client.how(fault, f"cc run {asked.profile}")
    loaded = profiles.load(asked.profile)
    if loaded.profile.by_gateway:
        _gateway(asked, loaded, answers, install)
        answers, install = Answers() if answers.is_kept else answers, ""
    planned = _spelled(asked, _plan(asked, for_real=not install, asks=not asks_anyway))
    given, said, read = _key(asked, planned, is_tried=not asks_anyway)
    answers.write()
    if given is not None:
        given = _kept(planned, given)
    if install:
        ask_client.install_it(install)
    if install or given is not None:
        planned = _plan(asked, for_real=True, asks=not asks_anyway)
    if given is not None:
        read = {slot.read: given.value for slot in own_key.slots(planned) if slot.delivery not in BY_ITSELF}
        said = given.said
    once = given is not None and given.is_for_one_session
    if said is not None and said.is_taken and not once:
        own_key.accepted(asked.profile, reference_of(planned.resolved, planfile.present()))
    return Ready(planned, read, _remembered(planned, said, once=once, without_plan=answers.are_for_once))


def _gateway(asked: Request, loaded: Resolved, answers: Answers, install: str) -> None:
    """All that a session of a gateway needs before it is planned, since it is served then."""
    from cc_launcher.cli import gateway_way_in  # other launches do not pay for it

    _spelled(asked, _plan(asked, for_real=False))  # a model that there is not is said before anything is asked
    wanted = gateway_way_in.asked(loaded, asked.word)
    answers.write()
    wanted.keep()
    if install:
        ask_client.install_it(install)
    wanted.install()


def _plan(asked: Request, *, for_real: bool, asks: bool = True) -> Planned:
    """The plan; without a client, the one that there will be. `asks`: a local server what it has."""
    planned = planning.plan(asked, for_real=for_real, ask=for_real and asks, screen=questions.screen())
    for problem in filter(None, () if for_real else (planned.unfit, planned.held)):
        raise problem
    return planned


def _spelled(asked: Request, planned: Planned) -> Planned:
    """The same, or the plan for the model whose name was nearly typed."""
    if asked.word is None or "--anyway" in asked.flags or not questions.is_conversation():
        return planned
    near = choose(planned.resolved.profile, asked.profile, asked.word).near
    if not near or not questions.agree(f"{asked.profile} has no model {asked.word}. Did you mean {near}?", usual=True):
        return planned
    asked.word = near
    return _plan(asked, for_real=not planned.missing)


def _key(asked: Request, planned: Planned, *, is_tried: bool) -> tuple[Given | None, Tried | None, Secrets]:
    """A new key where there is none, or a wrong one; else what the provider says of the one there is, if need be."""
    read: Secrets = {}
    own = reference_of(planned.resolved, planfile.present())
    may_give = (
        questions.is_conversation()
        and own is not None
        and own.store != "env"
        and key_places.can_be_given(planned.resolved)
    )
    try:
        value = own_key.read(planned, read)
    except CcError as error:
        if not may_give or not (isinstance(error, NotThere) or states.of(planned.resolved).key == MISSING):
            raise  # such as a keyring that is locked, with the key in it
        return _given(asked, planned), None, {}
    if not is_tried or not value or not own_key.is_to_be_tried(planned, asked.rest):
        return None, None, read
    said = own_key.tried(planned.resolved, value, asked.word)
    if said.is_refused:
        refusal = own_key.refusal(planned.resolved, said)
        if not may_give:
            raise refusal
        report.say(refusal)
        if not questions.agree("Paste another key now?", usual=True):
            raise refusal
        return _given(asked, planned), None, {}
    if said.words:
        render.talk(f"{asked.profile}: {said.words}")
    return None, said, read


def _given(asked: Request, planned: Planned) -> Given:
    return ask_key.ask(planned.resolved, word=asked.word, for_session=own_key.may_be_for_one_session(planned))


def _kept(planned: Planned, given: Given) -> Given:
    """Keep a pasted key. A store that does not take it is no reason to throw it away."""
    try:
        for line in own_key.kept(planned.resolved, given.place, given.value):
            render.talk(line)
    except CcError as error:
        report.say(error)
        if not own_key.may_be_for_one_session(planned) or not questions.agree(
            "Go on with the key for this session alone?", usual=True
        ):
            raise CcError(f"{planned.plan.profile}: nothing was started", error.hint, code=error.code) from None
        return replace(given, place=Place(SESSION))
    return given


def _remembered(planned: Planned, said: Tried | None, *, once: bool, without_plan: bool) -> Callable[[], None]:
    """What is written down when the client is about to start."""
    references = [slot.reference for slot in planned.plan.slots]
    if once:
        own = {slot.reference for slot in own_key.slots(planned)}
        return lambda: planned.note([text for text in references if text not in own])
    if without_plan or (said is not None and said.is_to_be_tried_again):

        def without_the_plan() -> None:
            planned.bind()
            planned.note(references)

        return without_the_plan
    return planned.remember


def with_plan(ready: Ready, planned: Planned, read: Secrets) -> Ready:
    """The same launch after it was asked first, or the one that took its place."""
    same = planned.plan.profile == ready.planned.plan.profile
    return replace(ready, planned=planned, read=read, remember=ready.remember if same else planned.remember)
