"""The sessions that a client has open now: what each client says of itself in `sessions/PID.json`.

Measured on 2.1.220 and 2.1.332, in a terminal and with -p: the file is there as long as the client is, `sessionId` is
the session it is in now (after /clear, too), and `procStart` is what /proc says of its start. Of a client that was
killed the file stays.
"""

import json
import os
from collections.abc import Iterable
from typing import Any

from cc_launcher.files import client_configs, regular

_LARGEST = 64 * 1024
_BEHIND_NAME = 19  # of /proc/PID/stat: the start, counted from what stands behind the name in brackets


def pids() -> dict[str, int]:
    """Each session that is open, and the process that has it."""
    return dict(_found(client_configs.known()))


def _found(configs: Iterable[str]) -> Iterable[tuple[str, int]]:
    here = _namespace()
    for config in configs:
        try:
            names = sorted(name for name in os.listdir(f"{config}/sessions") if name.endswith(".json"))
        except OSError:
            continue
        for name in names:
            told = _told(f"{config}/sessions/{name}")
            session, pid, domain = told.get("sessionId"), told.get("pid"), str(told.get("pidDomain", ""))
            if not isinstance(session, str) or not isinstance(pid, int) or isinstance(pid, bool) or pid <= 0:
                continue
            if here and domain and not domain.endswith(here):
                continue  # of a container, whose numbers are others
            if _is_alive(pid, str(told.get("procStart", ""))):
                yield session, pid


def _told(path: str) -> dict[str, Any]:
    try:
        told = json.loads(regular.read(path, _LARGEST)[0])
    except (OSError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _is_alive(pid: int, start: str) -> bool:
    """Whether this process is there, and is the one that has written the file."""
    if os.name == "nt":
        return True  # untested: there, a signal to look would be one to end it
    try:
        os.kill(pid, 0)
    except PermissionError:
        pass  # somebody else's, or one that has become so
    except OSError:
        return False
    try:
        about = regular.read(f"/proc/{pid}/stat", _LARGEST)[0].rpartition(b")")[2].split()
    except (OSError, ValueError):
        return True  # where nothing tells more
    if about[:1] == [b"Z"] or len(about) <= _BEHIND_NAME:
        return False
    return not start.isdecimal() or about[_BEHIND_NAME].decode() == start


def _namespace() -> str:
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""
