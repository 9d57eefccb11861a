"""`cc env`: the plan as variables, for a shell or a program that starts the client itself."""

import sys
from typing import Annotated

import typer

from cc_launcher.actions import gateway_session, planning
from cc_launcher.claude.this_machine import OWN_COMMAND
from cc_launcher.cli import render
from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.plan import BESIDE, DESCRIPTOR, HOSTED, SEALED, URL, Plan, exports, fetching
from cc_launcher.core.plan.pins import repriced
from cc_launcher.core.text.nearest import did_you_mean
from cc_launcher.files import profiles
from cc_launcher.launch import secret_reader
from cc_launcher.launch.request import Request

FORMATS = (*exports.FORMATS, "json", *exports.PLACES)


def command(
    profile: Annotated[str, typer.Argument(help="a profile or provider: cc list-profiles", show_default=False)],
    model: Annotated[
        str, typer.Argument(help="an alias, a tier, a full name, or a unique part of one", show_default=False)
    ] = "",
    *,
    shell: Annotated[str, typer.Option("--format", "-f", help=", ".join(FORMATS))] = "sh",
    reveal: Annotated[
        bool, typer.Option("--reveal", help="print the secret itself instead of the command that fetches it")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="the same as --format json")] = False,
) -> None:
    """Print a launch as variables. In the place of the key is the command that fetches it, unless --reveal is given.

    eval "$(cc env zai)"
    cc env zai --format fish | source
    cc env zai --format github

    Variables do less than `cc run`: nothing is merged, the key is in the environment, and an older client is not
    protected against settings files. `cc env` says so where it matters.

    With github, github-action (anthropics/claude-code-action), devcontainer, vscode, zed or jetbrains, it prints what
    goes into that place's own file, and says what else to do. The secret is never in it: GitHub and a container have
    their own place for it, and an editor starts a wrapper.
    """
    shell = "json" if as_json else shell
    if shell not in FORMATS:
        hint = f"{did_you_mean(shell, list(FORMATS))} one of {', '.join(FORMATS)}".strip()
        raise CcError(f"cc env: no format {shell}", hint, code=USAGE)
    if shell in exports.PLACES:
        _print_for(shell, profile, model, reveal=reveal)
        return
    gateway_session.refuse(profiles.load(profile), "cc env", "a session of a gateway has a key of its own")
    request = Request()
    request.profile, request.word = profile, model or None
    planned = planning.plan(request, for_real=False)
    if planned.held is not None:
        raise planned.held
    if planned.unfit is not None:
        raise planned.unfit
    planned.bind()
    # MCP servers are an argument, which no variable can stand for, and a collector's headers a helper's.
    # Nor do they hand over prices.
    plan = repriced(planned.plan, [], replaced=True)
    plan = plan.but(slots=tuple(slot for slot in plan.slots if slot.delivery not in BESIDE))
    if plan.protection == SEALED:
        raise CcError(f"{profile}: a sealed launch cannot be written as variables", f"cc run {profile}", code=USAGE)
    if any(slot.delivery == URL for slot in plan.slots):
        what = f"{profile}: an address that holds a secret cannot be written as a variable"
        raise CcError(what, f"cc run {profile}", code=USAGE)
    secrets = [secret_reader.of(slot, profile) for slot in plan.slots] if reveal else None
    if shell == "json":
        _print_json(plan, secrets)
    else:
        commands = [fetching(slot, OWN_COMMAND) for slot in plan.slots]
        sys.stdout.write("".join(f"{line}\n" for line in exports.render(plan, shell, commands, secrets)))
    _say_what_is_not_in_it(planned, plan)


def _print_for(place: str, profile: str, model: str, *, reveal: bool) -> None:
    from cc_launcher.actions import elsewhere  # exports need neither it nor YAML

    if reveal:
        raise CcError(f"cc env --format {place} never holds a secret", "leave --reveal out", code=USAGE)
    found = elsewhere.written(profile, model, place)
    sys.stdout.write(found.text)
    for note in found.notes:
        render.talk(note)


def _say_what_is_not_in_it(planned: planning.Planned, plan: Plan) -> None:
    profile = plan.profile
    if plan.protection != HOSTED:
        render.talk(f"{profile}: here, a settings file can override these variables; use cc run {profile}")
    if planned.resolved.profile.mcp or planned.resolved.profile.mcp_servers:
        render.talk(f"{profile}: its MCP servers cannot be variables; use cc run {profile}")
    if planned.resolved.profile.telemetry is not None:
        render.talk(f"{profile}: its telemetry is not in these variables, but pinned in a launch; use cc run {profile}")
    if planned.resolved.profile.fallback:
        both = " and in_session work" if planned.resolved.profile.in_session else " works"
        render.talk(f"{profile}: its fallback{both} only in a launch; use cc run {profile}")
    if planned.resolved.profile.budget is not None:
        render.talk(f"{profile}: its budget holds only in a launch; use cc run {profile}")
    if any(slot.delivery == DESCRIPTOR for slot in plan.slots):
        render.talk("the client asks whether to use ANTHROPIC_API_KEY, and recommends No; with cc run, it does not ask")


def _print_json(plan: Plan, secrets: list[str] | None) -> None:
    found = [
        {
            "reference": slot.reference,
            "variable": exports.variable_of(slot.delivery, slot.name),
            "delivery": slot.delivery,
        }
        | ({"value": secrets[index]} if secrets is not None else {})
        for index, slot in enumerate(plan.slots)
    ]
    render.envelope("env", {"set": plan.set, "unset": exports.taken_out(plan), "secrets": found})
