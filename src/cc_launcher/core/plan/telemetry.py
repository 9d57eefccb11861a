"""What a launch says to the client of its telemetry. No secret is in it: a command is, which fetches one."""

from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.plan import COLLECTOR, Slot
from cc_launcher.core.plan.machine import Machine
from cc_launcher.core.profile import beside, variables
from cc_launcher.core.profile.profile import Profile
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.text import urls
from cc_launcher.core.text.quote import posix

COMMAND = "__otel"  # of ours, which prints the headers with a secret: see secrets/collector_headers.py
HELPER = "otelHeadersHelper"


def env(profile: Profile) -> dict[str, str]:
    """The variables that are pinned: each that has a say in what is sent, and where to."""
    telemetry = profile.telemetry
    if telemetry is None:
        return {}
    pairs = ",".join(f"{name}={value}" for name, value in telemetry.headers.items())
    return (
        dict.fromkeys((name for name in variables.TELEMETRY if name != variables.RESOURCE_ATTRIBUTES), "")
        | dict.fromkeys(variables.EXPORTERS, "otlp")
        | dict.fromkeys(variables.CONTENT, "0")  # not empty: the answers would then go with the prompts (measured)
        | {
            "CLAUDE_CODE_ENABLE_TELEMETRY": "1",
            "CLAUDE_CODE_ENHANCED_TELEMETRY_BETA": "1",  # without it there are no spans
            "OTEL_EXPORTER_OTLP_ENDPOINT": telemetry.otlp,
            "OTEL_EXPORTER_OTLP_PROTOCOL": telemetry.protocol,
            "OTEL_EXPORTER_OTLP_HEADERS": pairs,
            "OTEL_LOG_USER_PROMPTS": "1" if telemetry.prompts else "0",
            "OTEL_METRICS_INCLUDE_RESOURCE_ATTRIBUTES": "true",  # or else a user's `false` takes the profile out
        }
    )


def helper(profile: Profile, name: str, machine: Machine) -> str:
    """The client's helper for headers with a secret; empty where there is none, so that no other one is asked.

    Measured on 2.1.72 to 2.1.332: run by sh without a terminal, before the first export, and again after half an hour.
    """
    telemetry = profile.telemetry
    if telemetry is None or not telemetry.secret_headers:
        return ""
    parts = [
        part
        for header, about in telemetry.secret_headers.items()
        for part in (header, about.prefix or "", about.user or "", about.secret)
    ]
    return posix([*machine.own_command, COMMAND, name, urls.name_of(telemetry.otlp), *parts])


def attributes(profile: Profile, name: str, machine: Machine) -> tuple[str, ...]:
    """What is with each point, as an entry of the plan's network: the user's own, and the profile's behind it."""
    if profile.telemetry is None:
        return ()
    pairs = {**profile.telemetry.attributes, "cc.profile": name}
    ours = ",".join(f"{key}={value}" for key, value in pairs.items())
    theirs = dict(machine.network).get(variables.RESOURCE_ATTRIBUTES)
    if theirs is None:
        return (f"{variables.RESOURCE_ATTRIBUTES}+={ours}",)  # as the environment has them at the launch
    return (f"{variables.RESOURCE_ATTRIBUTES}={','.join(filter(None, (theirs, ours)))}",)


def slots(resolved: Resolved, machine: Machine) -> tuple[Slot, ...]:
    """The secrets of the collector: tried before the client starts, then fetched by its helper."""
    return tuple(
        Slot(
            reference=str(secret.reference),
            delivery=COLLECTOR,
            name=secret.label,
            read=secret.reference.read(machine.tools),
            hint=keep(resolved, secret),
        )
        for secret in beside.of_collector(resolved.profile)
    )


def keep(resolved: Resolved, secret: beside.Beside) -> str:
    """How a user keeps this secret."""
    hint = secret.reference.kept_by.keep(secret.reference.name, resolved.name)
    return f"{hint} {secret.option}" if hint == f"cc secret set {resolved.name}" else hint


def refuse_variable(profile: Profile, name: str) -> None:
    """Refuse a variable of the command line that the profile has decided on."""
    by = decided_by(profile)
    if by and name in variables.DECIDED:
        raise CcError(f"--env: {name} cannot be set: {by} of the profile decides it", "leave it out", code=USAGE)


def decided_by(profile: Profile) -> str:
    """What of this profile decides on telemetry, if anything does."""
    if profile.telemetry is not None:
        return "[telemetry]"
    return "compat.private" if profile.compat.get("private") else ""
