"""What only a whole profile can tell of its gateway: whether its names fit together."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from cc_launcher.core.profile.gateway import BIFROST, MAIN, OPENAI
from cc_launcher.core.profile.profile import TIERS, Profile
from cc_launcher.core.text.nearest import did_you_mean

Path = tuple[str, ...]
_ONLY_OF_A_GATEWAY = ("routes", "rules")
_NOT_OF_A_GATEWAY = (
    ("secret", "each upstream has its own, and sessions get one of the gateway's"),
    ("secret_headers", "each upstream has its own"),
    ("regions", "an upstream has them"),
    ("cloud", "a cloud is reached by the client itself"),
    ("server", "an upstream has it"),
    ("models_url", "its models are its routes"),
    ("openai_url", "an upstream has it"),
)


class Fault(NamedTuple):
    """What is wrong: the key that says it, what, and what to do."""

    path: Path
    what: str
    hint: str


def fault_of(profile: Profile) -> Fault | None:
    """The first thing that is wrong; nothing for a profile without a gateway that speaks Anthropic's API."""
    if profile.api == OPENAI:
        return next(_of_openai(profile), None)
    if profile.gateway is None:
        return next(_without(profile), None)
    return next(_of_gateway(profile), None)


def main_route(routes: Mapping[str, object]) -> str:
    """The route that a session starts on where no tier says it: `main`, or the first."""
    return MAIN if MAIN in routes else next(iter(routes), "")


def _without(profile: Profile) -> Iterator[Fault]:
    for key in _ONLY_OF_A_GATEWAY:
        if getattr(profile, key):
            hint = 'add [gateway] with upstreams = { a = "PROFILE" }, or take it out'
            yield Fault((key,), f"{key} without [gateway]", hint)


def _of_openai(profile: Profile) -> Iterator[Fault]:
    if profile.gateway is not None:
        hint = "take it out: each upstream says its own api"
        yield Fault(("api",), "a gateway has no `api` of its own", hint)
    yield from _without(profile)
    if profile.cloud is not None:
        yield Fault(("api",), "a cloud speaks its own API", "take `api` or `cloud` out")
    if profile.auth == "login":
        yield Fault(("api",), "a claude.ai login is for Anthropic's API", 'write auth = "bearer"')
    if profile.auth == "api-key":
        yield Fault(("auth",), "OpenAI's API has no x-api-key header", 'write auth = "bearer"')
    if profile.base_url is None:
        yield Fault(("api",), "no `base_url`", 'add base_url = "https://HOST/v1"')


def _of_gateway(profile: Profile) -> Iterator[Fault]:
    gateway = profile.gateway
    if gateway is None:
        return
    if not gateway.upstreams:
        yield Fault(("gateway",), "no upstreams", 'add upstreams = { a = "PROFILE" } below [gateway]')
    if not profile.routes:
        first = next(iter(gateway.upstreams), "a")
        hint = f'add [routes.{MAIN}] with targets = [{{ to = "{first}/MODEL" }}]'
        yield Fault(("gateway",), "no routes", hint)
    if gateway.engine != BIFROST and profile.base_url is not None:
        hint = "take it out: cc runs this gateway here; for one that runs elsewhere, cc add NAME --gateway URL"
        yield Fault(("base_url",), "base_url of a gateway that cc runs", hint)
    if gateway.engine != BIFROST and profile.auth is not None:
        hint = "take it out: sessions get a key of the gateway's"
        yield Fault(("auth",), "auth of a gateway that cc runs", hint)
    for key, why in _NOT_OF_A_GATEWAY:
        if getattr(profile, key) and not (gateway.engine == BIFROST and key in {"secret", "secret_headers"}):
            yield Fault((key,), f"{key} of a gateway", f"take it out: {why}")
    yield from _targets(profile)
    yield from _fallbacks(profile)
    yield from _rules(profile)
    yield from _owners(profile)
    yield from _models(profile)


