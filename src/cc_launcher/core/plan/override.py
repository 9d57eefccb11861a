"""A plan as settings of one project, so that plain `claude` started there does what a launch would.

What a settings file cannot do: take a variable out (it can only make it empty), hand arguments over, put a secret into
a header, or choose the client's configuration directory. Profiles that need one of the last two are refused.
"""

import json
from collections.abc import Mapping
from typing import Any

from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.plan import AGENTS_OFF, HELPER, Plan, session_mark
from cc_launcher.core.plan import settings as pins_of
from cc_launcher.core.profile import variables
from cc_launcher.core.profile.knobs import turned_on
from cc_launcher.core.profile.profile import Profile
from cc_launcher.core.text.json_patch import BEHIND
from cc_launcher.core.text.json_tree import Part
from cc_launcher.core.text.quote import posix

Leaf = tuple[tuple[Part, ...], Any]  # where a value stands in a settings file, and the value

EDITOR_KEY = "claudeCode.environmentVariables"
_SELECTORS = "CLAUDE_CODE_USE_"
_RULES = ("permissions", "deny")
# What has an effect only beside a selector, which is made empty, or for a program that starts the client itself.
_OF_CLOUDS = ("BEDROCK", "VERTEX", "FOUNDRY", "MANTLE", "AWS", "GOOGLE_CLOUD", "CLOUD_ML")
_OF_HOSTS = ("CLAUDE_CODE_HOST_", "CLAUDE_CODE_REMOTE", "CLAUDE_CODE_3P_", "CLAUDE_SESSION_", "CLAUDE_CODE_LAUNCHER_")
_OF_OTHERS = (
    "_NAME",
    "_DESCRIPTION",
    "_SUPPORTED_CAPABILITIES",
    "_FILE_DESCRIPTOR",
    "_DISCOVERY_TIMEOUT_MS",
    "_SIGNING_KEY",
)


def refuse(name: str, profile: Profile) -> None:
    """Refuse a profile that a settings file cannot stand for, with the reason."""
    reason = _why_not(profile)
    if reason:
        raise CcError(f"{name}: cannot be written into a settings file: {reason}", f"cc run {name}", code=USAGE)


def _why_not(profile: Profile) -> str:
    secret = profile.secret or ""
    reasons = {
        "it is for a cloud, whose key or account is in variables of its own": profile.cloud is not None,
        f"it is for `auth = {profile.auth}`, and that is not for a settings file to decide": profile.auth
        not in {"bearer", "api-key", "none"},
        "it has a secret in a header, and the client's helper fetches only the token": bool(profile.secret_headers),
        "a part of its address is a secret, and would stand in that file": bool(profile.secret_values),
        "it is isolated, and the client has chosen its configuration before it reads that file": profile.isolated,
        f"its secret is in a variable ({secret}), which an editor or another shell may not have": secret.startswith(
            "env:"
        ),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def settings_of(plan: Plan, helper: list[str], given: Mapping[str, str]) -> dict[str, Any]:
    """The plan's settings: what it would pin, without variables that have no effect by themselves.

    The way to the network is frozen as the user has it, but for a proxy with a password in it: this file holds none.
    """
    settings: dict[str, Any] = json.loads(pins_of(plan, given))
    settings.pop("modelPicker", None)  # the client takes none from a project
    pinned: dict[str, str] = settings.pop("env", {})
    chosen = {name: value for name, value in pinned.items() if value or name in plan.set}
    # Jobs of a daemon may run in another directory, which has no such file.
    chosen = {AGENTS_OFF: "1"} | chosen
    settings["env"] = chosen | {name: "" for name in pinned if name not in chosen and has_effect(name)}
    if any(slot.delivery == HELPER for slot in plan.slots):
        settings["apiKeyHelper"] = posix(helper)
    if plan.mode_args:
        settings["permissions"] = settings.get("permissions", {}) | {"defaultMode": plan.mode_args[-1]}
    if plan.mark:
        settings["hooks"] = settings.get("hooks", {}) | session_mark.in_file(plan.mark, plan.profile)
    return settings


def frozen(plan: Plan, given: Mapping[str, str]) -> list[str]:
    """The names of the network that the user has, and that stand in the file as they are now."""
    settings: dict[str, Any] = json.loads(pins_of(plan, given))
    return [name for name in variables.NETWORK if settings["env"].get(name)]


def has_effect(name: str) -> bool:
    """Whether a variable of the user's shell could by itself reroute, authenticate or change a request."""
    if name.startswith(_SELECTORS) or name in variables.NETWORK:
        return True
    return not (any(word in name for word in _OF_CLOUDS) or name.startswith(_OF_HOSTS) or name.endswith(_OF_OTHERS))


def shared_of(plan: Plan, profile: Profile) -> dict[str, Any]:
    """What a team may commit: models, windows and what the provider cannot take. No address, no credential.

    Nor `availableModels`: the client joins the lists of all files, and a launch on another profile would be refused.
    """
    knobs = turned_on(profile.compat)
    names = {*variables.MODELS.names, *variables.SHAPE.names, *(name for knob in knobs for name in knob.env)}
    own = profile.env.keys()
    chosen = {name: value for name, value in plan.set.items() if name in names and name not in own}
    settings: dict[str, Any] = {"env": chosen} if chosen else {}
    return settings | dict(setting for knob in knobs for setting in knob.settings)


def for_editor(plan: Plan, given: Any) -> list[Any]:
    """The variables as the editor's extension takes them, after those that the user has there for other things."""
    values = settings_of(plan, [], {})["env"]
    values = {name: value for name, value in values.items() if name not in variables.NETWORK}
    others = [entry for entry in given if not (isinstance(entry, dict) and entry.get("name") in values)]
    return [*others, *({"name": name, "value": value} for name, value in values.items())]


def leaves(settings: dict[str, Any], path: tuple[str, ...] = ()) -> list[Leaf]:
    """Each value that is to be put in, so that what stands beside it in the same object or list stays."""
    found: list[Leaf] = []
    for key, value in settings.items():
        if isinstance(value, dict):
            found += leaves(value, (*path, key))
        elif path == ("hooks",) or (*path, key) == _RULES:
            found += [((*path, key, BEHIND), each) for each in value]
        else:
            found.append(((*path, key), value))
    return found
