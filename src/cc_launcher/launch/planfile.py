"""Cached plans: a plan as a file that the launch path can read without importing anything, and when to trust one.

A file that is missing, odd or out of date is never an error: the slow path makes the plan anew.
"""

import os
import stat

from cc_launcher import __version__
from cc_launcher.core.plan import Plan, Slot, holds_password
from cc_launcher.launch import paths, process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cc_launcher.launch.request import Request

MAGIC = "cc-plan 5"
_OF_NETWORK = (
    b'_PROXY"',
    b'_proxy"',
    b'"NODE_EXTRA_CA',
    b'"NODE_TLS',
    b'"CLAUDE_CODE_CLIENT_',
    b'PROXY_AUTH_HELPER"',
    b'UNIX_SOCKET"',
    b"OTEL_RESOURCE_ATTR",
)
_PROXY = ("_PROXY", "_proxy")
END = "end of plan"
MAX_BYTES = 1024 * 1024
_STRINGS = (
    "profile",
    "label",
    "model",
    "protection",
    "target",
    "judged",
    "pins",
    "mark",
    "mark_apart",
    "memory",
    "managed",
    "direct",
)
_TUPLES = ("unset", "args", "mode_args", "network", "notes", "sources", "server", "subcommands", "unpinned")


def key_of(request: "Request") -> tuple[str, ...]:
    """Everything in a request and its surroundings that makes another plan, but for the files it is made from."""
    flags = [flag if flag in request.flags else "" for flag in ("--sealed", "--anyway")]
    overrides = [part for pair in request.env for part in pair]
    client = f"handed {process.is_part()} {process.named()}" if process.is_handed() else process.named()
    places = (paths.config(), paths.data(), paths.client_config(), client)
    return (__version__, request.profile, request.word or "", *flags, *overrides, *places, paths.here())


