"""From a request to a plan: what `run`, `show` and `env` have in common."""

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import typer

from cc_launcher.claude import machine
from cc_launcher.cli import asking, model_list
from cc_launcher.core import live, local, references, status_line
from cc_launcher.core.errors import NOT_FOUND, REFUSED, CcError
from cc_launcher.core.live import Meant
from cc_launcher.core.local import Told
from cc_launcher.core.machine import Machine
from cc_launcher.core.make_plan import NOT_ASKED, Options, make_plan, reference_of
from cc_launcher.core.models import choose
from cc_launcher.core.plan import Plan, direct
from cc_launcher.core.resolve import Resolved
from cc_launcher.core.variables import NETWORK
from cc_launcher.files import hosts, isolated, plan_cache, profiles, status_cache
from cc_launcher.launch import paths, planfile
from cc_launcher.launch.entry import Request


@dataclass(frozen=True)
class Planned:
    """A plan, and what it was made of."""

    plan: Plan
    resolved: Resolved
    machine: Machine
    missing: str = ""  # what a launch would stop at: no client, for example
    held: CcError | None = None  # why the secret is not handed out
    unfit: CcError | None = None  # why the model is not to be launched on
    told: Told | None = None  # by the server of a local model, where it was asked
    remember: Callable[[], None] = lambda: None  # for the next launch, once this one has its secrets


def plan(request: Request, *, for_real: bool, ask: bool = False) -> Planned:
    """Make the plan of a request. One that is only looked at needs no client on this machine.

    With `ask`, the server of a local model is asked what it has; a real launch that it could not serve is refused.
    """
    begun = time.time_ns()
    meant = model_list.meant(profiles.load(request.profile), request.word, with_secret=for_real)
    resolved = meant.resolved
    missing = ""
    client: str | None = None
    from_path = False
    try:
        client, from_path = machine.client()
    except CcError as error:
        if for_real or error.code != NOT_FOUND:
            raise
        missing = f"{error.what} ({error.hint})"
    if for_real and resolved.profile.isolated:
        isolated.prepare(Path(machine.config_directory(resolved)), resolved.profile.share, Path(paths.client_config()))
    described = machine.describe(resolved, client)
    options = Options(sealed="--sealed" in request.flags, env=tuple(request.env))
    made = model_list.noted(make_plan(resolved, meant.word, options, described), meant)
    unfit = None if "--anyway" in request.flags else unfit_for(meant)
    held = held_back(resolved, made)
    if for_real:
        _refuse(resolved, made, unfit, held)
        held = None
    told = asking.ask(resolved, meant.word, made, for_real=for_real) if ask else None
    if told is not None:
        if for_real:
            local.refuse(resolved, made.model, told, anyway="--anyway" in request.flags)
        note = local.note(resolved, made.model, told)
        resolved = local.with_window(resolved, made.model, told)
        made = model_list.noted(make_plan(resolved, meant.word, options, described), meant)
        made = made.but(server=told.check or made.server, notes=tuple(filter(None, (*made.notes, note))))
    shown = (
        direct(made.direct, os.environ) if made.direct and not for_real else {}
    )  # at a launch, they join the environment as it is then
    made = made.but(set=made.set | shown)
    planned = Planned(made, resolved, described, missing, held, unfit, told)

    def remember() -> None:
        bind(planned)
        if described.status_line or any(status_line.is_ours(file.status_line) for file in described.settings):
            status_cache.store(resolved, reference_of(resolved, described.present))
        # A value from the command line may be anything, a secret too: it is not to be kept.
        kept = made.server != NOT_ASKED and not (made.server and "--anyway" in request.flags)
        kept = kept and not resolved.profile.fallback  # each launch asks first, which a cached one would not
        if not request.env and kept and plan_cache.is_settled(made, begun):
            asked = {name: name in described.present for name in (*resolved.profile.key_env, *NETWORK)}
            plan_cache.store(made, planfile.key_of(request), asked, from_path=from_path)

    return replace(planned, remember=remember)


def _refuse(resolved: Resolved, made: Plan, unfit: CcError | None, held: CcError | None) -> None:
    """Stop a launch that would come to nothing, or hand a secret to a stranger. Of a login one is asked."""
    if unfit is not None:
        raise unfit
    if held is not None:
        _agree(resolved, held)
        if (left := held_back(resolved, made)) is not None:
            raise left


def _agree(resolved: Resolved, held: CcError) -> None:
    """Ask once whether the login may go to this host, where somebody is there to answer."""
    if not isinstance(held, hosts.UnconfirmedLogin) or not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise held
    host = hosts.host_of(resolved)
    if not typer.confirm(f"{resolved.name}: send your claude.ai login to {host}, with each request?", err=True):
        raise CcError(f"{resolved.name}: your login was not sent to {host}", "nothing was started", code=REFUSED)
    hosts.confirm_login(resolved)


def bind(planned: Planned) -> None:
    """Write down which host the profile's secrets go to, now that they do."""
    for slot in planned.plan.slots:
        hosts.confirm(planned.resolved, references.parse(slot.reference))


def unfit_for(meant: Meant) -> CcError | None:
    """Why a launch on this model would come to nothing."""
    profile, name = meant.resolved.profile, meant.resolved.name
    try:
        live.refuse_unfit(profile, name, choose(profile, name, meant.word))
    except CcError as error:
        return error
    return None


def held_back(resolved: Resolved, plan: Plan) -> CcError | None:
    """Why the profile's secrets are not handed out: they were kept for another host."""
    try:
        hosts.refuse_unconfirmed_login(resolved)
        for slot in plan.slots:
            hosts.refuse_stranger(resolved, references.parse(slot.reference))
    except CcError as error:
        return error
    return None
