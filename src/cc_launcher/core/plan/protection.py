"""How a launch is kept from being rerouted by settings files, and when it is refused."""

from cc_launcher.core.errors import INVALID, REFUSED, USAGE, CcError
from cc_launcher.core.plan import (
    BASE_URL,
    CUSTOM_HEADERS,
    HOSTED,
    PINNED,
    SEALED,
    client,
    cloud_launch,
    holds_password,
    policy,
)
from cc_launcher.core.plan.machine import Machine, SettingsFile
from cc_launcher.core.profile import clouds, variables
from cc_launcher.core.profile.profile import Profile
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.stores import references

PROXY_HELPER = "CLAUDE_CODE_ENABLE_PROXY_AUTH_HELPER"
SOCKET = "ANTHROPIC_UNIX_SOCKET"
UPDATE = "update the client (claude update)"


def respect_policy(profile: Profile, managed: tuple[SettingsFile, ...]) -> None:
    """Refuse where an administrator has decided: the host's flag would silently override an organisation's routing."""
    if profile.auth == "login" and profile.base_url is None:
        return  # what plain `claude` does, policy included
    for file in managed:
        decided = policy.decided(file.env, file.keys, on_cloud=profile.cloud is not None)
        if decided or file.problem:
            what = file.problem or f"set {', '.join(decided)}"
            raise CcError(
                f"{file.path}: an administrator's settings {what}; cc does not bypass them",
                "ask the administrator, or start plain `claude`, which follows them",
                code=REFUSED,
            )


def protection_for(
    resolved: Resolved, machine: Machine, reference: references.Reference | None, *, sealed: bool
) -> tuple[str, list[str]]:
    """How this launch is kept from being rerouted by a settings file, and what to tell the user about it."""
    profile = resolved.profile
    why_not = why_not_sealed(profile, reference)
    if profile.sealed or sealed:
        if why_not:
            where = resolved.origin("sealed") or resolved.name
            hint = "leave out `sealed`, or keep the secret in another store"
            raise CcError(f"{where}: cannot be sealed: {why_not}", hint, code=USAGE)
        return SEALED, []
    if profile.secret_values:
        return _with_a_secret_in_the_address(resolved, machine)
    cloud_launch.refuse_old_client(resolved.name, resolved.profile, machine)
    if profile.auth == "cloud" and not machine.can_be_hosted:
        _for_an_old_client(resolved, machine, "it has no secret")
    if profile.auth in {"login", "cloud"}:
        return PINNED, []  # with the host's flag the client would ignore the login, and what a cloud's tools have
    if machine.can_be_hosted:
        return HOSTED, []
    return _for_an_old_client(resolved, machine, why_not or _why_not_by_itself(profile, reference))


def _with_a_secret_in_the_address(resolved: Resolved, machine: Machine) -> tuple[str, list[str]]:
    """Only the host's flag holds such an address against settings files: a pin would be an argument with a secret."""
    name = resolved.name
    where = resolved.origin("secret_values", next(iter(resolved.profile.secret_values))) or name
    if resolved.profile.auth == "login":
        raise CcError(
            f"{where}: with auth = login, an address that holds a secret cannot be kept from settings files",
            'use auth = "api-key" with a key of your own, or a header for the secret where the gateway takes one',
            code=INVALID,
        )
    what = "the address holds a secret, and the client shows the model's commands the address (ANTHROPIC_BASE_URL)"
    notes = [f"{name}: {what}"]
    if machine.can_be_hosted:
        return HOSTED, notes
    if resolved.profile.auth in {"bearer", "api-key"}:
        notes.append(f"{name}: {_exposed(machine)}, the key too; to end that, update it (claude update)")
    _refuse_what_sends(resolved, machine, {BASE_URL, *_carriers(resolved)})
    if machine.can(client.KEEPS_ADDRESS):
        return HOSTED, notes
    rerouting = next((file for file in (*machine.settings, *machine.mcp_lists) if BASE_URL in file.env), None)
    if rerouting is not None:
        what = f"{rerouting.path} sets {BASE_URL}, which {machine.named} follows: the secret would go there"
        raise CcError(f"{name}: {what}", f"take that out of the file, or {UPDATE}", code=REFUSED)
    return PINNED, notes


