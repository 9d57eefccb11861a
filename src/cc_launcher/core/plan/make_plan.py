"""The one function that makes a plan. Everything else (launch, wrapper, `cc env`, `cc show`) renders one."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from cc_launcher.core.errors import INVALID, USAGE, CcError
from cc_launcher.core.plan import (
    BESIDE,
    BY_ITSELF,
    COLLECTOR,
    CUSTOM_HEADERS,
    DESCRIPTOR,
    HEADER,
    HELPER,
    HOSTED,
    SEALED,
    TOKEN,
    URL,
    Plan,
    Slot,
    client,
    mcp_config,
    priced,
    session_mark,
    set_values,
    telemetry,
)
from cc_launcher.core.plan.machine import Machine, SettingsFile
from cc_launcher.core.plan.pins import allowed_by, managed_for, marks, network_for, pins_for, used_by
from cc_launcher.core.plan.protection import UPDATE, protection_for, refuse_strangers, respect_policy, unheld_network
from cc_launcher.core.profile import beside, clouds, local_servers, variables
from cc_launcher.core.profile.field_types import OWN
from cc_launcher.core.profile.model_choice import choose
from cc_launcher.core.profile.profile import Profile
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.stores import references
from cc_launcher.core.text import urls
from cc_launcher.core.text.names import VARIABLE

# The login is a file of the client, or a token that `claude setup-token` made, in one of these.
LOGIN = (
    "CLAUDE_CODE_OAUTH_TOKEN",
    "CLAUDE_CODE_OAUTH_REFRESH_TOKEN",
    "CLAUDE_CODE_OAUTH_SCOPES",
    "CLAUDE_CODE_OAUTH_CLIENT_ID",
    "CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR",
)
NOT_ASKED = ("",)  # of a plan whose server has to be asked, and was not
_PLAIN_MODE = ("--permission-mode", "default")


@dataclass(frozen=True)
class Options:
    """What the command line says beside the profile and the model."""

    sealed: bool = False
    env: tuple[tuple[str, str], ...] = ()
    anyway: bool = False  # nothing is said of a model that is taken on trust
    is_part: bool = False  # of what has handed over the client, such as an editor: what says so stays


class Carried(NamedTuple):
    """A secret in a header, or in the address."""

    delivery: str  # HEADER or URL
    name: str
    reference: references.Reference
    before: str = ""
    is_own: bool = False  # the profile's own secret


def make_plan(resolved: Resolved, word: str | None, options: Options, machine: Machine) -> Plan:
    """The plan of a launch of this profile, on this machine, on the model that the word means."""
    resolved = replace(resolved, profile=clouds.settled(resolved.profile, machine.present))
    profile = resolved.profile
    respect_policy(profile, machine.managed)
    choice = choose(profile, resolved.name, word)
    reference = reference_of(resolved, machine.present)
    protection, notes = protection_for(resolved, machine, reference, sealed=options.sealed)
    refuse_strangers(
        resolved, machine, protection, {*choice.slots.values(), *profile.models} if choice.slots else set()
    )
    slots = (
        *_slots(resolved, reference, protection, machine),
        *mcp_config.slots(resolved, machine),
        *telemetry.slots(resolved, machine),
    )
    _refuse_shared(resolved, slots)
    _refuse_scrubbed_helper(resolved, slots)
    values = set_values.of(resolved, choice, protection, machine) | _overrides(options, profile)
    prices = priced.of(profile, allowed_by(profile, choice), len(used_by(choice)), machine, protection)
    values |= marks(resolved.name, protection, prices.mark)
    unset = _unset(profile, values, slots, variables.SURROUNDING.names if options.is_part else ())
    mark = session_mark.of(resolved, machine)
    trusted = "" if options.anyway else choice.note
    if profile.budget is not None:
        from cc_launcher.core.plan import hooks  # noqa: PLC0415 - a cached launch looks at each module that was needed

        notes = [*notes, *hooks.notes(resolved.name, machine)]
    if open_names := unheld_network(machine, protection):
        notes = [*notes, _open_to(resolved.name, open_names)]
    return Plan(
        profile=resolved.name,
        label=resolved.label,
        model=choice.main,
        protection=protection,
        direct=direct_host(profile),
        server=NOT_ASKED if local_servers.of(profile) is not None else (),
        target=machine.target,
        set=values,
        unset=unset,
        judged=machine.judged,
        pins=pins_for(resolved.name, profile, choice, values, unset, slots, machine, mark),
        mark=mark,
        mark_apart=session_mark.apart(resolved, machine) if mark else "",
        network=(*network_for(machine), *telemetry.attributes(profile, resolved.name, machine)),
        memory="1" if protection != HOSTED and machine.has_memory and machine.can(client.READS_MEMORY) else "",
        managed=managed_for(profile, choice, machine, prices),
        subcommands=client.subcommands(machine.version),
        unpinned=client.unpinned(machine.version),
        args=(*mcp_config.arguments(profile, machine), *profile.args),
        mode_args=_mode_args(profile, (*machine.settings, *machine.managed)),
        slots=slots,
        notes=tuple(note for note in (*notes, trusted, *_of_file(machine)) if note),
        sources=(*(source.path for source in resolved.chain), *machine.watched),
    )


def _open_to(name: str, names: tuple[str, ...]) -> str:
    """What stays open where the user's proxy has a password in it, and the client reads arguments alone."""
    return (
        f"{name}: {', '.join(names)} holds a password, and this client takes no pin for it: a settings file that comes "
        f"into this project during the session could replace your proxy; {UPDATE} ends that"
    )


