"""The profile's own key at a launch: read once, tried once at its provider, and kept where somebody wants it."""

from dataclasses import dataclass

from cc_launcher.actions import secret_values
from cc_launcher.actions.key_places import Place
from cc_launcher.actions.planning import Planned
from cc_launcher.core.errors import REFUSED, CcError
from cc_launcher.core.plan import BESIDE, BY_ITSELF, HELPER, Slot, first_answer, needs_model
from cc_launcher.core.plan.first_answer import Verdict
from cc_launcher.core.plan.make_plan import reference_of
from cc_launcher.core.profile import toml_edit
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.stores import references
from cc_launcher.core.stores.references import Reference
from cc_launcher.core.text import printable
from cc_launcher.files import gateway_keys, hosts, places, profiles, records, user_profiles
from cc_launcher.launch import planfile, secret_reader, start
from cc_launcher.secrets import keep

PATIENCE = 3.0  # seconds, of somebody who wants to start
REFUSES = frozenset({first_answer.KEY, first_answer.UNSENDABLE})
_UNHEARD = frozenset({first_answer.DOWN, first_answer.SILENT, first_answer.FAULT, first_answer.MOVED})


@dataclass(frozen=True)
class Tried:
    """What became of asking the provider about a key."""

    verdict: Verdict
    base: str  # its address, with no secret in it

    @property
    def is_refused(self) -> bool:
        """Whether the key is a wrong one."""
        return self.verdict.kind in REFUSES

    @property
    def is_taken(self) -> bool:
        """Whether the provider has looked at the key and found nothing wrong with it."""
        return not self.is_refused and self.verdict.kind not in _UNHEARD

    @property
    def is_to_be_tried_again(self) -> bool:
        """Whether the next launch is to ask, too: nobody was there. Who is slow would make each one slow."""
        return self.verdict.kind == first_answer.DOWN

    @property
    def words(self) -> str:
        """What there is to say of it before a launch; nothing where all is well."""
        said = self.verdict
        if said.kind == first_answer.CREDIT:
            return f"the provider knows the key, but there is no credit ({said.status}){said.quoted}"
        if said.kind in _UNHEARD:
            return f"{printable(self.base)}: {said.words}; the key was not checked"
        return ""


def slots(planned: Planned) -> list[Slot]:
    """Where the plan hands the profile's own key over."""
    own = reference_of(planned.resolved, planfile.present())
    return [slot for slot in planned.plan.slots if slot.delivery not in BESIDE and slot.reference == str(own)]


def may_be_for_one_session(planned: Planned) -> bool:
    """Whether the key can be handed over without being kept: not where the client fetches it later."""
    return not any(slot.delivery in BY_ITSELF for slot in slots(planned))


def read(planned: Planned, into: dict[tuple[str, ...], str]) -> str:
    """The key, as the launch reads it; it is not read again then. Empty for a profile that has none."""
    value = ""
    for slot in slots(planned):
        if slot.delivery == HELPER:
            value = into[start.by_itself(slot)] = secret_reader.for_helper(slot, planned.plan.profile)
        else:
            if slot.read not in into:
                into[slot.read] = secret_reader.of(slot, planned.plan.profile)
            value = into[slot.read]
    return value


def is_to_be_tried(planned: Planned, rest: list[str]) -> bool:
    """Whether nobody knows yet that the provider takes this key, and it can be asked."""
    from cc_launcher.net.fetch import offline

    resolved = planned.resolved
    own = reference_of(resolved, planfile.present())
    return (
        own is not None
        and not gateway_keys.is_one(str(own))  # of the gateway, which was just started
        and resolved.profile.cloud is None
        and planned.told is None  # a server on this machine was asked already
        and not offline()
        and not records.read().is_accepted(resolved.name, str(own))
        and needs_model(rest, planned.plan.subcommands)
    )


def tried(resolved: Resolved, value: str, word: str | None = None) -> Tried:
    """Ask the provider for one token of its cheapest model."""
    from cc_launcher.net import key_check

    others = secret_values.others_of(resolved, value)
    try:
        model = key_check.cheapest(resolved, word)
    except CcError:
        model = key_check.UNCHOSEN  # of a profile that is just being made
    verdict = key_check.asked(resolved, model, value, others, PATIENCE)
    return Tried(verdict, key_check.base_of(resolved))


