"""The gateway's port: the one of before where it can be had, since sessions that are open know it."""

import json
import os
import signal
import socket
import time
from typing import Any

from cc_launcher.launch import gateway_alive

ORPHAN, RECORD = "orphan", "daemon.json"  # in the gateway's directory; the first as in in_engine/cc_orphan.py
VERSION = 1


def listening() -> tuple[socket.socket, int]:
    """The listening socket, and the process of an engine that has had it since its parent was killed, or 0."""
    taken = _from_orphan()
    if taken is not None:
        return taken
    here = socket.socket()
    here.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        here.bind(("127.0.0.1", recorded(".").get("port") or 0))
    except OSError:  # somebody else has it by now
        here.bind(("127.0.0.1", 0))
    here.listen(2048)
    return here, 0


def recorded(directory: str) -> dict[str, Any]:
    """What was written down of the last parent."""
    try:
        with open(f"{directory}/{RECORD}", "rb") as file:
            found = json.loads(file.read(65_536))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and found.get("version") == VERSION else {}


def _from_orphan() -> tuple[socket.socket, int] | None:
    """The listening socket of an engine whose parent was killed, and its process; nothing where there is none."""
    if not os.path.lexists(ORPHAN) and not _orphan_is_coming():
        return None
    there = socket.socket(socket.AF_UNIX)
    with there:
        try:
            there.settimeout(10.0)
            there.connect(ORPHAN)
            there.sendall(b"give")
            said, handles, _, _ = socket.recv_fds(there, 32, 1)
        except OSError:
            return None
    return (socket.socket(fileno=handles[0]), int(said)) if handles and said.isdigit() else None


def _orphan_is_coming() -> bool:
    """Whether the last parent's engine lives: it sees within a second that its parent does not."""
    pid = recorded(".").get("engine")
    for _ in range(40):
        if not pid or not gateway_alive.started(pid):
            return False
        if os.path.lexists(ORPHAN):
            return True
        time.sleep(0.1)
    return False


def end(pid: int, *, now: bool = False) -> None:
    """Tell it to end, or end it by force."""
    try:
        os.kill(pid, signal.SIGKILL if now else signal.SIGTERM)
    except ProcessLookupError:
        return
