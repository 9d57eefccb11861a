"""The client: whether it is there, which one of several, and whether it can do what a launch asks of it."""

from collections.abc import Iterator

from cc_launcher.core.examined import Client, Examined
from cc_launcher.core.findings import Finding, Place, found
from cc_launcher.core.machine import HOST_FLAG_SINCE

CODES = ("client-missing", "client-several", "client-shadowed", "client-wrapped", "client-old", "client-version")


def check(seen: Examined) -> Iterator[Finding]:
    """The one that is launched, and the others."""
    clients = seen.clients
    if clients.problem:
        yield found("client-missing", clients.problem, hint=clients.hint)
    first = next(iter(clients.on_path), None)
    if first is not None and first.kind == "ours":
        yield found("client-wrapped", "the first claude on PATH is a script that starts cc", _place(first))
    yield from _several([client for client in clients.on_path if client.kind != "ours"])
    if clients.chosen and clients.version is None:
        yield found("client-version", f"{clients.chosen} does not say which version it is")
    needed = [profile for profile in seen.profiles if _uses_the_flag(profile.resolved)]
    if clients.version is not None and clients.version < HOST_FLAG_SINCE and (needed or not seen.profiles):
        version = ".".join(map(str, clients.version))
        concerned = f" ({', '.join(profile.name for profile in needed[:5])})" if needed else ""
        yield found("client-old", f"{clients.chosen} is {version}: launches are pinned or sealed{concerned}")


def _several(clients: list[Client]) -> Iterator[Finding]:
    if len(clients) < 2:
        return
    first, *others = clients
    hidden = [f"{client.shown} ({client.version or 'version unknown'}, {client.kind})" for client in others]
    what = f"{first.shown} ({first.version or 'version unknown'}, {first.kind}) hides {', '.join(hidden)}"
    kinds = {client.kind for client in clients}
    yield found("client-shadowed" if {"npm", "native"} <= kinds else "client-several", what, _place(first))


def _place(client: Client) -> Place:
    return Place(client.path, client.shown)


def _uses_the_flag(resolved: object) -> bool:
    profile = getattr(resolved, "profile", None)
    return profile is not None and profile.auth not in {"login", "cloud"}
