"""The two ends of a session's transcript: when it began, and how its last turn went."""

import glob
import os
import re
from datetime import datetime

_TIME = re.compile(rb'"timestamp":"([^"]{1,40})"')
_HEAD = 256 * 1024
_MOST = 4 * 1024 * 1024  # bytes: one line may hold a whole file that a tool has read


def lines(path: str) -> list[bytes]:
    """The last lines, oldest first; none where it cannot be read. The first may be a part of one."""
    try:
        with open(path, "rb") as file:
            file.seek(max(os.fstat(file.fileno()).st_size - _MOST, 0))
            return file.read(_MOST).splitlines()
    except OSError:
        return []


def first_time(path: str) -> float:
    """When it began, in seconds since 1970; 0 where it does not say. Of a fork that is when the other one began."""
    try:
        with open(path, "rb") as file:
            found = _TIME.search(file.read(_HEAD))
        return datetime.fromisoformat(found[1].decode()).timestamp() if found else 0.0
    except (OSError, ValueError):
        return 0.0


def path_of(config: str, session: str) -> str:
    """Where the transcript of a session is; empty where there is none."""
    if not session or "/" in session:
        return ""
    found = glob.glob(f"{glob.escape(config)}/projects/*/{glob.escape(session)}.jsonl")
    return max(found, key=os.path.getmtime, default="")
