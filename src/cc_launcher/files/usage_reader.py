"""Read what is new in the transcripts into the index: whole lines, each once, whatever stops or joins in.

What a piece of a file says and how far that reaches are written in one step: so after a kill, or beside another one
of us, each line is in there once.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from cc_launcher.core.usage.found import Asked, Found
from cc_launcher.core.usage.told import Row, Told, told
from cc_launcher.files import second_reader, transcripts, usage_refresh
from cc_launcher.files.second_work import Work
from cc_launcher.files.transcript_reader import NOTHING, Reached, Reader
from cc_launcher.files.transcripts import File

_AT_ONCE = 1_000  # requests that are kept in mind
_STEP = 128 * 1024 * 1024  # bytes after which what was read is written down for good
_NAMES = 5_000
_OF_FILE = ("request", "marker", "state", "compaction", "unanswered")
_LARGEST = """
UPDATE request SET time = min(time, ?3), cut = min(cut, ?9), old = max(old, ?10), input = max(input, ?11),
    output = max(output, ?12), write_5m = max(write_5m, ?13), write_1h = max(write_1h, ?14), write = max(write, ?15),
    read = max(read, ?16), searches = max(searches, ?17)
WHERE key = ?1
"""
_OWNER = "UPDATE request SET file = ?2, session = ?3, process = ?4, project = ?5 WHERE key = ?1"


def read(
    connection: sqlite3.Connection, files: Sequence[File], version: int, progress: Callable[[int, int], None]
) -> None:
    """Read these files, the oldest first, as far as they have grown.

    `version` is the `data_version` of before the index was asked what it knows of them.
    """
    reader = _Reader(connection, version, progress)
    reader.read(files)
    # Where a file was written anew, what was in it may be in one of its copies, too: those are read again.
    query = "SELECT directory, name, project FROM file WHERE size < 0 ORDER BY changed, directory, name"
    found = [transcripts.one(*row) for row in connection.execute(query).fetchall()]
    reader.read([file for file in found if file is not None])


class _Names(dict[str, int]):
    """The numbers of names, each of which stands in the index once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__()
        self._connection = connection

    def __missing__(self, text: str) -> int:
        execute = self._connection.execute
        # Most that are asked for are new: the session of a file that is read for the first time.
        made = execute("INSERT OR IGNORE INTO name (text) VALUES (?)", (text,))
        number = made.lastrowid if made.rowcount else None
        if number is None:
            number = int(execute("SELECT id FROM name WHERE text = ?", (text,)).fetchone()[0])
        self[text] = number
        return number