def refusal(resolved: Resolved, said: Tried) -> CcError:
    """What to say of a kept key that the provider does not take: which one it is, and how to replace it."""
    own = reference_of(resolved, planfile.present())
    profile = resolved.profile
    kept = f"{own.kept_by.title} ({own})" if own is not None else "nowhere"
    looks = f", and keys of {resolved.title} begin with {profile.key_prefix}" if profile.key_prefix else ""
    replace = own.kept_by.keep(own.name, resolved.name) if own is not None else f"cc secret set {resolved.name}"
    get_one = f" (a new key: {profile.key_url})" if profile.key_url else ""
    what = f"{resolved.name}: {said.verdict.words}: it is the one in {kept}{looks}"
    return CcError(f"{what}{said.verdict.quoted}", f"replace it: {replace}{get_one}", code=REFUSED)


def accepted(name: str, reference: Reference | None) -> None:
    """Nobody needs to try this key again."""
    if reference is not None:
        records.note_accepted(name, str(reference))


def kept(resolved: Resolved, place: Place, value: str) -> list[str]:
    """Keep the key there, and have the profile look for it there. What there is to say."""
    if place.reference is None:
        return []
    usual = secret_values.to_keep(resolved)
    if place.reference == usual:
        return secret_values.kept(resolved, usual, value)
    keep.put(place.reference, value, resolved.name)
    try:
        moved = point(resolved.name, str(place.reference))
    except BaseException:
        keep.remove(place.reference, resolved.name)  # a key that nobody looks for is a key that lies around
        raise
    secret_values.note_kept(moved, place.reference)
    hosts.confirm(moved, place.reference)
    return [f"{resolved.name}: the key is kept in {place.reference.kept_by.title} ({place.reference})"]


def point(name: str, secret: str) -> Resolved:
    """Have the user's profile of this name look for its key there; with nothing said, in the keyring.

    One that would say nothing of its own any more is taken away: the catalog's is the same.
    """
    if name not in places.user_names():
        user_profiles.create(name, toml_edit.new({"extends": name, "secret": secret}))
    else:
        text = user_profiles.read(name)
        after = toml_edit.changed(text, [f'secret="{secret}"'] if secret else [], [] if secret else ["secret"])
        if profiles.find(name, only_shipped=True) is not None and toml_edit.says_only(after, {"extends": name}):
            user_profiles.delete(name)
        else:
            user_profiles.replace(name, after)
    return profiles.load(name)


def movable(resolved: Resolved, where: Reference) -> Reference:
    """Where the key is now, if it can be moved to there."""
    now = secret_values.own_of(resolved)
    if now is None:
        raise CcError(f"{resolved.name} needs no key (auth = {resolved.profile.auth})", f"cc run {resolved.name}")
    if now == where:
        raise CcError(f"{resolved.name}: the key is already there ({where})", "nothing was changed")
    for place in (now, where):
        if not keep.can_keep(place):
            hint = f"move it by hand, then: cc edit {resolved.name} secret={where}"
            raise CcError(f"{resolved.name}: cc does not write to {place.kept_by.title}", hint, code=REFUSED)
    return now


def moved(resolved: Resolved, where: Reference) -> list[str]:
    """Take the key from where it is to another store: it is there before it is gone here."""
    before = movable(resolved, where)
    value = secret_values.value_of(resolved, before)
    was_accepted = records.read().is_accepted(resolved.name, str(before))
    keep.put(where, value, resolved.name)
    pointed = point(resolved.name, "" if str(where) == f"keyring:{resolved.name}" else str(where))
    records.note_kept(str(where))
    hosts.confirm(pointed, where)
    if was_accepted:
        accepted(resolved.name, where)
    others = [name for name in secret_values.using(before) if name != resolved.name]
    said = [f"{resolved.name}: the key is in {where.kept_by.title} now ({where})"]
    if others:
        return [*said, f"{before} stays: {', '.join(others)} reads it, too"]
    keep.remove(before, resolved.name)
    records.note_gone(str(before))
    return [*said, f"{before} is removed"]


def reference(text: str) -> Reference:
    """A reference that somebody typed."""
    try:
        return references.parse(text)
    except references.BadReference as bad:
        raise CcError(f"{printable(text)[:80]} {bad.reason}", bad.hint) from None
