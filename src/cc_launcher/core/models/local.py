"""What a server of models says of a launch: whether it can be, and with which window."""

from dataclasses import dataclass, replace

from cc_launcher.core.errors import NO_SUCH, REFUSED, TIMED_OUT, UNREACHABLE, USAGE, CcError
from cc_launcher.core.models import fitness
from cc_launcher.core.models.listing import Listed
from cc_launcher.core.plan.first_answer import Unavailable
from cc_launcher.core.profile.local_servers import SERVERS, Server, places
from cc_launcher.core.profile.model_choice import known
from cc_launcher.core.profile.profile import Model, Profile
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.text.nearest import distance, nearest
from cc_launcher.core.text.urls import host_of

# Why nothing was learned
DOWN = "nothing answers"
SILENT = "no answer in time"
LOCKED = "asks for a key"
LOADING = "is still loading its model"
ODD = "gives no usable answer"

ASSUMED = 65_536  # the window of a model of which nobody says one: the client would take 1M
_LONGEST = 32_000  # tokens of one answer: what a local model says in minutes
_SHOWN = 8
_UNITS = {"k": 1024, "m": 1024 * 1024}


@dataclass(frozen=True)
class Told:
    """What the server said, or why it said nothing."""

    fault: str = ""
    detail: str = ""  # of the fault, in words
    models: tuple[Listed, ...] = ()
    missing: tuple[str, ...] = ()  # models of the launch that are not there
    window: int | None = None
    source: str = ""  # of the window
    tools: bool | None = None
    check: tuple[str, ...] = ()  # how to find out that all is as it was: see launch/server.py


def server_of(profile: Profile) -> Server:
    """The server that a profile is for."""
    if profile.server is None:
        raise CcError(
            "this profile is not for a server on this machine", "cc list-profiles shows which are", code=USAGE
        )
    return SERVERS[profile.server]


def refuse(resolved: Resolved, model: str, told: Told, *, anyway: bool) -> None:
    """Stop a launch that could not go well."""
    server = server_of(resolved.profile)
    where = f"{resolved.name}: {server.title} at {host_of(resolved.profile.base_url or '')}"
    if told.fault == DOWN:
        words = f"{server.title} is not running ({told.detail})"
        others = "".join(f" or {host_of(place)}" for place in places(resolved)[1:])
        what = f"{where}{others} is not running ({told.detail})"
        raise Unavailable(what, f"start it: {server.start}", code=UNREACHABLE, words=words)
    if told.fault == SILENT:
        hint = f"if it is busy, try again; if it hangs, restart it: {server.start}"
        words = f"{server.title} does not answer ({told.detail})"
        raise Unavailable(f"{where} does not answer ({told.detail})", hint, code=UNREACHABLE, words=words)
    if told.fault == LOADING:
        words = f"{server.title} {LOADING}"
        raise Unavailable(f"{where} {LOADING}", "try again in a while", code=TIMED_OUT, words=words)
    if told.fault == LOCKED:
        raise CcError(f"{where} asks for a key", _with_key(resolved), code=REFUSED)
    if told.missing:
        raise CcError(f"{where} has no model {told.missing[0]}", _get_it(resolved, told, told.missing[0]), code=NO_SUCH)
    if not anyway:
        fitness.refuse_unfit(
            resolved.name, model, context=told.window, tools=told.tools, hint=widen(resolved, model) + _OR_ANYWAY
        )


_OR_ANYWAY = ", or add --anyway before the profile"


def widen(resolved: Resolved, model: str, tokens: int = ASSUMED) -> str:
    """How this model gets a larger window."""
    return server_of(resolved.profile).widen.format(profile=resolved.name, model=model, tokens=tokens)


def _with_key(resolved: Resolved) -> str:
    if resolved.profile.auth in {"bearer", "api-key"}:
        return f"it does not take the one of this profile: cc secret set {resolved.name}"
    name = resolved.name
    if resolved.chain and resolved.chain[0].shipped:
        return f"cc add {name} --auth bearer, then cc secret set {name}"
    return f"cc edit {name} auth=bearer, then cc secret set {name}"


def _get_it(resolved: Resolved, told: Told, model: str) -> str:
    ids = [listed.id for listed in told.models]
    likely = nearest(model, ids)
    others = sorted((name for name in ids if name not in likely), key=lambda name: distance(model[:80], name[:80]))
    there = [*likely, *others][:_SHOWN]
    have = f"there are {', '.join(there)}" if there else "there is none yet"
    return f"{server_of(resolved.profile).fetch.format(model=model)}; {have}"


def with_window(resolved: Resolved, model: str, told: Told) -> Resolved:
    """The profile with the server's truth in it: the window that it has, or the one that is taken for it."""
    about = known(resolved.profile, model)
    window = told.window or about.context or ASSUMED
    longest = min(about.max_output or _LONGEST, _LONGEST, max(window // 4, 256))
    true = Model.model_validate(about.model_dump() | {"context": window, "max_output": longest})
    return replace(
        resolved, profile=resolved.profile.model_copy(update={"models": {**resolved.profile.models, model: true}})
    )


def note(resolved: Resolved, model: str, told: Told) -> str:
    """A line for a launch whose window nobody knows; nothing where all is well."""
    if told.window is not None or told.missing or told.fault not in {"", ODD}:
        return ""  # or it is said elsewhere why there is no launch
    taken = known(resolved.profile, model).context or ASSUMED
    title = server_of(resolved.profile).title
    if told.fault:
        return f"{resolved.name}: {title} {told.fault} ({told.detail}); a window of {taken} tokens is assumed"
    why = f": {told.source}" if told.source else ""
    remedy = (
        widen(resolved, model) if resolved.profile.server in {"ollama", "lmstudio"} else "set `context` to what it has"
    )
    return f"{resolved.name}: the window of {model} is not known; {taken} tokens are assumed{why}; {remedy}"


def described(resolved: Resolved, model: str, told: Told) -> str:
    """What the server said, in one line."""
    server = server_of(resolved.profile)
    if told.fault:
        detail = f" ({told.detail})" if told.detail else ""
        return f"{server.title}: {told.fault}{detail}"
    if told.missing:
        return f"{server.title} has no model {told.missing[0]} ({_get_it(resolved, told, told.missing[0])})"
    window = f"a window of {told.window} tokens" if told.window is not None else "a window that is not known"
    return f"{server.title} has {model}, with {window}{f' ({told.source})' if told.source else ''}"


def tokens(text: str) -> int:
    """A number of tokens, such as 64k or 65536."""
    digits, unit = (text[:-1], text[-1].lower()) if text[-1:].lower() in _UNITS else (text, "")
    if not digits.isdecimal() or not digits.isascii() or len(digits) > 9 or not int(digits):
        raise CcError(f"{text}: not a number of tokens", "write it like 64k, or 65536", code=USAGE)
    return int(digits) * _UNITS.get(unit, 1)
