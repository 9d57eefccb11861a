"""A gateway in about ten lines: what is behind it, its routes and rules, and what they may cost."""

from collections.abc import Iterator
from typing import Any

from cc_launcher.actions import gateway, states
from cc_launcher.cli import render
from cc_launcher.core.gateway import client_side, launchable
from cc_launcher.core.gateway.description import Budget, Gateway, Route, Target
from cc_launcher.core.profile.gateway import OPENAI
from cc_launcher.core.profile.profile import Prices
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.text import amounts

_LABEL = 10  # columns of what a line is about
_MOST = 8  # routes of a lone provider that are named
_API = {True: "OpenAI's API", False: "Anthropic's API"}


def show(resolved: Resolved, more: str) -> None:
    """Print it; `more` is the command that says the rest."""
    render.heading(f"{resolved.name}: {resolved.title}")
    for about, text in lines(resolved):
        render.out(f"  {about:<{_LABEL}}{text}")
    render.out(f"  {'more':<{_LABEL}}{more}")


def lines(resolved: Resolved) -> Iterator[tuple[str, str]]:
    """What each line is about, and what it says."""
    found = gateway.described(resolved)
    if resolved.profile.good_for:
        yield "good for", resolved.profile.good_for
    yield "engine", "LiteLLM"
    for upstream in found.upstreams:
        called = f"{upstream.alias} is {upstream.profile}, " if upstream.alias else ""
        where = upstream.address or "an address with a secret in it"
        yield "upstream", f"{called}{where}, by {_API[upstream.api == OPENAI]}"
        for lost in upstream.lost:
            yield "lost", f"{upstream.alias}: {lost}"
    routes = found.routes[:_MOST] if found.is_alone else found.routes
    for route in routes:
        yield "route", _route(found, route)
    if len(routes) < len(found.routes):
        yield "route", f"and {len(found.routes) - len(routes)} more"
    for rule in found.rules:
        yield "rule", f"{rule.name}: {rule.when} → {rule.to}" + (", and on" if rule.chain else "")
    for budget in found.budgets:
        yield "budget", _budget(budget)
    for note in found.notes:
        yield "note", note.removeprefix(f"{resolved.name}: ")
    fault = launchable.fault_of(resolved)
    yield "state", states.of(resolved).text
    if fault is not None:
        yield "stops", f"{fault.what.removeprefix(f'{resolved.name} ')} ({fault.hint})"


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


def _costs(prices: Prices | None) -> str:
    if prices is None:
        return ""
    sign = "$" if prices.currency == "USD" else f"{prices.currency} "
    return f" ({sign}{amounts.price(prices.input)} in, {sign}{amounts.price(prices.output)} out at most)"


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
