"""A key that is not there yet: where to get one, where it is to be kept, a prompt that does not show it, one try."""

from dataclasses import dataclass, field
from pathlib import Path

from cc_launcher.actions import key_places, own_key
from cc_launcher.actions.key_places import FILE, KEYRING, Place
from cc_launcher.actions.own_key import Tried
from cc_launcher.cli import hidden, questions, render
from cc_launcher.cli.questions import Entry
from cc_launcher.core.errors import REFUSED, CcError, Unfit
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.stores import key_shape
from cc_launcher.core.text import urls
from cc_launcher.files import guard
from cc_launcher.launch import secret_reader
from cc_launcher.net.fetch import offline

_TRIES = 3


@dataclass(frozen=True)
class Given:
    """A key that somebody has pasted, where it is to be kept, and what the provider said of it."""

    place: Place
    value: str = field(repr=False)
    said: Tried | None

    @property
    def is_for_one_session(self) -> bool:
        """Whether it is kept nowhere."""
        return self.place.reference is None


def ask(resolved: Resolved, *, word: str | None, for_session: bool) -> Given:
    """Ask for all of it. Nothing is kept yet."""
    get_one = f" Get one: {resolved.profile.key_url}" if resolved.profile.key_url else ""
    render.talk(f"{resolved.title} needs a key.{get_one}")
    where = place(resolved, for_session=for_session)
    if where is None:
        raise _nowhere(resolved)
    value, said = pasted(resolved, word)
    return Given(where, value, said)


def place(resolved: Resolved, *, for_session: bool) -> Place | None:
    """Where the key is to be kept, of what this machine has; nothing where nobody wants that."""
    found = key_places.of(resolved, for_session=for_session)
    if found.no_keyring:
        render.talk(found.no_keyring)
    if not found.places:
        raise _nowhere(resolved)
    entries = [Entry(_line(one), one) for one in found.places]
    while True:
        chosen: Place = found.places[0]
        if len(entries) > 1 or chosen.kind != FILE:  # there is nothing to choose from but the question that follows
            chosen = questions.choose("Where should the key be kept? (Enter takes the first)", entries)
        if chosen.kind != FILE or questions.agree(_warning(chosen), usual=False):
            return chosen
        if len(entries) == 1:
            return None


def pasted(resolved: Resolved, word: str | None = None) -> tuple[str, Tried | None]:
    """A key that the provider does not refuse, and what it said; three tries."""
    for left in range(_TRIES - 1, -1, -1):
        try:
            value = secret_reader.cleaned(hidden.typed(f"{resolved.title}: paste the key (it is not shown): "))
        except Unfit as bad:
            _again(f"what you pasted {bad}", left)
            continue
        if stranger := questions.oddity_of(resolved, value, key_shape.of_another):
            render.talk(stranger)  # whose key may be worth more than this provider should learn
            if not questions.agree(f"Use it for {resolved.title} anyway?", usual=False):
                _again("it was sent nowhere", left)
                continue
        elif odd := questions.oddity_of(resolved, value):
            render.talk(f"{odd}. Trying it anyway")
        said = _tried(resolved, value, word)
        if said is None or not said.is_refused:
            return value, said
        _again(f"{said.verdict.words}{said.verdict.quoted}", left)
    get_one = f"get a key: {resolved.profile.key_url}, then: " if resolved.profile.key_url else ""
    raise CcError(
        f"{resolved.name}: no key after {_TRIES} tries; nothing was kept",
        f"{get_one}cc run {resolved.name}",
        code=REFUSED,
    )


def _tried(resolved: Resolved, value: str, word: str | None) -> Tried | None:
    if resolved.profile.cloud is not None or offline():
        return None
    render.talk(f"asking {urls.name_of(resolved.profile.base_url or urls.OWN_ADDRESS)} if it accepts the key")
    said = own_key.tried(resolved, value, word)
    if said.words:
        render.talk(said.words)
    return said


def _again(what: str, left: int) -> None:
    render.talk(f"{what}; try again" if left else what)


def _line(one: Place) -> str:
    if one.reference is None:
        return "for this session only: it is not kept"
    if one.kind == FILE:
        return "in a file (programs that run as you can read it; usual without a desktop)"
    return f"in {one.reference.kept_by.title}" + (f" ({one.reference})" if one.kind != KEYRING else " of this system")


def _warning(place: Place) -> str:
    path = guard.shown(Path(place.reference.name)) if place.reference is not None else ""
    return f"Any program that runs as you can read {path}. Keep the key there?"


def _nowhere(resolved: Resolved) -> CcError:
    variable = next(iter(resolved.profile.key_env), "")
    other = f"export {variable}=…, or " if variable else ""
    hint = f"{other}cc edit {resolved.name} secret=REFERENCE, such as op://VAULT/ITEM/FIELD or pass:PATH"
    return CcError(f"{resolved.name}: there is no place to keep the key", hint, code=REFUSED)
