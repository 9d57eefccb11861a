"""What LiteLLM is told: `config.json`, which is JSON and so YAML. Every line of it was tried with 1.110.2.

No secret is in it: `os.environ/NAME` stands where one belongs.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from cc_launcher.core.errors import INVALID, CcError
from cc_launcher.core.gateway.description import Gateway, Route, Secret, Target, Upstream
from cc_launcher.core.profile.four_prices import DOLLARS
from cc_launcher.core.profile.gateway import OPENAI
from cc_launcher.core.text import cel, urls

MASTER_KEY = "LITELLM_MASTER_KEY"
HOOKS = "cc_hooks"  # the module beside the configuration: keys, rules, splits, budgets and the log
_OF_OPENAI = "api.openai.com"
_ANY_SERVER = "hosted_vllm"  # how LiteLLM calls a server of chat completions of which it knows nothing
_NO_KEY = "none"
_HANG = 120  # seconds without a byte of a stream, after which another target is asked
_A_MILLION = 1_000_000
# Of the names that Bifrost's rules have, those that nothing here has a value for.
_UNKNOWN = ("user_id", "customer_id", "customer_name", "tokens_used", "request", "complexity_tier")


def config(gateways: Iterable[Gateway], *, metrics: bool = False, redis: bool = False) -> dict[str, Any]:
    """The configuration for all these profiles. With `redis`, several engines share what they know of each other."""
    found = list(gateways)
    for gateway in found:
        _refuse(gateway)
    routed = [(gateway, route) for gateway in found for route in gateway.routes]
    chains = [chain for gateway, route in routed for chain in _chains(gateway, route)]
    return {
        "model_list": [_deployment(target) for _, route in routed for target in route.targets],
        "router_settings": {
            "num_retries": 0,  # the next target is asked at once, and the client tries again by itself
            "allowed_fails": 0,
            "cooldown_time": 30,
            "max_fallbacks": max((len(others) for chain in chains for others in chain.values()), default=0) or 1,
            "fallbacks": chains,
            "context_window_fallbacks": chains,
            **(_REDIS if redis else {}),
        },
        "litellm_settings": {
            "drop_params": True,
            "use_chat_completions_url_for_anthropic_messages": True,
            "turn_off_message_logging": True,
            "callbacks": [*(["prometheus"] if metrics else []), f"{HOOKS}.hooks"],
        },
        "general_settings": {"master_key": _from(MASTER_KEY), "custom_auth": f"{HOOKS}.check"},
    }


_REDIS = {
    "redis_host": "os.environ/REDIS_HOST",
    "redis_port": "os.environ/REDIS_PORT",
    "redis_password": "os.environ/REDIS_PASSWORD",
}


def _refuse(gateway: Gateway) -> None:
    if not gateway.routes:
        hint = f"name one: cc edit {gateway.profile} tiers.main=MODEL, in a profile of your own"
        raise CcError(f"{gateway.profile}: no model of it is named", hint, code=INVALID)
    for rule in gateway.rules:
        unknown = next((name for name in cel.used(rule.when) if name in _UNKNOWN), None)
        if unknown is not None:
            raise CcError(
                f"{gateway.profile}: rule {rule.name} asks for {unknown}, which LiteLLM cannot say",
                'take it out of `when`, or use engine = "bifrost"',
                code=INVALID,
            )


def _chains(gateway: Gateway, route: Route) -> Iterator[dict[str, list[str]]]:
    """From each target to the others of its route, in their order, and then to those of the routes behind it."""
    behind = [target.name for target in gateway.behind(route)]
    for target in route.targets:
        others = [other.name for other in route.targets if other is not target]
        if others or behind:
            yield {target.name: [*others, *dict.fromkeys(behind)]}


def _deployment(target: Target) -> dict[str, Any]:
    upstream = target.upstream
    about: dict[str, Any] = {"id": target.name}
    if target.context is not None:
        about["max_input_tokens"] = target.context
    if target.max_output is not None:
        about["max_output_tokens"] = target.max_output
    params = {
        "model": f"{_engine_name(upstream)}/{target.model}",
        "api_base": _from(upstream.address_secret) if upstream.address_secret else upstream.address,
        "api_key": _from(upstream.key) if upstream.key else upstream.placeholder or _NO_KEY,
        "timeout": upstream.timeout,
        "stream_timeout": upstream.timeout if upstream.is_local else min(_HANG, upstream.timeout),
        **_costs(target),
    }
    if headers := _headers(upstream):
        params["extra_headers"] = headers
    return {"model_name": target.name, "litellm_params": params, "model_info": about}


def _engine_name(upstream: Upstream) -> str:
    """By which of its ways LiteLLM goes there."""
    if upstream.api != OPENAI:
        return "anthropic"
    if upstream.engine_name:
        return upstream.engine_name
    return "openai" if urls.name_of(upstream.address) == _OF_OPENAI else _ANY_SERVER


def _headers(upstream: Upstream) -> dict[str, str]:
    found = dict(upstream.headers) | {name: _from(secret) for name, secret in upstream.secret_headers}
    if upstream.bearer is not None:
        found["Authorization"] = _from(upstream.bearer)
    return found


def _costs(target: Target) -> dict[str, float]:
    """Dollars for a token: for the engine's own figures. Budgets are counted by our hooks, in their currency."""
    if target.is_free:
        return {"input_cost_per_token": 0.0, "output_cost_per_token": 0.0}
    prices = target.prices
    if prices is None or prices.currency != DOLLARS:
        return {}
    found = {
        "input_cost_per_token": prices.input,
        "output_cost_per_token": prices.output,
        "cache_read_input_token_cost": prices.cache_read,
        "cache_creation_input_token_cost": prices.cache_write,
    }
    return {key: round(price / _A_MILLION, 15) for key, price in found.items() if price is not None}


def _from(what: Secret | str) -> str:
    return f"os.environ/{what if isinstance(what, str) else what.variable}"
