"""`cc show`: one profile, resolved, each value with its source."""

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from cc_launcher.actions import consent as taking_back
from cc_launcher.actions import gateway, planning, states
from cc_launcher.cli import brief, gateway_view, plan_view, render
from cc_launcher.core.gateway import launchable
from cc_launcher.core.plan import background, client
from cc_launcher.core.profile.knobs import KNOBS
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.profile.source import dotted
from cc_launcher.files import follows, profiles
from cc_launcher.launch.request import Request

_TOLD_APART = ("docs", "notes", "sources")  # printed below the values, a line each


def command(
    profile: Annotated[str, typer.Argument(help="a profile or provider: cc list-profiles", show_default=False)],
    model: Annotated[
        str, typer.Argument(help="an alias, a tier, a full name, or a unique part of one", show_default=False)
    ] = "",
    *,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="also each value with its source, and each variable of a launch")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> None:
    """Show one profile: where it goes, as whom, on which models, what that costs, and what is missing.

    cc show zai
    cc show -v openrouter glm-5.3
    """
    loaded = profiles.load(profile)
    if loaded.profile.by_gateway or launchable.fault_of(loaded) is not None:
        _gateway(loaded, model, verbose=verbose, as_json=as_json)
        return
    request = Request()
    request.profile, request.word = profile, model or None
    planned = planning.plan(request, for_real=False)
    resolved = planned.resolved
    argv = plan_view.argv(planned)
    if as_json:
        render.envelope(
            "show",
            {
                "name": profile,
                "values": _values(resolved),
                "state": states.of(resolved).text,
                "identity": [
                    {"what": what, "value": value, "source": source}
                    for what, value, source in plan_view.identity_of(planned)
                ],
                "follows": _follows_data(profile),
                "consents": [{"from": one.sender, "to": one.receiver} for one in taking_back.of(resolved)],
                "client_lacks": [ability.lacks for ability in client.lacking(planned.machine.version)],
                "plan": plan_view.as_data(planned, argv),
            },
        )
        return
    if not verbose:
        line = " ".join(filter(None, ["cc show -v", profile, model]))
        also = [brief.Line("follows", text) for text in _follows(profile)]
        also += [brief.Line("sessions", text) for text in _consents(resolved)]
        brief.show(planned, f"{line}: each value, its source, each variable", also=also)
        return
    _show_all(planned, argv)


def _show_all(planned: planning.Planned, argv: list[str]) -> None:
    """Each value with its source, and each variable of a launch."""
    resolved = planned.resolved
    _written(resolved)
    for name, on in resolved.profile.compat.items():
        if on:
            render.out(f"compat.{name}: {KNOBS[name].why}")
    if background.are_off(planned.plan):
        render.out("background agents: off, since they would not get the key of such a launch")
    for what, value, source in plan_view.identity_of(planned):
        render.out(f"{what}: {value} ({source})")
    for line in lacking(planned):
        render.out(line)
    render.out(f"state: {states.of(resolved).text}")
    for text in _follows(resolved.name):
        render.out(f"follows: {text}")
    for text in _consents(resolved):
        render.out(f"sessions: {text}")
    render.out("")
    plan_view.show(planned, argv)


def _gateway(resolved: Resolved, model: str, *, verbose: bool, as_json: bool) -> None:
    """One that Claude Code reaches by a gateway: no launch of it can be shown without one."""
    found = gateway.described(resolved, model)
    name = resolved.name
    if as_json:
        told: dict[str, Any] = {"name": name, "values": _values(resolved), "state": states.of(resolved).text}
        told["follows"] = _follows_data(name)
        told["needs"] = list(states.of(resolved).needs)
        render.envelope("show", told | {"gateway": gateway_view.as_data(found)})
        return
    if verbose:
        _written(resolved)
        for about, text, _ in _lines(resolved, model):
            render.out(f"{about}: {text}")
        for text in _follows(name):
            render.out(f"follows: {text}")
        return
    brief.heading(resolved)
    for line in _lines(resolved, model):
        brief.tell(brief.Line._make(line))
    for text in _follows(name):
        brief.tell(brief.Line("follows", text))
    for text in _consents(resolved):
        brief.tell(brief.Line("sessions", text))
    brief.tell(brief.Line("more", f"cc show -v {name}: each value, and its source", "dim"))


def _lines(resolved: Resolved, model: str) -> Iterator[gateway_view.Told]:
    yield from gateway_view.lines(resolved, model)
    yield from gateway_view.models(resolved)
    yield from gateway_view.needs(resolved)


def _values(resolved: Resolved) -> list[dict[str, str]]:
    return [{"key": key, "value": value, "source": source} for key, value, source in values_of(resolved)]


def _written(resolved: Resolved) -> None:
    """Each value with its source, and what else the files say."""
    render.heading(f"{resolved.name}: {resolved.title}")
    render.table(("key", "value", "source"), values_of(resolved))
    for name in _TOLD_APART:
        for line in getattr(resolved.profile, name):
            render.out(f"{name.removesuffix('s')}: {line}")


def _follows(name: str) -> list[str]:
    """The source that it follows, and how that ends."""
    about = follows.of_profile(name)
    if about is None:
        return []
    day = dt.datetime.fromtimestamp(about.taken, dt.UTC).astimezone().strftime("%Y-%m-%d")
    newer = ", which has changed since: cc doctor" if about.latest else ""
    return [f"{about.shown}, taken on {day}{newer} (cc import --unfollow {name} ends it)"]


def _follows_data(name: str) -> dict[str, Any] | None:
    about = follows.of_profile(name)
    if about is None:
        return None
    when = dt.datetime.fromtimestamp(about.taken, dt.UTC).isoformat(timespec="seconds")
    return {"url": about.shown, "digest": f"sha256:{about.digest}", "taken": when, "changed": bool(about.latest)}


def _consents(resolved: Resolved) -> list[str]:
    """Whose sessions may go to its host, and where its own may go."""
    own = taking_back.hosts(resolved)
    return [
        f"of {one.sender} may go to {one.receiver} "
        f"(cc edit {resolved.name} --withdraw {one.receiver if one.sender in own else one.sender})"
        for one in taking_back.of(resolved)
    ]


def lacking(planned: planning.Planned) -> list[str]:
    """What the installed client lacks, and what an update brings."""
    found = client.lacking(planned.machine.version)
    since = ".".join(map(str, max((ability.since for ability in found), default=())))
    return (
        [f"client: it {'; it '.join(ability.lacks for ability in found)} (fixed from {since} on: claude update)"]
        if found
        else []
    )


def values_of(resolved: Resolved) -> list[tuple[str, str, str]]:
    """Each value that some file sets, as text, with the file and line."""
    found = []
    whole = resolved.profile.model_dump(mode="json")
    for path, origin in resolved.origins.items():
        if path[0] in {*_TOLD_APART, "extends"}:
            continue
        value: Any = whole
        for part in path:
            value = value[part]
        if path[0] == "secret_headers" and isinstance(value, dict) and "secret" in value:
            value = f"{value['prefix']}{value['secret']}"
        found.append((dotted(path), _as_text(value), str(origin)))
    return found


def _as_text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} = {inner}" for key, inner in value.items() if inner is not None)
    return str(value).lower() if isinstance(value, bool) else str(value)
