"""What a profile says of a gateway: its upstreams, routes, rules and budgets. Whether they fit: `gateway_check.py`."""

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from cc_launcher.core.profile import apis
from cc_launcher.core.profile.addresses import Strict
from cc_launcher.core.profile.field_types import Budget, ProfileName, Text
from cc_launcher.core.text import cel, names

LITELLM: Final = "litellm"
BIFROST: Final = "bifrost"
ANTHROPIC: Final = apis.ANTHROPIC
OPENAI: Final = apis.OPENAI
MAIN = "main"  # the route that a session starts on, where there is one of this name

_ALIAS = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_ROUTE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
_OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def _alias(name: str) -> str:
    if not _ALIAS.fullmatch(name):
        raise ValueError("is not a valid name of an upstream: small letters, digits, _ and -, at most 32")
    return name


def _route(name: str) -> str:
    if not _ROUTE.fullmatch(name):
        raise ValueError("is not a valid name of a route: letters, digits and . _ : -, a letter or digit first")
    return name


def _owner(name: str) -> str:
    if not _OWNER.fullmatch(name):
        raise ValueError("is not a valid name: letters, digits and . _ -, a letter or digit first")
    return name


def _target(text: str) -> str:
    alias, slash, model = text.partition("/")
    if not slash or not _ALIAS.fullmatch(alias) or not names.is_model(model):
        raise ValueError(
            'is not a target|write UPSTREAM/MODEL, such as "a/glm-5.3", with a name of [gateway].upstreams'
        )
    return text


def _condition(text: str) -> str:
    what, hint = cel.fault_of(text)
    if what:
        raise ValueError(f"{what}|{hint}")
    return text


Alias = Annotated[str, AfterValidator(_alias)]
RouteName = Annotated[str, AfterValidator(_route)]
Owner = Annotated[str, AfterValidator(_owner)]
TargetName = Annotated[str, AfterValidator(_target)]
Condition = Annotated[str, AfterValidator(_condition)]
Weight = Annotated[float, Field(gt=0, le=1_000_000, strict=False)]
Order = Annotated[int, Field(ge=1, le=100)]
Priority = Annotated[int, Field(ge=-1_000, le=1_000)]


class Target(Strict):
    """A model of an upstream that a route may be served by."""

    to: TargetName | None = Field(None, description="UPSTREAM/MODEL, with a name of `upstreams`")
    weight: Weight = Field(1, description="its share of the sessions, beside the others of its order")
    order: Order = Field(1, description="those with a higher number serve only when all with a lower one cannot")


class Route(Strict):
    """A model of the gateway: what serves it."""

    targets: tuple[Target, ...] = Field((), description="what serves it, by weight and order", strict=False)
    fallback: tuple[RouteName, ...] = Field((), description="routes to go on with when no target can", strict=False)
    budget: Budget | None = Field(None, description="the most that this route may cost")


class Rule(Strict):
    """Sends requests to another route."""

    name: Text | None = Field(None, description="as the log shows it")
    when: Condition | None = Field(None, description="a condition in CEL, with Bifrost's names")
    to: RouteName | None = Field(None, description="the route that such requests go to")
    priority: Priority = Field(0, description="lower ones are looked at first; the first that fits decides")
    chain: bool = Field(default=False, description="look at the other rules again, for the route it leads to")


class Team(Strict):
    """Several keys with a budget of their own."""

    budget: Budget | None = Field(None, description="the most that all keys of this team may cost together")


class Key(Strict):
    """Who uses the gateway."""

    budget: Budget | None = Field(None, description="the most that this key may cost")
    team: Owner | None = Field(None, description="one of the teams")


class Gateway(Strict):
    """This profile is a gateway in front of others."""

    engine: Literal["litellm", "bifrost"] = Field(
        "litellm",
        description="litellm: cc runs it here; bifrost: cc writes its configuration, and base_url says where it runs",
    )
    upstreams: dict[Alias, ProfileName] = Field(
        default_factory=dict, description="the profiles behind it, each by a short name"
    )
    keys: dict[Owner, Key] = Field(default_factory=dict, description="who uses it, where budgets are for each one")
    teams: dict[Owner, Team] = Field(default_factory=dict, description="groups of keys")
    key: Owner | None = Field(None, description="the key that sessions started here count for")
