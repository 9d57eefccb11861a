"""Who may have what was shown to somebody else: a consent is of two hosts, in one direction, and given once."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from cc_launcher.core.text import has_control, urls

if TYPE_CHECKING:
    from cc_launcher.core.profile.resolve import Resolved  # pydantic comes with it, and who reads consents needs none

LOGIN = "claude.ai"  # the host of who uses the client's own login
UNKNOWN = "unknown"  # the host of a session that no launch of ours began, and whose models do not tell
_VERSION = 1
_LONGEST = 300


class Side(NamedTuple):
    """One of the two: the profile's name, and the host that it goes to."""

    profile: str
    host: str


class Pair(NamedTuple):
    """Who has seen a session, and who is to see it now. What is private takes a word that is typed."""

    sender: Side
    receiver: Side
    private: bool = False


class Consent(NamedTuple):
    """That what this host has seen may go to that one."""

    sender: str
    receiver: str
    when: float  # in seconds since 1970


def host_of(resolved: "Resolved") -> str:
    """Who gets to see what is said on this profile. On this machine the port tells one server from another."""
    profile = resolved.profile
    if profile.auth == "login" and profile.base_url is None:
        return LOGIN
    if profile.base_url and (urls.is_loopback(resolved.host) or is_private(resolved)):
        return urls.host_of(profile.base_url).lower()
    return resolved.host


def is_private(resolved: "Resolved") -> bool:
    """Whether what is said there is meant to stay with the user."""
    return resolved.profile.compat.get("private", False) or resolved.profile.kind == "local"


def side_of(resolved: "Resolved") -> Side:
    """A profile as one of the two."""
    return Side(resolved.name, host_of(resolved))


def unsettled(pairs: Iterable[Pair], given: Iterable[tuple[str, str]]) -> list[Pair]:
    """Those that somebody has to be asked about: another host, and no consent so far. Each pair of hosts once."""
    known = set(given)
    found: dict[tuple[str, str], Pair] = {}
    for pair in pairs:
        hosts = (pair.sender.host, pair.receiver.host)
        if hosts[0] == hosts[1] or hosts in known:
            continue
        before = found.get(hosts)
        if before is None or (pair.private and not before.private):
            found[hosts] = pair
    return list(found.values())


def command_for(pair: Pair) -> str:
    """The command that says yes without a question."""
    private = "--private " if pair.private else ""
    return f"cc take-over --allow {private}{pair.sender.profile} {pair.receiver.profile}"


def encode(consents: Iterable[Consent]) -> bytes:
    """The file."""
    listed = [{"sender": one.sender, "receiver": one.receiver, "when": one.when} for one in sorted(consents)]
    return json.dumps({"version": _VERSION, "consents": listed}, indent=1).encode() + b"\n"


def decode(content: bytes) -> list[Consent]:
    """What the file says. A ValueError says what is wrong with it."""
    try:
        whole = json.loads(content)
    except json.JSONDecodeError as bad:
        raise ValueError(f"not JSON (line {bad.lineno})") from None
    except (ValueError, RecursionError):
        raise ValueError("not JSON") from None
    about = whole if isinstance(whole, dict) else {}
    listed, version = about.get("consents"), about.get("version")
    if not isinstance(listed, list):
        raise ValueError("no file of consents")  # noqa: TRY004 - what is wrong is the file
    if version != _VERSION:
        raise ValueError("written by another version of cc")
    return [_consent(entry, number) for number, entry in enumerate(listed, start=1)]


def _consent(entry: Any, number: int) -> Consent:
    values = entry if isinstance(entry, dict) else {}
    sender, receiver, when = values.get("sender"), values.get("receiver"), values.get("when")
    is_time = isinstance(when, int | float) and not isinstance(when, bool) and 0 <= when < 1e12
    if not (_is_host(sender) and _is_host(receiver) and is_time):
        raise ValueError(f"entry {number} names no two hosts and a time")
    return Consent(str(sender), str(receiver), float(when or 0))


def _is_host(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST and not has_control(value) and " " not in value
