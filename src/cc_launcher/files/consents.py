"""The file of consents: which host's sessions may go to which other one. For its owner alone, and never guessed at."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from cc_launcher.core.errors import IN_THE_WAY, CcError
from cc_launcher.core.sessions import consent
from cc_launcher.core.sessions.consent import Consent
from cc_launcher.files import atomic, guard, lock, places, regular

_MAX_BYTES = 1024 * 1024


def file() -> Path:
    """Where it is."""
    return Path(places.data()) / "consents.json"


def all() -> list[Consent]:  # noqa: A001 - `consents.all()` is what callers read
    """Every consent, by sender and receiver."""
    try:
        content, found = regular.read(file(), _MAX_BYTES, getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return []
    except regular.NotRegular:
        raise _unusable("not a file") from None
    except regular.TooLarge:
        raise _unusable("too large for a file of consents") from None
    except OSError as bad:
        raise _unusable(bad.strerror or "cannot be read") from None
    if os.name != "nt" and (found.st_uid != os.geteuid() or found.st_mode & 0o022):
        raise _unusable("somebody else could have written it")
    try:
        return sorted(consent.decode(content))
    except ValueError as bad:
        raise _unusable(str(bad)) from None


def given(sender: str, receiver: str) -> bool:
    """Whether somebody has said that what this host has seen may go to that one."""
    return any((one.sender, one.receiver) == (sender, receiver) for one in all())


def record(sender: str, receiver: str) -> None:
    """Write down that it may."""
    _change(
        lambda known: (
            known
            if any((one.sender, one.receiver) == (sender, receiver) for one in known)
            else [*known, Consent(sender, receiver, time.time())]
        )
    )


def withdraw(sender: str, receiver: str) -> None:
    """It may no longer."""
    _change(lambda known: [one for one in known if (one.sender, one.receiver) != (sender, receiver)])


def _change(how: Callable[[list[Consent]], list[Consent]]) -> None:
    """Read, change, write, while others of us wait. What cannot be read is never written over."""
    if how(before := all()) == before:
        return
    atomic.directory(file().parent)
    with lock.alone(file().parent):
        atomic.write(file(), consent.encode(how(all())))


def _unusable(why: str) -> CcError:
    return CcError(
        f"{guard.shown(file())}: {why}",
        "nothing was changed in it; look at it and move it away, and you are asked again",
        code=IN_THE_WAY,
    )
