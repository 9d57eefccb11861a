"""Read what is new in the transcripts into the index: whole lines, each once, whatever stops or joins in.

What a piece of a file says and how far that reaches are written in one step: so after a kill, or beside another one
of us, each line is in there once.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from cc_launcher.core.usage.transcript import Found, Request
from cc_launcher.files import transcripts
from cc_launcher.files.second_reader import SecondReader
from cc_launcher.files.transcripts import File, Known, Reached

Progress = Callable[[int, int], None]  # bytes read, and bytes there are to read

_AT_ONCE = 1_000  # requests that are kept in mind
_STEP = 32 * 1024 * 1024  # bytes after which what was read is written down for good
_NAMES = 5_000
_OF_FILE = ("request", "marker", "state", "compaction")
_NOTHING = Reached(0, "")
_INSERT = f"INSERT OR IGNORE INTO request VALUES ({', '.join('?' * 17)})"
_LARGEST = """
UPDATE request SET time = min(time, ?3), cut = min(cut, ?9), old = max(old, ?10), input = max(input, ?11),
    output = max(output, ?12), write_5m = max(write_5m, ?13), write_1h = max(write_1h, ?14), write = max(write, ?15),
    read = max(read, ?16), searches = max(searches, ?17)
WHERE key = ?1
"""


_OWNER = "UPDATE request SET file = ?2, session = ?3, process = ?4, project = ?5 WHERE key = ?1"


def update(connection: sqlite3.Connection, configs: Sequence[str], progress: Progress) -> None:
    """Bring the index up to what the transcripts of these configuration directories say."""
    reader = _Reader(connection, progress)
    reader.read(_changed(connection, configs))
    # Where a file was written anew, what was in it may be in one of its copies, too: those are read again.
    reader.read(_to_be_read_again(connection))


def update_session(connection: sqlite3.Connection, transcript: str) -> None:
    """The same for one session alone, whose transcript this is."""
    reader = _Reader(connection, lambda _, __: None)
    reader.read(_in_order(transcripts.changed_of_session(transcript, lambda place: _known(connection, place))))
    reader.read(_to_be_read_again(connection))


def _changed(connection: sqlite3.Connection, configs: Sequence[str]) -> list[File]:
    """The files that are new, or not as they were."""
    return _in_order(
        file
        for config in dict.fromkeys(configs)
        for file in transcripts.changed(config, lambda place: _known(connection, place))
    )


def _known(connection: sqlite3.Connection, directory: str) -> Known:
    query = "SELECT name, size, changed, inode FROM file WHERE directory = ?"
    return {row[0]: row[1:] for row in connection.execute(query, (directory,))}


def _in_order(found: Iterable[File]) -> list[File]:
    """The oldest first: a copy is younger than what it was made from."""
    return sorted(found, key=lambda file: (file.changed, file.path))


def _to_be_read_again(connection: sqlite3.Connection) -> list[File]:
    query = "SELECT directory, name, project FROM file WHERE size < 0 ORDER BY changed, directory, name"
    found = [transcripts.one(*row) for row in connection.execute(query).fetchall()]
    return [file for file in found if file is not None]


class _Reader:
    """One run over files that have changed."""

    def __init__(self, connection: sqlite3.Connection, progress: Progress) -> None:
        self._connection = connection
        self._progress = progress
        self._names: dict[str, int] = {}
        self._since = 0  # bytes since what was read was written down for good

    def read(self, files: Sequence[File]) -> None:
        """Read them, as far as they have grown."""
        total = sum(file.size for file in files)
        done = 0

        def step(file: File) -> None:
            nonlocal done
            done += file.size
            self._since += file.size
            self._progress(done, total)
            if self._since > _STEP:
                self._commit()

        new = [file for file in files if self._known(file) is None]
        try:
            with SecondReader(new) as second:
                taken = second.files
                for file in files:
                    if file.path not in taken:
                        self._begin()
                        self._file(file)
                        step(file)
                    for other, found, reached in second.told(wait=False):
                        self._begin()
                        self._take_over(other, found, reached)
                        step(other)
                for other, found, reached in second.told(wait=True):
                    self._begin()
                    self._take_over(other, found, reached)
                    step(other)
                left = second.files  # it has ended before its time
                for file in files if left else ():
                    if file.path in left:
                        self._begin()
                        self._file(file)
            self._commit()
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def _begin(self) -> None:
        if not self._connection.in_transaction:
            self._connection.execute("BEGIN IMMEDIATE")
            self._names.clear()  # others may have written since

    def _commit(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("COMMIT")
        self._since = 0

    def _known(self, file: File) -> tuple[Any, ...] | None:
        query = "SELECT id, size, changed, inode, position, sample, newest FROM file WHERE directory = ? AND name = ?"
        row: tuple[Any, ...] | None = self._connection.execute(query, (file.directory, file.name)).fetchone()
        return row

    def _new(self, file: File) -> int:
        query = (
            "INSERT INTO file (directory, name, project, position, newest, copies)"
            " VALUES (?, ?, ?, 0, 0, 0) RETURNING id"
        )
        return self._one(query, (file.directory, file.name, file.project))

    def _take_over(self, file: File, found: Found, reached: Reached) -> None:
        """What the second process has found in a new file."""
        if self._known(file) is None:  # or another one of us was quicker
            number = self._new(file)
            newest = found.newest
            self._store(number, file, found)
            self._reached(number, file, reached, newest)

    def _file(self, file: File) -> None:
        known = self._known(file)
        if known is None:
            self._read(file, self._new(file), _NOTHING, 0)
            return
        number, size, changed, inode, position, sample, newest = known
        if (size, changed, inode) == (file.size, file.changed, file.inode):
            return  # another one of us was quicker
        grown = inode == file.inode and size < file.size and position <= file.size
        if not (grown and size >= 0 and self._read(file, number, Reached(position, sample), newest)):
            self._forget(number, cascade=size >= 0)
            self._read(file, number, _NOTHING, 0)

    def _reached(self, number: int, file: File, reached: Reached, newest: int) -> None:
        self._connection.execute(
            "UPDATE file SET size = ?, changed = ?, inode = ?, position = ?, sample = ?, newest = ? WHERE id = ?",
            (file.size, file.changed, file.inode, *reached, newest, number),
        )

    def _read(self, file: File, number: int, since: Reached, newest: int) -> bool:
        found = Found(file.project, newest)

        def taken(_: int) -> None:
            if len(found.requests) + len(found.markers) + len(found.states) >= _AT_ONCE:
                self._store(number, file, found)

        reached = transcripts.read(file, since, found, taken)
        if reached is None:
            return False
        self._store(number, file, found)
        self._reached(number, file, reached, found.newest)
        return True

    def _forget(self, number: int, *, cascade: bool) -> None:
        """Take out what a file said that is not as it was."""
        for table in _OF_FILE:
            self._connection.execute(
                f"INSERT OR IGNORE INTO dirty SELECT DISTINCT session FROM {table} WHERE file = ?",
                (number,),
            )
            self._connection.execute(f"DELETE FROM {table} WHERE file = ?", (number,))
        if cascade:
            self._connection.execute("UPDATE file SET size = -1 WHERE copies = 1 AND id <> ?", (number,))

    def _store(self, number: int, file: File, found: Found) -> None:
        """Take over what was found in a file, and let go of it."""
        execute, many, name = self._connection.execute, self._connection.executemany, self._name
        sessions = {request.session for request in found.requests} | {mark.session for mark in found.markers}
        sessions |= {state.session for state in found.states} | {one.session for one in found.compactions}
        rows = [self._row(number, request) for request in _merged(found.requests)]
        before = self._connection.total_changes
        many(_INSERT, rows)
        if self._connection.total_changes - before < len(rows):
            self._meet(number, file, rows)
        if found.markers:
            many(
                "INSERT INTO marker VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(number, mark.time, name(mark.session), *mark[2:]) for mark in found.markers],
            )
        for state in found.states:
            many(
                f"INSERT INTO state VALUES (NULL, {', '.join('?' * 12)})",
                [
                    (number, state.time, name(state.session), state.started, model, *figures)
                    for model, figures in state.models.items()
                ],
            )
        if found.compactions:
            many(
                "INSERT INTO compaction VALUES (?, ?, ?)",
                [(number, one.time, name(one.session)) for one in found.compactions],
            )
        for session, parent in found.parents.items():
            execute("INSERT OR REPLACE INTO parent VALUES (?, ?)", (name(session), name(parent)))
            execute("UPDATE file SET copies = 1 WHERE id = ?", (number,))
            sessions.add(session)
        many("INSERT OR IGNORE INTO dirty VALUES (?)", [(name(session),) for session in sessions])
        found.clear()

    def _meet(self, number: int, file: File, rows: Iterable[tuple[Any, ...]]) -> None:
        """Some are there already: from a line before, or in the file that this one is a copy of, or the other way."""
        execute = self._connection.execute
        for row in rows:
            there = execute("SELECT * FROM request WHERE key = ?", row[:1]).fetchone()
            if there == row:
                continue
            execute("INSERT OR IGNORE INTO dirty VALUES (?)", (there[3],))
            if there[1] != number:
                # It belongs to the older of the two: copies of old clients do not say where they are from.
                (changed,) = execute("SELECT changed FROM file WHERE id = ?", (there[1],)).fetchone()
                older = changed is not None and file.changed < changed
                if older:
                    execute(_OWNER, (row[0], row[1], row[3], row[4], row[6]))
                execute("UPDATE file SET copies = 1 WHERE id = ?", (there[1] if older else number,))
            execute(_LARGEST, row)

    def _row(self, number: int, request: Request) -> tuple[Any, ...]:
        name = self._name
        return (
            request.key,
            number,
            request.time,
            name(request.session),
            name(request.process),
            name(request.model),
            name(request.project),
            int(request.agent),
            int(request.cut),
            int(request.old),
            *request.figures,
        )

    def _name(self, text: str) -> int:
        """The number of a name: each stands in the index once."""
        number = self._names.get(text)
        if number is None:
            if len(self._names) >= _NAMES:
                self._names.clear()
            row = self._connection.execute("SELECT id FROM name WHERE text = ?", (text,)).fetchone()
            number = row[0] if row else self._one("INSERT INTO name (text) VALUES (?) RETURNING id", (text,))
            self._names[text] = number
        return number

    def _one(self, query: str, values: tuple[Any, ...]) -> int:
        return int(self._connection.execute(query, values).fetchone()[0])


def _merged(requests: Iterable[Request]) -> Iterator[Request]:
    """The lines of one request as one: its first time, and the largest of its figures."""
    by_key: dict[int, Request] = {}
    for request in requests:
        before = by_key.get(request.key)
        if before is not None:
            request = before._replace(  # noqa: PLW2901 - it is the same request
                time=min(before.time, request.time),
                figures=before.figures.largest(request.figures),
                cut=before.cut and request.cut,
                old=before.old or request.old,
            )
        by_key[request.key] = request
    yield from by_key.values()
