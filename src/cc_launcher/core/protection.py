"""How a launch is kept from being rerouted by settings files, and when it is refused."""

from cc_launcher.core import clouds, references, variables
from cc_launcher.core.errors import INVALID, REFUSED, USAGE, CcError
from cc_launcher.core.machine import Machine, SettingsFile
from cc_launcher.core.plan import HOSTED, PINNED, SEALED
from cc_launcher.core.profile import Profile
from cc_launcher.core.resolve import Resolved

_MANAGED_KEYS = frozenset(
    {
        "apiKeyHelper",
        "model",
        "availableModels",
        "modelOverrides",
        "fallbackModel",
        "forceLoginMethod",
        "forceLoginOrgUUID",
    }
)


def respect_policy(profile: Profile, managed: tuple[SettingsFile, ...]) -> None:
    """Refuse where an administrator has decided: the host's flag would silently override an organisation's routing."""
    if profile.auth == "login" and profile.base_url is None:
        return  # what plain `claude` does, policy included
    for file in managed:
        named = (name for name in file.env if _is_policy(name) or (profile.cloud and clouds.of_a_cloud(name)))
        decided = sorted(named) + sorted(file.keys & _MANAGED_KEYS)
        if decided or file.problem:
            what = file.problem or f"set {', '.join(decided)}"
            raise CcError(
                f"{file.path}: an administrator's settings {what}; cc does not go around them",
                "ask the administrator, or start plain `claude`, which follows them",
                code=REFUSED,
            )


def _is_policy(name: str) -> bool:
    return any(name in group.names for group in (variables.ROUTING, variables.CREDENTIALS, variables.MODELS))


def protection_for(
    resolved: Resolved, machine: Machine, reference: references.Reference | None, *, sealed: bool
) -> tuple[str, list[str]]:
    """How this launch is kept from being rerouted by a settings file, and what to tell the user about it."""
    profile = resolved.profile
    why_not = _why_not_sealed(profile, reference)
    if profile.sealed or sealed:
        if why_not:
            where = resolved.origin("sealed") or resolved.name
            hint = "leave out `sealed`, or keep the secret in another store"
            raise CcError(f"{where}: cannot be sealed: {why_not}", hint, code=USAGE)
        return SEALED, []
    if profile.secret_values:
        return _with_a_secret_in_the_address(resolved, machine)
    clouds.refuse_old_client(resolved, machine)
    if profile.auth == "cloud" and not machine.knows_host_flag:
        _for_an_old_client(resolved, machine, "it has no secret")
    if profile.auth in {"login", "cloud"}:
        return PINNED, []  # with the host's flag the client would ignore the login, and what a cloud's tools have
    if machine.knows_host_flag:
        return HOSTED, []
    return _for_an_old_client(resolved, machine, why_not or _why_not_by_itself(profile, reference))


def _with_a_secret_in_the_address(resolved: Resolved, machine: Machine) -> tuple[str, list[str]]:
    """Only the host's flag holds such an address against settings files: a pin would be an argument with a secret."""
    where = resolved.origin("secret_values", next(iter(resolved.profile.secret_values))) or resolved.name
    if resolved.profile.auth == "login":
        raise CcError(
            f"{where}: with auth = login, an address that holds a secret cannot be kept from settings files",
            'use auth = "api-key" with a key of your own, or a header for the secret where the gateway takes one',
            code=INVALID,
        )
    if not machine.knows_host_flag:
        raise CcError(
            f"{resolved.name}: this client is too old for an address that holds a secret",
            "update it: claude update",
            code=REFUSED,
        )
    what = "the address holds a secret, and the client shows the model's commands the address (ANTHROPIC_BASE_URL)"
    return HOSTED, [f"{resolved.name}: {what}"]


def refuse_strangers(resolved: Resolved, machine: Machine, protection: str, models: set[str]) -> None:
    """Refuse what a project's files do that no pin can undo: they may come from anybody."""
    for file in machine.settings:
        if file.scope == "user":
            continue
        if file.hidden and resolved.profile.elsewhere:
            raise CcError(
                f"{file.path}: cannot be judged, since it is written so that only the client can read it",
                "write it as plain JSON in UTF-8, or start in another directory",
                code=REFUSED,
            )
        # A pin would have to hold the user's own proxy, whose password would then stand in an argument.
        taken = [name for name in variables.NETWORK if name in file.env and name in machine.present]
        if taken and protection != HOSTED:
            raise CcError(
                f"{file.path}: sets {', '.join(taken)}, in the place of your own: somebody else could read along",
                "take that out of the file, or start in another directory",
                code=REFUSED,
            )
        accounts = sorted(name for name in file.env if clouds.of_a_cloud(name)) + sorted(file.keys & clouds.HELPERS)
        if accounts and resolved.profile.cloud and protection != HOSTED:
            raise CcError(
                f"{file.path}: sets {', '.join(accounts)}: the session would be in somebody else's account",
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


def network_of_others(machine: Machine) -> list[str]:
    """The proxies and certificates that a project's files set where the user has none."""
    return [
        name
        for name in variables.NETWORK
        if name not in machine.present and any(name in file.env for file in machine.settings if file.scope != "user")
    ]


def _for_an_old_client(resolved: Resolved, machine: Machine, why_not: str) -> tuple[str, list[str]]:
    """Pinned, or sealed where a pin cannot hold: no secret may stand in a pin, since it is an argument."""
    profile = resolved.profile
    if profile.auth == "none" and not profile.secret_headers:
        return PINNED, []
    intruder = next((file for file in machine.settings if _what_it_would_send(file)), None)
    if intruder is not None:
        what = f"{intruder.path} holds {_what_it_would_send(intruder)}, which this old client would send"
        if why_not:
            hint = "update the client (claude update), or take the credential out of that file"
            raise CcError(f"{resolved.name}: {what}; sealing is impossible: {why_not}", hint, code=REFUSED)
        return SEALED, [f"{resolved.name}: sealed, because {what}"]
    if profile.auth == "api-key" and profile.cloud is None and not profile.secret_headers:
        return PINNED, []  # the key is in a pipe, and in no environment
    exposed = "this old client shows its whole environment to the commands of the model"
    if why_not:
        return PINNED, [f"{resolved.name}: {exposed}, the secret too; to end that, update it (claude update)"]
    return SEALED, [f"{resolved.name}: sealed, because {exposed}"]


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


def _why_not_sealed(profile: Profile, reference: references.Reference | None) -> str:
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
