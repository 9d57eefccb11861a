"""The index of what sessions took, as a file of SQLite: its tables, and how it is opened.

Only its owner can read it. It holds figures, and names of models, profiles, projects and sessions; nothing that was
said. What is in it can be made again from the transcripts, except of those that the client has deleted since.
"""

import contextlib
import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

from cc_launcher.core.errors import IN_THE_WAY, CcError
from cc_launcher.core.text import printable
from cc_launcher.files import atomic, lock

_VERSION = 1
_PATIENCE = 60.0  # seconds for which another one of us may be writing
_FIGURES = (
    "input INTEGER, output INTEGER, write_5m INTEGER, write_1h INTEGER, write INTEGER, read INTEGER, searches INTEGER"
)
_TABLES = f"""
CREATE TABLE name (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE file (
    id INTEGER PRIMARY KEY, directory TEXT NOT NULL, name TEXT NOT NULL, project TEXT NOT NULL, size INTEGER,
    changed INTEGER, inode INTEGER, position INTEGER, sample TEXT, newest INTEGER, copies INTEGER,
    UNIQUE (directory, name)
);
CREATE TABLE request (
    key INTEGER PRIMARY KEY, file INTEGER, time INTEGER, session INTEGER, process INTEGER, model INTEGER,
    project INTEGER, agent INTEGER, cut INTEGER, old INTEGER, {_FIGURES}
);
CREATE TABLE marker (
    file INTEGER, time INTEGER, session INTEGER, profile TEXT, provider TEXT, host TEXT, begins INTEGER
);
CREATE INDEX marker_session ON marker (session);
CREATE TABLE state (
    id INTEGER PRIMARY KEY, file INTEGER, time INTEGER, session INTEGER, started INTEGER, model TEXT, {_FIGURES}
);
CREATE INDEX state_session ON state (session);
CREATE INDEX state_started ON state (started);
CREATE TABLE compaction (file INTEGER, time INTEGER, session INTEGER);
CREATE INDEX compaction_session ON compaction (session);
CREATE TABLE parent (session INTEGER PRIMARY KEY, parent INTEGER);
CREATE TABLE dirty (session INTEGER PRIMARY KEY);
CREATE TABLE sum (
    session INTEGER, quarter INTEGER, model TEXT, profile TEXT, host TEXT, project TEXT, bucket INTEGER,
    hidden INTEGER, requests INTEGER, longest INTEGER, cut INTEGER, old INTEGER, {_FIGURES}
);
CREATE INDEX sum_session ON sum (session);
CREATE INDEX sum_quarter ON sum (quarter);
CREATE TABLE uncounted (session INTEGER, time INTEGER);
PRAGMA user_version = {_VERSION};
"""


@contextlib.contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The index, made where there is none. One that is broken is put aside, and made again."""
    atomic.directory(path.parent)
    try:
        with lock.alone(path.parent):
            connection = _connected(path)
    except sqlite3.DatabaseError as bad:
        raise CcError(
            f"{printable(str(path))}: the index of usage cannot be used: {bad}",
            "try again; if that does not help, move this file away: it is made again",
            code=IN_THE_WAY,
        ) from None
    try:
        yield connection
    except sqlite3.OperationalError as bad:
        raise CcError(
            f"{printable(str(path))}: the index of usage cannot be written: {bad}",
            "make room, or check the directory's rights",
            code=IN_THE_WAY,
        ) from None
    finally:
        connection.close()


def _connected(path: Path) -> sqlite3.Connection:
    if not path.exists():
        atomic.write(path, b"")
    _only_ours(path)
    try:
        return _prepared(path)
    except sqlite3.OperationalError:
        raise  # it is in use, or the disk is full: nothing is wrong with what is in it
    except sqlite3.DatabaseError:
        for end in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.replace(f"{path}{end}", f"{path}.broken{end}")
        atomic.write(path, b"")
        return _prepared(path)


def _prepared(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
    try:
        # What a power cut takes away is read again.
        connection.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
            " PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4000"
        )
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > _VERSION:
            raise CcError(
                f"{printable(str(path))}: the index of usage was written by a newer cc",
                "update cc, or move this file away: it is made again",
                code=IN_THE_WAY,
            )
        if version < _VERSION:
            connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection


def _only_ours(path: Path) -> None:
    """Nobody else may read it, or put another one in its place."""
    found = os.lstat(path)
    if not stat.S_ISREG(found.st_mode) or (os.name != "nt" and found.st_uid != os.geteuid()):
        raise CcError(
            f"{printable(str(path))}: is no file of yours",
            "move it away: the index of usage is made there",
            code=IN_THE_WAY,
        )
    for each in (path, path.parent):
        if os.name != "nt" and os.lstat(each).st_mode & 0o077:
            os.chmod(each, os.lstat(each).st_mode & 0o700)
