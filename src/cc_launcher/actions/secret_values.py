"""The secrets of a profile, each where it is kept: looked at, read as a launch reads it, and held against its host."""

from typing import TYPE_CHECKING

from cc_launcher.actions.secret_places import all_of, one_of
from cc_launcher.core.errors import CcError
from cc_launcher.core.plan import URL
from cc_launcher.core.plan.make_plan import carried_by, keep_it, reference_of
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.stores.keyring import NOT_IN_KEYRING
from cc_launcher.core.stores.references import Reference
from cc_launcher.files import hosts, places, plan_cache, profiles, records
from cc_launcher.launch import planfile, secret_reader
from cc_launcher.secrets import keep, programs

if TYPE_CHECKING:
    from cc_launcher.net.key_check import Others


def to_keep(resolved: Resolved, header: str = "", mcp: str = "") -> Reference:
    """Where this profile's secret is to be kept: a variable that happens to be set is not asked."""
    return one_of(resolved, header, mcp, reference_of(resolved, frozenset()))


def own_of(resolved: Resolved) -> Reference | None:
    """Where the profile's own key is kept; nothing for one that needs none."""
    return reference_of(resolved, frozenset())


def kept(resolved: Resolved, reference: Reference, value: str) -> list[str]:
    """Keep it for the host of this profile. What there is to say."""
    keep.put(reference, value, resolved.name)
    note_kept(resolved, reference)
    hosts.confirm(resolved, reference)
    said = [f"{resolved.name}: the secret is kept in {reference.kept_by.title} ({reference})"]
    used = reference_of(resolved, planfile.present())
    if used is not None and used.store == "env" and reference.store != "env":
        said.append(
            f"note: {used.name} is set in this shell and is used instead; to use the stored key: unset {used.name}"
        )
    return said


def note_kept(resolved: Resolved, reference: Reference) -> None:
    """A new key is there. The next launch tries it, so the plans that would start without a question go."""
    records.note_kept(str(reference))
    for name in {resolved.name, *using(reference)}:
        plan_cache.forget(name)


def checked(resolved: Resolved, value: str) -> str:
    """What the provider answers to this key, in words."""
    from cc_launcher.net import key_check

    return f"{resolved.name}: {key_check.key(resolved, value, others_of(resolved, value))}"


def others_of(resolved: Resolved, value: str) -> "Others":
    """The secrets in places other than the token, for a profile whose own is this one."""
    from cc_launcher.net.key_check import Others

    headers, values = {}, {}
    for carried in carried_by(resolved, reference_of(resolved, planfile.present())):
        if carried.delivery == URL:
            values[carried.name] = value_of(resolved, carried.reference)
        else:
            secret_of_it = value if carried.is_own else value_of(resolved, carried.reference)
            headers[carried.name] = f"{carried.before}{secret_of_it}"
    return Others(headers, values)


def value_of(resolved: Resolved, reference: Reference, *, alone: bool = False) -> str:
    """A secret, as a launch reads it; alone: with nobody to ask."""
    hosts.refuse_stranger(resolved, reference)
    is_own = reference == reference_of(resolved, planfile.present())
    hint = keep_it(resolved, reference) if is_own else reference.kept_by.keep(reference.name, resolved.name)
    return secret_reader.value(reference.read(programs.found()), resolved.name, hint, alone=alone)


def using(reference: Reference) -> list[str]:
    """The profiles that have this secret."""
    found = []
    for name in places.user_names():
        try:
            resolved = profiles.load(name)
        except CcError:
            continue
        if any(other == reference for _, other in all_of(resolved, frozenset())):
            found.append(name)
    return found


def note_look(reference: Reference, fault: str) -> None:
    """Remember what a look has found. What is in another's store may be back at any time, and a store may be locked."""
    if not fault:
        records.note_seen([str(reference)])
    elif reference.store == "keyring" and fault == NOT_IN_KEYRING:
        records.note_gone(str(reference))


def looked(resolved: Resolved, reference: Reference, gone: dict[str, str]) -> tuple[str, float]:
    """A look at one secret; a store that did not answer at all is not asked again."""
    if reference.store in gone:
        return gone[reference.store], 0.0
    fault, seconds = keep.look(reference, resolved.name)
    note_look(reference, fault)
    if fault and any(
        sign in fault for sign in ("no answer within", "no keyring", "cannot be reached", "not installed")
    ):
        gone[reference.store] = fault
    return fault, seconds
