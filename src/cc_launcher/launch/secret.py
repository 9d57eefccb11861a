"""The secret of a slot: read with builtin means, or by the store's own command, and held to what a secret may be."""

import os
import stat

from cc_launcher.core.errors import REFUSED, CcError
from cc_launcher.core.plan import Slot

MAX_BYTES = 64 * 1024
DEADLINE = "CC_SECRET_TIMEOUT"  # in seconds
ON_A_TERMINAL = 30.0  # long enough to unlock a keyring
WITHOUT_ONE = 5.0

# How secrets/keyring_store.py ends when it has no secret to print
NOT_IN_KEYRING, NO_KEYRING, UNREADABLE_KEYRING = 3, 4, 5


class Unfit(ValueError):
    """Why something cannot be a secret. The text never repeats it, so that it can be shown."""


def of(slot: Slot, profile: str) -> str:
    """The secret of this slot."""
    return value(slot.read, f"{profile}: {slot.reference.partition(':')[0]} secret", slot.hint)


def value(how: tuple[str, ...], what: str, hint: str) -> str:
    """The secret that is read this way. Errors name it as `what`; the hint is for one that is not there."""
    try:
        return cleaned(_READERS[how[0]](how[1:], what, hint))
    except Unfit as bad:
        raise CcError(f"{what} {bad}", "keep it again, as one line of text", code=REFUSED) from None


def cleaned(raw: bytes) -> str:
    """The secret that a store handed out, or an error that says what is wrong with it without showing it."""
    if len(raw) > MAX_BYTES:
        raise Unfit(f"is larger than {MAX_BYTES // 1024} KiB")
    line = raw[:-1] if raw.endswith(b"\n") else raw
    line = line[:-1] if line.endswith(b"\r") else line
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


def _from_environment(how: tuple[str, ...], what: str, hint: str) -> bytes:
    found = os.environ.get(how[0])
    if found is None:
        raise CcError(f"{what}: {how[0]} is not set", hint, code=REFUSED)
    return os.fsencode(found)


def _from_file(how: tuple[str, ...], what: str, hint: str) -> bytes:
    path = os.path.expanduser(how[0])
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except OSError as bad:
        raise CcError(f"{what}: {how[0]}: {bad.strerror}", hint, code=REFUSED) from None
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise CcError(f"{what}: {how[0]} is not a file", "name a file that holds the secret alone", code=REFUSED)
        if os.name != "nt" and (found.st_mode & 0o077 or found.st_uid not in {os.geteuid(), 0}):
            raise CcError(
                f"{what}: {how[0]} can be read by others", f"chmod 600 {how[0]}, and think of a new key", code=REFUSED
            )
        return os.read(handle, MAX_BYTES + 2)
    finally:
        os.close(handle)


def _from_command(how: tuple[str, ...], what: str, _hint: str) -> bytes:
    from cc_launcher.launch import helper

    return helper.read(how, what, _deadline())


def _from_keyring(how: tuple[str, ...], what: str, hint: str) -> bytes:
    from cc_launcher.launch import helper

    try:
        return helper.read(how, what, _deadline())
    except helper.HelperFailed as failed:
        if failed.status not in _KEYRING_FAULTS:
            raise
        raise CcError(f"{what}: {_KEYRING_FAULTS[failed.status]}", hint, code=REFUSED) from None


def _deadline() -> float:
    given = os.environ.get(DEADLINE, "")
    try:
        seconds = float(given) if given else ON_A_TERMINAL if os.isatty(0) and os.isatty(2) else WITHOUT_ONE
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 3600:  # not-a-number fails this, too
        raise CcError(f"{DEADLINE}: no number of seconds between 0 and 3600", f"unset {DEADLINE}, or set it to 30")
    return seconds


_READERS = {"env": _from_environment, "file": _from_file, "command": _from_command, "keyring": _from_keyring}
_KEYRING_FAULTS = {
    NOT_IN_KEYRING: "not in the keyring",
    NO_KEYRING: "there is no keyring of the operating system here (and none that keeps secrets in the clear is used)",
    UNREADABLE_KEYRING: "the keyring is locked, or did not answer",
}
