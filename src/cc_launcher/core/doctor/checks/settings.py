"""The client's settings files: what they do to plain `claude`, and what a launch by cc does about it."""

import re
from collections.abc import Iterator

from cc_launcher.core.doctor.checks import keys, together
from cc_launcher.core.doctor.examined import Examined, Setting, Settings
from cc_launcher.core.doctor.findings import DROP, PROBLEM, RENEW, WARNING, Finding, Fix, Place, found
from cc_launcher.core.plan import policy
from cc_launcher.core.profile import clouds, variables
from cc_launcher.core.text import printable

CODES = (
    "settings-routing",
    "settings-credential",
    "settings-model",
    "settings-left-model",
    "settings-shape",
    "settings-conflict",
    "settings-stranger",
    "settings-managed",
    "settings-old-line",
    "settings-broken",
)
_MODEL_KEYS = policy.MODEL_KEYS - {"model"}  # of that one, what it is decides: see below
_HELPERS = clouds.HELPERS | {"apiKeyHelper", "proxyAuthHelper"}
_OF_PROJECTS = frozenset({"project", "local"})
# What plain `claude` has by itself: a tier, or a model of its own provider
_CLIENTS_OWN = re.compile(r"(default|best|opus|sonnet|haiku|fable|opusplan|.*(claude|anthropic).*)(\[1m\])?", re.DOTALL)
_KINDS = {"ANTHROPIC_API_KEY": "key", "ANTHROPIC_AUTH_TOKEN": "token", "apiKeyHelper": "helper"}


def check(seen: Examined) -> Iterator[Finding]:
    """Each file, and what they are together."""
    verdicts = together.found(seen)
    for file in seen.settings:
        if file.problem:
            yield _broken(file)
        if file.scope == "managed":
            yield from _managed(seen, file)
            continue
        for setting in file.settings:
            yield from _of_setting(seen, file, setting, together.of_setting(verdicts, file, setting))
        if file.old_line and file.scope == "user":
            fix = Fix(RENEW, file.path, f"write today's command into {file.shown}", keys=("statusLine", "command"))
            where = Place(file.path, file.shown, file.old_line)
            yield found("settings-old-line", "the status line starts cc by an old name", where, fix=fix)
    yield from _conflicts(seen)


def names(setting: Setting, group: variables.Group) -> bool:
    """Whether this setting is a variable of this group."""
    return setting.path[0] == "env" and setting.name in group.names


def _broken(file: Settings) -> Finding:
    refused = file.scope in _OF_PROJECTS and file.settings
    level = WARNING if file.settings and not refused else PROBLEM
    then = "; cc launches nothing here that goes to another provider" if refused else ""
    return found("settings-broken", f"{file.problem}{then}", Place(file.path, file.shown), level=level)


def _managed(seen: Examined, file: Settings) -> Iterator[Finding]:
    on_cloud = any(own.resolved is not None and own.resolved.profile.cloud is not None for own in seen.profiles)
    decided = _decided(file, on_cloud=on_cloud)
    if decided or file.problem:
        listed = ", ".join(printable(setting.name) for setting in decided)
        what = f"an administrator has decided on {listed}" if decided else f"an administrator's file: {file.problem}"
        line = decided[0].line if decided else 0
        for_all = not decided or _decided(file, on_cloud=False)
        refused = "to launch" if for_all else "to launch on a cloud"
        yield found("settings-managed", f"{what}: cc refuses {refused}", Place(file.path, file.shown, line))


def _decided(file: Settings, *, on_cloud: bool) -> list[Setting]:
    return [
        setting
        for setting in file.settings
        if policy.decides(setting.name, variable=setting.path[0] == "env", on_cloud=on_cloud)
    ]


