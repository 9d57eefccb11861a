"""What a profile still needs before `cc run` reaches a prompt: one answer, for everything that says so.

What is known of the machine comes in as `Facts`; nothing here looks, and nothing reads a secret.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from cc_launcher.core.profile.summary import CLIENTS_LOGIN, TO_BE_NAMED, Summary

READY = "ready"
# What is known of a key, or of a login of a cloud's tools
THERE, MISSING, UNKNOWN, NOT_NEEDED = "there", "missing", "unknown", "none"
# What is known of a server on this machine
ANSWERS, SILENT, HAS_NOT = "answers", "silent", "has no such model"
# What may be needed, by the words that programs read
PARAMETERS, KEY, LOGIN, MODEL, CLIENT, SERVER, LISTED, ENGINE, REPAIR = (
    "parameters",
    "key",
    "login",
    "model",
    "client",
    "server",  # which does not answer
    "model-on-server",  # which does, and does not have it
    "engine",  # of a gateway
    "repair",
)
_LOGINS = {
    "aws": "an AWS login",
    "google": "a Google Cloud login",
    "azure": "an Azure login",
    CLIENTS_LOGIN[0]: "a claude.ai login",
}


class Whose(NamedTuple):
    """A secret of a profile, as far as a state needs it."""

    profile: str
    reference: str
    named: bool  # by the profile itself: else it is where we keep a key unless told otherwise


@dataclass(frozen=True)
class Facts:
    """What is known of this machine without asking a store or another host."""

    client: str  # why there is no client to start; empty: there is one
    present: frozenset[str]  # the variables that are set
    key: Callable[[Whose], str]  # THERE, MISSING or UNKNOWN
    login: Callable[[tuple[str, ...], str], str]  # the same of a cloud's tools, for the profile of this name
    server: Callable[[Summary], str]  # ANSWERS, SILENT, HAS_NOT or UNKNOWN
    engine: bool = True  # whether the engine of a gateway is installed
    behind: Callable[[str], Summary | None] = lambda _: None  # the profile of this name


@dataclass(frozen=True)
class State:
    """What a profile has and what it still needs."""

    needs: tuple[str, ...] = ()  # of the words above, in the order in which they are seen to
    key: str = NOT_NEEDED
    words: tuple[str, ...] = ()  # the same needs for people, each by itself
    unseen: str = ""  # what nobody has looked at: a key, a login, a server

    @property
    def ready(self) -> bool:
        """Whether nothing is known to be missing."""
        return not self.needs

    @property
    def sure(self) -> bool:
        """Whether `cc run` would reach a prompt, as far as this machine can tell."""
        return self.ready and not self.unseen

    @property
    def text(self) -> str:
        """All of it in a line."""
        if self.ready:
            return f"{READY} ({self.unseen} not looked at)" if self.unseen else READY
        things = [word for need, word in zip(self.needs, self.words, strict=True) if need not in _WHOLE]
        whole = [word for need, word in zip(self.needs, self.words, strict=True) if need in _WHOLE]
        return "; ".join([*([f"needs {_listed(things)}"] if things else []), *whole])

    @property
    def short(self) -> str:
        """The first thing that is missing, for a column."""
        if self.ready:
            return self.text
        return self.words[0] if self.needs[0] in _WHOLE else f"needs {self.words[0]}"


_ENGINE = "the gateway's engine"
_WHOLE = frozenset({SERVER, LISTED, REPAIR})  # whose words are a sentence of their own


def of(summary: Summary, facts: Facts) -> State:
    """The state of a profile."""
    if summary.fault:
        return State((REPAIR,), words=(f"invalid: {summary.fault}",))
    if summary.upstreams:
        return _of_gateway(summary, facts)
    found: list[tuple[str, str]] = []
    if summary.parameters:
        found.append((PARAMETERS, ", ".join(summary.parameters)))
    kind, key = _key(summary, facts)
    if key == MISSING:
        found.append((kind, "a key" if kind == KEY else _LOGINS.get((summary.cloud or ("",))[0], "a login")))
    server = facts.server(summary) if summary.server else ""
    if server == SILENT:
        found.append((SERVER, "its server does not answer"))
    if summary.model == TO_BE_NAMED:
        found.append((MODEL, "a model"))
    elif server == HAS_NOT:
        found.append((LISTED, f"its server has no {summary.model}"))
    if facts.client:
        found.append((CLIENT, "Claude Code"))
    if summary.by_gateway and not facts.engine:
        found.append((ENGINE, _ENGINE))
    unseen = kind if key == UNKNOWN else "server" if server == UNKNOWN else ""
    return State(tuple(need for need, _ in found), key, tuple(word for _, word in found), unseen)


def _of_gateway(summary: Summary, facts: Facts) -> State:
    """What the profiles behind a gateway need, each by its name, and what it needs itself."""
    alone = replace(facts, client="", engine=True)
    found: list[tuple[str, str]] = []
    keys, unseen = [], ""
    for name in summary.upstreams:
        behind = facts.behind(name)
        if behind is None or behind.upstreams:
            return State((REPAIR,), words=(f"invalid: {name} cannot be behind a gateway",))
        one = of(behind, alone)
        for need, words in zip(one.needs, one.words, strict=True):
            if need == REPAIR:
                return State((REPAIR,), words=(f"{name} is {words}",))
            if need not in {MODEL, LISTED}:  # routes name the models
                whole = f"the server of {name} does not answer" if need == SERVER else f"{words} for {name}"
                found.append((need, whole))
        keys.append(one.key)
        unseen = unseen or one.unseen
    found.sort(key=lambda need: (PARAMETERS, KEY, LOGIN, SERVER).index(need[0]))
    if facts.client:
        found.append((CLIENT, "Claude Code"))
    if not facts.engine:
        found.append((ENGINE, _ENGINE))
    worst = next((answer for answer in (MISSING, UNKNOWN, THERE) if answer in keys), NOT_NEEDED)
    return State(tuple(need for need, _ in found), worst, tuple(words for _, words in found), unseen)


def _key(summary: Summary, facts: Facts) -> tuple[str, str]:
    """What is known of all its secrets together: the worst counts. And whether it is a key, or a login."""
    kind, known = KEY, []
    if summary.cloud is not None:
        kind = LOGIN
        known.append(facts.login(summary.cloud, summary.name))
    if summary.key_env is not None:
        set_here = bool(facts.present.intersection(summary.key_env))
        usual = Whose(summary.name, f"keyring:{summary.name}", named=False)
        known.append(THERE if set_here else facts.key(usual))
    others = [facts.key(Whose(summary.name, reference, named=True)) for reference in summary.references]
    if any(answer in others for answer in (MISSING, UNKNOWN)) and known in ([], [THERE]):
        kind = KEY
    worst = next((answer for answer in (MISSING, UNKNOWN, THERE) if answer in {*known, *others}), NOT_NEEDED)
    return kind, worst


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