def path_of(key: tuple[str, ...]) -> str:
    """The file of a key. Two keys may share one: the whole key stands in the file and is compared."""
    mixed = 0xCBF29CE484222325  # FNV-1a: hashlib would cost a third of the launch
    for byte in "\0".join(key).encode("utf-8", "surrogateescape"):
        mixed = ((mixed ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"{paths.cache()}/plans/{mixed:016x}"


def fingerprint(path: str) -> str:
    """What changes when this file does: its contents, its owner, who may write it, or that it is there at all.

    Of one with a `?` at the end, which others change all the time, that only counts while it speaks of the network.
    """
    if path.endswith("?"):
        return fingerprint(path[:-1]) if _speaks_of_network(path[:-1]) else "-"
    try:
        found = os.stat(path)
    except OSError:
        return "-"
    if stat.S_ISDIR(found.st_mode):
        # Files come and go in a directory; only who may put them there matters, unless a `/` at the end asks for more.
        inside = found.st_mtime_ns if path.endswith("/") else ""
        return f"d {found.st_mode} {found.st_uid} {inside}"
    return f"{found.st_mtime_ns} {found.st_ctime_ns} {found.st_size} {found.st_ino} {found.st_mode} {found.st_uid}"


def _speaks_of_network(path: str) -> bool:
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return False
    try:
        content = os.read(handle, os.fstat(handle).st_size)
    except OSError:
        return True
    finally:
        os.close(handle)
    return any(word in content for word in _OF_NETWORK)


def present() -> frozenset[str]:
    """The names of the variables that are set to something; of a proxy with a password in it, also with an @."""
    found = [name for name, value in os.environ.items() if value]
    found += [f"{name}@" for name in found if name[-6:] in _PROXY and holds_password(name, os.environ[name])]
    return frozenset(found)


def encode(plan: Plan, key: tuple[str, ...], asked: dict[str, bool], *, from_path: bool) -> bytes:
    """A plan with its key and what it depends on.

    That is the fingerprint of each of its sources, whether certain variables are set, and whether the target was found
    rather than named.
    """
    parts = [MAGIC, *_listed(key)]
    parts += [getattr(plan, name) for name in _STRINGS]
    for name in _TUPLES:
        parts += _listed(getattr(plan, name))
    parts += _listed(part for pair in plan.set.items() for part in pair)
    parts.append(str(len(plan.slots)))
    for slot in plan.slots:
        parts += [slot.reference, slot.delivery, slot.name, slot.before, slot.hint, *_listed(slot.read)]
    parts += _listed(fingerprint(path) for path in plan.sources)
    parts += _listed(f"{'+' if present else '-'}{name}" for name, present in asked.items())
    parts += ["path" if from_path else "", END]
    return "\0".join(parts).encode("utf-8", "surrogateescape")


def load(key: tuple[str, ...], path: str = "") -> Plan | None:
    """The cached plan of this key, if there is one that can be trusted and nothing has changed since."""
    try:
        return _decode(read_own(path or path_of(key)), key)
    except (OSError, ValueError, IndexError, KeyError, TypeError):
        return None


def used(path: str) -> None:
    """Mark a plan whose client is about to start: the newest was used last, and the oldest are let go."""
    try:
        os.utime(path)
    except OSError:
        return  # a cache that can only be read is one still


def _listed(items) -> list[str]:  # type: ignore[no-untyped-def]  # noqa: ANN001 - collections.abc is not to be imported
    whole = list(items)
    return [str(len(whole)), *whole]


def read_own(path: str) -> str:
    """The text of a file that only this user can have written."""
    if os.name != "nt":
        _only_ours(os.lstat(os.path.dirname(path)), stat.S_ISDIR)
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    try:
        found = os.fstat(handle)
        if os.name != "nt":
            _only_ours(found, stat.S_ISREG)
        if found.st_size > MAX_BYTES:
            raise ValueError
        content = b""
        while len(content) <= found.st_size and (chunk := os.read(handle, 65_536)):
            content += chunk
    finally:
        os.close(handle)
    return content.decode("utf-8", "surrogateescape")


def _only_ours(found: os.stat_result, kind) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    if not kind(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise ValueError


class _Reader:
    def __init__(self, parts: list[str]) -> None:
        self.parts = parts
        self.at = 0

    def one(self) -> str:
        self.at += 1
        return self.parts[self.at - 1]

    def many(self) -> tuple[str, ...]:
        count = int(self.one())
        if not 0 <= count <= len(self.parts) - self.at:
            raise ValueError
        self.at += count
        return tuple(self.parts[self.at - count : self.at])


def _decode(content: str, key: tuple[str, ...]) -> Plan | None:
    reader = _Reader(content.split("\0"))
    if reader.one() != MAGIC or reader.many() != key:
        return None
    values: dict[str, object] = {name: reader.one() for name in _STRINGS}
    for name in _TUPLES:
        values[name] = reader.many()
    flat = reader.many()
    values["set"] = dict(zip(flat[::2], flat[1::2], strict=True))
    values["slots"] = tuple(
        Slot(
            reference=reader.one(),
            delivery=reader.one(),
            name=reader.one(),
            before=reader.one(),
            hint=reader.one(),
            read=reader.many(),
        )
        for _ in range(int(reader.one()))
    )
    plan = Plan(**values)
    fingerprints = reader.many()
    asked = reader.many()
    from_path = reader.one()
    if reader.one() != END or reader.at != len(reader.parts):
        return None
    if process.identity(plan.target) != plan.judged or (from_path and process.client_found() != plan.target):
        return None
    there = present()
    if any((name[1:] in there) != (name[0] == "+") for name in asked):
        return None
    if len(fingerprints) != len(plan.sources):
        return None
    return plan if all(fingerprint(path) == was for path, was in zip(plan.sources, fingerprints, strict=True)) else None


def asked_for(path: str) -> tuple[str, str]:
    """The profile and the word for a model that a cached plan was made for."""
    try:
        reader = _Reader(read_own(path).split("\0"))
        if reader.one() != MAGIC:
            return "", ""
        _, profile, word, *_ = reader.many()
    except (OSError, ValueError, IndexError):
        return "", ""
    return profile, word