def direct_host(profile: Profile) -> str:
    """The server's host, where it is on this machine, or a local one: what is for it goes through no proxy."""
    host = urls.name_of(profile.base_url) if profile.base_url else ""
    return host if urls.is_loopback(host) or local_servers.of(profile) is not None else ""


def default_reference(resolved: Resolved, present: frozenset[str]) -> str:
    """Where the secret is when the profile does not say: a variable of this provider that is set, else the keyring."""
    found = next((name for name in clouds.key_variables(resolved.profile) if name in present), None)
    return f"env:{found}" if found else f"keyring:{resolved.name}"


def reference_of(resolved: Resolved, present: frozenset[str]) -> references.Reference | None:
    """Where this profile's secret is; nothing for one that needs none."""
    if resolved.profile.auth not in {"bearer", "api-key"}:
        return None
    return references.parse(resolved.profile.secret or default_reference(resolved, present))


def _slots(
    resolved: Resolved, reference: references.Reference | None, protection: str, machine: Machine
) -> tuple[Slot, ...]:
    profile = resolved.profile

    def slot(wanted: references.Reference, delivery: str, name: str) -> Slot:
        hint = keep_it(resolved, wanted)
        return Slot(reference=str(wanted), delivery=delivery, name=name, read=wanted.read(machine.tools), hint=hint)

    found = [
        slot(carried.reference, carried.delivery, carried.name).but(
            before=carried.before, hint=keep_it(resolved, carried.reference, carried)
        )
        for carried in carried_by(resolved, reference)
    ]
    if reference is not None:
        if protection == SEALED:
            found.append(slot(reference, HELPER, "apiKeyHelper"))
        elif (cloud := clouds.of(profile)) is not None:
            found.append(slot(reference, TOKEN, clouds.secret_variable(profile, cloud)))
        elif profile.auth == "bearer":
            found.append(slot(reference, TOKEN, "ANTHROPIC_AUTH_TOKEN"))
        else:
            # Not ANTHROPIC_API_KEY: the client would ask whether to use it and recommend No, and on a fresh home it
            # would first call api.anthropic.com. Measured on 2.1.72 and 2.1.329: a key by descriptor does neither.
            found.append(slot(reference, DESCRIPTOR, "CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR"))
    return tuple(found)


def _refuse_shared(resolved: Resolved, slots: tuple[Slot, ...]) -> None:
    """Refuse a secret that would go to the provider and to somebody else: whichever of its places is used today."""
    own = {slot.reference for slot in slots if slot.delivery not in BESIDE}
    kept = reference_of(resolved, frozenset())
    own |= {str(kept)} if kept is not None else set()
    beside.refuse_shared(resolved, own, urls.name_of(resolved.profile.base_url or urls.OWN_ADDRESS))


def _of_file(machine: Machine) -> tuple[str, ...]:
    return machine.mcp_file.notes if machine.mcp_file is not None else ()


def carried_by(resolved: Resolved, own: references.Reference | None) -> list[Carried]:
    """The secrets in places other than the token."""
    found = []
    for name, about in resolved.profile.secret_headers.items():
        reference = own if about.secret == OWN else references.parse(about.secret)
        if reference is not None:
            found.append(Carried(HEADER, name, reference, about.prefix, is_own=about.secret == OWN))
    for name, where in resolved.profile.secret_values.items():
        found.append(Carried(URL, name, references.parse(where)))
    return found


