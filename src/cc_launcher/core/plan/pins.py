"""What a launch hands over with `--settings`: it beats every settings file but an administrator's."""

import json

from cc_launcher.core.plan import (
    BASE_URL,
    CUSTOM_HEADERS,
    DESCRIPTOR,
    HEADER,
    HELPER,
    SEALED,
    URL,
    Plan,
    Slot,
    client,
    fetching,
    holds_password,
    picker,
    priced,
    session_mark,
    telemetry,
    without,
)
from cc_launcher.core.plan.machine import Machine
from cc_launcher.core.plan.priced import Priced
from cc_launcher.core.plan.protection import unheld_network
from cc_launcher.core.profile import variables
from cc_launcher.core.profile.knobs import turned_on
from cc_launcher.core.profile.model_choice import Choice
from cc_launcher.core.profile.profile import Profile
from cc_launcher.core.text import NONE, SOME
from cc_launcher.core.text.quote import posix

PRICES = "CC_PRICES"  # of which models the client has exact prices
_SENT_EMPTY = ("ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY")
_TIERS = ("opus", "sonnet", "haiku", "fable")


def marks(name: str, protection: str, prices: str) -> dict[str, str]:
    """What a session is told of its launch, for the status line and whoever else asks. No secret is in it."""
    return {session_mark.VARIABLE: name, "CC_PROTECTION": protection, PRICES: prices}


def pins_for(
    name: str,
    profile: Profile,
    choice: Choice,
    values: dict[str, str],
    unset: tuple[str, ...],
    slots: tuple[Slot, ...],
    machine: Machine,
    mark: str,
) -> str:
    """What goes into `--settings`: it beats every settings file but the managed ones."""
    settings: dict[str, object] = dict(setting for knob in turned_on(profile.compat) for setting in knob.settings)
    allowed = allowed_by(profile, choice)
    others = any("availableModels" in file.keys for file in machine.settings)  # joined with ours by the client
    if allowed and profile.elsewhere and (others or not profile.any_model):
        # What files of agents and commands, `fallbackModel` and `/model` may name. Measured on 2.1.329: without it, an
        # agent's `model: claude-sonnet-4-6` is asked for by that name, and a user's own list replaces our models.
        settings["availableModels"] = allowed
    if allowed:
        # Measured on 2.1.329: a settings file's `modelOverrides` renames a model that the client knows, flag or not.
        settings["modelOverrides"] = dict(zip(allowed, allowed, strict=True))
    if choice.fallback and machine.can(client.FALLS_BACK):
        settings["fallbackModel"] = [choice.fallback]
    if profile.elsewhere and machine.can(client.PICKS):
        settings |= picker.setting(profile, choice, allowed)
    settings |= without.setting(profile, choice)
    if machine.status_line:
        settings["statusLine"] = {"type": "command", "command": posix(list(machine.status_line))}
    if mark:
        settings["hooks"] = session_mark.in_pins(mark)
    if profile.budget is not None:
        from cc_launcher.core.plan import hooks  # noqa: PLC0415 - a cached launch looks at each module that was needed

        of_budget = hooks.of_budget(name, machine.own_command, machine.session_place)
        settings["hooks"] = hooks.joined(session_mark.in_pins(mark) if mark else {}, of_budget)
    of_another = profile.auth == "login" and any(file.ours for file in machine.settings)
    if of_another:  # the project is for another profile (`cc use`), and this launch for the client's own models
        settings["availableModels"] = [*_TIERS, *allowed]
    helper = next((slot for slot in slots if slot.delivery == HELPER), None)
    settings["apiKeyHelper"] = posix(_fetching(helper, machine)) if helper is not None else ""
    if profile.telemetry is not None:
        settings[telemetry.HELPER] = telemetry.helper(profile, values["CC_PROFILE"], machine)
    held = _held(profile, of_another=of_another)
    empty = {name: "" for group in held for name in group.names if name in values or name in unset}
    pinned = empty | telemetry.env(profile) | values
    left_out = _left_out(profile, slots, machine, values)
    settings["env"] = {name: value for name, value in pinned.items() if name not in left_out}
    return as_text(settings)


def _fetching(slot: Slot, machine: Machine) -> list[str]:
    """The client's helper. Where a file could still bring another proxy, ours looks before it hands out the key."""
    if unheld := unheld_network(machine, SEALED):
        return [*machine.own_command, "secret", "get", "--reference", slot.reference, "--unless-set", ",".join(unheld)]
    return fetching(slot, machine.own_command)


