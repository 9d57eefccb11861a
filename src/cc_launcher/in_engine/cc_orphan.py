"""When our parent is killed: serve on, give the listening socket to the next parent, and end when nobody needs us."""

from __future__ import annotations

import array
import json
import os
import signal
import socket
import subprocess
import threading
import time
from typing import Any

PLACE = "orphan"  # the socket at which the next parent asks, in the gateway's directory
_CONTROL = "control"  # and the one at which a parent is asked
_LOOK = 1.0  # seconds
serving = threading.Event()


def watch(listening: socket.socket) -> None:
    """Look from now on whether our parent lives, which may have ended before we could look for the first time."""
    parent = int(os.environ["CC_PARENT"])
    with open(os.environ["CC_RULES"], encoding="utf-8") as file:
        told = json.load(file)
    threading.Thread(target=_watch, args=(listening, parent, told), daemon=True).start()


def _watch(listening: socket.socket, parent: int, told: dict[str, Any]) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK)
    directory = os.path.dirname(told["database"])
    while not serving.is_set():
        if _is_replaced(directory):
            os._exit(0)  # who came in its place starts an engine of its own, and knows nothing of us
        time.sleep(_LOOK)
    place = _place(directory)
    last = time.monotonic()
    while True:
        if place is None:
            place = _place(directory)
            time.sleep(_LOOK)
        elif _asked(place, listening):
            return  # who has the socket now ends us when it has an engine of its own
        if _any_alive(told["database"]):
            last = time.monotonic()
        elif time.monotonic() - last > float(told.get("idle") or 600):
            os.kill(os.getpid(), signal.SIGTERM)
            return


def _is_replaced(directory: str) -> bool:
    """Whether another parent is there."""
    here = os.getcwd()
    with socket.socket(socket.AF_UNIX) as other:
        try:
            os.chdir(directory)  # the name of such a socket may not be long
            other.connect(_CONTROL)
        except OSError:
            return False
        finally:
            os.chdir(here)  # where LiteLLM is loaded: see serve.py
    return True


def _place(directory: str) -> socket.socket | None:
    """The socket at which the next parent asks; nothing while another orphan has it."""
    here = socket.socket(socket.AF_UNIX)
    path = os.path.join(directory, PLACE)
    try:
        os.chdir(directory)  # the name of such a socket may not be long
        probe = socket.socket(socket.AF_UNIX)
        try:
            probe.connect(PLACE)
        except OSError:
            if os.path.lexists(path):
                os.unlink(path)
        else:
            here.close()
            return None
        finally:
            probe.close()
        here.bind(PLACE)
        os.chmod(path, 0o600)
        here.listen(1)
        here.settimeout(_LOOK * 5)
    except OSError:
        here.close()
        return None
    return here


def _asked(place: socket.socket, listening: socket.socket) -> bool:
    """Whether somebody asked for the listening socket, and has it."""
    try:
        other, _ = place.accept()
    except OSError:
        return False
    with other:
        try:
            other.settimeout(5)
            if not other.recv(4).startswith(b"give"):
                return False
            handles = array.array("i", [listening.fileno()])
            other.sendmsg([str(os.getpid()).encode()], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, handles)])
        except OSError:
            return False
    os.unlink(PLACE)
    place.close()
    return True


def _any_alive(database: str) -> bool:
    import sqlite3  # noqa: PLC0415 - only where our parent is gone

    try:
        connection = sqlite3.connect(database, timeout=5)
        try:
            known = connection.execute("SELECT DISTINCT pid, start FROM key WHERE pid > 0").fetchall()
        finally:
            connection.close()
    except sqlite3.Error:
        return True  # nobody knows
    return any(started(pid) == start for pid, start in known)


def started(pid: int) -> str:
    """When a process was started, as this system says it; nothing where it is gone. As in launch/gateway_alive.py."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[19].decode()
    except (OSError, IndexError):
        if os.path.exists("/proc/self/stat"):
            return ""
    plain = {"LC_ALL": "C", "TZ": "UTC"}
    argv = ["/bin/ps", "-o", "lstart=", "-p", str(pid)]
    done = subprocess.run(argv, env=plain, capture_output=True, check=False)  # noqa: S603
    return done.stdout.decode(errors="replace").strip()
