"""The index of usage, made where there is none, or none that can be used: its tables."""

import contextlib
import os
import sqlite3
import stat
from pathlib import Path

from cc_launcher.core.errors import IN_THE_WAY, CcError
from cc_launcher.core.text import printable
from cc_launcher.files import atomic, lock
from cc_launcher.files.usage_file import VERSION, connected

_FIGURES = (
    "input INTEGER, output INTEGER, write_5m INTEGER, write_1h INTEGER, write INTEGER, read INTEGER, searches INTEGER"
)
# What our gateway says of requests: see files/usage_routed.py.
_ROUTED = """
CREATE TABLE routed (key INTEGER PRIMARY KEY, call TEXT NOT NULL UNIQUE);
CREATE TABLE paid (
    id INTEGER PRIMARY KEY, call TEXT, session INTEGER, time INTEGER, profile TEXT, model TEXT, served TEXT,
    currency TEXT, cost REAL, input INTEGER, output INTEGER, write INTEGER, read INTEGER
);
CREATE INDEX paid_call ON paid (call);
CREATE INDEX paid_session ON paid (session);
CREATE TABLE log (salt TEXT PRIMARY KEY, last INTEGER);
"""
_TABLES = f"""
CREATE TABLE name (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE file (
    id INTEGER PRIMARY KEY, directory TEXT NOT NULL, name TEXT NOT NULL, project TEXT NOT NULL, size INTEGER,
    changed INTEGER, inode INTEGER, position INTEGER, sample TEXT, newest INTEGER, copies INTEGER,
    UNIQUE (directory, name)
);
CREATE INDEX file_again ON file (size) WHERE size < 0;
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
CREATE TABLE unanswered (
    file INTEGER, key INTEGER, time INTEGER, session INTEGER, model INTEGER, waits INTEGER
);
CREATE INDEX unanswered_session ON unanswered (session);
CREATE INDEX unanswered_file ON unanswered (file) WHERE waits;
CREATE TABLE parent (session INTEGER PRIMARY KEY, parent INTEGER);
CREATE TABLE dirty (session INTEGER PRIMARY KEY);
CREATE TABLE sum (
    session INTEGER, quarter INTEGER, model TEXT, profile TEXT, host TEXT, project TEXT, bucket INTEGER,
    hidden INTEGER, requests INTEGER, longest INTEGER, cut INTEGER, old INTEGER, {_FIGURES},
    served TEXT NOT NULL DEFAULT '', currency TEXT NOT NULL DEFAULT '', cost REAL NOT NULL DEFAULT 0
);
CREATE INDEX sum_session ON sum (session);
CREATE INDEX sum_quarter ON sum (quarter);
CREATE TABLE uncounted (session INTEGER, time INTEGER);
{_ROUTED}
"""
_SINCE_1 = f"""
ALTER TABLE sum ADD COLUMN served TEXT NOT NULL DEFAULT '';
ALTER TABLE sum ADD COLUMN currency TEXT NOT NULL DEFAULT '';
ALTER TABLE sum ADD COLUMN cost REAL NOT NULL DEFAULT 0;
{_ROUTED}
"""


def made(path: str) -> sqlite3.Connection:
    """Open the index, made first where that is needed. One that is broken is put aside."""
    directory = Path(path).parent
    atomic.directory(directory)
    with lock.alone(directory):
        if not os.path.lexists(path):
            atomic.write(Path(path), b"")
        _only_ours(path)
        try:
            return _prepared(path)
        except sqlite3.OperationalError:
            raise  # it is in use, or the disk is full: nothing is wrong with what is in it
        except sqlite3.DatabaseError:
            for end in ("", "-wal", "-shm"):
                with contextlib.suppress(FileNotFoundError):
                    os.replace(f"{path}{end}", f"{path}.broken{end}")
            atomic.write(Path(path), b"")
            return _prepared(path)


def _prepared(path: str) -> sqlite3.Connection:
    connection = connected(path)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise CcError(
                f"{printable(path)}: the index of usage was written by a newer cc",
                "update cc, or move this file away: it is made again",
                code=IN_THE_WAY,
            )
        if version < VERSION:
            # Of what the client has deleted since, nothing could be read again.
            tables = _SINCE_1 if version == 1 else _TABLES
            connection.executescript(f"BEGIN IMMEDIATE; {tables} PRAGMA user_version = {VERSION}; COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection


def _only_ours(path: str) -> None:
    """Nobody else may read it, or put another one in its place."""
    found = os.lstat(path)
    if not stat.S_ISREG(found.st_mode) or (os.name != "nt" and found.st_uid != os.geteuid()):
        raise CcError(
            f"{printable(path)}: is no file of yours",
            "move it away: the index of usage is made there",
            code=IN_THE_WAY,
        )
    for each in (path, os.path.dirname(path)):
        if os.name != "nt" and os.lstat(each).st_mode & 0o077:
            os.chmod(each, os.lstat(each).st_mode & 0o700)
