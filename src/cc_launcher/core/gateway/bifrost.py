"""What Bifrost is told: `config.json`. Not run here: written from its schema and its source, and held to the schema.

A route is a routing rule on its name, behind those of the user; a rule of the user's has the targets of its route in
it. No secret is in it: `env.NAME` stands where one belongs. What Bifrost cannot say is refused by name.
"""

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from cc_launcher.core.errors import INVALID, CcError
from cc_launcher.core.gateway import team_keys
from cc_launcher.core.gateway.description import (
    KEY,
    PROFILE,
    ROUTE,
    TEAM,
    Budget,
    Gateway,
    Route,
    Target,
    Upstream,
)
from cc_launcher.core.profile import money
from cc_launcher.core.profile.four_prices import DOLLARS
from cc_launcher.core.profile.gateway import OPENAI
from cc_launcher.core.text import urls

ENCRYPTION_KEY = "BIFROST_ENCRYPTION_KEY"
ADMIN = ("BIFROST_ADMIN_USER", "BIFROST_ADMIN_PASSWORD")
POSTGRES = ("POSTGRES_HOST", "POSTGRES_PORT", "POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB")
_A_MILLION = 1_000_000
_LONGEST_SILENCE = 120  # seconds
_DURATIONS = {money.DAY: "1d", money.MONTH: "1M"}


def config(gateway: Gateway, *, postgres: bool = False) -> dict[str, Any]:
    """The configuration of this profile, with a file or with Postgres for what it keeps."""
    for upstream in gateway.upstreams:
        _refuse_upstream(gateway, upstream)
    for route in gateway.routes:
        if "/" in route.name:
            _refuse(gateway, f"route {route.name}: what stands before a / is a provider for Bifrost")
    store = _postgres() if postgres else None
    return {
        "$schema": "https://www.getbifrost.ai/schema",
        "source_of_truth": "config.json",
        "encryption_key": f"env.{ENCRYPTION_KEY}",
        "client": {
            "enforce_auth_on_inference": True,
            "enable_logging": True,
            "disable_content_logging": True,
            "allowed_headers": ["*"],
            "prometheus_labels": ["profile"],
        },
        "providers": {provider(gateway, upstream): _provider(upstream) for upstream in gateway.upstreams},
        "governance": {
            "auth_config": {
                "is_enabled": True,
                "admin_username": f"env.{ADMIN[0]}",
                "admin_password": f"env.{ADMIN[1]}",
            },
            "customers": [{"id": _id(gateway), "name": gateway.profile, "calendar_aligned": _is_calendar(gateway)}],
            "teams": [{"id": _id(gateway, team), "name": team, "customer_id": _id(gateway)} for team in gateway.teams],
            "virtual_keys": list(_virtual_keys(gateway)),
            "budgets": [found for budget in gateway.budgets if (found := _budget(gateway, budget)) is not None],
            "model_configs": list(_model_configs(gateway)),
            "pricing_overrides": list(_prices(gateway)),
            "routing_rules": list(_routing_rules(gateway)),
        },
        "config_store": store or {"enabled": True, "type": "sqlite", "config": {"path": "./config.db"}},
        "logs_store": store or {"enabled": True, "type": "sqlite", "config": {"path": "./logs.db"}},
    }


def provider(gateway: Gateway, upstream: Upstream) -> str:
    """What Bifrost calls an upstream: never by the name of a provider that it knows itself."""
    return f"cc-{upstream.alias or gateway.profile}"


def _refuse_upstream(gateway: Gateway, upstream: Upstream) -> None:
    called = upstream.alias or upstream.profile
    if upstream.secret_headers:
        _refuse(gateway, f"upstream {called}: Bifrost has no header with a secret ({upstream.secret_headers[0][0]})")
    if upstream.address_secret is not None:
        _refuse(gateway, f"upstream {called}: Bifrost has no address with a secret in it")


def _refuse(gateway: Gateway, what: str) -> NoReturn:
    hint = 'change it, or use engine = "litellm": cc gateway render --for litellm'
    raise CcError(f"{gateway.profile}: {what}", hint, code=INVALID)


