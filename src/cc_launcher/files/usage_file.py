"""The file of the index of usage, opened as it is: the usual case, for which next to nothing is imported."""

import os
import sqlite3
import stat

VERSION = 2
_PATIENCE = 60.0  # seconds for which another one of us may be writing


def connected(path: str) -> sqlite3.Connection:
    """A connection with the file as it is."""
    connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
    try:
        # What a power cut takes away is read again.
        connection.executescript("PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4000")
    except BaseException:
        connection.close()
        raise
    return connection


def as_it_is(path: str) -> sqlite3.Connection | None:
    """The usual case: it is there, of this version, and its owner's alone."""
    try:
        if not all(_is_ours_alone(os.lstat(each)) for each in (path, os.path.dirname(path))):
            return None
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return None
    except OSError:
        return None
    try:
        connection = connected(path)
    except sqlite3.DatabaseError:
        return None  # what is wrong with it is found out with care
    try:
        if connection.execute("PRAGMA user_version").fetchone()[0] == VERSION:
            return connection
    except sqlite3.DatabaseError:
        pass
    connection.close()
    return None


def _is_ours_alone(found: os.stat_result) -> bool:
    return os.name == "nt" or (found.st_uid == os.geteuid() and not found.st_mode & 0o077)
