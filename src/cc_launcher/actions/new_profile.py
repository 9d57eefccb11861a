"""A new profile: what it is to say, what follows from that, and what is still to do for a launch on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cc_launcher.actions.secret_places import all_of
from cc_launcher.core.errors import NO_SUCH, USAGE, CcError
from cc_launcher.core.plan.make_plan import keep_at
from cc_launcher.core.profile import toml_edit
from cc_launcher.core.profile.gateway import ANTHROPIC, MAIN, OPENAI
from cc_launcher.core.profile.profile import TIERS
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.text.nearest import did_you_mean
from cc_launcher.files import places, user_profiles
from cc_launcher.secrets import keep


@dataclass
class Wanted:
    """What a new profile is to say."""

    name: str = ""
    provider: str = ""  # or none: an endpoint by its URL
    base_url: str = ""
    auth: str = ""
    secret: str = ""  # a reference
    title: str = ""
    label: str = ""
    sealed: bool = False
    tiers: dict[str, str] = field(default_factory=dict)
    region: str = ""
    plain_http: bool = False
    values: dict[str, str] = field(default_factory=dict)  # of the provider's parameters
    kind: str = ""  # a gateway, or what is usual
    context: int = 0  # tokens that its models hold; zero: not known
    api: str = ""  # that the address speaks, where it is not Anthropic's

    def text(self) -> str:
        """The profile's file."""
        values: dict[str, Any] = {
            "extends": self.provider,
            "title": self.title,
            "label": self.label,
            "region": self.region,
            "kind": self.kind,
            "base_url": self.base_url,
            "api": self.api,
            "plain_http": self.plain_http,
            "auth": self.auth or ("" if self.provider else "bearer"),
            "secret": self.secret,
            "sealed": self.sealed,
            "context": self.context,
            "values": self.values,
            "tiers": self.tiers,
        }
        return toml_edit.new({key: value for key, value in values.items() if value})


def complete(wanted: Wanted) -> None:
    """Fill in what follows from the rest, and refuse what cannot be."""
    if wanted.api not in {"", ANTHROPIC, OPENAI}:
        hint = did_you_mean(wanted.api, [ANTHROPIC, OPENAI]) or f"{OPENAI} for one that has /chat/completions alone"
        raise CcError(f"--api takes {ANTHROPIC} or {OPENAI}, not {wanted.api}", hint, code=USAGE)
    if wanted.api == ANTHROPIC and not wanted.provider:
        wanted.api = ""  # which is usual
    if wanted.api == OPENAI:
        wanted.base_url = openai_base(wanted.base_url)
    if not wanted.provider and wanted.name in places.catalog_names():
        wanted.provider = wanted.name
    wanted.name = wanted.name or free_name(wanted.provider)
    if not wanted.provider and not wanted.base_url:
        raise CcError(
            "cc add: which provider?", f"--provider {_some(places.catalog_names())}, or --base-url URL", code=USAGE
        )
    if not wanted.provider and "main" not in wanted.tiers:
        raise CcError("cc add: which model does it serve?", "--model MODEL, which every tier falls back to", code=USAGE)
    if wanted.provider and wanted.provider not in places.known():
        hint = did_you_mean(wanted.provider, places.known()) or "cc list-profiles shows them"
        raise CcError(f"no provider or profile named {wanted.provider}", hint, code=NO_SUCH)


def openai_base(url: str) -> str:
    """The address as a profile has it: what stands before /chat/completions."""
    return url.strip().rstrip("/").removesuffix("/chat/completions")


def may_be_openai(url: str) -> bool:
    """Whether such an address may well be one of OpenAI's API."""
    tidy = url.strip().rstrip("/")
    return tidy.endswith(("/v1", "/chat/completions")) or "/openai" in tidy


def of_gateway(wanted: Wanted, url: str) -> None:
    """A gateway that a team runs: an address, a key of one's own, and routes in the place of models."""
    if wanted.provider or wanted.base_url:
        raise CcError("cc add: --gateway is an address of its own", "without --provider and --base-url", code=USAGE)
    wanted.kind = "gateway"
    wanted.base_url = url
    wanted.name = wanted.name or free_name("team")
    wanted.tiers = {"main": MAIN} | wanted.tiers


def free_name(provider: str) -> str:
    """A name that is not taken, made from the provider's."""
    taken = set(places.user_names())
    base = provider or "mine"
    return next(name for name in (base, *(f"{base}-{number}" for number in range(2, 1000))) if name not in taken)


def with_answers(name: str, values: Mapping[str, str], main: str) -> str:
    """The text of the user's profile of this name, with what was asked for in it."""
    said = [f'values.{key}="{value}"' for key, value in values.items()]
    said += [f'tiers.main="{main}"'] if main else []
    if name in places.user_names():
        return toml_edit.changed(user_profiles.read(name), said, [])
    whole = {"extends": name, "values": dict(values), "tiers": {"main": main} if main else {}}
    return toml_edit.new({key: value for key, value in whole.items() if value})


def left_to_do(resolved: Resolved) -> tuple[list[str], list[str]]:
    """What is not there yet, and the commands for it."""
    faults, steps = [], []
    for place, reference in all_of(resolved):
        fault = keep.look(reference, resolved.name)[0]
        if fault:
            faults.append(f"{resolved.name}: {f'{place}: ' if place else ''}{fault}")
            steps.append(keep_at(resolved, reference, place))
    return faults, steps


def tiers_of(model: str, tiers: list[str]) -> dict[str, str]:
    """`--model MODEL` and `--tier TIER=MODEL`, each."""
    found = {"main": model} if model else {}
    for pair in tiers:
        name, equals, value = pair.partition("=")
        if name not in TIERS or not equals or not value:
            hint = did_you_mean(name, list(TIERS)) or f"tiers: {', '.join(TIERS)}"
            raise CcError(f"--tier takes TIER=MODEL, not {pair}", hint, code=USAGE)
        found[name] = value
    return found


def values_of(pairs: list[str]) -> dict[str, str]:
    """`--value NAME=VALUE`, each."""
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not name or not equals or not value:
            raise CcError(f"--value takes NAME=VALUE, not {pair}", "such as --value account=abc123", code=USAGE)
        found[name] = value
    return found


def _some(names: list[str]) -> str:
    return "|".join(names[:6]) + ("|…" if len(names) > 6 else "")
