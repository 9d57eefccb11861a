"""What a launch hands over with `--settings`: it beats every settings file but an administrator's."""

import json

from cc_launcher.core import variables
from cc_launcher.core.knobs import turned_on
from cc_launcher.core.machine import Machine
from cc_launcher.core.models import Choice
from cc_launcher.core.plan import CUSTOM_HEADERS, DESCRIPTOR, HEADER, HELPER, HOSTED, Slot, fetching
from cc_launcher.core.profile import Profile
from cc_launcher.core.protection import network_of_others
from cc_launcher.core.quote import posix

_SENT_EMPTY = ("ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY")
_TIERS = ("opus", "sonnet", "haiku", "fable")


def marks(name: str, protection: str) -> dict[str, str]:
    """What a session is told of its launch, for the status line and whoever else asks. No secret is in it."""
    return {"CC_PROFILE": name, "CC_PROTECTION": protection}


def pins_for(
    profile: Profile,
    choice: Choice,
    protection: str,
    values: dict[str, str],
    unset: tuple[str, ...],
    slots: tuple[Slot, ...],
    machine: Machine,
) -> str:
    """What goes into `--settings`: it beats every settings file but the managed ones."""
    settings: dict[str, object] = dict(setting for knob in turned_on(profile.compat) for setting in knob.settings)
    chosen = list(dict.fromkeys([*choice.slots.values(), *filter(None, [choice.subagent])]))
    allowed = list(dict.fromkeys([*chosen, *profile.models]))
    others = any("availableModels" in file.keys for file in machine.settings)  # joined with ours by the client
    if chosen and profile.elsewhere and (others or not profile.any_model):
        # What files of agents and commands, `fallbackModel` and `/model` may name. Measured on 2.1.329: without it, an
        # agent's `model: claude-sonnet-4-6` is asked for by that name, and a user's own list replaces our models.
        settings["availableModels"] = allowed
    if chosen:
        # Measured on 2.1.329: a settings file's `modelOverrides` renames a model that the client knows, flag or not.
        settings["modelOverrides"] = dict(zip(allowed, allowed, strict=True))
    if machine.status_line:
        settings["statusLine"] = {"type": "command", "command": posix(list(machine.status_line))}
    held = _held(profile, protection)
    if profile.auth == "login" and any(file.ours for file in machine.settings):
        # The project is for another profile (`cc use`), and this launch for the client's own models.
        settings["availableModels"] = [*_TIERS, *allowed]
        held = tuple(dict.fromkeys((*held, variables.MODELS, variables.SHAPE)))
    pinned = {name: values.get(name, "") for group in held for name in group.names if name in values or name in unset}
    if protection == HOSTED:
        pinned.update((name, value) for name, value in values.items() if not _covered_by_flag(name))
    else:
        pinned.update(values)
        pinned.update((name, "") for name in network_of_others(machine))
        settings["apiKeyHelper"] = next(
            (posix(fetching(slot, machine.own_command)) for slot in slots if slot.delivery == HELPER), ""
        )
    if any(slot.delivery == HEADER for slot in slots):
        pinned.pop(CUSTOM_HEADERS, None)  # the secret joins them at the launch, and the pin would win over the whole
    of_a_cloud = profile.cloud is not None and profile.auth != "none" and not machine.knows_host_flag
    if of_a_cloud or any(slot.delivery == DESCRIPTOR for slot in slots):
        # Measured on 2.1.72: beside a key by descriptor, and in the place of a cloud's signature, an empty token is
        # sent as an empty one. No settings file has a token here, or the launch would be sealed, or refused.
        for name in _SENT_EMPTY if of_a_cloud else _SENT_EMPTY[:1]:
            if not values.get(name):
                pinned.pop(name, None)
    settings["env"] = pinned
    return json.dumps(settings, ensure_ascii=False, separators=(",", ":"))


def _held(profile: Profile, protection: str) -> tuple[variables.Group, ...]:
    """The groups whose variables a settings file must not bring back."""
    if protection == HOSTED:
        # The flag covers routing, credentials and models; not these. Measured: CLAUDE_CODE_EXTRA_BODY in a project's
        # settings changes the model even with the flag.
        return (variables.SHAPE,)
    if profile.auth == "login" and profile.base_url is None:
        return (variables.ROUTING, variables.CREDENTIALS)
    return tuple(group for group in variables.GROUPS if group.from_settings)


def _covered_by_flag(name: str) -> bool:
    """Whether the host's flag keeps settings files from changing this variable."""
    return any(name in group.names for group in (variables.ROUTING, variables.CREDENTIALS, variables.MODELS))
