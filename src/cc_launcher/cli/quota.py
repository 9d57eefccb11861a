"""`cc quota`: what is left of plans and balances, asked for just now."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from cc_launcher.actions.secret_values import value_of
from cc_launcher.cli import render
from cc_launcher.core.errors import NO_SUCH, REFUSED, UNREACHABLE, CcError
from cc_launcher.core.plan.make_plan import reference_of
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.status import quota_answers
from cc_launcher.core.status.figures import SPENT, Figure, money
from cc_launcher.files import known_hosts, places, profiles, quota_cache
from cc_launcher.launch import planfile
from cc_launcher.net import quota_request as net_quota
from cc_launcher.net.fetch import UNAUTHORIZED, NoAnswer

PATIENCE = 10.0  # of somebody who looks at it
_BAR = 20
_TITLES = ("profile", "limit", "used", "left", "resets")


@dataclass(frozen=True)
class _Asked:
    """A profile that can be asked, with its secret."""

    resolved: Resolved
    address: str
    secret: str


def command(
    profile: Annotated[
        list[str] | None,
        typer.Argument(help="default: your own, and those that have been launched", show_default=False),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> int:
    """Ask providers what is left of a plan or a balance, and when it starts again.

    cc quota
    cc quota zai openrouter
    cc quota --json

    Without a profile, it asks your own, and the providers of the catalog whose key was used or is in a variable.
    One that cannot be asked is told on standard error; the exit code is 0 unless that is true of all.
    """
    names = list(dict.fromkeys(profile or _usual()))
    if not names:
        raise CcError("none of your profiles can say what is left", "name one: cc quota PROFILE", code=NO_SUCH)
    found: dict[str, tuple[Figure, ...] | CcError] = {}
    asked: list[_Asked] = []
    for name in names:
        try:
            asked.append(_prepared(name))
        except CcError as error:
            found[name] = error
    with ThreadPoolExecutor(8) as pool:
        for one, answer in zip(asked, pool.map(_answer, asked), strict=True):
            found[one.resolved.name] = answer
    errors = {name: found[name] for name in names if isinstance(found[name], CcError)}
    _print(names, found, as_json=as_json)
    first = next((error for error in errors.values() if isinstance(error, CcError)), None)
    return first.code if first is not None and len(errors) == len(names) else 0


def _usual() -> list[str]:
    """The user's profiles, and the providers whose secret has been used or is in a variable, as far as one can ask."""
    own, used, present = set(places.user_names()), known_hosts.profiles(), planfile.present()
    usual = []
    for name in places.known():
        try:
            resolved = profiles.load(name)
        except CcError:
            continue
        near = name in own or name in used or any(variable in present for variable in resolved.profile.key_env)
        if near and quota_answers.address_of(resolved):
            usual.append(name)
    return usual


def _prepared(name: str) -> _Asked:
    resolved = profiles.load(name)
    reference = reference_of(resolved, planfile.present())
    address = quota_answers.address_of(resolved)
    if not address or reference is None:
        raise CcError(f"{name}: {_why_not(resolved)}", "cc quota asks those that tell it", code=NO_SUCH)
    return _Asked(resolved, address, value_of(resolved, reference))


def _why_not(resolved: Resolved) -> str:
    profile = resolved.profile
    if profile.auth == "login":
        return "what is left of a claude.ai plan is in the status line, because only Claude Code is told"
    if profile.kind == "local" or profile.auth == "none":
        return "a server of your own has no limit to report"
    if profile.quota is None:
        return "no address is known at which this provider tells what is left"
    return "its quota_url is on another host than base_url, to which the secret is not sent"


def _answer(one: _Asked) -> tuple[Figure, ...] | CcError:
    name, address = one.resolved.name, one.address
    try:
        figures = net_quota.ask(one.resolved, address, one.secret, PATIENCE)
    except NoAnswer as bad:
        if bad.status in UNAUTHORIZED:
            quota_cache.keep_refusal(name, address, one.secret, bad.reason)
            return CcError(f"{name}: the provider {bad.reason}: it does not let this key ask", "", code=REFUSED)
        return CcError(f"{name}: the provider {bad.reason}", "try again later", code=UNREACHABLE)
    quota_cache.keep(name, address, figures)
    return figures


# -- shown --------------------


def _print(names: list[str], found: dict[str, tuple[Figure, ...] | CcError], *, as_json: bool) -> None:
    errors = {name: error for name in names if isinstance(error := found[name], CcError)}
    if as_json:
        told = [
            {"profile": name, "figures": [_as_data(figure) for figure in figures]}
            for name in names
            if not isinstance(figures := found[name], CcError)
        ]
        render.envelope("quota", told, errors)
        return
    rows = [
        (name, figure.name, _bar(figure.used), _left(figure), _when(figure.resets))
        for name in names
        if not isinstance(figures := found[name], CcError)
        for figure in figures
    ]
    if rows:
        render.table(_TITLES, rows)
    for error in errors.values():
        render.talk(error.what + (f" ({error.hint})" if error.hint else ""))


def _as_data(figure: Figure) -> dict[str, Any]:
    return {
        "name": figure.name,
        "used_percent": figure.used,
        "left": figure.left,
        "limit": figure.limit,
        "unit": figure.unit,
        "resets_at": figure.resets or None,
    }


def _bar(used: float | None) -> str:
    if used is None:
        return ""
    full = round(_BAR * used / 100)
    return f"{'█' * full}{'░' * (_BAR - full)} {used:3.0f}%"


def _left(figure: Figure) -> str:
    if figure.left is None:
        return ""
    if figure.name == SPENT:
        return f"{money(figure.left, figure.unit)} spent"
    of = f" of {money(figure.limit, figure.unit)}" if figure.limit is not None else ""
    return money(figure.left, figure.unit) + of


def _when(resets: float) -> str:
    if not resets:
        return ""
    seconds = int(resets - time.time())
    if seconds <= 0:
        return "now"
    days, rest = divmod(seconds, 86_400)
    hours, minutes = divmod(rest // 60, 60)
    span = f"{days} d {hours} h" if days else f"{hours} h {minutes:02} min" if hours else f"{minutes} min"
    try:
        return f"in {span} ({time.strftime('%a %H:%M', time.localtime(resets))})"
    except (OverflowError, ValueError, OSError):
        return f"in {span}"
