"""Where a profile's key can be kept on this machine, found out before anybody is asked for it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cc_launcher.core.stores import references
from cc_launcher.core.stores.references import Reference
from cc_launcher.files import places
from cc_launcher.secrets import keep, open_stores

if TYPE_CHECKING:
    from cc_launcher.core.profile.resolve import Resolved  # which takes longer to load than a look at stores takes

KEYRING, STORE, NAMED, SESSION, FILE = "keyring", "store", "named", "session", "file"


@dataclass(frozen=True)
class Place:
    """One place."""

    kind: str
    reference: Reference | None = None  # none: it is handed to one launch, and kept nowhere


@dataclass(frozen=True)
class Choice:
    """The places there are, the best first, and why the keyring is not among them."""

    places: tuple[Place, ...]
    no_keyring: str = ""


def of(resolved: "Resolved", *, for_session: bool) -> Choice:
    """The places for this profile's own key.

    A store comes before this session, and a file that any program of the user's can read is never the first.
    """
    from cc_launcher.actions import secret_values

    own = secret_values.to_keep(resolved)
    if own.store == "keyring":
        return of_keyring(own, resolved.name, for_session=for_session)
    named = (Place(NAMED, own),) if keep.can_keep(own) else ()
    return Choice((*named, *((Place(SESSION),) if for_session else ())))


def of_keyring(own: Reference, name: str, *, for_session: bool) -> Choice:
    """The places for a key of this profile that belongs into the keyring."""
    session = (Place(SESSION),) if for_session else ()
    last = Place(FILE, _file(name))
    fault = open_stores.keyring_fault()
    if not fault:
        return Choice((Place(KEYRING, own), *session, last))
    in_pass = references.parse(f"pass:cc-launcher/{name}")
    store = (Place(STORE, in_pass),) if open_stores.pass_is_open() else ()
    return Choice((*store, *session, last), fault)


def can_be_given(resolved: "Resolved") -> bool:
    """Whether the key is kept where cc can put one."""
    from cc_launcher.actions import secret_values

    own = secret_values.own_of(resolved)
    return own is not None and (own.store == "keyring" or keep.can_keep(own))


def _file(name: str) -> Reference:
    return references.parse(f"file:{places.key_file(name)}")
