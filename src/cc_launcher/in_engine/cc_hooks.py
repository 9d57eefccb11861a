"""What LiteLLM asks us, in its own process: whose a key is, where a request goes, and what became of it."""

from __future__ import annotations

import json
import os
import time
from typing import Any

import cc_log
import cc_rules
import cc_spans
import cc_warm  # noqa: F401 - for serve.py: LiteLLM changes where modules are looked for
from cc_log import Budget, Key, Log
from fastapi import HTTPException, Request
from litellm.integrations.custom_logger import CustomLogger
from litellm.proxy._types import UserAPIKeyAuth

SESSION = "x-claude-code-session-id"
CALL = "x-litellm-call-id"
_NOT_FOR_RULES = {"authorization", "x-api-key", "cookie", "proxy-authorization"}
_LONGEST = 200  # characters of a session's id
_GONE = 499  # the client went away before the answer's end
_STALE = 30.0  # seconds after its end in which the engine may still say what a request took


class Profile:
    """What the gateway was told of one profile."""

    def __init__(self, name: str, told: dict[str, Any], environment: dict[str, str]) -> None:
        self.name = name
        self.spans = cc_spans.Spans(name, told["telemetry"], environment) if told.get("telemetry") else None
        self.routes: dict[str, Any] = told["routes"]
        self.models = set(told["models"])
        self.listed: list[str] = told["models"]
        self.aliases: dict[str, str] = told.get("aliases") or {}
        self.prices: dict[str, Any] = told.get("prices") or {}
        self.served: dict[str, dict[str, str]] = told.get("served") or {}
        self.rules = cc_rules.compiled(name, told.get("rules") or [], self.routes)
        self.budgets = [
            Budget(name, each["scope"], each.get("name") or "", each["amount"], each.get("currency") or "USD",
                   each["per"])
            for each in told.get("budgets") or []
        ]  # fmt: skip

    def provider(self, route: str) -> str:
        """Who serves a route first."""
        target = self.routes[route]["targets"][0][0] if route in self.routes else ""
        return self.served.get(target, {}).get("upstream", "")

    def upstream(self, target: str) -> str:
        """What a target is of, for people: the upstream's model."""
        about = self.served.get(target, {})
        return f"{about.get('upstream', '')}/{about.get('model', '')}" if about else ""


class Going:
    """A request that is under way."""

    def __init__(self, profile: str, key: Key, session: str, asked: str) -> None:
        self.begun = time.time()
        self.clock = time.monotonic()
        self.profile, self.key, self.session, self.asked = profile, key, session, asked
        self.rule = ""
        self.target = ""
        self.failed: tuple[int, str] | None = None
        self.tries: list[tuple[float, str, int, str]] = []
        self.parent = ""
        self.is_gone = False
        self.ended = 0.0

    def row(self) -> dict[str, Any]:
        """What is known of it from the start."""
        return {
            "time": self.begun,
            "session": self.session,
            "profile": self.profile,
            "key": self.key.name,
            "team": self.key.team,
            "route": self.asked,
            "rule": self.rule,
            "ms": round((time.monotonic() - self.clock) * 1000, 1),
        }


