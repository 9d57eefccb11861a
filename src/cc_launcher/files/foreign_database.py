"""Look into the SQLite database of another tool: in a copy of it and of its log, which is gone afterwards.

Opened where it stands, even to be read, SQLite would write beside it, or miss what is only in the log.
"""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cc_launcher.files import atomic, foreign_looks, places
from cc_launcher.files.foreign_looks import Found

MAX_BYTES = 256 << 20
_BESIDE = ("-wal", "-journal")
_MOST_ROWS, _MOST_TEXT, _MOST_IN_ALL = 10_000, 1 << 20, 64 << 20
# A schema is somebody else's program. What is read here needs none of it.
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 32 << 20,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_COLUMN: 500,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 50,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 2,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
}
_READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}
_STEPS = 50_000_000  # of SQLite's machine: what reads a table takes far fewer
_TRIES = 3


class Unreadable(ValueError):
    """Why it could not be read."""


@dataclass(frozen=True)
class Database:
    """What was read of one."""

    tables: Mapping[str, list[dict[str, Any]]] = field(repr=False)
    version: int  # its own number, `user_version`
    mode: int
    shared: bool  # others can change it


def read(home: str, path: str, wanted: tuple[str, ...]) -> Database:
    """The rows of these tables."""
    sweep()
    with _copied(home, path) as (copy, about):
        try:
            connection = sqlite3.connect(copy)
        except sqlite3.Error:
            raise Unreadable("not a database that SQLite can open") from None
        with contextlib.closing(connection):
            steps = iter(range(_STEPS // 10_000))
            connection.set_progress_handler(lambda: int(next(steps, None) is None), 10_000)
            connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
            for limit, value in _LIMITS.items():
                connection.setlimit(limit, value)
            try:
                return Database(*_whole(connection, wanted), about.mode, about.shared)
            except Unreadable:
                raise
            except (sqlite3.Error, ValueError, OverflowError):  # what it says of a broken schema may be no text
                raise Unreadable("not a database that SQLite can read") from None


def _whole(connection: sqlite3.Connection, wanted: tuple[str, ...]) -> tuple[dict[str, list[dict[str, Any]]], int]:
    """The plain tables, and the number. A view, a virtual table and a column that is computed are programs."""
    connection.execute("PRAGMA trusted_schema = OFF")
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0"
    known = {str(row[0]) for row in connection.execute(query)} & {*wanted}
    columns = {
        name: [str(row[1]) for row in connection.execute(f'PRAGMA table_xinfo("{name}")') if row[6] == 0]
        for name in known
    }
    connection.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in _READING else sqlite3.SQLITE_DENY)
    return {name: _rows(connection, name, columns[name]) for name in wanted if name in known}, version


def _rows(connection: sqlite3.Connection, table: str, names: list[str]) -> list[dict[str, Any]]:
    quoted = ", ".join('"' + name.replace('"', '""') + '"' for name in names)
    query = f'SELECT {quoted} FROM "{table}" LIMIT {_MOST_ROWS}'  # noqa: S608 - a table of ours, quoted columns
    found, size = [], 0
    for row in connection.execute(query):
        values = [None if isinstance(value, bytes) or len(str(value)) > _MOST_TEXT else value for value in row]
        size += sum(len(value) for value in values if isinstance(value, str))
        if size > _MOST_IN_ALL:
            raise Unreadable(f"more than {_MOST_IN_ALL >> 20} MiB of text in it")
        found.append(dict(zip(names, values, strict=True)))
    return found


@contextlib.contextmanager
def _copied(home: str, path: str) -> Iterator[tuple[str, Found]]:
    directory = _directory()
    try:
        for _ in range(_TRIES):
            before = _marks(home, path)
            about = _copy(home, path, directory / "copy")
            if _marks(home, path) == before:
                yield str(directory / "copy"), about
                return
        raise Unreadable("it changes all the time: close the program that it belongs to")
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _copy(home: str, path: str, to: Path) -> Found:
    content, found = foreign_looks.content_of(home, path, MAX_BYTES)
    if content is None:
        raise Unreadable(found.fault or "it is not there")
    atomic.write(to, content)
    for ending in _BESIDE:
        target = to.with_name(to.name + ending)
        beside, about = foreign_looks.content_of(home, path + ending, MAX_BYTES)
        if beside is not None:
            atomic.write(target, beside)
        elif about.fault:
            raise Unreadable(f"{ending}: {about.fault}")
        else:
            target.unlink(missing_ok=True)
    return found


def _marks(home: str, path: str) -> list[tuple[int, int, int]]:
    found = []
    for ending in ("", *_BESIDE):
        try:
            about = os.stat(os.path.join(home, path + ending))
        except OSError:
            found.append((0, 0, 0))
        else:
            found.append((about.st_ino, about.st_size, about.st_mtime_ns))
    return found


def _root() -> Path:
    return Path(places.cache()) / "import"


def _directory() -> Path:
    root = _root()
    atomic.directory(root)
    made = root / f"{os.getpid()}.{os.urandom(4).hex()}"
    atomic.directory(made)
    return made


def sweep() -> None:
    """Remove what somebody of us who was killed has left: a copy may hold keys."""
    root = _root()
    try:
        names = os.listdir(root)
    except OSError:
        return
    for name in names:
        number = name.partition(".")[0]
        if number.isdecimal() and int(number) != os.getpid() and not _runs(int(number)):
            shutil.rmtree(root / name, ignore_errors=True)


def _runs(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
