"""What a gateway is, whatever engine runs it: plain data, with secrets as references alone."""

from dataclasses import dataclass

from cc_launcher.core.profile.profile import Prices

# Whose money a budget counts
PROFILE, ROUTE, KEY, TEAM = "profile", "route", "key", "team"


@dataclass(frozen=True)
class Secret:
    """A secret of an upstream: the variable that the engine finds it in, and where it is kept."""

    variable: str
    reference: str
    form: str = "{secret}"  # what stands in the variable, with the secret in its place

    def value(self, secret: str) -> str:
        """What the variable is set to."""
        return self.form.replace("{secret}", secret)


@dataclass(frozen=True)
class Upstream:
    """One provider behind the gateway."""

    alias: str
    profile: str  # its name
    title: str
    api: str  # by which it is reached
    address: str  # as the engine wants it; empty where a secret stands in it: then `address_secret` is the whole
    key: Secret | None
    bearer: Secret | None = None  # the key once more, where Anthropic's API is to get it as a bearer token
    headers: tuple[tuple[str, str], ...] = ()
    secret_headers: tuple[tuple[str, Secret], ...] = ()
    address_secret: Secret | None = None
    placeholder: str = ""  # what the server expects in the key's place
    timeout: int = 600  # seconds
    is_local: bool = False
    engine_name: str = ""  # what LiteLLM calls it
    host: str = ""  # without the port
    lost: tuple[str, ...] = ()  # what does not get through, in words
    compat: frozenset[str] = frozenset()  # what it cannot take: see core/profile/knobs.py
    named_tools: str = ""  # why its plan may not be used behind a gateway

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """All of its secrets: what a variable of the engine's has to be filled with."""
        found = [self.key, self.bearer, self.address_secret, *(secret for _, secret in self.secret_headers)]
        return tuple(secret for secret in found if secret is not None)


@dataclass(frozen=True)
class Target:
    """A model of an upstream that serves a route."""

    name: str  # of its group in the engine: PROFILE/ROUTE@NUMBER
    upstream: Upstream
    model: str
    weight: float  # of the sessions; 0: it is reached only when others cannot serve
    context: int | None = None
    max_output: int | None = None
    prices: Prices | None = None  # for a million tokens, those of caching included
    is_free: bool = False  # nothing is paid by the token
    vision: bool | None = None  # as far as its profile says
    web_search: bool | None = None


@dataclass(frozen=True)
class Route:
    """A model that sessions name."""

    name: str
    targets: tuple[Target, ...]  # in the order in which they are tried
    fallback: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """Sends requests to another route."""

    name: str
    when: str
    to: str
    priority: int = 0
    chain: bool = False


@dataclass(frozen=True)
class Budget:
    """The most that something may cost."""

    scope: str
    name: str  # of the route, the key or the team; empty for the profile
    amount: float
    currency: str
    per: str


@dataclass(frozen=True)
class Key:
    """Who uses it, and in which team."""

    name: str
    team: str = ""


@dataclass(frozen=True)
class CollectorHeader:
    """A header with a secret, of a collector."""

    name: str
    secret: Secret
    prefix: str = ""  # what stands before it
    user: str = ""  # HTTP Basic: of this user


@dataclass(frozen=True)
class Collector:
    """Who gets a span for each request."""

    address: str
    headers: tuple[tuple[str, str], ...] = ()
    secret_headers: tuple[CollectorHeader, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()  # of each span


@dataclass(frozen=True)
class Gateway:
    """All of it."""

    profile: str
    engine: str
    upstreams: tuple[Upstream, ...]
    routes: tuple[Route, ...]
    rules: tuple[Rule, ...] = ()
    budgets: tuple[Budget, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()  # another name for a route
    keys: tuple[Key, ...] = ()
    teams: tuple[str, ...] = ()
    key: str = ""  # that sessions started here count for
    collector: Collector | None = None
    is_alone: bool = False  # one provider, without a word of configuration
    notes: tuple[str, ...] = ()  # what is to be said before its first use

    def route(self, name: str) -> Route:
        """The route of this name."""
        return next(route for route in self.routes if route.name == name)

    def behind(self, route: Route) -> tuple[Target, ...]:
        """What serves when none of the route's own targets can: those of its `fallback`, and what is behind these."""
        found: dict[str, Target] = {}
        for name in route.fallback:
            other = self.route(name)
            found |= {target.name: target for target in (*other.targets, *self.behind(other))}
        return tuple(found.values())

    def serving(self, route: Route) -> tuple[Target, ...]:
        """All that may serve a request for this route: also what is behind it, and where the rules lead."""
        routes = [route, *(self.route(rule.to) for rule in self.rules)]
        found = [target for each in routes for target in (*each.targets, *self.behind(each))]
        return tuple({target.name: target for target in found}.values())

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """Those of all its upstreams."""
        return tuple(secret for upstream in self.upstreams for secret in upstream.secrets)
