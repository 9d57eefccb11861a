"""From a resolved profile and those of its upstreams to the description of a gateway."""

from collections.abc import Callable, Iterator

from cc_launcher.core.errors import INVALID, CcError
from cc_launcher.core.gateway import collector
from cc_launcher.core.gateway import upstream as upstreams
from cc_launcher.core.gateway.description import (
    KEY,
    PROFILE,
    ROUTE,
    TEAM,
    Budget,
    Gateway,
    Key,
    Route,
    Rule,
    Target,
    Upstream,
)
from cc_launcher.core.profile import caching, four_prices, gateway, model_choice, money, serving
from cc_launcher.core.profile.profile import Profile
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.text import cel

Load = Callable[[str], Resolved]


def describe(resolved: Resolved, load: Load, present: frozenset[str] = frozenset(), word: str = "") -> Gateway:
    """The gateway that this profile is; `load` reads those of its upstreams.

    `present` are the variables that are set: one of them may hold a key. `word` is a model that a session of a lone
    provider asks for beside those that its profile names.
    """
    if resolved.profile.gateway is None:
        return _of_one(resolved, present, word)
    return _of_several(resolved, resolved.profile.gateway, load, present)


def _of_one(resolved: Resolved, present: frozenset[str], word: str) -> Gateway:
    """A gateway of one provider: its models are the routes."""
    profile, name = resolved.profile, resolved.name
    if profile.api != gateway.OPENAI:
        raise CcError(
            f"{name} is no gateway: it speaks Anthropic's API, and Claude Code reaches it directly",
            f'to put it behind one, name it in a profile with [gateway] upstreams = {{ a = "{name}" }}',
            code=INVALID,
        )
    where = str(resolved.origin("api") or name)
    one = upstreams.of(resolved, "", name, where, present)
    models = dict.fromkeys([*model_choice.ids_of(profile), *filter(None, [word])])
    routes = tuple(Route(model, (_target(f"{name}/{model}@0", one, resolved, model, 1.0),)) for model in models)
    return Gateway(
        profile=name,
        engine=gateway.LITELLM,
        upstreams=(one,),
        routes=routes,
        budgets=tuple(_budgets(profile, None)),
        aliases=tuple(_aliases(profile)),
        collector=collector.of(resolved),
        is_alone=True,
        notes=tuple(_notes(name, (one,), routes, profile)),
    )


def _of_several(resolved: Resolved, about: gateway.Gateway, load: Load, present: frozenset[str]) -> Gateway:
    profile, name = resolved.profile, resolved.name
    loaded = {}
    for alias, other in about.upstreams.items():
        where = resolved.origins["gateway", "upstreams", alias]
        try:
            loaded[alias] = load(other)
        except CcError as bad:
            raise CcError(
                f"{where}: upstream {alias}: {bad.what}", bad.hint, code=INVALID, details=bad.details
            ) from None
    behind = {
        alias: upstreams.of(one, alias, name, str(resolved.origins["gateway", "upstreams", alias]), present)
        for alias, one in loaded.items()
    }
    routes = tuple(
        Route(route, tuple(_targets(name, route, of.targets, behind, loaded)), of.fallback)
        for route, of in profile.routes.items()
    )
    found = Gateway(
        profile=name,
        engine=about.engine,
        upstreams=tuple(behind.values()),
        routes=routes,
        rules=tuple(_rules(profile)),
        budgets=tuple(_budgets(profile, about)),
        aliases=tuple(_aliases(profile)),
        keys=tuple(Key(key, of.team or "") for key, of in about.keys.items()),
        teams=tuple(about.teams),
        key=about.key or "",
        collector=collector.of(resolved),
        notes=tuple(_notes(name, tuple(behind.values()), routes, profile)),
    )
    _refuse_other_currencies(resolved, found)
    return found