def _provider(upstream: Upstream) -> dict[str, Any]:
    requests: tuple[str, ...] = ("list_models", "chat_completion", "chat_completion_stream")
    if upstream.api != OPENAI:
        requests += ("responses", "responses_stream", "count_tokens")
    custom: dict[str, Any] = {
        "base_provider_type": "openai" if upstream.api == OPENAI else "anthropic",
        "allowed_requests": dict.fromkeys(requests, True),
    }
    base = upstream.address
    if upstream.api == OPENAI and base.endswith("/v1"):
        base = base.removesuffix("/v1")  # Bifrost writes it itself
    elif upstream.api == OPENAI:
        base = urls.origin_of(upstream.address)
        path = f"{upstream.address.removeprefix(base)}/chat/completions"
        custom["request_path_overrides"] = {"chat_completion": path, "chat_completion_stream": path}
    if upstream.key is None:
        custom["is_key_less"] = True
    network: dict[str, Any] = {
        "base_url": base,
        "default_request_timeout_in_seconds": upstream.timeout,
        "stream_idle_timeout_in_seconds": min(upstream.timeout, 3600) if upstream.is_local else _LONGEST_SILENCE,
        "max_retries": 0,
    }
    if upstream.headers:
        network["extra_headers"] = dict(upstream.headers)
    value = f"env.{upstream.key.variable}" if upstream.key else upstream.placeholder or "none"
    name = f"{upstream.alias or upstream.profile}-1"
    return {
        "keys": [{"name": name, "value": value, "models": ["*"], "weight": 1}],
        "network_config": network,
        "custom_provider_config": custom,
    }


def _virtual_keys(gateway: Gateway) -> Iterator[dict[str, Any]]:
    teams = {key.name: key.team for key in gateway.keys}
    for name, variable in team_keys.variables(gateway).items():
        team = teams.get(name, "")
        owner = {"team_id": _id(gateway, team)} if team else {"customer_id": _id(gateway)}
        yield {
            "id": _id(gateway, "key", name),
            "name": name,
            "value": f"env.{variable}",
            "is_active": True,
            **owner,
            "provider_configs": [
                # No weight: which provider serves is decided by the routing rules alone.
                {"provider": provider(gateway, upstream), "allowed_models": ["*"], "key_ids": ["*"], "weight": None}
                for upstream in gateway.upstreams
            ],
        }


def _budget(gateway: Gateway, budget: Budget) -> dict[str, Any] | None:
    called = f"the budget of {budget.scope} {budget.name}".rstrip() if budget.name else "the budget"
    if budget.currency != DOLLARS:
        _refuse(gateway, f"{called} is in {budget.currency}, and Bifrost counts dollars")
    if budget.per == money.SESSION:
        _refuse(gateway, f"{called} is for a session, and Bifrost knows no sessions")
    owner = {
        PROFILE: {"customer_id": _id(gateway)},
        TEAM: {"team_id": _id(gateway, budget.name)},
        KEY: {"virtual_key_id": _id(gateway, "key", budget.name)},
        ROUTE: {"model_config_id": _id(gateway, "route", budget.name)},
    }[budget.scope]
    return {
        "id": _id(gateway, "budget", budget.scope, budget.name),
        "max_limit": budget.amount,
        "reset_duration": _DURATIONS.get(budget.per, budget.per),
        **owner,
    }


def _model_configs(gateway: Gateway) -> Iterator[dict[str, Any]]:
    """A route's budget is that of the one model behind it: Bifrost adds up no others."""
    for budget in gateway.budgets:
        if budget.scope != ROUTE:
            continue
        route = gateway.route(budget.name)
        target = route.targets[0]
        same = [
            one
            for other in gateway.routes
            for one in other.targets
            if (one.upstream.alias, one.model) == (target.upstream.alias, target.model)
        ]
        if len(route.targets) > 1 or len(same) > 1:
            what = f"the budget of route {budget.name}: Bifrost keeps one of a single model that no other route has"
            _refuse(gateway, what)
        yield {
            "id": _id(gateway, "route", budget.name),
            "model_name": target.model,
            "provider": provider(gateway, target.upstream),
            "calendar_aligned": budget.per in _DURATIONS,
        }


