"""A session goes on with another provider: who has seen it, what the other one gets, and what stands in the way.

Nothing is asked and nothing is written before `settled`.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from cc_launcher.actions import consent as consents
from cc_launcher.actions import takes_images
from cc_launcher.actions.before_launch import model_of
from cc_launcher.actions.planning import Planned
from cc_launcher.actions.screen import Screen
from cc_launcher.core.errors import INVALID, REFUSED, CcError
from cc_launcher.core.plan import Plan
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.sessions import history, obstacles
from cc_launcher.core.sessions.consent import LOGIN, UNKNOWN, Pair, Side
from cc_launcher.core.sessions.history import PLAIN, Stretch
from cc_launcher.core.sessions.obstacles import Obstacles, Target
from cc_launcher.core.text import urls
from cc_launcher.files import known_hosts, open_sessions, places, profiles, session_copy, session_files, summaries
from cc_launcher.files.session_files import SessionFile
from cc_launcher.launch import paths

_WINDOW = "CLAUDE_CODE_MAX_CONTEXT_TOKENS"
_CONFIG = "CLAUDE_CONFIG_DIR"
_LATEST = 1 << 53  # milliseconds since 1970
_OF_ANTHROPIC = frozenset({"claude", "anthropic"})
SHORT = 8  # letters of an id that tell sessions apart


@dataclass(frozen=True)
class Judged:
    """A session and who would go on with it."""

    file: SessionFile
    stretches: tuple[Stretch, ...]
    receiver: Side
    model: str
    window: int | None
    pairs: tuple[Pair, ...]  # one for each stretch that the receiver has not seen
    found: Obstacles
    config: str  # the configuration directory in which the receiver keeps its sessions

    @property
    def elsewhere(self) -> bool:
        """Whether it has to get into another directory: the client would not find it."""
        return self.config != self.file.config

    @property
    def is_of_one_host(self) -> bool:
        """Whether nobody new sees it, and nothing has to be done."""
        return not self.pairs and not self.elsewhere

    @property
    def is_copied(self) -> bool:
        """Whether it goes on as a copy, with an id of its own."""
        return self.found.needs_copy or self.elsewhere


def config_of(plan: Plan) -> str:
    """The directory in which a launch of this plan keeps its sessions."""
    return os.path.realpath(plan.set.get(_CONFIG) or paths.client_config())


Served = Callable[[str], tuple[str, ...]]  # the models of a profile


def stretches(file: SessionFile, serves: Served | None = None) -> tuple[Stretch, ...]:
    """Whose a session was."""
    read = history.read(session_files.lines(file.path))
    own = {file.id: _LATEST, **read.parents}
    for line in session_files.lines(places.marks()):
        for session, until in own.items():
            if session.encode() in line:
                read.add(line, until)
    found = tuple(read.stretches(serves or served()))
    if any(stretch.profile != PLAIN for stretch in found):
        return found
    # Old clients write no marks down. As in `cc usage`, it was the one profile in use that serves the model.
    return tuple(
        stretch if stretch.is_own_login else stretch._replace(profile=_alone(stretch.models)) for stretch in found
    )


def _alone(models: Iterable[str]) -> str:
    """The one profile in use that serves all of these models; PLAIN where there is none, or several."""
    wanted, in_use = {*models}, {*places.user_names(), *known_hosts.profiles()}
    able = [one.name for one, _ in summaries.read() if one.name in in_use and wanted and wanted <= {*one.models}]
    return able[0] if len(able) == 1 else PLAIN


def judged(file: SessionFile, planned: Planned, named: str = "", *, without_images: bool = False) -> Judged:
    """What going on with this session there means; `named` is the model that the user's arguments name."""
    plan, resolved = planned.plan, planned.resolved
    seen = stretches(file)
    receivers = [side for side, _ in consents.sides(resolved)]
    receiver = Side(resolved.name, ", ".join(dict.fromkeys(side.host for side in receivers)))
    pairs = [pair for one in receivers for pair in _new_to(one, seen)]
    model = model_of(plan, named)[0]
    window = _window(plan)
    found = Obstacles()
    config = config_of(plan)
    if pairs or config != file.config:
        knows = _is_anthropics(resolved, model) and all(_was_anthropics(stretch) for stretch in seen)
        images = False if without_images else takes_images.known(resolved, model)
        target = Target(model, images, window, knows, resolved.name, resolved.host)
        found = obstacles.found(session_files.lines(file.path), target)
    return Judged(file, seen, receiver, model, window, tuple(pairs), found, config)


def _new_to(receiver: Side, seen: Iterable[Stretch]) -> list[Pair]:
    """What this one has not seen of a session."""
    pairs: list[Pair] = []
    for stretch in seen:
        sides = sides_of(stretch)
        # With its last request there, the receiver has got all that was before.
        is_there = any(side.host == receiver.host for side, _ in sides)
        pairs = [] if is_there else [*pairs, *(Pair(side, receiver, private) for side, private in sides)]
    return pairs


