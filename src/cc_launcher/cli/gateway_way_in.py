"""What a gateway needs before a first session on it: the keys of the providers behind it, and its engine.

All questions come first; then keys are kept, and the engine is installed. Who leaves at a question has changed nothing,
and who stops an installation keeps the key.
"""

from dataclasses import dataclass, field

from cc_launcher.actions import gateway, gateway_install, key_places, own_key, secret_values, states
from cc_launcher.cli import ask_key, gateway_progress, questions, render
from cc_launcher.cli.ask_key import Given
from cc_launcher.core.errors import CcError, NotThere
from cc_launcher.core.gateway.description import Upstream
from cc_launcher.core.plan.make_plan import reference_of
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.profile.state import MISSING
from cc_launcher.core.stores import references
from cc_launcher.files import gateway_engine, profiles, records
from cc_launcher.launch import planfile, report
from cc_launcher.net.fetch import offline


@dataclass(frozen=True)
class Answers:
    """What was asked for, and is not there yet."""

    keys: tuple[tuple[Resolved, Given], ...] = field(repr=False)
    installs: bool

    def keep(self) -> None:
        """Keep the keys, each where somebody wants it."""
        for upstream, given in self.keys:
            _keep(upstream, given)

    def install(self) -> None:
        """Install the engine, if it was wanted."""
        if not self.installs:
            return
        with gateway_progress.Progress() as progress:
            done = gateway_install.install(progress.begin)
        render.talk(f"the gateway's engine is installed: LiteLLM {done.version}")


def asked(loaded: Resolved, word: str | None) -> Answers:
    """Ask for all of it; where nobody is there, that is an error with the command for it."""
    keys = []
    for upstream in gateway.described(loaded, word or "").upstreams:
        whose = profiles.load(upstream.profile)
        _others(whose, upstream)
        if (given := _key(whose, word if loaded.profile.gateway is None else None)) is not None:
            keys.append((whose, given))
    return Answers(tuple(keys), installs=_is_to_be_installed(loaded))


def _is_to_be_installed(loaded: Resolved) -> bool:
    engine = gateway_engine.installed()
    if engine is not None:
        gateway_install.refused_by_name(engine.version)
        return False
    if not questions.is_conversation():
        raise gateway_install.missing()
    render.talk(f"{loaded.name} needs {gateway_install.what_it_takes()}")
    if not questions.agree("Install it now?", usual=True):
        raise gateway_install.missing()
    return True


def _others(whose: Resolved, upstream: Upstream) -> None:
    """The secrets beside its own key: each is there, or says how to put it there."""
    own = str(reference_of(whose, planfile.present()))
    for reference in {secret.reference for secret in upstream.secrets} - {own}:
        secret_values.value_of(whose, references.parse(reference))


def _key(whose: Resolved, word: str | None) -> Given | None:
    """A new key where there is none, or where the provider does not take it."""
    own = reference_of(whose, planfile.present())
    if own is None:
        return None
    may_give = questions.is_conversation() and own.store != "env" and key_places.can_be_given(whose)
    try:
        value = secret_values.value_of(whose, own)
    except CcError as error:
        if not may_give or not (isinstance(error, NotThere) or states.of(whose).key == MISSING):
            raise  # such as a keyring that is locked, with the key in it
        return ask_key.ask(whose, word=word, for_session=True)
    if offline() or records.read().is_accepted(whose.name, str(own)):
        return None
    said = own_key.tried(whose, value, word)
    if said.is_refused:
        refusal = own_key.refusal(whose, said)
        if not may_give:
            raise refusal
        report.say(refusal)
        if not questions.agree("Paste another key now?", usual=True):
            raise refusal
        return ask_key.ask(whose, word=word, for_session=True)
    if said.words:
        render.talk(f"{whose.name}: {said.words}")
    if said.is_taken:
        own_key.accepted(whose.name, own)
    return None


def _keep(upstream: Resolved, given: Given) -> None:
    """Keep a pasted key. A store that does not take it is no reason to throw it away."""
    if given.is_for_one_session:
        gateway.for_one_session(upstream.name, given.value)
        return
    try:
        for line in own_key.kept(upstream, given.place, given.value):
            render.talk(line)
    except CcError as error:
        report.say(error)
        if not questions.agree("Go on with the key for this session alone?", usual=True):
            raise CcError(f"{upstream.name}: nothing was started", error.hint, code=error.code) from None
        gateway.for_one_session(upstream.name, given.value)
        return
    if given.said is not None and given.said.is_taken:
        own_key.accepted(upstream.name, reference_of(profiles.load(upstream.name), planfile.present()))
