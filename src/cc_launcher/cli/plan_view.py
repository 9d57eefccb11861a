"""A plan, printed for people and for programs."""

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from cc_launcher.actions import states
from cc_launcher.actions.planning import Planned
from cc_launcher.cli import plan_beside, render
from cc_launcher.core.errors import CcError
from cc_launcher.core.models import local
from cc_launcher.core.plan import (
    COLLECTOR,
    DESCRIPTOR,
    HEADER,
    HELPER,
    HOSTED,
    MCP,
    PINNED,
    SEALED,
    TOKEN,
    URL,
    Slot,
    arguments,
    priced,
    settings,
)
from cc_launcher.core.plan.pins import priced_in
from cc_launcher.core.plan.priced import Priced
from cc_launcher.core.profile import clouds, variables
from cc_launcher.core.profile.summarize import endpoint
from cc_launcher.core.text.quote import sh
from cc_launcher.files import cloud_tools, gateway_keys
from cc_launcher.launch import start

if TYPE_CHECKING:
    from cc_launcher.actions.before_launch import Link

PROTECTION = {
    HOSTED: "hosted: Claude Code ignores addresses and keys in settings files",
    PINNED: "pinned: settings files cannot override the address and the key",
    SEALED: "sealed: the key is in no environment; Claude Code fetches it when it needs it",
}
_NO_SECRET = {
    "login": "the claude.ai login is used",
    "none": "the server needs none",
    "cloud": "the cloud's own tools have the credentials",
}
_DELIVERY = {
    DESCRIPTOR: "a pipe, named by {}",
    HEADER: "the header {}",
    URL: "the address, in the place of {{{}}}",
    HELPER: "a pinned {}",
    MCP: "the MCP server {}, fetched for it alone",
    COLLECTOR: "{}, fetched for the collector alone",
}


_OF_A_GATEWAY = "a key of its own for each session, from the gateway"
IN_MEMORY = "(in memory, because it holds a password)"


def pins(planned: Planned) -> str:
    """What the launch would pin, without passwords."""
    return settings(planned.plan.but(memory=""), start.inherited(), dict(planned.machine.network))


def argv(planned: Planned) -> list[str]:
    """The client's arguments, as far as they are ours."""
    return arguments(planned.plan, [], pins(planned))


def show(planned: Planned, argv: list[str], chain: "Sequence[Link]" = (), stays: "Sequence[Link]" = ()) -> None:
    """What the launch would do, and what is asked before it."""
    plan = planned.plan
    render.heading(f"{plan.profile}: {planned.resolved.title}")
    render.out(f"  claude      {planned.missing or plan.target + version(planned)}")
    by_gateway = planned.written.profile.by_gateway
    render.out(f"  endpoint    {_gateway() if by_gateway else endpoint(planned.resolved)}")
    if planned.told is not None:
        render.out(f"  server      {local.described(planned.resolved, plan.model, planned.told)}")
    for slot in plan.slots:
        whose = _OF_A_GATEWAY if gateway_keys.is_one(slot.reference) else slot.reference
        render.out(f"  secret      {whose} → {delivery(slot)}")
    login_away = planned.resolved.profile.auth == "login" and planned.resolved.profile.base_url is not None
    if planned.held is not None:
        render.out(f"  secret      NOT HANDED OUT: {planned.held.what} ({planned.held.hint})")
    for what, fault in _stops(planned):
        render.out(f"  {what:<12}NOT LAUNCHED: {fault.what} ({fault.hint})")
    if planned.resolved.profile.auth in _NO_SECRET and not any(slot.delivery == TOKEN for slot in plan.slots):
        why = _NO_SECRET[planned.resolved.profile.auth]
        render.out(f"  secret      none: {f'{why}, and sent to the endpoint' if login_away else why}")
    for what, text in (*plan_beside.serves(planned), *plan_beside.beside(planned)):
        render.out(f"  {what:<12}{text}")
    render.out(f"  protection  {PROTECTION[plan.protection]}")
    notes = [f"  note        {note}" for note in (*planned.resolved.corrections, *plan.notes)]
    for line in (*_before(planned, chain), *(f"  in session  {line}" for line in within(stays)), *notes):
        render.out(line)
    render.heading("sets")
    for name, value in sorted(plan.set.items()):
        render.out(f"  {name}={value}".replace("\n", "; "))
    present = [name for name in plan.unset if name in os.environ]
    render.heading(f"removes {len(plan.unset)} variables ({len(present)} are set now)")
    for name in present:
        render.out(f"  {name}  ({reason(name)})")
    render.heading("becomes")
    render.out("  " + " ".join(sh(argument) for argument in [plan.target, *argv]))


def _stops(planned: Planned) -> Iterator[tuple[str, CcError]]:
    """What a real launch would be refused for."""
    for what, fault in (("model", planned.unfit), ("server", planned.astray)):
        if fault is not None:
            yield what, fault


def _gateway() -> str:
    from cc_launcher.cli import gateway_view  # other launches do not pay for it

    return gateway_view.where()


