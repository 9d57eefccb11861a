"""From a request to a plan: what `run`, `show` and `env` have in common."""

import contextlib
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
from cc_launcher.core.plan import REMOTE, Plan, direct, needs_model
from cc_launcher.core.protection import PROXY_HELPER, remote_note
from cc_launcher.core.resolve import Resolved
from cc_launcher.core.variables import PROXIES
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
    client, from_path, missing = _client(for_real=for_real)
    if for_real and resolved.profile.isolated:
        isolated.prepare(Path(machine.config_directory(resolved)), resolved.profile.share, Path(paths.client_config()))
    described = machine.describe(resolved, client)
    if described.shim and not for_real and planfile.load(planfile.key_of(request)) is not None:
        described = replace(described, version=None)  # what is shown is what the next launch does: see `remember`
    options = Options(sealed="--sealed" in request.flags, env=tuple(request.env))

    def made_on(one: Machine) -> Plan:
        made = model_list.noted(make_plan(resolved, meant.word, options, one), meant)
        note = local.note(resolved, made.model, told) if told is not None else ""
        made = made.but(notes=tuple(filter(None, (*made.notes, note, _of_remote(request, made, resolved, one)))))
        return made.but(server=told.check or made.server) if told is not None else made

    told: Told | None = None
    made = made_on(described)
    unfit = None if "--anyway" in request.flags else unfit_for(meant)
    held = held_back(resolved, made)
    if for_real:
        _refuse(resolved, made, unfit, held)
        held = None
    ask = ask and needs_model(request.rest, made.subcommands)
    told = asking.ask(resolved, meant.word, made, for_real=for_real) if ask else None
    if told is not None:
        if for_real:
            local.refuse(resolved, made.model, told, anyway="--anyway" in request.flags)
        resolved = local.with_window(resolved, made.model, told)
        made = made_on(described)
    shown = (
        direct(made.direct, os.environ) if made.direct and not for_real else {}
    )  # at a launch, they join the environment as it is then
    made = made.but(set=made.set | shown)
    planned = Planned(made, resolved, described, missing, held, unfit, told)

    def remember() -> None:
        bind(planned)
        if described.status_line or any(status_line.is_ours(file.status_line) for file in described.settings):
            status_cache.store(resolved, reference_of(resolved, described.present))
        if _is_kept(request, planned) and plan_cache.is_settled(made, begun):
            with contextlib.suppress(CcError):
                # What a script starts may be another client at the next launch: the oldest is reckoned with.
                keep = made_on(replace(described, version=None)) if described.shim else made
                proxies = [f"{name}@" for name in PROXIES]  # one with a password is handled in another way
                watched = (*resolved.profile.key_env, PROXY_HELPER, *proxies)
                asked = {name: name in described.present for name in watched}
                plan_cache.store(keep, planfile.key_of(request), asked, from_path=from_path)

    return replace(planned, remember=remember)


def _client(*, for_real: bool) -> tuple[str | None, bool, str]:
    """The client, whether it is the first on PATH, and why there is none."""
    try:
        return (*machine.client(), "")
    except CcError as error:
        if for_real or error.code != NOT_FOUND:
            raise
        return None, False, f"{error.what} ({error.hint})"


def _is_kept(request: Request, planned: Planned) -> bool:
    """Whether a plan may serve the next launch, too."""
    plan = planned.plan
    return (
        plan.server != NOT_ASKED
        and not (plan.server and "--anyway" in request.flags)
        and not (request.rest and request.rest[0] in REMOTE)
        and not request.env  # a value from the command line may be anything, a secret too
        and not any(name.endswith("@") for name in plan.network)  # a password of a file
        and not planned.resolved.profile.fallback  # each launch asks first, which a cached one would not
    )


def _of_remote(request: Request, made: Plan, resolved: Resolved, described: Machine) -> str:
    """What is to be said where the client is to start sessions for somebody elsewhere; or it is refused."""
    word = request.rest[0] if request.rest else ""
    return remote_note(resolved, described, word) if word in REMOTE and word in made.subcommands else ""


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