def refuse(one: Judged) -> None:
    """Stop where nobody can go on with it, or somebody does just now."""
    if one.found.cannot:
        raise CcError(
            f"{one.file.id[:SHORT]}: cannot be taken over: {one.found.cannot}", "begin a new session", code=INVALID
        )
    refuse_open(one.file, one.receiver.profile)


def refuse_open(file: SessionFile, profile: str) -> None:
    """Stop where a client has the session open: two in one would each write what the other does not know."""
    pid = open_sessions.pids().get(file.id)
    if pid is not None:
        raise CcError(
            f"{file.id[:SHORT]}: a client has this session open (process {pid})",
            f"end it there first, then: cc take-over {profile} {file.id[:SHORT]}",
            code=REFUSED,
        )


def settled(one: Judged, screen: Screen, command: str) -> str:
    """Ask for what nobody has agreed to, copy what has to be copied; the id of the session to go on with."""
    if one.found.fits is False and screen.agrees is not None:
        profile = one.receiver.profile
        if not screen.agrees(f"Go on, and have it compacted on {profile}?"):
            raise CcError(f"{command}: nothing was started", "compact it where it is, then try again", code=REFUSED)
    consents.settle(one.pairs, screen, command=command)
    if not one.is_copied:
        return one.file.id
    path = Path(one.file.path)
    made = session_copy.make(path, one.found)
    if one.elsewhere:
        session_files.move(path.with_name(f"{made}.jsonl"), one.config)
    return made


def origin_of(seen: Iterable[Stretch]) -> str:
    """The profile that a session was on before the last one; none where it was on one alone."""
    names = [stretch.profile or "claude" for stretch in seen]
    return next((name for name in reversed(names[:-1]) if name != names[-1]), "")


def current_of(seen: Iterable[Stretch]) -> str:
    """The profile that it was on last; none where nobody knows."""
    last = list(seen)[-1:]
    return (last[0].profile or ("claude" if last[0].is_own_login else "")) if last else ""


def sides_named(word: str) -> list[tuple[Side, bool]]:
    """Whom a word of the user's means: a profile, or a host that is written as it stands in a consent."""
    if word in places.known():
        return [(Side(word, side.host), private) for side, private in consents.sides(profiles.load(word))]
    if word in {LOGIN, UNKNOWN} or "." in word or ":" in word or urls.is_loopback(word):
        return [(Side(word, word.lower()), is_here(word.lower()))]
    profiles.load(word)  # which says what is wrong with it
    return [(Side(word, word), is_here(word))]


def is_here(host: str) -> bool:
    """Whether what was said there has stayed on this machine, as far as a host's name tells."""
    return urls.is_loopback(host.rpartition(":")[0] or host) or urls.is_loopback(host)


def served() -> Served:
    """What each profile serves, as far as the profiles tell."""
    known = {summary.name: summary.models for summary, _ in summaries.read()}
    return lambda profile: known.get(profile, ())


def sides_of(stretch: Stretch) -> list[tuple[Side, bool]]:
    """Who has seen it, and whether that was private. Behind a gateway, each upstream may have seen all of it."""
    if stretch.profile == PLAIN:
        return [(Side("claude", LOGIN) if stretch.is_own_login else Side(UNKNOWN, UNKNOWN), False)]
    try:
        resolved = profiles.load(stretch.profile) if stretch.profile in places.known() else None
    except CcError:
        resolved = None
    named = stretch.host.split(",") if stretch.host else []
    if resolved is not None and not {*named} - {resolved.host, *_behind(resolved)}:
        return consents.sides(resolved)
    # It has gone elsewhere since, or there is no such profile any more.
    return [(Side(host, host), is_here(host)) for host in named or [UNKNOWN]]


def hosts_of(stretch: Stretch) -> str:
    """The hosts that have seen it, for people."""
    return ", ".join(dict.fromkeys(side.host for side, _ in sides_of(stretch)))


def _behind(resolved: Resolved) -> list[str]:
    """The hosts that a session of a gateway is marked with."""
    gateway = resolved.profile.gateway
    return [profiles.load(name).host for name in gateway.upstreams.values()] if gateway is not None else []


def _window(plan: Plan) -> int | None:
    told = plan.set.get(_WINDOW, "")
    return int(told) if told.isdecimal() else None


def _is_anthropics(resolved: Resolved, model: str) -> bool:
    """Whether this is a model of Anthropic's, wherever it runs: one signature is good for all of them."""
    return resolved.provider in _OF_ANTHROPIC or (resolved.profile.cloud is not None and "claude" in model)


def _was_anthropics(stretch: Stretch) -> bool:
    if stretch.profile == PLAIN:
        return stretch.is_own_login
    try:
        resolved = profiles.load(stretch.profile)
    except CcError:
        return False
    return bool(stretch.models) and all(_is_anthropics(resolved, model) for model in stretch.models)