def as_data(
    planned: Planned, argv: list[str], chain: "Sequence[Link]" = (), stays: "Sequence[Link]" = ()
) -> dict[str, Any]:
    """The plan for programs."""
    plan = planned.plan
    return {
        "profile": plan.profile,
        "label": plan.label,
        "model": plan.model,
        "protection": plan.protection,
        "target": plan.target,
        "client_version": ".".join(map(str, planned.machine.version))
        if planned.machine.version and not planned.missing
        else None,
        "argv": [plan.target, *argv],
        "set": plan.set,
        "unset": list(plan.unset),
        "pins": pins(planned),
        "managed": plan.managed,
        "prices": _prices(planned),
        "secrets": [{"reference": slot.reference, "delivery": slot.delivery, "name": slot.name} for slot in plan.slots],
        "mcp": plan_beside.servers(planned),
        "telemetry": plan_beside.telemetry_data(planned),
        "serves": plan_beside.serves_data(planned),
        "notes": [*planned.resolved.corrections, *plan.notes],
        "missing": planned.missing,
        "needs": list(states.of(planned.written).needs),
        "held": planned.held.what if planned.held is not None else "",
        "server": _server(planned),
        "unfit": planned.unfit.what if planned.unfit is not None else "",
        "asks_first": first(planned, chain),
        "in_session": _within(stays),
        "sources": list(plan.sources),
    }


def prices_of(planned: Planned) -> Priced:
    """The prices that the session gets from the launch."""
    return priced_in(planned.plan, planned.resolved.profile, planned.machine)


def _prices(planned: Planned) -> dict[str, Any]:
    found = prices_of(planned)
    return {
        "told": planned.plan.set["CC_PRICES"],
        "exact": {model: four._asdict() for model, four in found.rows.items()},
        "not_exact": found.without,
        "converted": list(found.rates),
        "said": priced.said(found, planned.plan.model),
    }


def first(planned: Planned, chain: "Sequence[Link]") -> list[dict[str, str]]:
    """The profiles that are asked before the launch, in turn."""
    models = [planned.plan.model, *(link.model for link in chain[1:])]
    return [
        {"profile": link.name, "model": model, "asked": link.how} for link, model in zip(chain, models, strict=False)
    ]


def within(stays: "Sequence[Link]") -> list[str]:
    """What happens when a turn fails within the session; `stays` are the profiles that it goes on on."""
    if not stays:
        return []
    from cc_launcher.cli import run_stay

    return run_stay.lines(stays)


def _within(stays: "Sequence[Link]") -> dict[str, Any] | None:
    """The same for programs."""
    if not stays:
        return None
    from cc_launcher.cli import run_stay

    return run_stay.as_data(stays)


def _before(planned: Planned, chain: "Sequence[Link]") -> list[str]:
    shown = priced.said(prices_of(planned), planned.plan.model)
    lines = [f"  cost shown  {shown}"] if shown else []
    for number, link in enumerate(first(planned, chain)):
        model = f" ({link['model']})" if link["model"] else ""
        lines.append(f"  {'on to' if number else 'first'}       {link['profile']}{model} is asked {link['asked']}")
    return lines


def _server(planned: Planned) -> dict[str, Any] | None:
    """What the server of a local model said, where it was asked."""
    told = planned.told
    if planned.astray is not None:
        return {"fault": "elsewhere", "said": planned.astray.what, "missing": [], "window": None}
    if told is None:
        return None
    return {
        "fault": told.fault,
        "said": local.described(planned.resolved, planned.plan.model, told),
        "missing": list(told.missing),
        "window": told.window,
    }


def identity_of(planned: Planned) -> list[tuple[str, str, str]]:
    """For a cloud: whose account a launch would use, and in which region, as far as that can be told without asking."""
    profile = planned.resolved.profile
    cloud = clouds.of(profile)
    if cloud is None:
        return []
    rows = cloud_tools.facts(profile.values, cloud.family, profile.region, planned.machine.settings)
    if slot := next((slot for slot in planned.plan.slots if slot.delivery == TOKEN), None):
        rows[0] = ("identity", "the host that the secret belongs to", slot.reference)
    elif profile.auth == "none":
        rows[0] = ("identity", "the gateway's own", "auth = none")
    if cloud.region == "CLOUD_ML_REGION":
        rows.append(
            ("region", profile.region or "us-east5", "the profile" if profile.region else "the client's default")
        )
    return rows


def delivery(slot: Slot) -> str:
    """How a secret reaches the client, in words."""
    return _DELIVERY.get(slot.delivery, "{}").format(slot.name)


def version(planned: Planned) -> str:
    """The client's version, in brackets."""
    return (
        f" ({'.'.join(map(str, planned.machine.version))})"
        if planned.machine.version
        else " (unknown version: treated as an old one)"
    )


def reason(name: str) -> str:
    """Why a variable is taken out."""
    if clouds.of_a_cloud(name) and variables.group_of(name) is None:
        return clouds.REASON
    return next(
        (group.reason for group in variables.GROUPS if name in group.names),
        "the key is read from it; the session does not need it",
    )
