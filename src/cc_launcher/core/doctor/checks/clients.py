"""The client: whether it is there, which one of several, and whether it can do what a launch asks of it."""

from collections.abc import Iterator

from cc_launcher.core.doctor.examined import Client, Clients, Examined
from cc_launcher.core.doctor.findings import Finding, Place, found
from cc_launcher.core.plan import client

CODES = (
    "client-missing",
    "client-several",
    "client-shadowed",
    "client-wrapped",
    "client-old",
    "client-behind",
    "client-unmeasured",
    "client-version",
)


def check(seen: Examined) -> Iterator[Finding]:
    """The one that is launched, and the others."""
    clients = seen.clients
    if clients.problem:
        yield found("client-missing", clients.problem, hint=clients.hint)
    first = next(iter(clients.on_path), None)
    if first is not None and first.kind == "ours":
        yield found("client-wrapped", "the first claude on PATH is a script that starts cc", _place(first))
    yield from _several([other for other in clients.on_path if other.kind != "ours"])
    if clients.chosen and clients.version is None:
        yield found("client-version", f"{clients.chosen} does not say its version")
    needed = [profile.name for profile in seen.profiles if _uses_the_flag(profile.resolved)]
    if needed or not seen.profiles:
        yield from _abilities(clients, needed)


def _abilities(clients: Clients, needed: list[str]) -> Iterator[Finding]:
    """What this client lacks, and whether anybody has measured it."""
    if clients.version is None:
        return
    version = ".".join(map(str, clients.version))
    lacking = client.lacking(clients.version)
    if not client.can_be_hosted(clients.version):
        concerned = f" ({', '.join(needed[:5])})" if needed else ""
        what = f"{clients.chosen} is {version}: launches are pinned or sealed{concerned}; this client "
        yield found("client-old", what + "; it ".join(ability.lacks for ability in lacking))
    elif lacking:
        newest = max(lacking, key=lambda ability: ability.since)
        since = ".".join(map(str, newest.since))
        what = f"{clients.chosen} is {version}: it {'; it '.join(ability.lacks for ability in lacking)}"
        yield found("client-behind", what, hint=f"claude update: {since} fixes all of this")
    if clients.version > client.NEWEST:
        measured = ".".join(map(str, client.NEWEST))
        yield found(
            "client-unmeasured", f"{clients.chosen} is {version}, newer than the newest tested version ({measured})"
        )


def _several(clients: list[Client]) -> Iterator[Finding]:
    if len(clients) < 2:
        return
    first, *others = clients
    hidden = [f"{other.shown} ({other.version or 'version unknown'}, {other.kind})" for other in others]
    what = f"{first.shown} ({first.version or 'version unknown'}, {first.kind}) hides {', '.join(hidden)}"
    kinds = {each.kind for each in clients}
    yield found("client-shadowed" if {"npm", "native"} <= kinds else "client-several", what, _place(first))


def _place(found_there: Client) -> Place:
    return Place(found_there.path, found_there.shown)


def _uses_the_flag(resolved: object) -> bool:
    profile = getattr(resolved, "profile", None)
    return profile is not None and profile.auth not in {"login", "cloud"}
