"""From a request to a plan: what `run`, `show` and `env` have in common."""

import contextlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from cc_launcher.actions import asking, making, takes_images, which_port
from cc_launcher.actions.making import Made, Setting
from cc_launcher.actions.screen import NOBODY, Screen
from cc_launcher.actions.which_port import Place
from cc_launcher.claude import this_machine
from cc_launcher.core.errors import NOT_FOUND, REFUSED, CcError
from cc_launcher.core.models import local
from cc_launcher.core.models.local import Told
from cc_launcher.core.plan import (
    REMOTE,
    Plan,
    asks_for_jobs,
    background,
    before_dashes,
    direct,
    needs_model,
    settings,
    without,
)
from cc_launcher.core.plan.machine import Machine
from cc_launcher.core.plan.make_plan import NOT_ASKED, Options, reference_of
from cc_launcher.core.plan.protection import PROXY_HELPER, remote_note
from cc_launcher.core.plan.without import Missing
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.profile.variables import PROXIES
from cc_launcher.core.status import our_command
from cc_launcher.files import gateway_keys, hosts, plan_cache, profiles, records, said, status_cache
from cc_launcher.launch import planfile, process
from cc_launcher.launch.request import Request


@dataclass(frozen=True)
class Planned:
    """A plan, and what it was made of."""

    plan: Plan
    resolved: Resolved
    machine: Machine
    written: Resolved  # the same, but as its files have it where the client sees a gateway in its place
    missing: str = ""  # what a launch would stop at: no client, for example
    held: CcError | None = None  # why the secret is not handed out
    unfit: CcError | None = None  # why the model is not to be launched on
    astray: CcError | None = None  # why nobody knows where its server is
    told: Told | None = None  # by the server of a local model, where it was asked
    window: str = ""  # what is to be said where the model's window is not known
    less: Missing | None = None  # what its provider does not serve
    remember: Callable[[], None] = lambda: None  # for the next launch, once this one has its secrets
    note: Callable[[Iterable[str]], None] = lambda _: None  # that it was launched, with these secrets, and no more

    def bind(self) -> None:
        """The host of this plan has its secrets from now on."""
        making.bind(self.resolved, tuple(slot for slot in self.plan.slots if not gateway_keys.is_one(slot.reference)))


def plan(request: Request, *, for_real: bool, ask: bool = False, screen: Screen = NOBODY) -> Planned:
    """Make the plan of a request. One that is only looked at needs no client on this machine.

    With `ask`, the server of a local model is asked what it has; a real launch that it could not serve is refused.
    """
    begun = time.time_ns()
    read = profiles.load(request.profile)
    loaded = _served(read, request, for_real=for_real, screen=screen)
    client, from_path, missing = _client(for_real=for_real)
    setting = Setting(client, for_real=for_real, changed=lambda found, _: _as_kept(request, found, for_real=for_real))
    options = Options(
        "--sealed" in request.flags, tuple(request.env), "--anyway" in request.flags, is_part=process.is_part()
    )
    made = making.made(loaded, request.word, options, setting)
    resolved, described = made.resolved, made.machine
    place, told = _server(request, made, None, screen, for_real=for_real)

    def on(one: Machine) -> Plan:
        found = made.plan(one, resolved)
        note = local.note(resolved, found.model, told) if told is not None else ""
        remote = _of_remote(request, found, resolved, one)
        found = found.but(notes=tuple(filter(None, (*found.notes, place.note, note, remote))))
        return found.but(server=told.check or found.server) if told is not None else found

    plan = on(described)
    _refuse_jobs(request, plan, resolved, described)
    unfit = None if "--anyway" in request.flags else making.unfit_for(made.meant)
    held = making.held_back(resolved, plan.slots)
    if for_real:
        _refuse(resolved, plan, unfit, held, screen)
        held = None
    place, told = _server(request, made, plan if ask else None, screen, for_real=for_real)
    if told is not None:
        resolved = local.with_window(place.resolved, plan.model, told)
        plan = on(described)
    kept = plan = plan if for_real else _as_shown(plan)  # without what is said once
    window = made.about_window
    less = without.of(resolved, plan.model, takes_images=takes_images.known(resolved, plan.model))
    plan = plan.but(notes=(*plan.notes, *_once(request, plan, window, less, for_real=for_real)))
    written = resolved if loaded is read else read
    planned = Planned(plan, resolved, described, written, missing, held, unfit, place.fault, told, window, less)
    told_of = less.marks if _unsaid(request, less) in plan.notes else ()
    note = partial(_note, request, told_of_window=window in plan.notes, told_of=told_of)

    def remember() -> None:
        planned.bind()
        note([slot.reference for slot in plan.slots])
        if described.status_line or any(our_command.is_ours(file.status_line) for file in described.settings):
            status_cache.store(resolved, reference_of(resolved, described.present))
        # A launch for the client's help does not say it, and neither would the next one on its plan: that is not kept.
        all_told = (not window or said.window(request.profile)) and not _unsaid(request, less)
        if all_told and _is_kept(request, planned) and plan_cache.is_settled(plan, begun):
            with contextlib.suppress(CcError):
                # What a script starts may be another client at the next launch: the oldest is reckoned with.
                keep = on(replace(described, version=None)) if described.shim else kept
                proxies = [f"{name}@" for name in PROXIES]  # one with a password is handled in another way
                watched = (*resolved.profile.key_env, PROXY_HELPER, *proxies)
                asked = {name: name in described.present for name in watched}
                plan_cache.store(keep, planfile.key_of(request), asked, from_path=from_path)

    return replace(planned, remember=remember, note=note)


