"""What our hooks in the engine are told: `rules.json`. No secret is in it."""

from collections.abc import Iterable
from typing import Any

from cc_launcher.core.gateway import collector, litellm, team_keys
from cc_launcher.core.gateway.description import Gateway, Target
from cc_launcher.core.profile.four_prices import DOLLARS
from cc_launcher.core.profile.profile import Rates

VERSION = 1


def rules(gateways: Iterable[Gateway], database: str, *, deployed: bool = False) -> dict[str, Any]:
    """All of it. `database` is where keys, sums and the log are.

    Where it is `deployed`, nobody hands out a key for each launch: each key has the variable that holds it, and so has
    that of the metrics.
    """
    found = list(gateways)
    targets = [target for gateway in found for target in _targets(gateway)]
    return {
        "version": VERSION,
        "database": database,
        "secrets": {target.name: target.upstream.key.variable for target in targets if target.upstream.key},
        "profiles": {gateway.profile: _profile(gateway, deployed=deployed) for gateway in found},
    } | ({"metrics_key": litellm.MASTER_KEY} if deployed else {})


def _targets(gateway: Gateway) -> list[Target]:
    return [target for route in gateway.routes for target in route.targets]


def _keys(gateway: Gateway, *, deployed: bool) -> dict[str, dict[str, str]]:
    teams = {key.name: key.team for key in gateway.keys}
    if not deployed:
        return {name: {"team": team} for name, team in teams.items()}
    return {
        name: {"team": teams.get(name, ""), "variable": variable}
        for name, variable in team_keys.variables(gateway).items()
    }


def _profile(gateway: Gateway, *, deployed: bool) -> dict[str, Any]:
    targets = _targets(gateway)
    return {
        "models": [route.name for route in gateway.routes],
        "aliases": dict(gateway.aliases),
        "routes": {
            route.name: {
                "targets": [[target.name, target.weight] for target in route.targets],
                "fallback": list(route.fallback),
            }
            for route in gateway.routes
        },
        "rules": [
            {"name": rule.name, "when": rule.when, "to": rule.to, "priority": rule.priority, "chain": rule.chain}
            for rule in gateway.rules
        ],
        "budgets": [
            {
                "scope": budget.scope,
                "name": budget.name,
                "amount": budget.amount,
                "currency": budget.currency,
                "per": budget.per,
            }
            for budget in gateway.budgets
        ],
        "telemetry": collector.told(gateway.collector),
        "key": gateway.key,
        "keys": _keys(gateway, deployed=deployed),
        "prices": {target.name: prices for target in targets if (prices := _prices(target)) is not None},
        "served": {
            target.name: {"upstream": target.upstream.alias or gateway.profile, "model": target.model}
            for target in targets
        },
    }


def _prices(target: Target) -> dict[str, Any] | None:
    """For a million tokens, all four of them: what has no price of caching costs what its input costs."""
    if target.is_free:
        return {**_NOTHING, "currency": DOLLARS}
    if target.prices is None:
        return None
    found: dict[str, Any] = {**_four(target.prices), "currency": target.prices.currency}
    if target.prices.above:
        found["above"] = {length: _four(rates) for length, rates in target.prices.above.items()}
    return found


_NOTHING = {"input": 0.0, "output": 0.0, "cache_read": 0.0, "cache_write": 0.0}


def _four(rates: Rates) -> dict[str, float]:
    return {
        "input": rates.input,
        "output": rates.output,
        "cache_read": rates.input if rates.cache_read is None else rates.cache_read,
        "cache_write": rates.input if rates.cache_write is None else rates.cache_write,
    }
