"""The secret of a slot: read with builtin means, or by the store's own command, and held to what a secret may be."""

import os
import stat

from cc_launcher.core.errors import REFUSED, CcError
from cc_launcher.core.plan import Slot
from cc_launcher.core.text import has_control, printable
from cc_launcher.launch import process

MAX_BYTES = 64 * 1024
DEADLINE = "CC_SECRET_TIMEOUT"  # in seconds
ON_A_TERMINAL = 30.0  # long enough to unlock a keyring
WITHOUT_ONE = 5.0


def of(slot: Slot, profile: str) -> str:
    """The secret of this slot."""
    return value(slot.read, f"{profile}: {slot.reference.partition(':')[0]} secret")


def value(how: tuple[str, ...], what: str) -> str:
    """The secret that is read this way; errors name it as `what`."""
    try:
        return cleaned(_READERS[how[0]](how[1:], what))
    except ValueError as bad:
        raise CcError(f"{what} {bad}", "keep it again, as one line of text", code=REFUSED) from None


def cleaned(raw: bytes) -> str:
    """The secret that a store handed out, or an error that says what is wrong with it without showing it."""
    if len(raw) > MAX_BYTES:
        raise ValueError(f"is larger than {MAX_BYTES // 1024} KiB")
    line = raw[:-1] if raw.endswith(b"\n") else raw
    line = line[:-1] if line.endswith(b"\r") else line
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise ValueError("is not text") from None
    if not text.strip():
        raise ValueError("is empty")
    if has_control(text):
        raise ValueError("holds control characters, or more than one line")
    return text


def _from_environment(how: tuple[str, ...], what: str) -> bytes:
    found = os.environ.get(how[0])
    if found is None:
        raise CcError(
            f"{what}: {how[0]} is not set",
            f'export {how[0]}, or keep the secret elsewhere: `secret = "keyring:NAME"`',
            code=REFUSED,
        )
    return os.fsencode(found)


def _from_file(how: tuple[str, ...], what: str) -> bytes:
    path = os.path.expanduser(how[0])
    shown = printable(how[0])
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except OSError as bad:
        raise CcError(
            f"{what}: {shown}: {bad.strerror}", f"put it there: (umask 077; cat > {shown})", code=REFUSED
        ) from None
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise CcError(f"{what}: {shown} is not a file", "name a file that holds the secret alone", code=REFUSED)
        if os.name != "nt" and (found.st_mode & 0o077 or found.st_uid not in {os.geteuid(), 0}):
            raise CcError(
                f"{what}: {shown} can be read by others", f"chmod 600 {shown}, and think of a new key", code=REFUSED
            )
        return os.read(handle, process.MAX_OUTPUT)
    finally:
        os.close(handle)


def _from_command(how: tuple[str, ...], what: str) -> bytes:
    return process.read(how, what, _deadline())


def _deadline() -> float:
    given = os.environ.get(DEADLINE, "")
    try:
        seconds = float(given) if given else ON_A_TERMINAL if os.isatty(0) and os.isatty(2) else WITHOUT_ONE
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 3600:  # not-a-number fails this, too
        raise CcError(f"{DEADLINE}: no number of seconds between 0 and 3600", f"unset {DEADLINE}, or set it to 30")
    return seconds


_READERS = {"env": _from_environment, "file": _from_file, "command": _from_command}
