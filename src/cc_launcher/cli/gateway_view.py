"""A gateway in about ten lines: what is behind it, its routes and rules, and what they may cost."""

from collections.abc import Iterator
from typing import Any

from cc_launcher.actions import gateway, gateway_daemon, gateway_install, gateway_report, states
from cc_launcher.core.errors import CcError
from cc_launcher.core.gateway import client_side, launchable
from cc_launcher.core.gateway.description import Budget, Gateway, Route, Target
from cc_launcher.core.profile import local_servers
from cc_launcher.core.profile.gateway import LITELLM, OPENAI
from cc_launcher.core.profile.profile import Prices
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.profile.state import CLIENT, ENGINE, KEY, MODEL, READY, SERVER
from cc_launcher.core.text import amounts
from cc_launcher.files import gateway_engine, profiles

_MOST = 8  # routes of a lone provider that are named
_API = {True: "OpenAI's API", False: "Anthropic's API"}
RED, YELLOW, GREEN = "bold red", "bold yellow", "green"
Told = tuple[str, str, str]  # what a line is about, what it says, and its style


def lines(resolved: Resolved, word: str = "") -> Iterator[Told]:
    """What is behind it, and how it stands."""
    found = gateway.described(resolved, word)
    if found.engine != LITELLM:
        yield "engine", "Bifrost, which cc does not run", ""
    else:
        yield _engine()
    for upstream in found.upstreams:
        called = f"{upstream.alias} is {upstream.profile}, " if upstream.alias else ""
        where = upstream.address or "an address with a secret in it"
        yield "upstream", f"{called}{where}, by {_API[upstream.api == OPENAI]}", ""
        for lost in upstream.lost if found.engine == LITELLM else ():
            yield "lost", f"{upstream.alias}: {lost}", ""
    if not found.is_alone:
        for route in found.routes:
            yield "route", _route(found, route), ""
    for rule in found.rules:
        yield "rule", f"{rule.name}: {rule.when} → {rule.to}" + (", and on" if rule.chain else ""), ""
    for budget in found.budgets:
        yield "budget", _budget(budget), ""
    for note in (*found.notes, *gateway_report.refused_words(resolved.name)):
        yield "note", note.removeprefix(f"{resolved.name}: "), ""


def models(resolved: Resolved) -> Iterator[Told]:
    """Those of a lone provider: a launch says them in its own way."""
    found = gateway.described(resolved)
    routes = found.routes if found.is_alone else ()
    for route in routes[:_MOST]:
        yield "model", f"{route.name}{_costs(client_side.dearest(found.serving(route)), '')}", ""
    if len(routes) > _MOST:
        yield "model", f"and {len(routes) - _MOST} more: cc models {resolved.name}", ""


def needs(resolved: Resolved, client: str = "", model: str = "") -> Iterator[Told]:
    """What is missing, each with what to do; or that nothing is.

    `client` is how to get one, where there is none; `model` what the command line names.
    """
    name, state = resolved.name, states.of(resolved)
    if (fault := launchable.fault_of(resolved)) is not None:
        yield "stops", f"{fault.what} ({fault.hint})", RED
        return
    told = False
    for need, words in zip(state.needs, state.words, strict=True):
        if need == MODEL and model:
            continue
        told = True
        upstream = resolved.name if resolved.profile.gateway is None else words.rpartition(" for ")[2]
        what_to_do = {
            KEY: f"cc run {name} asks for it{_get_one(upstream)}",
            CLIENT: client or f"cc run {name} asks how to install it",
            ENGINE: f"cc run {name} asks, and installs it ({_size()}); or: {gateway_install.COMMAND}",
            MODEL: f"cc models {name}",
            SERVER: _start(resolved),
        }.get(need, "")
        yield "missing", f"{words}: {what_to_do}" if what_to_do else words, RED
    if not told:
        yield "state", state.text if state.ready else READY, GREEN if state.sure else ""


def _start(resolved: Resolved) -> str:
    server = local_servers.of(resolved.profile)
    return server.start if server is not None else ""


def _get_one(upstream: str) -> str:
    try:
        url = profiles.load(upstream).profile.key_url
    except CcError:
        return ""
    return f" (get one: {url})" if url else ""


def _size() -> str:
    return f"{gateway_engine.LOADED} MB to load, {gateway_engine.MEGABYTES} MB on disk, a minute or two"


def where() -> str:
    """Where a session goes."""
    told = gateway_daemon.status()
    if told.get("serves") == "serving" and told.get("port"):
        return f"the gateway on this machine, http://127.0.0.1:{told['port']}"
    return "the gateway on this machine, which the launch starts"


def _engine() -> Told:
    """The engine, and whether the gateway runs. That it does not is no fault: a launch starts it."""
    engine = gateway_engine.installed()
    if engine is None:
        return "engine", "LiteLLM, which is not installed yet", ""
    told = gateway_daemon.status()
    serves = str(told.get("serves") or "down")
    if serves == "failed":
        return "engine", f"LiteLLM {engine.version}; it ended: {told.get('fault')}; the next launch tries again", RED
    runs = {
        "serving": "the gateway runs",
        "starting": "the gateway is starting",
        "ending": "the gateway is ending; the next launch starts it again",
    }.get(serves, "the next launch starts the gateway, which takes 10 to 30 seconds")
    return "engine", f"LiteLLM {engine.version}; {runs}", ""


def _route(found: Gateway, route: Route) -> str:
    total = sum(target.weight for target in route.targets)
    alone = len(route.targets) == 1
    parts = []
    for target in route.targets:
        share = "" if alone else f" {target.weight / total:.0%}" if target.weight else " (when others cannot)"
        parts.append(f"{_served(target)}{share}")
    then = f", then {', '.join(route.fallback)}" if route.fallback else ""
    return f"{route.name}: {', '.join(parts)}{then}{_costs(client_side.dearest(found.serving(route)))}"


def _served(target: Target) -> str:
    return f"{target.upstream.alias}/{target.model}" if target.upstream.alias else target.upstream.title


def _costs(prices: Prices | None, most: str = " at most") -> str:
    if prices is None:
        return ""
    sign = "$" if prices.currency == "USD" else f"{prices.currency} "
    return f" ({sign}{amounts.price(prices.input)} in, {sign}{amounts.price(prices.output)} out{most})"


def _budget(budget: Budget) -> str:
    whose = f"{budget.scope} {budget.name}: " if budget.name else ""
    return f"{whose}{amounts.price(budget.amount)} {budget.currency}/{budget.per}"


def as_data(found: Gateway) -> dict[str, Any]:
    """The same for programs."""
    return {
        "engine": found.engine,
        "upstreams": [
            {
                "name": upstream.alias,
                "profile": upstream.profile,
                "api": upstream.api,
                "address": upstream.address,
                "lost": list(upstream.lost),
                "named_tools": upstream.named_tools,
            }
            for upstream in found.upstreams
        ],
        "routes": [
            {
                "name": route.name,
                "fallback": list(route.fallback),
                "targets": [
                    {"upstream": target.upstream.alias, "model": target.model, "weight": target.weight}
                    for target in route.targets
                ],
            }
            for route in found.routes
        ],
        "rules": [
            {"name": rule.name, "when": rule.when, "to": rule.to, "priority": rule.priority, "chain": rule.chain}
            for rule in found.rules
        ],
        "budgets": [
            {"scope": budget.scope, "name": budget.name, "amount": budget.amount, "currency": budget.currency,
             "per": budget.per}
            for budget in found.budgets
        ],
        "notes": list(found.notes),
    }  # fmt: skip
