"""Read the secret of a slot, on the launch path: through a store's own command, or with builtin means."""

import os
import stat

from cc_launcher.core import secret_value
from cc_launcher.core.errors import REFUSED, CcError
from cc_launcher.core.plan import Slot
from cc_launcher.core.text import printable
from cc_launcher.launch import process

ON_A_TERMINAL = 30.0  # long enough to unlock a keyring
WITHOUT_ONE = 5.0


def secret(slot: Slot, profile: str) -> str:
    """The secret of this slot."""
    return value(slot.read, f"{profile}: {slot.reference.partition(':')[0]} secret")


def value(how: tuple[str, ...], what: str) -> str:
    """The secret that is read this way; errors name it as `what`."""
    try:
        return secret_value.cleaned(_READERS[how[0]](how[1:], what))
    except ValueError as bad:
        raise CcError(f"{what} {bad}", "keep it again, as one line of text", code=REFUSED) from None


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
    deadline = ON_A_TERMINAL if os.isatty(2) and os.isatty(0) else WITHOUT_ONE
    return process.read(how, what, deadline)


_READERS = {"env": _from_environment, "file": _from_file, "command": _from_command}