def keep_at(resolved: Resolved, reference: references.Reference, place: str) -> str:
    """How a user keeps the secret of a header, of a part of the address or of `mcp SERVER`; or the profile's own."""
    hint = reference.kept_by.keep(reference.name, resolved.name)
    if not place or hint != f"cc secret set {resolved.name}":
        return hint
    if place.startswith("mcp "):
        return f"{hint} --{place}"
    return f"{hint} --{'value' if place in resolved.profile.secret_values else 'header'} {place}"


def keep_it(resolved: Resolved, reference: references.Reference, carried: Carried | None = None) -> str:
    """What to do when this secret is not there."""
    profile = resolved.profile
    if carried is not None and not carried.is_own:
        return keep_at(resolved, reference, carried.name)
    key_env = clouds.key_variables(profile)
    variable = f"export {key_env[0]}=…, or " if key_env and reference.store == "keyring" else ""
    get_one = f" (a key: {profile.key_url})" if profile.key_url else ""
    return variable + reference.kept_by.keep(reference.name, resolved.name) + get_one


def _overrides(options: Options, profile: Profile) -> dict[str, str]:
    """The command line's `--env NAME=VALUE`."""
    for name, _ in options.env:
        telemetry.refuse_variable(profile, name)
        group = variables.group_of(name)
        if not VARIABLE.fullmatch(name):
            raise CcError(f"--env: {name!r} is not a variable name", "write --env NAME=VALUE", code=USAGE)
        if name == "CLAUDE_CONFIG_DIR":
            hint = "export it, so that the launch looks at the same settings files, or say `isolated = true`"
            raise CcError("--env: CLAUDE_CONFIG_DIR cannot be set with --env", hint, code=USAGE)
        if group is not None and not group.keepable:
            raise CcError(
                f"--env: {name} cannot be set: it {group.reason}",
                "that is what a profile's base_url, auth and secret are for",
                code=USAGE,
            )
    return dict(options.env)


def _unset(profile: Profile, values: dict[str, str], slots: tuple[Slot, ...], kept: tuple[str, ...]) -> tuple[str, ...]:
    filled = [slot for slot in slots if slot.delivery not in BESIDE]
    own = {
        *values,
        *kept,
        *profile.keep,
        *(CUSTOM_HEADERS if slot.delivery == HEADER else slot.name for slot in filled),
    }
    if profile.auth == "login":
        own.update(LOGIN)
    names = [name for group in variables.GROUPS for name in group.names if name not in own]
    if (cloud := clouds.of(profile)) is not None:
        names += [name for name in clouds.taken_out(profile, cloud) if name not in own]
    # Where a secret is read from the environment, every command of the session would see it there.
    copies = [slot.read[1] for slot in slots if slot.read[0] == "env" and slot.read[1] not in own]
    return tuple(dict.fromkeys([*names, *copies, *_of_stores(profile, slots)]))


def _refuse_scrubbed_helper(resolved: Resolved, slots: tuple[Slot, ...]) -> None:
    """What fetches a secret in the session needs what `scrub` takes out of it."""
    for slot in slots:
        store = references.parse(slot.reference).kept_by
        if resolved.profile.scrub and slot.delivery in BY_ITSELF and store.variables:
            sealed = slot.delivery == HELPER
            server = f"for the MCP server {slot.name.partition('.')[0]}"
            whose = {HELPER: "in a sealed launch", COLLECTOR: "for telemetry"}.get(slot.delivery, server)
            raise CcError(
                f"{resolved.name}: `scrub` takes out what {store.title} needs to be read {whose}",
                "choose one of the two: scrub, or sealed"
                if sealed
                else "leave out `scrub`, or keep it in another store",
                code=INVALID,
            )


def _of_stores(profile: Profile, slots: tuple[Slot, ...]) -> list[str]:
    """With `scrub`, what the stores of this profile need for themselves."""
    if not profile.scrub:
        return []
    stores = [references.parse(slot.reference).kept_by for slot in slots]
    return [name for store in stores for name in store.variables if name not in profile.keep]


def _mode_args(profile: Profile, settings: tuple[SettingsFile, ...]) -> tuple[str, ...]:
    """The plain permission mode, where nothing else chooses one: the default asks a model that is not there."""
    if profile.auth == "login" or any(_chooses_mode(file) for file in settings):
        return ()
    return _PLAIN_MODE


def _chooses_mode(file: SettingsFile) -> bool:
    """Whether a settings file says how a session asks. What cannot be read may: unless it comes with a project."""
    return "permissions.defaultMode" in file.keys or (bool(file.problem) and file.scope in {"user", "managed"})