def _of_setting(
    seen: Examined, file: Settings, setting: Setting, verdict: together.Verdict | None
) -> Iterator[Finding]:
    where = Place(file.path, file.shown, setting.line)
    name, in_project = setting.name, file.scope in _OF_PROJECTS
    redirects = names(setting, variables.ROUTING)
    credential = names(setting, variables.CREDENTIALS) or name in _HELPERS
    network = in_project and setting.path[0] == "env" and name in variables.NETWORK
    fix, hint = verdict or (None, "")
    if (
        verdict is None
        and file.fixable
        and file.scope in {"user", "local"}
        and not file.brought
        and not keys.is_clear_there(seen, setting)
    ):
        # A key is not thrown away: `secret-clear` says where it goes.
        fix = Fix(DROP, file.path, f"take {name} out of {file.shown}", keys=setting.path)
    level = WARNING if in_project else ""
    if file.ours:
        return  # `cc use` wrote it: the override that somebody asked for
    if in_project and file.brought and (redirects or credential or network):
        does = "redirects requests" if redirects else "brings a credential" if credential else "sets the network"
        what = f"{name} {does}, and the file came with the repository; plain claude follows it, cc run does not"
        yield found("settings-stranger", what, where)
    elif redirects or network:
        what = f"{name} sends plain claude elsewhere, whatever the shell says; cc run ignores it"
        yield found("settings-routing", what, where, hint=hint, level=level, fix=fix)
    elif credential:
        what = f"{name} is sent by plain claude to every provider; cc run sends only the profile's key"
        yield found("settings-credential", what, where, hint=hint, fix=fix)
    elif names(setting, variables.MODELS) or name in _MODEL_KEYS:
        refused = in_project and name == "availableModels"
        then = "refuses to launch where the profile lacks them" if refused else "pins the profile's"
        what = f"{name} decides on models for plain claude; cc run {then}"
        yield found("settings-model", what, where, hint=hint, fix=fix)
    elif names(setting, variables.SHAPE):
        what = f"{name} changes the requests of plain claude; cc run pins the profile's, or none"
        yield found("settings-shape", what, where, fix=fix)
    elif name == "model" and _is_left_behind(seen, file):
        model = printable(file.model)[:80]
        what = f"model is {model}, which plain claude cannot have; a /model in a launched session left it there"
        yield found("settings-left-model", what, where, fix=fix)


def _is_left_behind(seen: Examined, file: Settings) -> bool:
    """Whether `model` names what only a profile has, and nothing here sends plain `claude` to who serves it."""
    model = file.model.strip().removesuffix("[1m]")
    if not model or (_CLIENTS_OWN.fullmatch(model.lower()) and not _is_of_another(seen, model)):
        return False
    routed = any(names(setting, variables.ROUTING) for other in seen.settings for setting in other.settings)
    return not routed and not seen.present.intersection(variables.ROUTING.names)


def _is_of_another(seen: Examined, model: str) -> bool:
    """Whether this is how somebody else calls one of Claude's models: Anthropic's own names hold no `/`."""
    known = [*seen.catalog.values(), *(own.resolved for own in seen.profiles if own.resolved is not None)]
    return "/" in model and any(
        model in resolved.profile.models and resolved.profile.base_url is not None for resolved in known
    )


def _conflicts(seen: Examined) -> Iterator[Finding]:
    """Two credentials for plain `claude`: of two kinds, or one in two places."""
    sources: list[tuple[str, str, Place | None]] = []
    for file in seen.settings:
        if file.scope != "managed" and not file.ours:
            sources += [
                (_KINDS[setting.name], setting.name, Place(file.path, file.shown, setting.line))
                for setting in file.settings
                if setting.name in _KINDS
            ]
    in_shells = {
        assignment.name: Place(file.path, file.shown, assignment.line)
        for file in seen.shell_files
        for assignment in file.assignments
        if not file.here and not assignment.once
    }
    for name, kind in _KINDS.items():
        if name in in_shells or name in seen.present:
            sources.append((kind, name, in_shells.get(name)))
    if len(sources) < 2:
        return
    listed = [f"{name} ({where or 'this shell'})" for _, name, where in sources]
    both = len({kind for kind, _, _ in sources}) > 1
    does = "plain claude would send several credentials" if both else "the settings file wins, whatever the shell says"
    place = next((where for _, _, where in sources if where), None)
    yield found("settings-conflict", f"{' and '.join(listed)}: {does}", place)
