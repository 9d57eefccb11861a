"""What a gateway needs before a first session on it: its engine, and the keys of the providers behind it."""

from cc_launcher.actions import gateway, gateway_install, key_places, own_key, secret_values, states
from cc_launcher.cli import ask_key, gateway_progress, questions, render
from cc_launcher.core.errors import CcError, NotThere
from cc_launcher.core.plan.make_plan import reference_of
from cc_launcher.core.profile.model_choice import choose
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.profile.state import MISSING
from cc_launcher.files import gateway_engine, profiles
from cc_launcher.launch import planfile
from cc_launcher.launch.request import Request


def prepare(asked: Request, loaded: Resolved) -> None:
    """Ask for all of it; where nobody is there, that is an error with the command for it."""
    _spell(asked, loaded)
    for upstream in gateway.described(loaded).upstreams:
        _key(profiles.load(upstream.profile))
    if gateway_engine.installed() is not None:
        return
    if not questions.is_conversation():
        raise gateway_install.missing()
    render.talk(f"{loaded.name} needs {gateway_install.what_it_takes()}")
    if not questions.agree("Install it now?", usual=True):
        raise gateway_install.missing()
    with gateway_progress.Progress() as progress:
        gateway_install.install(progress.begin)


def _spell(asked: Request, loaded: Resolved) -> None:
    """The model whose name was nearly typed, before a gateway is started for another one."""
    if asked.word is None or loaded.profile.gateway is not None or "--anyway" in asked.flags:
        return
    near = choose(loaded.profile, loaded.name, asked.word).near
    question = f"{loaded.name} has no model {asked.word}. Did you mean {near}?"
    if near and questions.is_conversation() and questions.agree(question, usual=True):
        asked.word = near


def _key(upstream: Resolved) -> None:
    """A provider's own key, where there is none yet."""
    own = reference_of(upstream, planfile.present())
    if own is None:
        return
    try:
        secret_values.value_of(upstream, own)
    except CcError as error:
        is_missing = isinstance(error, NotThere) or states.of(upstream).key == MISSING
        may_give = questions.is_conversation() and own.store != "env" and key_places.can_be_given(upstream)
        if not (may_give and is_missing):
            raise
        given = ask_key.ask(upstream, word=None, for_session=False)
        for line in own_key.kept(upstream, given.place, given.value):
            render.talk(line)
        if given.said is not None and given.said.is_taken:
            own_key.accepted(upstream.name, reference_of(profiles.load(upstream.name), planfile.present()))