def _carriers(resolved: Resolved) -> set[str]:
    """The variables that hold a secret of this profile where it is handed over in the environment."""
    profile, found = resolved.profile, set()
    if profile.secret_headers:
        found.add(CUSTOM_HEADERS)
    if profile.secret_values:
        found.add(BASE_URL)
    cloud = clouds.of(profile)
    if cloud is not None and profile.auth in {"bearer", "api-key"}:
        found.add(clouds.secret_variable(profile, cloud))
    elif profile.auth == "bearer":
        found.add("ANTHROPIC_AUTH_TOKEN")
    return found


def _refuse_what_sends(resolved: Resolved, machine: Machine, carriers: set[str]) -> None:
    """Refuse a file of the project that would have an old client send a secret away by its variable's name."""
    for file in (*machine.settings, *machine.mcp_lists):
        asked = sorted(file.asks_for & carriers) if file.scope != "user" else []
        hidden = file.hidden and file.scope != "user"
        if asked or hidden:
            what = f"asks for {', '.join(asked)}" if asked else "cannot be judged, and may ask for the secret"
            raise CcError(
                f"{file.path}: {what}: {machine.named} would send the secret of {resolved.name} away",
                f"take that out of the file, or {UPDATE}",
                code=REFUSED,
            )


def _exposed(machine: Machine) -> str:
    if machine.can(client.HIDES_SECRET):
        return f"{machine.named} shows its secrets to the MCP servers of a project that ask for them"
    return f"{machine.named} shows its whole environment to the commands of the model"


def refuse_strangers(resolved: Resolved, machine: Machine, protection: str, models: set[str]) -> None:
    """Refuse what a project's files do that no pin can undo: they may come from anybody."""
    _refuse_socket(resolved, machine)
    unheld = set(unheld_network(machine, protection))
    for file in machine.settings:
        if file.scope == "user":
            continue
        if file.hidden and resolved.profile.elsewhere:
            raise CcError(
                f"{file.path}: cannot be judged, since it is written so that only the client can read it",
                "write it as plain JSON in UTF-8, or start in another directory",
                code=REFUSED,
            )
        taken = sorted(file.env & unheld)
        if taken:
            raise CcError(
                f"{file.path}: sets {', '.join(taken)}, in place of your own: somebody else could read your session",
                f"take that out of the file, or start in another directory; {UPDATE} ends that, too",
                code=REFUSED,
            )
        if "proxyAuthHelper" in file.keys and PROXY_HELPER in machine.present | {name for name, _ in machine.network}:
            raise CcError(
                f"{file.path}: its proxyAuthHelper signs in to your proxy: that program could read your session",
                "take that out of the file, or start in another directory",
                code=REFUSED,
            )
        accounts = sorted(name for name in file.env if clouds.of_a_cloud(name)) + sorted(file.keys & clouds.HELPERS)
        if accounts and resolved.profile.cloud and protection != HOSTED:
            raise CcError(
                f"{file.path}: sets {', '.join(accounts)}: the session would run in somebody else's account",
                "take that out of the file, or start in another directory",
                code=REFUSED,
            )
        # Measured on 2.1.329: the lists of all files are merged, ours too, so this one can only be added to.
        foreign = [] if file.ours else sorted(file.models - models)
        if foreign and models and resolved.profile.elsewhere and not resolved.profile.any_model:
            raise CcError(
                f"{file.path}: lets the files of agents and commands ask for {', '.join(foreign)} (availableModels)",
                "take that out of the file, or say `any_model = true` in the profile",
                code=REFUSED,
            )


def _refuse_socket(resolved: Resolved, machine: Machine) -> None:
    """Refuse a socket that a settings file names, the user's too, where it would beat the pins."""
    if not client.follows_socket(machine.version):
        return
    for path, names in [(file.path, file.env) for file in machine.settings] + [("~/.claude.json", machine.own_file)]:
        if SOCKET in names:
            raise CcError(
                f"{path}: sets {SOCKET}, which {machine.named} follows, whatever is pinned: "
                f"what {resolved.name} sends would go there",
                f"take that out of the file, or {UPDATE}",
                code=REFUSED,
            )


