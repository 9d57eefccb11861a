"""Whether somebody who was given a key still lives. A process id alone is another process some day."""

import os

# The day is said in the language of whoever asks, and in the time zone: two who ask must hear the same.
_PLAIN = {"LC_ALL": "C", "TZ": "UTC"}


def started(pid: int) -> str:
    """When it was started, as this system says it; nothing where it is gone. As in in_engine/cc_orphan.py."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
            return "" if fields[0] == b"Z" else fields[19].decode()
    except (OSError, IndexError):
        if os.path.exists("/proc/self/stat"):
            return ""
    from cc_launcher.core.errors import CcError
    from cc_launcher.launch import helper

    try:
        said = helper.read(
            ("/bin/ps", "-o", "lstart=", "-p", str(pid)),
            "ps",
            5.0,
            helper.Manner(environment=dict(_PLAIN), hush=True, alone=True),
        )
    except CcError:
        return ""
    return said.decode(errors="replace").strip()


def any_session(database: str) -> bool:
    """Whether one of the processes lives that keys were made for."""
    import sqlite3

    try:
        connection = sqlite3.connect(database, timeout=5)
        try:
            known = connection.execute("SELECT DISTINCT pid, start FROM key WHERE pid > 0").fetchall()
        finally:
            connection.close()
    except sqlite3.Error:
        return False
    return any(started(pid) == start for pid, start in known)
