"""From a profile to a probe of it: what is asked where, with which secret, and what it may cost."""

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from cc_launcher.actions import planning, secret_values
from cc_launcher.actions.planning import Planned
from cc_launcher.actions.screen import NOBODY, Screen
from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.plan import in_a_path
from cc_launcher.core.plan.make_plan import direct_host, reference_of
from cc_launcher.core.probe import budget as budgets
from cc_launcher.core.probe.budget import Budget, Prices
from cc_launcher.core.probe.check import Check, Scene
from cc_launcher.core.probe.checks.catalog import BY_NAME, CHECKS
from cc_launcher.core.probe.client_request import BETA, Captured
from cc_launcher.core.probe.kept import CLIENTS_DEFAULT
from cc_launcher.core.probe.outcome import Run
from cc_launcher.core.probe.verdict import verdict
from cc_launcher.core.profile import serving
from cc_launcher.core.profile.model_choice import known
from cc_launcher.core.profile.profile import Profile
from cc_launcher.core.text.nearest import did_you_mean
from cc_launcher.core.text.urls import OWN_ADDRESS
from cc_launcher.files import captured_request, kept_probes, plan_cache
from cc_launcher.launch import planfile
from cc_launcher.launch.request import Request
from cc_launcher.net.probe_run import Runner
from cc_launcher.net.probe_sender import Sender, Target

CENTS = 5.0  # that a probe may cost, unless somebody says otherwise
_UNPRICED = Prices(5, 25)  # dollars for a million tokens: what the client takes for granted where it knows no price
_PATIENCE, _LOCAL_PATIENCE = 60.0, 300.0  # seconds for one request


@dataclass(frozen=True)
class Wishes:
    """What the command line asks for."""

    deep: bool = False
    only: tuple[str, ...] = ()
    max_cost: float | None = None  # dollars


@dataclass(frozen=True)
class Looked:
    """What would be probed, before any secret is read."""

    planned: Planned
    word: str | None  # for the model
    model: str
    host: str
    scene: Scene
    checks: tuple[Check, ...]
    budget: Budget

    @property
    def name(self) -> str:
        """The profile."""
        return self.planned.resolved.name

    @property
    def limit(self) -> str:
        """What it may cost, in words."""
        free = self.budget.prices == (0, 0)
        return "nothing" if free else self.budget.told(self.budget.most)

    @property
    def client(self) -> str:
        """The version whose requests are sent."""
        return str(self.scene.client["client"])


@dataclass(frozen=True)
class Probe:
    """A probe that can begin."""

    looked: Looked
    sender: Sender
    runner: Runner


def look(name: str, word: str | None, wishes: Wishes, screen: Screen = NOBODY) -> Looked:
    """Read the profile. Nothing is sent but, for its window, to a server of this machine."""
    checks = chosen(wishes.only)
    request = Request()
    request.profile, request.word = name, word
    planned = planning.plan(request, for_real=False, ask=True, screen=screen)
    if planned.astray is not None:
        raise planned.astray
    profile = planned.resolved.profile
    _refuse_unspoken(name, profile)
    model = planned.plan.model or CLIENTS_DEFAULT
    about = known(profile, model)
    said = about.prices if about.prices is not None and about.prices.currency == "USD" else None  # as --max-cost is
    prices = Prices(said.input, said.output) if said is not None else None
    is_local = profile.kind == "local"
    address = urlsplit(profile.base_url or OWN_ADDRESS)
    host = address.netloc
    if (written := planned.written.profile).by_gateway:  # the port of the gateway is nobody's host
        host = urlsplit(written.base_url).netloc if written.base_url else address.hostname or ""
    scene = Scene(
        model=model,
        client=captured_request.read(),
        auth=profile.auth or "bearer",
        secure=address.scheme == "https",
        knobs=frozenset(name for name, on in profile.compat.items() if on),
        context=about.context,
        max_output=int(planned.plan.set.get("CLAUDE_CODE_MAX_OUTPUT_TOKENS", "0")) or None,
        searches=serving.value(profile, serving.WEB_SEARCH, model),
        deep=wishes.deep,
        patience=_LOCAL_PATIENCE if is_local else _PATIENCE,
    )
    budget = _budget(prices, wishes.max_cost, free=is_local)
    return Looked(planned, word, model, host, scene, checks, budget)