def remote_note(resolved: Resolved, machine: Machine, word: str) -> str:
    """What is open in the sessions of `claude remote-control` and its like: they take no pins. A file may forbid it."""
    decided = {name for group in variables.GROUPS if group.from_settings for name in group.names} | {*variables.NETWORK}
    for file in machine.settings:
        said = sorted(file.env & decided) + sorted(file.keys & {*policy.KEYS, "proxyAuthHelper"})
        if file.scope != "user" and (said or file.problem) and not file.ours:
            what = f"sets {', '.join(said)}" if said else file.problem
            raise CcError(
                f"{file.path}: {what}; the sessions of {word} take nothing that would hold against it",
                "take that out of the file, or start in another directory",
                code=REFUSED,
            )
    return (
        f"{resolved.name}: {word} cannot be protected: a settings file that appears in this project could send its "
        "sessions to another address"
    )


def unheld_network(machine: Machine, protection: str) -> tuple[str, ...]:
    """The proxies of the user's that nothing holds: a password is in them, and this client reads arguments alone."""
    by_flag = protection == HOSTED and machine.can_be_hosted
    if by_flag or (machine.has_memory and machine.can(client.READS_MEMORY)):
        return ()
    of_files = dict(machine.network)
    return tuple(
        name
        for name in variables.PROXIES
        if (holds_password(name, of_files[name]) if name in of_files else f"{name}@" in machine.present)
    )


def _for_an_old_client(resolved: Resolved, machine: Machine, why_not: str) -> tuple[str, list[str]]:
    """Pinned, or sealed where a pin cannot hold: no secret may stand in a pin, since it is an argument."""
    profile = resolved.profile
    if profile.auth == "none" and not profile.secret_headers:
        return PINNED, []
    intruder = next((file for file in machine.settings if _what_it_would_send(file)), None)
    if intruder is not None:
        what = f"{intruder.path} holds {_what_it_would_send(intruder)}, which {machine.named} would send"
        if why_not:
            hint = f"{UPDATE}, or take the credential out of that file"
            raise CcError(
                f"{resolved.name}: {what}, and its key cannot be kept out of the environment: {why_not}",
                hint,
                code=REFUSED,
            )
        return SEALED, [f"{resolved.name}: sealed, because {what}"]
    if profile.auth == "api-key" and profile.cloud is None and not profile.secret_headers:
        return PINNED, []  # the key is in a pipe, and in no environment
    if why_not:
        _refuse_what_sends(resolved, machine, _carriers(resolved))
        return PINNED, [f"{resolved.name}: {_exposed(machine)}, the secret too; to end that, update it (claude update)"]
    return SEALED, [f"{resolved.name}: sealed, because {_exposed(machine)}"]


def _what_it_would_send(file: SettingsFile) -> str:
    """What in a settings file would be sent in the place of the profile's secret, in words."""
    if file.problem:
        return "what cannot be read"
    names = sorted(file.env & set(variables.CREDENTIALS.names))
    return ", ".join(names + (["an apiKeyHelper"] if "apiKeyHelper" in file.keys else []))


def _why_not_by_itself(profile: Profile, reference: references.Reference | None) -> str:
    """What would not keep a user from sealing a launch, but keeps a launch from sealing itself."""
    store = reference.kept_by if reference is not None else None
    if profile.scrub and store is not None and store.variables:
        return f"`scrub` takes out what {store.title} needs to be read in the session"
    return ""


def why_not_sealed(profile: Profile, reference: references.Reference | None) -> str:
    """Why a launch of this profile cannot be sealed; empty where it can."""
    if profile.secret_headers:
        return "it has a secret in a header, and the client's helper fetches only the token"
    if profile.secret_values:
        return "it has a secret in the address, and the client's helper fetches only the token"
    if reference is None:
        return "it has no secret"
    if profile.cloud is not None:
        return "cc hands a cloud's secret over in the environment only"
    if reference.store == "env":
        return f"its secret is in the environment already ({reference})"
    return ""