def _is_calendar(gateway: Gateway) -> bool:
    return any(budget.scope == PROFILE and budget.per in _DURATIONS for budget in gateway.budgets)


def _prices(gateway: Gateway) -> Iterator[dict[str, Any]]:
    """Bifrost knows no price of a provider of one's own, and a budget would never be reached."""
    seen = set()
    for target in (target for route in gateway.routes for target in route.targets):
        place = (provider(gateway, target.upstream), target.model)
        if target.prices is None or target.prices.currency != DOLLARS or place in seen:
            continue
        seen.add(place)
        rates = {
            "input_cost_per_token": target.prices.input,
            "output_cost_per_token": target.prices.output,
            "cache_read_input_token_cost": target.prices.cache_read,
            "cache_creation_input_token_cost": target.prices.cache_write,
        }
        patch = {key: round(price / _A_MILLION, 15) for key, price in rates.items() if price is not None}
        yield {
            "id": _id(gateway, "price", str(len(seen))),
            "name": "/".join(place),
            "scope_kind": "provider",
            "provider_id": place[0],
            "match_type": "exact",
            "pattern": target.model,
            "request_types": ["chat_completion", "responses"],
            "pricing_patch": json.dumps(patch),
        }


def _routing_rules(gateway: Gateway) -> Iterator[dict[str, Any]]:
    for number, rule in enumerate(gateway.rules):
        # One that chains hands the name of its route on; any other has the targets in it.
        targets = [{"model": rule.to, "weight": 1}] if rule.chain else _weights(gateway, gateway.route(rule.to))
        fallbacks = {} if rule.chain else _fallbacks(gateway, gateway.route(rule.to))
        yield (
            _rule(gateway, f"rule-{number}", rule.name, rule.when, number, targets)
            | fallbacks
            | ({"chain_rule": True} if rule.chain else {})
        )
    for number, route in enumerate(gateway.routes, start=len(gateway.rules)):
        names = [route.name, *(alias for alias, of in gateway.aliases if of == route.name)]
        when = f"model == {json.dumps(names[0])}" if len(names) == 1 else f"model in {json.dumps(names)}"
        found = _rule(gateway, f"route-{route.name}", f"route {route.name}", when, number, _weights(gateway, route))
        yield found | _fallbacks(gateway, route)


def _rule(
    gateway: Gateway, id_: str, name: str, when: str, priority: int, targets: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "id": _id(gateway, id_),
        "name": name,
        "enabled": True,
        "cel_expression": when,
        "priority": priority,
        "scope": "customer",
        "scope_id": _id(gateway),
        "targets": targets,
    }


def _weights(gateway: Gateway, route: Route) -> list[dict[str, Any]]:
    """Those that share the sessions; their weights come to 1."""
    sharing = [target for target in route.targets if target.weight > 0]
    total = sum(target.weight for target in sharing)
    shares = [round(target.weight / total, 6) for target in sharing]
    shares[0] = round(1 - sum(shares[1:]), 6)
    return [
        {"provider": provider(gateway, target.upstream), "model": target.model, "weight": share}
        for target, share in zip(sharing, shares, strict=True)
    ]


def _fallbacks(gateway: Gateway, route: Route) -> dict[str, list[str]]:
    """The other targets, and the routes of `fallback`. Where there are some, a session keeps its target."""
    targets = list(route.targets) if len(route.targets) > 1 else []
    targets += gateway.behind(route)
    found = list(dict.fromkeys(_place(gateway, target) for target in targets))
    return {"fallbacks": found} if found else {}


def _place(gateway: Gateway, target: Target) -> str:
    return f"{provider(gateway, target.upstream)}/{target.model}"


def _postgres() -> dict[str, Any]:
    host, port, user, password, name = (f"env.{variable}" for variable in POSTGRES)
    settings = {"host": host, "port": port, "user": user, "password": password, "db_name": name, "ssl_mode": "disable"}
    return {"enabled": True, "type": "postgres", "config": settings}


def _id(gateway: Gateway, *words: str) -> str:
    return "-".join(filter(None, ("cc", gateway.profile, *words)))