class Hooks(CustomLogger):  # type: ignore[misc] # LiteLLM is not installed beside us
    """The hooks of LiteLLM: names and parameters are its own."""

    def __init__(self, told: dict[str, Any], environment: dict[str, str]) -> None:
        super().__init__()
        self.profiles = {name: Profile(name, about, environment) for name, about in told["profiles"].items()}
        self.log = Log(told["database"], told.get("rates"))
        self.going: dict[str, Going] = {}
        self.targets: dict[str, str] = told.get("secrets") or {}  # the variable that has the key of each target
        self.environment = environment
        self.given = {  # where no `cc` hands out keys: each is in a variable of ours
            cc_log.hashed(environment[about["variable"]]): Key(profile, name, about.get("team") or "")
            for profile, of in told["profiles"].items()
            for name, about in (of.get("keys") or {}).items()
            if environment.get(about.get("variable") or "")
        }
        if of_metrics := environment.get(told.get("metrics_key") or ""):
            self.given[cc_log.hashed(of_metrics)] = Key("", "metrics", "")

    def check(self, path: str, value: str | None) -> Key:
        """Whose this key is, if it may come here at all."""
        plain = (value or "").removeprefix("Bearer ")
        key = self.given.get(cc_log.hashed(plain)) or (self.log.key(plain) if plain else None)
        if key is None:
            raise HTTPException(401, "cc: this is not a key of this gateway")
        if (not key.profile) != path.startswith("/metrics"):
            raise HTTPException(401, "cc: this key is not for that")
        if key.profile and key.profile not in self.profiles:
            raise HTTPException(401, f"cc: the gateway does not serve {key.profile} now: cc gateway up {key.profile}")
        return key

    def listed(self, key: Key) -> dict[str, Any]:
        """The models that a key may ask for, as Anthropic lists them."""
        names = self.profiles[key.profile].listed
        data = [
            {"type": "model", "id": name, "display_name": name, "created_at": "2026-01-01T00:00:00Z"} for name in names
        ]
        return {"data": data, "has_more": False, "first_id": names[0] if names else None,
                "last_id": names[-1] if names else None}  # fmt: skip

    async def async_pre_call_hook(
        self, user_api_key_dict: Any, cache: Any, data: dict[str, Any], call_type: str
    ) -> Any:
        """Choose the target. What a key may not ask for is refused, and so is what a budget has no money for."""
        about = user_api_key_dict.metadata.get("cc") or {}
        profile, key = self.profiles[about["profile"]], Key(about["profile"], about["name"], about["team"])
        headers = {name.lower(): value for name, value in (about.get("headers") or {}).items()}
        call = str(data.get("litellm_call_id"))
        # A key of a launch stands for its session, where a program of that session says none.
        session = headers.get(SESSION, "")[:_LONGEST] or about["session"]
        asked = str(data.get("model"))
        going = self.going[call] = Going(profile.name, key, session, asked)
        going.parent = headers.get("traceparent", "")
        model = profile.aliases.get(asked, asked)
        if asked not in profile.models and model not in profile.models and model not in profile.routes:
            raise HTTPException(
                404, f"cc: {profile.name} has no model {asked[:100]}: cc show {profile.name} lists them"
            )
        used = 0.0
        for budget in profile.budgets:
            if budget.per == "session" and not session:
                raise HTTPException(400, f"cc: the budget of {budget.about} is for a session, and {SESSION} is missing")
            if not _applies(budget, key, model):
                continue
            percent = self.log.percent(budget, session)
            used = max(used, percent)
            if percent >= 100.0 and budget.scope != "route":
                raise _spent(budget, percent)
        known = {
            "model": model,
            "provider": profile.provider(model),
            "request_type": "chat_completion_stream" if data.get("stream") else "chat_completion",
            "headers": {name: value for name, value in headers.items() if name not in _NOT_FOR_RULES},
            "params": about.get("params") or {},
            "virtual_key_name": key.name,
            "team_name": key.team,
            "budget_used": used,
        }
        route, rules = cc_rules.decided(profile.rules, known) if profile.rules else (model, [])
        going.rule = ", ".join(rules)
        for budget in profile.budgets:
            if budget.scope == "route" and budget.name == route:
                percent = self.log.percent(budget, session)
                if percent >= 100.0:
                    raise _spent(budget, percent)
        targets = profile.routes[route]["targets"] if route in profile.routes else [[f"{profile.name}/{route}", 1]]
        going.target = data["model"] = cc_rules.drawn(targets, session or call, profile.name, route)
        return data

    async def async_post_call_response_headers_hook(
        self,
        data: Any,
        user_api_key_dict: Any,
        response: Any,
        request_headers: Any = None,
        litellm_call_info: Any = None,
    ) -> dict[str, str]:
        """The name under which the client writes the request down."""
        return {"request-id": f"cc-{data.get('litellm_call_id')}"}

    async def async_log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """An answer came to its end."""
        going = self.going.pop(str(kwargs.get("litellm_call_id")), None)
        if going is None:
            return
        told = kwargs.get("standard_logging_object") or {}
        target = told.get("model_id") or going.target
        tokens = _tokens(told)
        cost, currency = cc_log.cost_of(self.profiles[going.profile].prices.get(target), tokens)
        inputs, outputs, read, written = tokens
        self._done(
            going,
            going.row()
            | {
                "served": _short(target, going.profile),
                "upstream": self.profiles[going.profile].upstream(target),
                "status": _GONE if going.is_gone else 200,
                "code": "",
            }
            | {"input": inputs, "output": outputs, "cache_read": read, "cache_write": written}
            | {"cost": cost, "currency": currency, "call": kwargs.get("litellm_call_id")},
        )
        self.log.accepted(target)

    async def async_log_failure_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """One try failed; another one may follow."""
        fault = kwargs.get("exception")
        status = getattr(fault, "status_code", None)
        told = kwargs.get("standard_logging_object") or {}
        target = told.get("model_id") or ""
        going = self.going.get(str(kwargs.get("litellm_call_id")))
        if going is not None:
            code = "" if isinstance(fault, HTTPException) else type(fault).__name__  # ours, or LiteLLM's
            going.failed = (status if isinstance(status, int) else 500, code)
            going.tries.append((time.time(), _short(target, going.profile), *going.failed))
        if status == 401 and target in self.targets:
            secret = self.environment.get(self.targets[target], "")
            self.log.refused(target, target.partition("/")[0], secret)

    async def async_post_call_failure_hook(
        self, request_data: Any, original_exception: Any, user_api_key_dict: Any, traceback_str: Any = None
    ) -> None:  # fmt: skip
        """A request came to nothing."""
        call = str(request_data.get("litellm_call_id"))
        if call in self.going:
            status = getattr(original_exception, "status_code", None) or getattr(original_exception, "code", None)
            self._failed(call, int(status) if status is not None and str(status).isdigit() else 500)

    def gone(self, call: str) -> None:
        """Who asked went away before the end: what came until then still costs."""
        if call in self.going:
            self.going[call].is_gone = True

    def over(self, call: str, status: int) -> None:
        """Nothing more is sent for this request. What failed is written down; of the rest the engine says more."""
        going = self.going.get(call)
        if going is not None:
            going.ended = time.monotonic()
            if status >= 400:
                self._failed(call, status)
        late = [name for name, each in self.going.items() if each.ended and time.monotonic() - each.ended > _STALE]
        for name in late:
            self._failed(name, _GONE)  # cut off: the client went away, or the upstream did

    def _failed(self, call: str, status: int) -> None:
        going = self.going.pop(call)
        other, code = going.failed or (status, "")
        found = going.row() | {"status": status if status != _GONE else other, "code": code, "call": call}
        found["upstream"] = self.profiles[going.profile].upstream(going.target)
        self._done(going, found | {"served": _short(going.target, going.profile)})

    def _done(self, going: Going, row: dict[str, Any]) -> None:
        self.log.write(row)
        if (spans := self.profiles[going.profile].spans) is not None:
            spans.tell(row, going.tries, going.parent)


