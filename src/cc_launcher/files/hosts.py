"""Which host each profile's stored secret has gone to: a key must not follow a changed URL to a stranger.

The first launch of a profile writes its host down; a secret for another host is handed out again only when somebody
has said so (`cc secret set`, `cc edit --confirm-host`).
"""

import contextlib

from cc_launcher.core.errors import REFUSED, CcError
from cc_launcher.core.profile import beside
from cc_launcher.core.profile.beside import Beside
from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.stores.references import Reference
from cc_launcher.files import atomic, known_hosts, lock


class UnconfirmedLogin(CcError):
    """The login has not been to this host, and nobody has said that it may."""


def host_of(resolved: Resolved, reference: Reference | None = None) -> str:
    """The host that this profile's secret goes to, without the port. One of an MCP server goes there alone."""
    other = _beside(resolved, reference)
    return resolved.host if other is None else other.place


def stranger(resolved: Resolved, reference: Reference) -> str:
    """The host for which this secret was kept, if the profile names another one now."""
    if reference.store == "env":
        return ""  # not stored by anybody: it is there for this shell alone
    known = known_hosts.read().get(_key(resolved, reference), "")
    return known if known and known != host_of(resolved, reference) else ""


def refuse_stranger(resolved: Resolved, reference: Reference) -> None:
    """Keep a stored secret from another host than it was kept for."""
    known = stranger(resolved, reference)
    if known:
        other = _beside(resolved, reference)
        path = ("base_url",) if other is None else other.address
        which = "" if other is None else f" {other.option}"
        what = "its secret" if other is None else f"the secret of {other.whose}"
        where = resolved.origin(*path)
        now = "it would now go to" if other is None and resolved.profile.cloud else f"{path[-1]} now names"
        raise CcError(
            f"{resolved.name}: {what} was kept for {known}, and {now} {host_of(resolved, reference)}"
            + (f" ({where})" if where else ""),
            f"if that is right: cc edit {resolved.name} --confirm-host, or cc secret set {resolved.name}{which}",
            code=REFUSED,
        )


def refuse_unconfirmed_login(resolved: Resolved) -> None:
    """Keep the client's own login from a host that nobody has agreed to: at first, and when the address changes."""
    if resolved.profile.auth != "login" or resolved.profile.base_url is None:
        return
    if known_hosts.read().get(_login(resolved)) != host_of(resolved):
        where = resolved.origin("base_url")
        raise UnconfirmedLogin(
            f"{resolved.name}: would send your claude.ai login to {host_of(resolved)}"
            + (f" ({where})" if where else "")
            + ", and you have not agreed to that yet",
            f"if that is right: cc edit {resolved.name} --confirm-host",
            code=REFUSED,
        )


def confirm_login(resolved: Resolved) -> None:
    """Write down that the login may go to this profile's host."""
    _remember(_login(resolved), host_of(resolved))


def confirm(resolved: Resolved, reference: Reference) -> None:
    """Write down that this profile's secret belongs to its host."""
    if reference.store == "env":
        return
    with contextlib.suppress(CcError):  # a home that cannot be written remembers nothing
        _remember(_key(resolved, reference), host_of(resolved, reference))


def forget(name: str) -> None:
    """Let go of what is known of a profile that is removed."""
    with contextlib.suppress(CcError), lock.alone(known_hosts.file().parent):
        known = known_hosts.read()
        left = {key: host for key, host in known.items() if key.partition(" ")[0] != name}
        if left != known:
            known_hosts.write(left)


def _beside(resolved: Resolved, reference: Reference | None) -> Beside | None:
    """Whose secret this is beside the provider's. Its own cannot be another's, too: no plan is made of that."""
    others = beside.of(resolved.profile) if reference is not None else ()
    return next((other for other in others if other.reference == reference), None)


def _remember(key: str, host: str) -> None:
    if known_hosts.read().get(key) == host:
        return
    atomic.directory(known_hosts.file().parent)
    with lock.alone(known_hosts.file().parent):
        known_hosts.write(known_hosts.read() | {key: host})


def _login(resolved: Resolved) -> str:
    return f"{resolved.name} login"  # no reference is like that: each has a colon


def _key(resolved: Resolved, reference: Reference) -> str:
    return f"{resolved.name} {reference}"
