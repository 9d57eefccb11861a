"""An address and its key that move out of files together: the profile that they become, and where the key goes."""

import shlex
from dataclasses import dataclass

from cc_launcher.actions import new_profile, own_key, secret_values
from cc_launcher.actions.key_places import NAMED, Place
from cc_launcher.actions.new_profile import Wanted
from cc_launcher.core.doctor import belongs
from cc_launcher.core.doctor.findings import Bundle
from cc_launcher.core.errors import REFUSED, USAGE, CcError, Unfit
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.stores import references
from cc_launcher.core.stores.store import BadReference
from cc_launcher.files import guard, hosts, places, profiles, user_profiles
from cc_launcher.launch import secret_reader
from cc_launcher.secrets import keep

KEYRING, FILE = "keyring", "file"


@dataclass(frozen=True)
class Moved:
    """What is to become of it."""

    name: str  # of the profile
    key: str = ""  # to be kept; nothing: it stays where it is asked for
    reference: str = ""  # what the profile says of it; nothing: what profiles say by themselves
    is_new: bool = True


def prepared(bundle: Bundle, raw: str, value: str) -> Moved:
    """The profile that these belong to: one of the user's, if it has this key or none, or else a new one."""
    if bundle.key is None:
        return Moved(_new_name(bundle), reference=_of_variable(bundle))
    command = value if bundle.key.keys[-1] == belongs.HELPER else belongs.asked(raw) if bundle.key.shell else ""
    if command:
        return Moved(_new_name(bundle), reference=f"cmd:sh -c {shlex.quote(command)}")
    key = _cleaned(bundle, value)
    if bundle.profile:
        resolved = profiles.load(bundle.profile)
        reference = secret_values.to_keep(resolved)
        if keep.look(reference, resolved.name)[0]:
            if keep.can_keep(reference):
                hosts.refuse_stranger(resolved, reference)
                return Moved(bundle.profile, key, is_new=False)
        elif secret_values.value_of(resolved, reference) == key:
            return Moved(bundle.profile, is_new=False)
    return Moved(_new_name(bundle), key)


def goes_to_keyring(moved: Moved) -> bool:
    """Whether the key goes to the keyring, unless somebody says otherwise."""
    return bool(moved.key) and (moved.is_new or secret_values.to_keep(profiles.load(moved.name)).store == KEYRING)


def place_of(name: str, chosen: str) -> str:
    """The reference of a place that somebody chose: the keyring, a file of ours, or any that cc can write."""
    if chosen == KEYRING:
        return ""
    text = f"file:{guard.shown(places.key_file(name))}" if chosen == FILE else chosen
    try:
        reference = references.parse(text)
    except BadReference as bad:
        raise CcError(f"--keep-in {bad.reason}", bad.hint, code=USAGE) from None
    if not keep.can_keep(reference):
        raise CcError(f"cc does not write to {reference.kept_by.title}", "--keep-in keyring, pass:NAME or file")
    return text


def made(bundle: Bundle, moved: Moved, place: str) -> list[str]:
    """Make the profile, and keep the key. What there is to say."""
    if not moved.is_new:
        if not moved.key:
            return []
        resolved = profiles.load(moved.name)
        if place:
            return kept_at(resolved, place, moved.key)
        return secret_values.kept(resolved, secret_values.to_keep(resolved), moved.key)
    wanted = Wanted(moved.name, _base(bundle), secret=moved.reference or place, region=bundle.region)
    wanted.tiers = _tiers(bundle)
    path = user_profiles.create(wanted.name, wanted.text())
    said = [f"{wanted.name}: written to {guard.shown(path)}"]
    if moved.key:
        try:
            resolved = profiles.load(wanted.name)
            said += secret_values.kept(resolved, secret_values.to_keep(resolved), moved.key)
        except BaseException:
            user_profiles.delete(wanted.name)  # half a profile would be in the way of the next try
            raise
    return said


def kept_at(resolved: Resolved, place: str, key: str) -> list[str]:
    """Keep the key in another place than the profile says, and have the profile of the user's say so."""
    return own_key.kept(resolved, Place(NAMED, references.parse(place)), key)


def _new_name(bundle: Bundle) -> str:
    return new_profile.free_name(_base(bundle))


def _base(bundle: Bundle) -> str:
    return bundle.profile or bundle.provider


def _of_variable(bundle: Bundle) -> str:
    """A variable that the provider's profile looks at by itself needs no word."""
    own = profiles.load(_base(bundle)).profile.key_env
    return "" if bundle.repeats in own else f"env:{bundle.repeats}"


def _tiers(bundle: Bundle) -> dict[str, str]:
    """The models that the files chose, where the provider's profile has others."""
    known: Resolved = profiles.load(_base(bundle))
    given = dict(bundle.tiers)
    return given if any(getattr(known.profile.tiers, tier) != model for tier, model in given.items()) else {}


def _cleaned(bundle: Bundle, value: str) -> str:
    try:
        return secret_reader.cleaned(value.encode("utf-8", "surrogateescape"))
    except Unfit as bad:
        what = f"{_base(bundle)}: what stands there {bad}; nothing was changed"
        raise CcError(what, "look at it", code=REFUSED) from None
