"""Before a launch: each profile in turn is asked for one token, until one answers.

Each is a launch of its own as far as it gets, so that the secret of each goes to its own host alone.
"""

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from cc_launcher.actions import own_key, planning
from cc_launcher.actions.own_key import PATIENCE
from cc_launcher.actions.planning import Planned
from cc_launcher.actions.screen import Screen
from cc_launcher.core.errors import INVALID, NO_SUCH, CcError
from cc_launcher.core.plan import BESIDE, HEADER, HELPER, URL, Plan, first_answer
from cc_launcher.core.plan.first_answer import Unavailable, Verdict
from cc_launcher.core.plan.make_plan import default_reference, reference_of
from cc_launcher.core.profile.model_choice import choose
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.text import names
from cc_launcher.files import profiles
from cc_launcher.launch import planfile, secret_reader
from cc_launcher.launch.request import Request

Secrets = dict[tuple[str, ...], str]  # each by how it is read
_SIGNED = "only the cloud's own tools can sign a request"
_LOGIN = "cc does not read your claude.ai login"
_AS_OPUS = {"default": "opus", "best": "opus", "opusplan": "opus"}


@dataclass(frozen=True)
class Link:
    """A profile of the chain."""

    resolved: Resolved
    word: str | None  # for its model: what the command line names is the first one's
    model: str  # as far as that is known before anything is done; empty: the client's own

    @property
    def name(self) -> str:
        """The profile's name."""
        return self.resolved.name

    @property
    def shown(self) -> str:
        """The profile, and the model that it starts on."""
        return f"{self.name} ({self.model})" if self.model else self.name

    @property
    def how(self) -> str:
        """What is asked of it."""
        if why := _why_not(self.resolved):
            return f"nothing, since {why}"
        if self.resolved.profile.server is not None:
            return "which model its server has, and how large the window is"
        return f"for one token, within {PATIENCE:g} seconds"


@dataclass(frozen=True)
class Ready:
    """What can be launched, with the secrets that have been read for it."""

    planned: Planned
    read: dict[tuple[str, ...], str] = field(default_factory=dict, repr=False)

    @property
    def plan(self) -> Plan:
        """What the launch will do."""
        return self.planned.plan


def chain(asked: Request, loaded: Resolved, fallback: Iterable[str]) -> list[Link]:
    """The profiles in turn, each once. One that does not exist is an error before anybody is asked."""
    found = [Link(loaded, asked.word, "")]
    for name in dict.fromkeys(fallback):
        if name == loaded.name:
            continue
        try:
            resolved = profiles.load(name)
        except CcError as error:
            where = loaded.origin("fallback")
            if error.code != NO_SUCH or asked.fallback or where is None:
                raise
            raise CcError(f"{where}: fallback: {error.what}", error.hint, code=INVALID) from None
        found.append(Link(resolved, None, choose(resolved.profile, name, None).main))
    return found


def first_ready(
    asked: Request,
    links: list[Link],
    named: str,
    screen: Screen,
    read: Secrets,
    refuse: Callable[[Resolved], None] = lambda _: None,
) -> Ready:
    """The first profile that answers. `named` is the model that the user's arguments name to the client.

    `read` are secrets that have been read already; `refuse` keeps a profile from being asked at all.
    """
    faults: list[Unavailable] = []
    for link, following in zip(links, [*links[1:], None], strict=True):
        try:
            refuse(link.resolved)
            return _ready(asked, link, named, screen, dict(read) if link is links[0] else {})
        except Unavailable as fault:
            faults.append(fault)
            if following is not None:
                screen.say(f"{link.name}: {fault.words}; on to {following.shown}")
    last = faults[-1]
    if len(faults) == 1:
        raise last
    raise CcError(
        f"nothing was started: {', '.join(link.name for link in links)} cannot be used right now",
        "try again later, or launch on another profile: cc list-profiles --ready",
        code=last.code,
        details=tuple(fault.what for fault in faults),
    )


def _ready(asked: Request, link: Link, named: str, screen: Screen, read: Secrets) -> Ready:
    """This profile, once it has answered."""
    request = copy.copy(asked)
    request.profile, request.word = link.name, link.word
    planned = planning.plan(request, for_real=True, ask=True, screen=screen)
    resolved = planned.resolved
    if why := _why_not(resolved):
        screen.say(f"{link.name}: not asked first: {why}")
        return Ready(planned, read)
    if planned.told is not None:  # a server on this machine, which needs longer than that to load a model
        return Ready(planned, read)
    model, chosen = model_of(planned.plan, named)
    said = _asked(planned, model, read)
    if said.kind == first_answer.MODEL and not chosen:
        said = said._replace(kind=first_answer.ODD)
    if said.kind == first_answer.ODD:
        screen.say(f"{link.name}: {said.words}{said.quoted}; the session may still work")
    elif said.kind != first_answer.PASSED:
        from cc_launcher.net.key_check import base_of

        raise first_answer.refusal(link.name, said, model, base_of(resolved), key_hint=_key_hint(planned))
    else:
        own_key.accepted(resolved.name, reference_of(resolved, planfile.present()))
    return Ready(planned, read)


def _why_not(resolved: Resolved) -> str:
    """Why a profile cannot be asked."""
    if resolved.profile.cloud is not None:
        return _SIGNED
    return _LOGIN if resolved.profile.auth == "login" else ""


def _asked(planned: Planned, model: str, read: Secrets) -> Verdict:
    """Read the profile's secrets, and ask. Those of others are for these alone."""
    from cc_launcher.net import key_check  # other launches do not pay for it

    token, headers, values = "", dict[str, str](), dict[str, str]()
    for slot in planned.plan.slots:
        if slot.delivery in BESIDE:
            continue
        if slot.delivery == HELPER:
            value = secret_reader.for_helper(slot, planned.plan.profile)
        else:
            value = read[slot.read] if slot.read in read else secret_reader.of(slot, planned.plan.profile)
            read[slot.read] = value
        if slot.delivery == HEADER:
            headers[slot.name] = f"{slot.before}{value}"
        elif slot.delivery == URL:
            values[slot.name] = value
        else:
            token = value
    planned.bind()
    return key_check.asked(planned.resolved, model, token, key_check.Others(headers, values), PATIENCE)


def model_of(plan: Plan, named: str) -> tuple[str, bool]:
    """The model that the session starts on, as it will be asked for; and whether anybody has chosen it."""
    from cc_launcher.net.key_check import UNCHOSEN

    model = named or plan.model
    if model.lower() in names.CLIENT_ALIASES:
        tier = _AS_OPUS.get(model.lower(), model.lower())
        model = plan.set.get(f"ANTHROPIC_DEFAULT_{tier.upper()}_MODEL", "")
    model = model.removesuffix("[1m]")  # the client's own mark, which it does not send
    return model or UNCHOSEN, bool(model)


def _key_hint(planned: Planned) -> str:
    """What to do about a key that is refused."""
    resolved = planned.resolved
    if resolved.profile.auth == "none":
        return f"the server wants a key: cc edit {resolved.name} auth=bearer, then cc secret set {resolved.name}"
    own = [slot for slot in planned.plan.slots if slot.delivery not in {HEADER, URL, *BESIDE}]
    get_one = f" (a key: {resolved.profile.key_url})" if resolved.profile.key_url else ""
    kept = own[0].reference if own else default_reference(resolved, frozenset())
    return f"check the one in {kept}, or: cc secret set {resolved.name} --check{get_one}"