def _refuse_jobs(request: Request, plan: Plan, resolved: Resolved, described: Machine) -> None:
    """Refuse a job in the background that would not be on this profile."""
    if asks_for_jobs(request.rest):
        pins = settings(plan, os.environ, dict(described.network))
        reference = reference_of(resolved, described.present)
        named = " ".join(filter(None, (request.profile, request.word)))
        background.refuse(plan, named, request.rest, pins, resolved.profile, reference, described)


def _served(loaded: Resolved, request: Request, *, for_real: bool, screen: Screen) -> Resolved:
    """The profile; one that is reached by a gateway as the client sees it, and served when it is for real."""
    if not loaded.profile.by_gateway:
        return loaded
    from cc_launcher.actions import gateway_session  # other launches do not pay for it

    sealed = "--sealed" in request.flags
    return gateway_session.seen(loaded, request.word, sealed=sealed, screen=screen if for_real else None)


def _once(request: Request, plan: Plan, window: str, less: Missing, *, for_real: bool) -> Iterator[str]:
    """What is said once a profile."""
    if window and not (for_real and _is_known_without(request, plan)):
        yield window
    # Whoever names the session's tools, as `cc ask` does, sees nothing of it: it is said where it helps.
    names_tools = any(word.split("=", 1)[0] == "--tools" for word in before_dashes(request.rest))
    if for_real and needs_model(request.rest, plan.subcommands) and not names_tools and (new := _unsaid(request, less)):
        yield new


def _unsaid(request: Request, less: Missing) -> str:
    """What nobody was told yet of what the provider does not serve."""
    return without.note(less, said.missing(request.profile))


def _note(request: Request, references: Iterable[str], *, told_of_window: bool, told_of: Iterable[str]) -> None:
    """That it was launched, with these secrets."""
    if told_of_window:
        said.note_window(request.profile)
    if told_of:
        said.note_missing(request.profile, told_of)
    lasting = [reference for reference in references if not gateway_keys.is_one(reference)]
    records.note_launched(request.profile, request.word or "", lasting)


def _server(
    request: Request, made: Made, plan: Plan | None, screen: Screen, *, for_real: bool
) -> tuple[Place, Told | None]:
    """Where the server of a local model is, and what it says; a real launch that it could not serve is refused."""
    if plan is None or not needs_model(request.rest, plan.subcommands):
        return Place(made.resolved), None
    place = which_port.of(made.resolved, screen)
    if place.fault is not None:
        if for_real:
            raise place.fault
        return place, None
    told = asking.ask(place.resolved, made.meant.word, plan, for_real=for_real)
    if told is not None and for_real:
        local.refuse(place.resolved, plan.model, told, anyway="--anyway" in request.flags)
    return place, told


def _as_shown(made: Plan) -> Plan:
    """With the hosts that no proxy is for. At a launch, they join the environment as it is then."""
    return made.but(set=made.set | direct(made.direct, os.environ)) if made.direct else made


def _is_known_without(request: Request, plan: Plan) -> bool:
    """Whether nobody needs to be told of the window: they were, or no model is asked for."""
    return said.window(request.profile) or not needs_model(request.rest, plan.subcommands)


def _as_kept(request: Request, found: Machine, *, for_real: bool) -> Machine:
    """What is shown is what the next launch does: see `remember`."""
    is_kept = found.shim and not for_real and planfile.load(planfile.key_of(request)) is not None
    return replace(found, version=None) if is_kept else found


def _client(*, for_real: bool) -> tuple[str | None, bool, str]:
    """The client, whether it is the first on PATH, and why there is none."""
    try:
        return (*this_machine.client(), "")
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
        and not planned.written.profile.by_gateway  # each has a key of its own
        and not planned.resolved.profile.fallback  # each launch asks first, which a cached one would not
        and planned.resolved.profile.budget is None  # nor would that look at what is left
    )


def _of_remote(request: Request, made: Plan, resolved: Resolved, described: Machine) -> str:
    """What is to be said where the client is to start sessions for somebody elsewhere; or it is refused."""
    word = request.rest[0] if request.rest else ""
    return remote_note(resolved, described, word) if word in REMOTE and word in made.subcommands else ""


def _refuse(resolved: Resolved, made: Plan, unfit: CcError | None, held: CcError | None, screen: Screen) -> None:
    """Stop a launch that would come to nothing, or hand a secret to a stranger. Of a login one is asked."""
    if unfit is not None:
        raise unfit
    if held is not None:
        _agree(resolved, held, screen)
        if (left := making.held_back(resolved, made.slots)) is not None:
            raise left


def _agree(resolved: Resolved, held: CcError, screen: Screen) -> None:
    """Ask once whether the login may go to this host, where somebody is there to answer."""
    if not isinstance(held, hosts.UnconfirmedLogin) or screen.agrees is None:
        raise held
    host = hosts.host_of(resolved)
    if not screen.agrees(f"{resolved.name}: send your claude.ai login to {host} with each request?"):
        raise CcError(f"{resolved.name}: your login was not sent to {host}", "nothing was started", code=REFUSED)
    hosts.confirm_login(resolved)