def _left_out(profile: Profile, slots: tuple[Slot, ...], machine: Machine, values: dict[str, str]) -> set[str]:
    """The variables that no pin may hold, or that get theirs at the launch."""
    found = set(variables.NETWORK)  # see core/plan/__init__.py
    if any(slot.delivery == URL for slot in slots):
        found.add(BASE_URL)  # a secret is in it
    if any(slot.delivery == HEADER for slot in slots):
        found.add(CUSTOM_HEADERS)  # the secret joins them at the launch, and the pin would win over the whole
    of_a_cloud = profile.cloud is not None and profile.auth != "none" and not machine.can_be_hosted
    if of_a_cloud or any(slot.delivery == DESCRIPTOR for slot in slots):
        # Measured on 2.1.72: beside a key by descriptor, and in the place of a cloud's signature, an empty token is
        # sent as an empty one. No settings file has a token here, or the launch would be sealed, or refused.
        found.update(name for name in (_SENT_EMPTY if of_a_cloud else _SENT_EMPTY[:1]) if not values.get(name))
    return found


def managed_for(profile: Profile, choice: Choice, machine: Machine, prices: Priced) -> str:
    """What goes into `--managed-settings`, which beats every file but an administrator's."""
    settings: dict[str, object] = {}
    decided = any(key.startswith("availableModels") for file in machine.managed for key in file.keys)
    allowed = allowed_by(profile, choice)
    if allowed and profile.elsewhere and not profile.any_model and not decided and machine.can(client.KEEPS_LISTS_OUT):
        settings["availableModels"] = allowed  # in `--settings` alone, a project's list would add to it (measured)
        if machine.can(client.EXACT_MODELS):
            settings["availableModelsMatch"] = "exact"  # or else `ID-anything` is asked for, too
    settings |= priced.setting(prices)
    return as_text(settings) if settings else ""


def repriced(plan: Plan, models: list[str], *, replaced: bool) -> Plan:
    """The plan with what its session is told of prices, where the user's own arguments change that.

    They may name models that we hand over no price of, or replace all that we hand over.
    """
    rows = handed(plan)
    if not rows or not (replaced or any(model not in rows for model in models)):
        return plan
    mark = NONE if replaced else SOME
    was, now = (f"{as_text({PRICES: value})[1:-1]}" for value in (plan.set[PRICES], mark))
    return plan.but(set=plan.set | {PRICES: mark}, pins=plan.pins.replace(was, now))


def handed(plan: Plan) -> dict[str, object]:
    """The rows of prices in a plan."""
    found: dict[str, object] = json.loads(plan.managed).get(priced.KEY, {}).get("overrides", {}) if plan.managed else {}
    return found


def priced_in(plan: Plan, profile: Profile, machine: Machine) -> Priced:
    """What a plan hands over of prices: for people. Each model that its session may ask for is pinned as itself."""
    models = list(json.loads(plan.pins).get("modelOverrides", {})) if plan.pins else []
    return priced.of(profile, models, 0, machine, plan.protection)


def network_for(machine: Machine) -> tuple[str, ...]:
    """How each name of the network is pinned: as the user's files have it, or else as the environment will."""
    of_files = dict(machine.network)
    return tuple(
        name
        if name not in of_files
        else f"{name}@"
        if holds_password(name, of_files[name])
        else f"{name}={of_files[name]}"
        for name in variables.NETWORK
    )


def allowed_by(profile: Profile, choice: Choice) -> list[str]:
    """The models that a session may ask for: those that serve it, and the profile's others."""
    chosen = used_by(choice)
    return list(dict.fromkeys([*chosen, *profile.models])) if chosen else []


def used_by(choice: Choice) -> list[str]:
    """The models that a launch uses by itself."""
    chosen = [*choice.slots.values(), *filter(None, [choice.subagent, choice.fallback])] if choice.slots else []
    return list(dict.fromkeys(chosen))


def as_text(settings: dict[str, object]) -> str:
    """Settings as an argument."""
    return json.dumps(settings, ensure_ascii=False, separators=(",", ":"))


def _held(profile: Profile, *, of_another: bool) -> tuple[variables.Group, ...]:
    """The groups whose variables a settings file must not bring back."""
    if profile.auth == "login" and profile.base_url is None and not of_another:
        return (variables.ROUTING, variables.CREDENTIALS)
    return tuple(group for group in variables.GROUPS if group.from_settings)