def _targets(
    name: str, route: str, listed: tuple[gateway.Target, ...], behind: dict[str, Upstream], loaded: dict[str, Resolved]
) -> Iterator[Target]:
    """The targets in the order in which they are tried; those of the first order share the sessions."""
    first = min((target.order for target in listed), default=1)
    for number, target in enumerate(sorted(listed, key=lambda one: one.order)):
        alias, _, model = (target.to or "").partition("/")
        weight = target.weight if target.order == first else 0.0
        yield _target(f"{name}/{route}@{number}", behind[alias], loaded[alias], model, weight)


def _target(name: str, upstream: Upstream, resolved: Resolved, word: str, weight: float) -> Target:
    profile = resolved.profile
    model = model_choice.named(profile, resolved.name, word) or word
    about = model_choice.known(profile, model)
    is_free = four_prices.billing(profile) != money.TOKENS
    prices = caching.filled(about.prices, profile.caching)[0] if about.prices is not None and not is_free else None
    can = [serving.value(profile, key, model) for key in (serving.VISION, serving.WEB_SEARCH)]
    return Target(name, upstream, model, weight, about.context, about.max_output, prices, is_free, *can)


def _rules(profile: Profile) -> Iterator[Rule]:
    """In the order in which they are looked at: those of one priority as they are written."""
    for rule in sorted(profile.rules, key=lambda one: one.priority):
        yield Rule(rule.name or "", cel.with_doubles(rule.when or ""), rule.to or "", rule.priority, rule.chain)


def _budgets(profile: Profile, about: gateway.Gateway | None) -> Iterator[Budget]:
    listed = [(PROFILE, "", profile.budget)]
    listed += [(ROUTE, name, route.budget) for name, route in profile.routes.items()]
    if about is not None:
        listed += [(KEY, name, key.budget) for name, key in about.keys.items()]
        listed += [(TEAM, name, team.budget) for name, team in about.teams.items()]
    for scope, name, text in listed:
        if text is not None:
            found = money.budget(text)
            yield Budget(scope, name, found.amount, found.currency, found.per)


def _aliases(profile: Profile) -> Iterator[tuple[str, str]]:
    for model, about in profile.models.items():
        for alias in about.aliases:
            yield alias, model


def _refuse_other_currencies(resolved: Resolved, found: Gateway) -> None:
    """A budget counts what its targets cost, so all of that is in its currency."""
    for budget in found.budgets:
        routes = [found.route(budget.name)] if budget.scope == ROUTE else found.routes
        for target in (target for route in routes for target in route.targets):
            if target.prices is not None and target.prices.currency != budget.currency:
                path = {
                    PROFILE: ("budget",),
                    ROUTE: ("routes", budget.name, "budget"),
                    KEY: ("gateway", "keys", budget.name, "budget"),
                    TEAM: ("gateway", "teams", budget.name, "budget"),
                }[budget.scope]
                served = f"{target.upstream.alias}/{target.model}"
                raise CcError(
                    f"{resolved.origin(*path)}: the budget is in {budget.currency}, and {served} costs "
                    f"{target.prices.currency}",
                    "write the budget in that currency, or name models of one currency",
                    code=INVALID,
                )


def _notes(name: str, behind: tuple[Upstream, ...], routes: tuple[Route, ...], profile: Profile) -> Iterator[str]:
    """What a user is to know before the first use."""
    for upstream in behind:
        if upstream.named_tools:
            called = f"upstream {upstream.alias} ({upstream.profile})" if upstream.alias else upstream.profile
            yield f"{name}: {called}: {upstream.named_tools}"
    unpriced = [
        f"{target.upstream.alias}/{target.model}" if target.upstream.alias else target.model
        for route in routes
        for target in route.targets
        if target.prices is None and not target.is_free
    ]
    if unpriced and any(True for _ in _budgets(profile, profile.gateway)):
        yield f"{name}: no price is known of {', '.join(dict.fromkeys(unpriced))}: no budget counts what they cost"
