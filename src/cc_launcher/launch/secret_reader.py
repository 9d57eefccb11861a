"""The secret of a slot: read with builtin means, or by the store's own command, and held to what a secret may be."""

import os
import stat

from cc_launcher.core.errors import REFUSED, CcError, NotThere, Unfit
from cc_launcher.core.plan import COLLECTOR, HELPER, Slot

MAX_BYTES = 64 * 1024
DEADLINE = "CC_SECRET_TIMEOUT"  # in seconds
ON_A_TERMINAL = 30.0  # long enough to unlock a keyring
WITHOUT_ONE = 5.0

Reading = tuple[str, ...]  # a kind, and what it needs


def of(slot: Slot, profile: str) -> str:
    """The secret of this slot."""
    return value(slot.read, profile, slot.hint)


def for_helper(slot: Slot, profile: str) -> str:
    """The secret as the session will get it: by itself, with no terminal to ask on."""
    sealed = slot.delivery == HELPER  # by the store's own command; an MCP server's, as any other secret
    server = f"{profile}: MCP server {slot.name.partition('.')[0]}"
    whose = profile if sealed else f"{profile}: telemetry" if slot.delivery == COLLECTOR else server
    try:
        return value(slot.read, whose, slot.hint, alone=True, as_it_is=sealed)
    except CcError as error:
        what = "a sealed launch reads the secret" if sealed else "the session reads this secret"
        hint = f"{error.hint}; {what} in the background, where it cannot ask you"
        kind = NotThere if isinstance(error, NotThere) else CcError
        raise kind(error.what, hint.removeprefix("; "), code=error.code, details=error.details) from None


def value(how: Reading, whose: str, hint: str, *, alone: bool = False, as_it_is: bool = False) -> str:
    """The secret that is read this way. Errors begin with whose it is; the hint is for one that is not there.

    Alone: with no terminal. As it is: by this very command, not by another way that would find it, too.
    """
    try:
        if how[0] == "store":
            from cc_launcher.launch import store_answers

            return cleaned(store_answers.read(how[1:], whose, hint, deadline(), alone=alone, as_it_is=as_it_is))
        return cleaned(_READERS[how[0]](how[1:], whose, hint, alone))
    except Unfit as bad:
        raise CcError(f"{whose}: the secret {bad}", "keep it again, as one line of text", code=REFUSED) from None


def cleaned(raw: bytes) -> str:
    """The secret that a store handed out, or an error that says what is wrong with it without showing it."""
    line = raw[:-1] if raw.endswith(b"\n") else raw
    line = line[:-1] if line.endswith(b"\r") else line
    if len(line) > MAX_BYTES:
        raise Unfit(f"is larger than {MAX_BYTES // 1024} KiB")
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise Unfit("is not text") from None
    if not text.strip():
        raise Unfit("is empty")
    if not text.isprintable() and _has_control(text):
        raise Unfit("holds control characters, or more than one line")
    return text


def _has_control(text: str) -> bool:
    from cc_launcher.core.text import has_control  # a key of plain letters does not pay for it

    return has_control(text)


def _from_environment(how: Reading, whose: str, hint: str, _alone: bool) -> bytes:  # noqa: FBT001 - as all readers
    found = os.environ.get(how[0])
    if found is None:
        raise NotThere(f"{whose}: {how[0]} is not set", hint, code=REFUSED)
    return os.fsencode(found)


def _from_file(how: Reading, whose: str, hint: str, _alone: bool) -> bytes:  # noqa: FBT001 - as all readers
    path = os.path.expanduser(how[0])
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except OSError as bad:
        kind = NotThere if isinstance(bad, FileNotFoundError) else CcError
        raise kind(f"{whose}: {how[0]}: {bad.strerror}", hint, code=REFUSED) from None
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise CcError(f"{whose}: {how[0]} is not a file", "name a file that holds only the key", code=REFUSED)
        if os.name != "nt" and (found.st_mode & 0o077 or found.st_uid not in {os.geteuid(), 0}):
            raise CcError(
                f"{whose}: {how[0]} can be read by others", f"chmod 600 {how[0]}, and consider a new key", code=REFUSED
            )
        return os.read(handle, MAX_BYTES + 3)
    finally:
        os.close(handle)


def _from_command(how: Reading, whose: str, _hint: str, alone: bool) -> bytes:  # noqa: FBT001 - as all readers
    from cc_launcher.launch import helper

    return helper.read(how, f"{whose}: secret", deadline(), helper.Manner(alone=alone))


def deadline() -> float:
    """How many seconds a store has to answer."""
    given = os.environ.get(DEADLINE, "")
    try:
        seconds = float(given) if given else ON_A_TERMINAL if os.isatty(0) and os.isatty(2) else WITHOUT_ONE
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 3600:  # not-a-number fails this, too
        raise CcError(f"{DEADLINE}: not a number of seconds between 0 and 3600", f"unset {DEADLINE}, or set it to 30")
    return seconds


_READERS = {"env": _from_environment, "file": _from_file, "command": _from_command}