def _targets(profile: Profile) -> Iterator[Fault]:
    upstreams = list(profile.gateway.upstreams) if profile.gateway else []
    for name, route in profile.routes.items():
        if not route.targets:
            first = next(iter(upstreams), "a")
            hint = f'add targets = [{{ to = "{first}/MODEL" }}]'
            yield Fault(("routes", name), f"route {name} has no targets", hint)
        seen: set[str] = set()
        for target in route.targets:
            where = ("routes", name, "targets")
            if target.to is None:
                yield Fault(where, f"a target of route {name} has no `to`", 'write { to = "UPSTREAM/MODEL" }')
                continue
            alias = target.to.partition("/")[0]
            if alias not in upstreams:
                hint = did_you_mean(alias, upstreams) or f"upstreams are {', '.join(upstreams) or 'none'}"
                yield Fault(where, f"route {name}: no upstream {alias}", hint)
            if target.to in seen:
                yield Fault(where, f"route {name} names {target.to} twice", "add their weights, in one target")
            seen.add(target.to)


def _fallbacks(profile: Profile) -> Iterator[Fault]:
    for name, route in profile.routes.items():
        where = ("routes", name, "fallback")
        for other in route.fallback:
            if other not in profile.routes:
                yield Fault(where, f"route {name} falls back to {other}, which is no route", _a_route(profile, other))
        loop = _loop(profile, (name,))
        if loop:
            hint = "take one of these fallbacks out"
            yield Fault(where, f"route {name} falls back to itself: {' → '.join(loop)}", hint)


def _loop(profile: Profile, way: tuple[str, ...]) -> tuple[str, ...]:
    """The way from its first route back to it, along fallbacks; nothing where there is none."""
    route = profile.routes.get(way[-1])
    for other in route.fallback if route else ():
        if other == way[0]:
            return (*way, other)
        if other not in way and (found := _loop(profile, (*way, other))):
            return found
    return ()


def _rules(profile: Profile) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, rule in enumerate(profile.rules):
        path = ("rules", str(index))
        called = f"rule {rule.name}" if rule.name else f"rule {index + 1}"
        if rule.name is None:
            yield Fault(path, f"{called} has no `name`", 'add name = "…": the log shows it')
        elif rule.name in seen:
            yield Fault((*path, "name"), f"two rules are called {rule.name}", "rename one: the log names them")
        seen.add(rule.name or "")
        if rule.when is None:
            yield Fault(path, f"{called} has no `when`", 'add when = "budget_used > 85.0", or another condition in CEL')
        if rule.to is None:
            yield Fault(path, f"{called} has no `to`", f"add to = {_choices(profile)}")
        elif rule.to not in profile.routes:
            hint = _a_route(profile, rule.to)
            yield Fault((*path, "to"), f"{called} leads to {rule.to}, which is no route", hint)


def _owners(profile: Profile) -> Iterator[Fault]:
    gateway = profile.gateway
    if gateway is None:
        return
    for name, key in gateway.keys.items():
        if key.team is not None and key.team not in gateway.teams:
            hint = did_you_mean(key.team, list(gateway.teams)) or f"add [gateway.teams.{key.team}]"
            yield Fault(("gateway", "keys", name, "team"), f"key {name}: no team {key.team}", hint)
    if gateway.key is not None and gateway.key not in gateway.keys:
        hint = did_you_mean(gateway.key, list(gateway.keys)) or f"add [gateway.keys.{gateway.key}]"
        yield Fault(("gateway", "key"), f"no key {gateway.key}", hint)


def _models(profile: Profile) -> Iterator[Fault]:
    """Sessions name routes: what stands in [models] and [tiers] is one, or a short name of one."""
    short = {alias for about in profile.models.values() for alias in about.aliases}
    for model in profile.models:
        if model not in profile.routes:
            yield Fault(("models", model), f"model {model} is no route", _a_route(profile, model))
    for alias in short:
        if alias in profile.routes:
            yield Fault(("models",), f"{alias} is a route, and a short name of another one", "rename one")
    for tier in TIERS:
        named = getattr(profile.tiers, tier)
        if named is not None and named not in profile.routes and named not in short:
            yield Fault(("tiers", tier), f"{tier} is {named}, which is no route", _a_route(profile, named))


def _a_route(profile: Profile, word: str) -> str:
    return did_you_mean(word, list(profile.routes)) or f"routes are {', '.join(profile.routes)}"


def _choices(profile: Profile) -> str:
    return " or ".join(f'"{name}"' for name in list(profile.routes)[:3]) or '"ROUTE"'
