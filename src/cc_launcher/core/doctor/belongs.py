"""Whose an address and a key are: by the address itself, by how the key begins, by the variable that it is kept in.

A value may be a secret. All that leaves this module of one is the address of a server, the name of a model or of a
variable, or the beginning that all keys of a provider have.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.stores.key_shape import TELLING
from cc_launcher.core.text import urls

ADDRESS = "ANTHROPIC_BASE_URL"
HELPER = "apiKeyHelper"
# What plain `claude` sends to wherever the address leads: to Anthropic, once the address is gone.
FOLLOWS = frozenset({"ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_CUSTOM_HEADERS", HELPER})
TIERS = {
    "ANTHROPIC_MODEL": "main",
    "ANTHROPIC_DEFAULT_OPUS_MODEL": "opus",
    "ANTHROPIC_DEFAULT_SONNET_MODEL": "sonnet",
    "ANTHROPIC_DEFAULT_HAIKU_MODEL": "haiku",
    "ANTHROPIC_DEFAULT_FABLE_MODEL": "fable",
    "ANTHROPIC_SMALL_FAST_MODEL": "haiku",
    "CLAUDE_CODE_SUBAGENT_MODEL": "subagent",
}
_MODEL = re.compile(r"[A-Za-z0-9][\w.:/@-]{0,99}", re.ASCII)
_CLIENTS_MARK = "[1m]"  # which the client reads, and no provider
_REPEATED = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?", re.ASCII)
_ASKED = re.compile(r"\$\(([^()]+)\)")
_COMMAND = "$()"


class Key(NamedTuple):
    """What may be told of a key."""

    begins: str = ""  # with what all keys of some provider begin with
    repeats: str = ""  # the variable whose value it is
    is_asked: bool = False  # of a command
    variable: str = ""  # in which it is set


class Match(NamedTuple):
    """The profile that an address and a key belong to."""

    name: str
    is_own: bool  # the user's
    region: str = ""


def told(name: str, raw: str, value: str, beginnings: Iterable[str]) -> str:
    """What may be told of a value: as it is written, and as a shell sees it. Nothing, where that is nothing."""
    if name == ADDRESS:
        return _address(value)
    if name in TIERS:
        model = value.strip().removesuffix(_CLIENTS_MARK)
        return model if _MODEL.fullmatch(model) else ""
    if repeated := _REPEATED.fullmatch(raw.strip().strip('"')):
        return f"${repeated[1]}"
    if asked(raw):
        return _COMMAND
    return max((start for start in beginnings if start and value.startswith(start)), key=len, default="")


def asked(raw: str) -> str:
    """The command that a shell is to ask for the value; nothing where it is anything else."""
    found = _ASKED.fullmatch(raw.strip().strip('"'))
    return found[1].strip() if found else ""


def key_of(variable: str, said: str) -> Key:
    """The key that this was told of."""
    if said == _COMMAND or variable == HELPER:
        return Key(is_asked=True, variable=variable)
    return Key(repeats=said[1:], variable=variable) if said.startswith("$") else Key(said, variable=variable)


def match(address: str, key: Key, own: Iterable[Resolved], catalog: Mapping[str, Resolved]) -> Match | None:
    """The profile that all three fit: one of the user's before a provider of the catalog."""
    for are_own, among in ((True, own), (False, catalog.values())):
        fitting = [(resolved, how) for resolved in among if (how := _leads_to(resolved, address)) is not None]
        fitting = [(resolved, how) for resolved, how in fitting if _fits(resolved, key, catalog)]
        exact = [(resolved, how) for resolved, how in fitting if how.is_exact] or fitting
        known = [(resolved, how) for resolved, how in exact if _is_its_variable(resolved, key)] or exact
        if known and (are_own or len(known) == 1):
            resolved, how = known[0]
            return Match(resolved.name, are_own, how.region)
    return None


class _Leads(NamedTuple):
    is_exact: bool
    region: str = ""


def _address(value: str) -> str:
    address = urls.without_user(value.strip())
    try:
        urls.check(address)
    except urls.BadUrl:
        return ""
    return urls.tidy(address).partition("?")[0]


def _leads_to(resolved: Resolved, address: str) -> _Leads | None:
    """How an address leads to a profile's provider: exactly, or to the same host at least."""
    profile = resolved.profile
    if not address or profile.cloud or profile.auth in {"login", "none"}:
        return None
    base_url = profile.base_url or urls.OWN_ADDRESS
    if _same(base_url, address):
        return _Leads(is_exact=True)
    for name, region in profile.regions.items():
        if _same(region.base_url, address):
            return _Leads(is_exact=True, region=name)
    if urls.origin_of(base_url) == urls.origin_of(address):
        return _Leads(is_exact=False)
    return None


def _same(one: str, other: str) -> bool:
    return urls.tidy(one).lower() == urls.tidy(other).lower()


def _fits(resolved: Resolved, key: Key, catalog: Mapping[str, Resolved]) -> bool:
    """Whether nothing about the key speaks against this profile."""
    prefix = resolved.profile.key_prefix or ""
    if key.repeats:
        whose = [other for other in catalog.values() if key.repeats in other.profile.key_env]
        return not whose or key.repeats in resolved.profile.key_env
    if key.is_asked:
        return True
    if not prefix:
        return len(key.begins) < TELLING
    others = key.begins != prefix and len(key.begins) >= TELLING > len(prefix)  # another provider's, and telling
    return key.begins.startswith(prefix) and not others


def _is_its_variable(resolved: Resolved, key: Key) -> bool:
    return key.repeats in resolved.profile.key_env if key.repeats else bool(resolved.profile.key_prefix)
