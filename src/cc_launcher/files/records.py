"""What we remember of secrets and launches: which key was kept or seen, which was accepted, what was launched.

So a list can say what is ready without asking a store. That nothing can be written is no error: then less is known.
"""

import contextlib
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from cc_launcher.core.errors import CcError
from cc_launcher.core.profile import remembered
from cc_launcher.core.profile.remembered import Launch, Records
from cc_launcher.files import atomic, lock, places, plan_cache, regular

_MAX_BYTES = 4 * 1024 * 1024


def read() -> Records:
    """All of it; nothing where it is missing or damaged, or where anybody else could have written it."""
    try:
        content, found = regular.read(_file(), _MAX_BYTES, getattr(os, "O_NOFOLLOW", 0))
    except (OSError, ValueError):
        return Records()
    if os.name != "nt" and (found.st_uid != os.geteuid() or found.st_mode & 0o022):
        return Records()
    return remembered.decode(content)


def note_kept(reference: str) -> None:
    """A new key was kept there. That the one before was accepted is forgotten."""
    _change(lambda known: known.with_kept(reference, time.time()))


def note_seen(references: Iterable[str]) -> None:
    """These secrets were there when somebody read them or looked."""
    _change(lambda known: known.with_seen(references, time.time()))


def note_gone(reference: str) -> None:
    """There is no such secret: it was removed, or its store said so. Not for a store that could not be asked."""
    _change(lambda known: known.with_gone(reference, time.time()))


def note_accepted(profile: str, reference: str) -> None:
    """The profile's provider took the key that is kept there."""
    _change(lambda known: known.with_accepted(profile, reference, time.time()))


def note_launched(profile: str, word: str, references: Iterable[str] = ()) -> None:
    """The client is about to start, with these secrets. A cached launch touches its plan instead."""
    now = time.time()
    _change(lambda known: known.with_seen(references, now).with_launch(Launch(profile, word, now)))


def forget(profile: str) -> None:
    """Let go of what is known of a profile that is removed."""
    _change(lambda known: known.without(profile))


def launches() -> list[Launch]:
    """The last launch of each profile that is still there, the newest first."""
    known = set(places.known())
    found: dict[str, Launch] = {}
    for launch in (*read().launched.values(), *plan_cache.launches()):
        other = found.get(launch.profile)
        if launch.profile in known and (other is None or launch.when > other.when):
            found[launch.profile] = launch
    return sorted(found.values(), key=lambda launch: launch.when, reverse=True)


def _change(how: Callable[[Records], Records]) -> None:
    """Read, change, write, while others of us wait. What changes nothing is not written."""
    with contextlib.suppress(CcError):
        before = read()
        if how(before) == before:
            return
        atomic.directory(_file().parent)
        with lock.alone(_file().parent):
            atomic.write(_file(), remembered.encode(how(read())))


def _file() -> Path:
    return Path(places.data()) / "records.json"
