"""The sessions that a profile began and plain claude went on with, of those that are new."""

import time
from collections.abc import Iterator
from pathlib import Path

from cc_launcher.actions import take_over
from cc_launcher.core.doctor.examined import Left
from cc_launcher.core.sessions.history import PLAIN
from cc_launcher.files import guard, places, session_files
from cc_launcher.launch import paths

_DAYS = 14
_MOST = 64 * 1024 * 1024  # bytes that are read: about half a second


def found() -> Iterator[Left]:
    """The newest first."""
    since = (time.time() - _DAYS * 86_400) * 1e9
    here = session_files.project_name(paths.here())
    files = [file for file in session_files.every() if file.changed >= since]
    served = take_over.served() if files else None
    left = _MOST
    for file in files:
        if file.size > left:
            continue
        left -= file.size
        seen = take_over.stretches(file, served)
        before = next((one.profile for one in reversed(seen) if one.profile != PLAIN), "")
        if not before or seen[-1].profile != PLAIN or before not in places.known():
            continue
        elsewhere = Path(file.path).parent.name != here
        yield Left(
            file.id[: take_over.SHORT],
            before,
            session_files.look(file).cwd if elsewhere else "",
            file.path,
            guard.shown(Path(file.path)),
        )
