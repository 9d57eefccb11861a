"""The variables that a launch sets: where requests go, which model serves which tier, what the provider cannot take."""

from cc_launcher.core.plan import AGENTS_OFF, CUSTOM_HEADERS, HOSTED, background, cloud_launch
from cc_launcher.core.plan.machine import Machine
from cc_launcher.core.profile import clouds, durations
from cc_launcher.core.profile.knobs import turned_on
from cc_launcher.core.profile.model_choice import Choice, known
from cc_launcher.core.profile.profile import Profile
from cc_launcher.core.profile.resolve import Resolved

HOST_FLAG = "CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST"
MAX_OUTPUT = 128_000  # the client's own limit
_TIER_VARIABLES = {tier: f"ANTHROPIC_DEFAULT_{tier.upper()}_MODEL" for tier in ("opus", "sonnet", "haiku", "fable")}


def of(resolved: Resolved, choice: Choice, protection: str, machine: Machine) -> dict[str, str]:
    """Every variable that the plan sets, without secrets."""
    profile = resolved.profile
    values = {}
    if (cloud := clouds.of(profile)) is not None:
        values.update(cloud_launch.values(profile, cloud, protection))
    elif profile.base_url is not None:
        values["ANTHROPIC_BASE_URL"] = profile.base_url
    if profile.auth == "none" and cloud is None:
        # Never none at all: without a credential the client sends a saved claude.ai login to this server.
        values["ANTHROPIC_AUTH_TOKEN"] = profile.placeholder or "none"
    values.update(_of_models(resolved, choice))
    if profile.timeout is not None:
        values["API_TIMEOUT_MS"] = str(durations.milliseconds(profile.timeout))
    values.update(_of_knobs(profile))
    if profile.headers:
        values[CUSTOM_HEADERS] = "\n".join(f"{name}: {value}" for name, value in profile.headers.items())
    if profile.isolated:
        values["CLAUDE_CONFIG_DIR"] = f"{machine.isolated_root}/{resolved.name}"
    if profile.auth != "login" and not background.are_kept_apart(protection, machine):
        values[AGENTS_OFF] = "1"
    if protection == HOSTED:
        values[HOST_FLAG] = "1"
    return values | profile.env


def _of_models(resolved: Resolved, choice: Choice) -> dict[str, str]:
    if not choice.slots:
        return {"ANTHROPIC_MODEL": choice.own} if choice.own else {}
    profile = resolved.profile
    values = {"ANTHROPIC_MODEL": choice.main, "ANTHROPIC_SMALL_FAST_MODEL": choice.slots["haiku"]}
    for tier, variable in _TIER_VARIABLES.items():
        model = choice.slots[tier]
        values[variable] = model
        values[f"{variable}_NAME"] = f"{known(profile, model).name or model} ({resolved.label})"
    if choice.subagent is not None:
        values["CLAUDE_CODE_SUBAGENT_MODEL"] = choice.subagent
    context = known(profile, choice.main).context
    if context is not None:
        values["CLAUDE_CODE_MAX_CONTEXT_TOKENS"] = str(context)
    limits = [limit for model in choice.slots.values() if (limit := known(profile, model).max_output) is not None]
    if limits:
        # One value for all models, so the smallest limit counts; a quarter of the window, because the client
        # keeps this much of it free and compacts earlier.
        quarter = context // 4 if context is not None else MAX_OUTPUT
        values["CLAUDE_CODE_MAX_OUTPUT_TOKENS"] = str(min(*limits, MAX_OUTPUT, quarter))
    return values


def _of_knobs(profile: Profile) -> dict[str, str]:
    values: dict[str, str] = {}
    lacks: list[str] = []
    for knob in turned_on(profile.compat):
        values.update(knob.env)
        lacks += knob.lacks
    if lacks:
        values["CLAUDE_CODE_MODEL_CAPABILITIES"] = ",".join(f"-{capability}" for capability in lacks)
    return values
