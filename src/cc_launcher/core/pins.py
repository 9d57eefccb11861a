"""What a launch hands over with `--settings`: it beats every settings file but an administrator's."""

import json

from cc_launcher.core import variables
from cc_launcher.core.knobs import turned_on
from cc_launcher.core.machine import Machine
from cc_launcher.core.models import Choice
from cc_launcher.core.plan import CUSTOM_HEADERS, DESCRIPTOR, HEADER, HELPER, HOSTED, Slot
from cc_launcher.core.profile import Profile
from cc_launcher.core.quote import posix


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
    if choice.slots and profile.base_url is not None and not profile.any_model:
        # What files of agents and commands, `fallbackModel` and `/model` may name. Measured on 2.1.329: without it, an
        # agent's `model: claude-sonnet-4-6` is asked for by that name, and a user's own list replaces our models.
        settings["availableModels"] = list(
            dict.fromkeys([*choice.slots.values(), *filter(None, [choice.subagent]), *profile.models])
        )
    if protection == HOSTED:
        # The flag covers routing, credentials and models; not these. Measured: CLAUDE_CODE_EXTRA_BODY in a project's
        # settings changes the model even with the flag.
        held: tuple[variables.Group, ...] = (variables.SHAPE,)
    elif profile.auth == "login" and profile.base_url is None:
        held = (variables.ROUTING, variables.CREDENTIALS)
    else:
        held = tuple(group for group in variables.GROUPS if group.from_settings)
    pinned = {name: values.get(name, "") for group in held for name in group.names if name in values or name in unset}
    if protection != HOSTED:
        pinned.update(values)
        pinned.update((name, "") for name in _project_network(machine) if name not in machine.present)
        settings["apiKeyHelper"] = _helper(slots, machine)
    if any(slot.delivery == HEADER for slot in slots):
        pinned.pop(CUSTOM_HEADERS, None)  # the secret joins them at the launch, and the pin would win over the whole
    if any(slot.delivery == DESCRIPTOR for slot in slots):
        # Measured on 2.1.72: beside a key by descriptor, an empty token is sent as an empty one. No settings file
        # has a token here, or the launch would be sealed.
        pinned.pop("ANTHROPIC_AUTH_TOKEN", None)
    settings["env"] = pinned
    return json.dumps(settings, ensure_ascii=False, separators=(",", ":"))


def _project_network(machine: Machine) -> list[str]:
    """The proxies and certificates that a project's file sets, which may come from anybody."""
    return [
        name for file in machine.settings if file.scope == "project" for name in variables.NETWORK if name in file.env
    ]


def _helper(slots: tuple[Slot, ...], machine: Machine) -> str:
    """The command with which the client of a sealed launch fetches the secret; empty, it cancels any other."""
    for slot in slots:
        if slot.delivery == HELPER:
            return posix(
                list(slot.read[1:])
                if slot.read[0] == "command"
                else [*machine.own_command, "secret", "get", "--reference", slot.reference]
            )
    return ""