def prepare(looked: Looked, screen: Screen = NOBODY) -> Probe:
    """Read the secrets, if they may go to this host. What is reached by a gateway is served first."""
    if looked.planned.written.profile.by_gateway:
        looked = _served(looked, screen)
    if looked.planned.held is not None:
        raise looked.planned.held
    sender = Sender(_target(looked.planned, looked.scene.client))
    alone = looked.planned.resolved.profile.kind == "local"
    runner = Runner(looked.scene, looked.checks, sender.send, looked.budget, alone=alone, fit=sender.hidden)
    return Probe(looked, sender, runner)


def _served(looked: Looked, screen: Screen) -> Looked:
    """With the gateway's address and a key of this process, which counts in its log and its budgets as a session's."""
    from cc_launcher.actions import gateway_session  # other probes do not pay for it

    written = looked.planned.written
    seen = gateway_session.seen(written, looked.word, sealed=False, screen=screen)
    return replace(looked, planned=replace(looked.planned, resolved=seen, held=None))


def finished(probe: Probe, wishes: Wishes, began: float, seconds: float, *, whole: bool) -> Run:
    """What has come of it."""
    looked = probe.looked
    outcomes = tuple(probe.runner.in_order())
    whole = whole or len(outcomes) == len(looked.checks)
    words_of_it, fit = verdict(outcomes, BY_NAME, whole=whole, some=bool(wishes.only))
    return Run(
        profile=looked.name,
        model=looked.model,
        host=looked.host,
        client=looked.client,
        began=began,
        seconds=seconds,
        verdict=words_of_it,
        fit=fit,
        outcomes=outcomes,
        whole=whole,
        knobs=tuple(sorted(looked.scene.knobs)),
    )


def keep(run: Run, wishes: Wishes) -> None:
    """Keep it for lists and comparisons. A part of the checks says nothing of the whole."""
    if wishes.only or not run.outcomes:
        return
    kept_probes.keep(run)
    plan_cache.forget(run.profile)  # the next launch may have something to say of it


def chosen(only: tuple[str, ...]) -> tuple[Check, ...]:
    """All checks, or those that are named together with what they need."""
    if not only:
        return CHECKS
    wanted: set[str] = set()
    left = list(only)
    while left:
        name = left.pop()
        if name not in BY_NAME:
            hint = did_you_mean(name, list(BY_NAME)) or f"checks: {', '.join(BY_NAME)}"
            raise CcError(f"--only: no check {name}", hint, code=USAGE)
        if name not in wanted:
            wanted.add(name)
            left += BY_NAME[name].needs
    return tuple(check for check in CHECKS if check.name in wanted)


def _refuse_unspoken(name: str, profile: Profile) -> None:
    """What cannot be probed from here."""
    if profile.cloud is not None:
        raise CcError(
            f"{name}: cc cannot probe a cloud: only the cloud's own tools can sign requests",
            f"try a session: cc run {name} -p hi",
            code=USAGE,
        )
    if profile.auth == "login":
        raise CcError(
            f"{name}: cc cannot probe with your claude.ai login, because it does not read that login",
            f"try a session: cc run {name} -p hi",
            code=USAGE,
        )


def _target(planned: Planned, captured: Captured) -> Target:
    """Where the requests go, with all the secrets that a session would send along."""
    resolved = planned.resolved
    profile = resolved.profile
    reference = reference_of(resolved, planfile.present())
    secret = secret_values.value_of(resolved, reference) if reference is not None else profile.placeholder or "none"
    others = secret_values.others_of(resolved, secret)
    shown = base = profile.base_url or OWN_ADDRESS
    for name, value in others.values.items():
        base = base.replace(f"{{{name}}}", in_a_path(value))
    # A header's prefix is no secret: an error that speaks of a bearer token may do so.
    bare = (value.removeprefix(profile.secret_headers[name].prefix) for name, value in others.headers.items())
    hidden = (*bare, *others.values.values(), *([secret] if reference is not None else []))
    client = {name: value for name, value in captured["headers"].items() if name != BETA}
    headers = {name.lower(): value for name, value in profile.headers.items()}
    secret_headers = {name.lower(): value for name, value in others.headers.items()}
    return Target(
        base,
        shown,
        profile.auth or "bearer",
        secret,
        client | headers,
        secret_headers,
        hidden,
        by_proxy=not direct_host(profile),  # as the session would go
    )


def _budget(prices: Prices | None, most: float | None, *, free: bool) -> Budget:
    """What may be spent. Where nobody knows a price, tokens are counted, unless somebody has named a sum."""
    if free or (prices is not None and prices == (0, 0)):
        return Budget(Prices(0, 0), 1)
    if prices is None and most is None:
        return Budget(None, budgets.TOKENS)
    return Budget(prices or _UNPRICED, CENTS / 100 if most is None else most)
