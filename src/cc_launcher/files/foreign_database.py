"""Look into the SQLite database of another tool: in a copy of it and of its log, which is gone afterwards.

Opened where it stands, even to be read, SQLite would write beside it, or miss what is only in the log.
"""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cc_launcher.files import atomic, foreign_looks, places

MAX_BYTES = 256 << 20
_BESIDE = ("-wal", "-journal")
_MOST_ROWS, _MOST_TEXT = 10_000, 1 << 20
_STEPS = 50_000_000  # of SQLite's machine: what reads a table takes far fewer
_TRIES = 3


class Unreadable(ValueError):
    """Why it could not be read."""


def tables(home: str, path: str, wanted: tuple[str, ...]) -> tuple[Mapping[str, list[dict[str, Any]]], int]:
    """The rows of these tables, and the file's mode."""
    sweep()
    with _copied(home, path) as (copy, mode):
        try:
            connection = sqlite3.connect(copy)
        except sqlite3.Error:
            raise Unreadable("not a database that SQLite can open") from None
        with contextlib.closing(connection):
            steps = iter(range(_STEPS // 10_000))
            connection.set_progress_handler(lambda: int(next(steps, None) is None), 10_000)
            try:
                known = {
                    str(row[0]) for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
                }
                return {name: _rows(connection, name) for name in wanted if name in known}, mode
            except sqlite3.Error:
                raise Unreadable("not a database that SQLite can read") from None


def _rows(connection: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    cursor = connection.execute(f'SELECT * FROM "{table}" LIMIT {_MOST_ROWS}')  # noqa: S608 - names of our own
    names = [str(column[0]) for column in cursor.description]
    found = []
    for row in cursor:
        values = [None if isinstance(value, bytes) or len(str(value)) > _MOST_TEXT else value for value in row]
        found.append(dict(zip(names, values, strict=True)))
    return found


@contextlib.contextmanager
def _copied(home: str, path: str) -> Iterator[tuple[str, int]]:
    directory = _directory()
    try:
        for _ in range(_TRIES):
            before = _marks(home, path)
            mode = _copy(home, path, directory / "copy")
            if _marks(home, path) == before:
                yield str(directory / "copy"), mode
                return
        raise Unreadable("it changes all the time: close the program that it belongs to")
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _copy(home: str, path: str, to: Path) -> int:
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
    return found.mode


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