def _applies(budget: Budget, key: Key, model: str) -> bool:
    mine = {"profile": budget.name or budget.profile, "route": model, "key": key.name, "team": key.team}
    return budget.scope == "profile" or mine.get(budget.scope) == budget.name


def _spent(budget: Budget, percent: float) -> HTTPException:
    """The client ends the turn at a 402, with this text. A 429 it would try again for minutes."""
    return HTTPException(402, f"cc: the budget of {budget.about} is spent ({percent:.0f} % of {budget.said})")


def _short(target: str, profile: str) -> str:
    return target.removeprefix(f"{profile}/")


def _tokens(told: dict[str, Any]) -> tuple[int, int, int, int]:
    """Input, output, read from the cache, written to it: each token in one of them."""
    usage = (told.get("metadata") or {}).get("usage_object") or {}
    details = usage.get("prompt_tokens_details") or {}
    read = usage.get("cache_read_input_tokens") or details.get("cached_tokens") or 0
    written = usage.get("cache_creation_input_tokens") or details.get("cache_creation_tokens") or 0
    whole = usage.get("prompt_tokens") or told.get("prompt_tokens") or 0
    return max(whole - read - written, 0), told.get("completion_tokens") or 0, read, written


def _loaded() -> Hooks:
    beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rules.json")
    with open(os.environ.get("CC_RULES") or beside, encoding="utf-8") as file:
        return Hooks(json.load(file), dict(os.environ))


hooks = _loaded()


async def check(request: Request, api_key: str | None) -> UserAPIKeyAuth:
    """LiteLLM's `custom_auth`."""
    key = hooks.check(request.url.path, api_key)
    digest = cc_log.hashed((api_key or "").removeprefix("Bearer "))
    about: dict[str, Any] = {"profile": key.profile, "name": key.name, "team": key.team}
    about["session"] = "" if digest in hooks.given else f"key-{digest[:12]}"
    about |= {"headers": dict(request.headers), "params": dict(request.query_params)}
    return UserAPIKeyAuth(
        api_key=cc_log.hashed(api_key or ""), key_alias=key.name, team_id=key.team or None, metadata={"cc": about}
    )
