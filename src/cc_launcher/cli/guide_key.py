"""`cc add`, the question of the key: pasted now, named where it is kept, or left for later."""

from typing import NamedTuple

from cc_launcher.actions import own_key
from cc_launcher.actions.key_places import Place
from cc_launcher.actions.new_profile import Wanted
from cc_launcher.cli import ask_key, fit_answers, questions, render
from cc_launcher.cli.ask_key import Given
from cc_launcher.cli.questions import Entry
from cc_launcher.core.plan.make_plan import reference_of
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.launch import planfile

_PASTE, _REFERENCE, _VARIABLE, _LATER = "paste", "reference", "variable", "later"


class Key(NamedTuple):
    """What is known of the key so far."""

    is_needed: bool = False
    given: Given | None = None  # it was pasted, and is to be kept
    is_named: bool = False  # it is kept somewhere already


def ask(wanted: Wanted, resolved: Resolved) -> Key:
    """Where the key is. A pasted one is tried, and kept when the profile is written."""
    if resolved.profile.auth not in {"bearer", "api-key"}:
        return Key()
    variables = [name for name in resolved.profile.key_env if name in planfile.present()]
    entries = [Entry(f"in the variable {name}, which is set now", f"{_VARIABLE} {name}") for name in variables]
    entries += [
        Entry("paste it now", _PASTE),
        Entry("in 1Password, pass, Bitwarden, …: give a reference", _REFERENCE),
        Entry("later", _LATER),
    ]
    get_one = f" (a key: {resolved.profile.key_url})" if resolved.profile.key_url else ""
    while True:
        how, _, variable = str(questions.choose(f"Where is the key?{get_one}", entries)).partition(" ")
        if how == _PASTE:
            place = ask_key.place(resolved, for_session=False)
            if place is None:
                continue
            return Key(is_needed=True, given=_pasted(wanted, resolved, place))
        if how == _LATER:
            return Key(is_needed=True)
        wanted.secret = f"env:{variable}" if how == _VARIABLE else questions.answer(_ASKED, fit_answers.reference)
        return Key(is_needed=True, is_named=True)


_ASKED = "Its reference, such as op://VAULT/ITEM/FIELD or pass:PATH"


def _pasted(wanted: Wanted, resolved: Resolved, place: Place) -> Given:
    value, said = ask_key.pasted(resolved)
    if place.reference is not None and place.reference.store != "keyring":
        wanted.secret = str(place.reference)
    return Given(place, value, said)


def keep(resolved: Resolved, given: Given) -> None:
    """Keep a pasted key, now that its profile is there."""
    for line in own_key.kept(resolved, given.place, given.value):
        render.talk(line)
    if given.said is not None and given.said.is_taken:
        own_key.accepted(resolved.name, reference_of(resolved, planfile.present()))
        render.talk(f"{resolved.name}: the provider accepts the key")
