"""What there is to say of the gateway: how it stands, the shares of its targets, its budgets, and its log."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from cc_launcher.actions import gateway_daemon
from cc_launcher.core.errors import CcError
from cc_launcher.core.usage.currencies import DOLLARS
from cc_launcher.files import gateway_engine, gateway_log, gateway_places, profiles, user_config
from cc_launcher.files.gateway_log import Wanted

_SHARES = 86_400.0  # seconds that the shares are of
_COOLED = 300.0  # seconds in which a failure is worth a word
_RULES = 4 * 1024 * 1024
_NO_FAULT = {200, 499}  # of a target's: at the second one, who asked went away


@dataclass(frozen=True)
class Target:
    """One target of a route."""

    name: str  # in the engine
    served_by: str  # UPSTREAM/MODEL, as the profile has it
    weight: float
    requests: int  # in the last day
    share: float  # of the route's requests, in percent
    last: str  # what came of the last request: ok, failed or nothing
    refused: bool  # an upstream has refused the key that is used


@dataclass(frozen=True)
class BudgetState:
    """How a budget stands."""

    about: str
    amount: float
    currency: str
    per: str
    spent: float
    percent: float
    warned: bool


@dataclass(frozen=True)
class ProfileState:
    """One profile that the gateway serves, or has served."""

    name: str
    served: bool
    sessions: int
    routes: dict[str, list[Target]] = field(default_factory=dict)
    budgets: list[BudgetState] = field(default_factory=list)


@dataclass(frozen=True)
class State:
    """How the gateway stands."""

    state: str  # down, serving, starting, failed, ending, empty
    port: int
    pid: int
    seconds: float  # since the engine serves
    restarts: int
    fault: str
    engine: str  # its version; empty where none is installed
    is_newest: bool
    profiles: list[ProfileState]

    def data(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)


def state() -> State:
    """All of it."""
    told = gateway_daemon.status()
    engine = gateway_engine.installed()
    served = set(told.get("profiles") or [])
    profiles: list[ProfileState] = []
    if gateway_places.log().exists():
        with gateway_log.opened() as log:
            opened = gateway_log.sessions(log)
            for name, rules in sorted(_rules(told.get("run") or "").items()):
                if name in served or opened.get(name):
                    profiles.append(_profile(log, name, rules, opened.get(name, 0), is_served=name in served))
    since = told.get("since")
    return State(
        state=str(told.get("serves") or "down"),
        port=int(told.get("port") or 0),
        pid=int(told.get("pid") or 0),
        seconds=max(time.time() - since, 0.0) if since else 0.0,
        restarts=int(told.get("restarts") or 0),
        fault=str(told.get("fault") or ""),
        engine=engine.version if engine else "",
        is_newest=engine is None or engine.is_newest,
        profiles=profiles,
    )


def rows(wanted: Wanted) -> list[dict[str, Any]]:
    """The rows of the log that are wanted."""
    if not gateway_places.log().exists():
        return []
    with gateway_log.opened() as log:
        return gateway_log.rows(log, wanted)


def refused_words(profile: str) -> Iterator[str]:
    """The keys of a profile that upstreams have refused, in words."""
    for words, _ in refused(profile):
        yield words


def refused(profile: str) -> Iterator[tuple[str, str]]:
    """The same, each with the profile whose key it is. Of one without a name: those of all."""
    if not gateway_places.log().exists():
        return
    with gateway_log.opened() as log:
        found = gateway_log.refused(log, profile)
    rules = _rules(gateway_daemon.status().get("run") or "") if found else {}
    for row in found:
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(row["time"]))
        upstream = _served_by(rules.get(row["profile"], {}), row["target"]).partition("/")[0]
        said = f"the key of {upstream} was refused ({when}, 401)"
        yield f"{row['profile']}: {said}; it is not served until you replace it", _whose(row["profile"], upstream)


def _whose(profile: str, upstream: str) -> str:
    """The profile that an upstream is."""
    try:
        gateway = profiles.load(profile).profile.gateway
    except CcError:
        return profile
    return gateway.upstreams.get(upstream, profile) if gateway is not None else profile


def _profile(log: Any, name: str, rules: dict[str, Any], opened: int, *, is_served: bool) -> ProfileState:
    now = time.time()
    shares = gateway_log.shares(log, name, now - _SHARES)
    last = gateway_log.last(log, name)
    refused = {row["target"] for row in gateway_log.refused(log, name)}
    routes: dict[str, list[Target]] = {}
    for route, about in rules["routes"].items():
        served = shares.get(route, {})
        whole = sum(served.values())
        for target, weight in about["targets"]:
            short = target.removeprefix(f"{name}/")
            number = served.get(short, 0)
            when, status = last.get(short, (0.0, 0))
            came = "" if not when else "ok" if status in _NO_FAULT else "failed" if now - when < _COOLED else ""
            part = 100.0 * number / whole if whole else 0.0
            shown = Target(short, _served_by(rules, target), weight, number, part, came, target in refused)
            routes.setdefault(route, []).append(shown)
    return ProfileState(name, is_served, opened, routes, list(_budgets(log, name, rules, date.today())))  # noqa: DTZ011


def _served_by(rules: dict[str, Any], target: str) -> str:
    """What serves it, as the profile has it: the engine's names for targets are nobody's to read."""
    about = (rules.get("served") or {}).get(target) or {}
    return f"{about['upstream']}/{about['model']}" if about else target


def _budgets(log: Any, name: str, rules: dict[str, Any], today: date) -> Iterator[BudgetState]:
    rates = {DOLLARS: 1.0, **user_config.read().rates}
    warned = {(row["scope"], row["name"]) for row in gateway_log.warned(log, name, 0.0)}
    for budget in rules.get("budgets") or []:
        spent = 0.0
        for currency, cost in gateway_log.spent(log, name, budget, today).items():
            if currency == budget["currency"]:
                spent += cost
            elif currency in rates and budget["currency"] in rates:
                spent += cost * rates[currency] / rates[budget["currency"]]
        about = name if budget["scope"] == "profile" else f"{budget['scope']} {budget['name']}"
        percent = 100.0 * spent / budget["amount"]
        is_warned = percent >= 80.0 or (budget["per"] == "session" and (budget["scope"], budget["name"]) in warned)
        yield BudgetState(about, budget["amount"], budget["currency"], budget["per"], spent, percent, is_warned)


def _rules(run: str) -> dict[str, dict[str, Any]]:
    """What our hooks were told, by profile: of the engine that serves, or the one that served last."""
    path = Path(run)
    if not run:
        with contextlib.suppress(OSError):
            numbers = [int(one.name) for one in (gateway_places.directory() / "run").iterdir() if one.name.isdigit()]
            path = gateway_places.directory() / "run" / str(max(numbers, default=0))
    found = gateway_places.read(path / "rules.json", _RULES)
    profiles = found.get("profiles")
    return profiles if isinstance(profiles, dict) else {}


def last_served() -> list[str]:
    """The profiles that the gateway serves, or served last."""
    return sorted(_rules(gateway_daemon.status().get("run") or ""))


def budget_words(profile: str, rules: dict[str, Any]) -> Iterator[str]:
    """The budgets of which most is spent, in words."""
    with gateway_log.opened() as log:
        found = list(_budgets(log, profile, rules, date.today()))  # noqa: DTZ011 - of this place
    for budget in found:
        if budget.percent >= 80.0 and budget.per != "session":
            sum_ = f"{budget.amount:g} {budget.currency}/{budget.per}"
            yield f"{profile}: {budget.percent:.0f} % of the budget of {budget.about} ({sum_}) is spent"
