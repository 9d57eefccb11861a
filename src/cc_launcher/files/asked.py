"""Which session asked which: a file for each task, below the session that it was asked from."""

import json
import os
import re
from pathlib import Path
from typing import Any, NamedTuple

from cc_launcher.files import atomic, places

_SESSION = re.compile(r"[0-9a-fA-F-]{8,64}")
_MOST = 64 * 1024


class Asked(NamedTuple):
    """A task that a session gave away."""

    session: str  # in which it was done
    parent: str
    profile: str
    time: int  # milliseconds since 1970, when it ended
    ending: str


def root() -> Path:
    """The directory of all that belongs to tasks."""
    return Path(places.data()) / "asks"


def record(asked: Asked) -> None:
    """Write it down."""
    if not (_SESSION.fullmatch(asked.session) and _SESSION.fullmatch(asked.parent)):
        return
    directory = _runs() / asked.parent
    atomic.directory(directory)
    about = {"profile": asked.profile, "time": asked.time, "ending": asked.ending}
    atomic.write(directory / f"{asked.session}.json", json.dumps(about).encode())


def of(parent: str) -> list[Asked]:
    """The tasks of a session, in their order."""
    if not _SESSION.fullmatch(parent):
        return []
    found = []
    for name in _listed(_runs() / parent):
        session = name.removesuffix(".json")
        about = _read(_runs() / parent / name) if _SESSION.fullmatch(session) else None
        if about is not None:
            found.append(Asked(session, parent, *about))
    return sorted(found, key=lambda one: (one.time, one.session))


def parent_of(session: str) -> str:
    """The session that asked for this one; empty where it is nobody's task."""
    if not _SESSION.fullmatch(session):
        return ""
    return next((parent for parent in _listed(_runs()) if (_runs() / parent / f"{session}.json").is_file()), "")


def _runs() -> Path:
    return root() / "runs"


def _listed(directory: Path) -> list[str]:
    try:
        return sorted(os.listdir(directory))
    except OSError:
        return []


def _read(path: Path) -> tuple[str, int, str] | None:
    try:
        with path.open("rb") as file:
            about: dict[str, Any] = json.loads(file.read(_MOST))
        profile, time, ending = about["profile"], about["time"], about["ending"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    whole = isinstance(profile, str) and isinstance(time, int) and isinstance(ending, str)
    return (profile, time, ending) if whole else None