class _Reader:
    """One run over files that have changed."""

    def __init__(self, connection: sqlite3.Connection, version: int, progress: Callable[[int, int], None]) -> None:
        self._connection = connection
        self._version = version
        self._progress = progress
        self._reader = Reader()
        self._alone = True  # nobody else has written since the index was asked what it knows
        self._names = _Names(connection)
        self._dirty: set[int] = set()
        self._next = 0  # the number of the next new file
        self._copies = False  # in this file
        self._saved = False  # part of this file was stored, which may have to be taken back
        self._since = 0  # bytes since what was read was written down for good

    def read(self, files: Sequence[File]) -> None:
        """Read them, as far as they have grown."""
        total = sum(file.size for file in files)
        done = 0

        try:
            with second_reader.of(files) as second:

                def step(file: File) -> None:
                    nonlocal done
                    done += file.size
                    self._since += file.size
                    self._progress(done, total)
                    if self._since > _STEP:
                        self._commit()
                        if second.is_there:
                            # Else the other processor has nothing to do while all sums are made in the end.
                            usage_refresh.refresh(self._connection)

                for file in second.mine():
                    self._begin()
                    self._file(file)
                    step(file)
                    for other, work in second.told(wait=False):
                        self._begin()
                        self._take_over(other, work)
                        step(other)
                for other, work in second.told(wait=True):
                    self._begin()
                    self._take_over(other, work)
                    step(other)
                for file in second.left():  # it has ended before its time
                    self._begin()
                    self._file(file)
            self._commit()
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def _begin(self) -> None:
        if self._connection.in_transaction:
            return
        self._connection.execute("BEGIN IMMEDIATE")
        version = self._one("PRAGMA data_version")
        if version != self._version:
            self._version, self._alone = version, False
            self._names.clear()
        self._next = self._one("SELECT coalesce(max(id), 0) + 1 FROM file")

    def _commit(self) -> None:
        if self._connection.in_transaction:
            # Not those whose names were taken back with a file that could not be read to its end.
            query = "INSERT OR IGNORE INTO dirty SELECT id FROM name WHERE id = ?"
            self._connection.executemany(query, [(number,) for number in self._dirty])
            self._connection.execute("COMMIT")
        self._dirty.clear()
        self._since = 0

    def _known(self, file: File) -> tuple[Any, ...] | None:
        if file.is_new and self._alone:
            return None
        query = "SELECT id, size, changed, inode, position, sample, newest FROM file WHERE directory = ? AND name = ?"
        row: tuple[Any, ...] | None = self._connection.execute(query, (file.directory, file.name)).fetchone()
        return row

    def _take_over(self, file: File, work: Work | None) -> None:
        """What the second process has found in a new file."""
        if work is not None and self._known(file) is None:  # or another one of us was quicker
            self._copies = False
            self._store(self._next, file, work.told)
            self._new(file, work.reached, work.newest)

    def _file(self, file: File) -> None:
        """Read a file. Of one that cannot be read nothing is changed, and the next run tries again."""
        self._copies = self._saved = False
        try:
            known = self._known(file)
            if known is None:
                found = self._read(file, self._next, NOTHING, 0)
                if found is not None:
                    self._new(file, *found)
            elif known[1:4] != (file.size, file.changed, file.inode):  # or another one of us was quicker
                self._on(file, *known)
        except OSError:
            if self._saved:
                self._connection.execute("ROLLBACK TO one_file")
                self._names.clear()
        if self._saved:
            self._connection.execute("RELEASE one_file")

    def _on(
        self, file: File, number: int, size: int, _: int, inode: int, position: int, sample: str, newest: int
    ) -> None:
        """Read on in a file that is known, or read it anew."""
        found = None
        if inode == file.inode and 0 <= size < file.size and position <= file.size:
            found = self._read(file, number, Reached(position, sample), newest)
        if found is None:
            self._save()
            self._forget(number, cascade=size >= 0)
            found = self._read(file, number, NOTHING, 0)
        if found is not None:
            reached, newest = found
            self._connection.execute(
                "UPDATE file SET size = ?, changed = ?, inode = ?, position = ?, sample = ?, newest = ?,"
                " copies = max(copies, ?) WHERE id = ?",
                (file.size, file.changed, file.inode, *reached, newest, int(self._copies), number),
            )

    def _new(self, file: File, reached: Reached, newest: int) -> None:
        """Write down how far a new file was read."""
        self._connection.execute(
            "INSERT INTO file (id, directory, name, project, size, changed, inode, position, sample, newest, copies)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(self._next, file.directory, file.name, file.project, file.size, file.changed, file.inode),
                *(*reached, newest, int(self._copies)),
            ),
        )
        self._next += 1
        file.is_new = False  # the other process may have taken it, too

    def _read(self, file: File, number: int, since: Reached, newest: int) -> tuple[Reached, int] | None:
        """Read a file from there on, and store what it says; how far that is. Nothing where it has to be read anew."""
        found = Found(file.project, newest)
        if since.position:
            found.waits = self._waited(number)

        def taken() -> None:
            if len(found.requests) + len(found.markers) + len(found.states) >= _AT_ONCE:
                self._save()
                self._store(number, file, told(found, is_all=False))
                found.clear()

        reached = self._reader.read(file, since, found, taken)
        if reached is None:
            return None
        self._store(number, file, told(found))
        return reached, found.newest

    def _waited(self, number: int) -> Asked | None:
        """The request that had no answer when this file was read last: now it may have one, or is given up."""
        query = (
            "SELECT key, time, s.text, m.text, session FROM unanswered CROSS JOIN name s CROSS JOIN name m"
            " WHERE file = ? AND waits AND s.id = session AND m.id = model"
        )
        row = self._connection.execute(query, (number,)).fetchone()
        if row is None:
            return None
        self._save()
        self._connection.execute("DELETE FROM unanswered WHERE file = ? AND waits", (number,))
        self._dirty.add(row[4])
        return Asked(*row[:4])

    def _save(self) -> None:
        """Make it possible to take back what comes now."""
        if not self._saved:
            self._connection.execute("SAVEPOINT one_file")
            self._saved = True

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

    def _store(self, number: int, file: File, what: Told) -> None:
        """Take over what was found in a file."""
        if len(self._names) > _NAMES:
            self._names.clear()
        names, dirty = self._names, self._dirty
        requests = [
            (key, number, time, names[session], names[process], names[model], names[project], *figures)
            for key, time, session, process, model, project, *figures in what.requests
        ]
        before = self._connection.total_changes
        self._insert("request", requests)
        if self._connection.total_changes - before < len(requests):
            self._meet(number, file, requests)
        markers = [(number, time, names[session], *rest) for time, session, *rest in what.markers]
        states = [(None, number, time, names[session], *rest) for time, session, *rest in what.states]
        compactions = [(number, time, names[session]) for time, session in what.compactions]
        self._insert("marker", markers)
        self._insert("state", states)
        self._insert("compaction", compactions)
        unanswered = [
            (number, key, time, names[session], names[model], waits)
            for key, time, session, model, waits in what.unanswered
        ]
        self._insert("unanswered", unanswered)
        self._insert("routed", what.calls)
        for session, parent in what.parents.items():
            query = "INSERT OR REPLACE INTO parent VALUES (?, ?)"
            self._connection.execute(query, (names[session], names[parent]))
            self._copies = True
            dirty.add(names[session])
        dirty.update(row[3] for row in requests)
        dirty.update(row[2] for row in markers)
        dirty.update(row[3] for row in states)
        dirty.update(row[2] for row in compactions)
        dirty.update(row[3] for row in unanswered)

    def _insert(self, table: str, rows: Sequence[Row]) -> None:
        if rows:
            query = f"INSERT OR IGNORE INTO {table} VALUES ({', '.join('?' * len(rows[0]))})"
            self._connection.executemany(query, rows)

    def _meet(self, number: int, file: File, rows: Iterable[Row]) -> None:
        """Some are there already: from a line before, or in the file that this one is a copy of, or the other way."""
        execute = self._connection.execute
        for row in rows:
            there = execute("SELECT * FROM request WHERE key = ?", row[:1]).fetchone()
            if there == row:
                continue
            self._dirty.add(there[3])
            if there[1] != number:
                # It belongs to the older of the two: copies of old clients do not say where they are from.
                (changed,) = execute("SELECT changed FROM file WHERE id = ?", (there[1],)).fetchone()
                if file.changed < changed:
                    execute(_OWNER, (row[0], row[1], row[3], row[4], row[6]))
                    execute("UPDATE file SET copies = 1 WHERE id = ?", (there[1],))
                else:
                    self._copies = True
            execute(_LARGEST, row)

    def _one(self, query: str) -> int:
        return int(self._connection.execute(query).fetchone()[0])
