"""Bring the index up to what the transcripts say.

Where nothing is new, no more is imported than it takes to see that.
"""

import sqlite3
from collections.abc import Callable, Sequence

from cc_launcher.files import first_reading, transcripts
from cc_launcher.files.transcripts import File, Known

Progress = Callable[[int, int], None]  # bytes read, and bytes there are to read


def update(connection: sqlite3.Connection, configs: Sequence[str], progress: Progress) -> None:
    """Bring the index up to what the transcripts of these configuration directories say."""
    version = connection.execute("PRAGMA data_version").fetchone()[0]
    files = first_reading.taken(configs)
    if files is None or connection.execute("SELECT 1 FROM file LIMIT 1").fetchone():
        files = transcripts.changed_in(configs, _known(connection))
    _read(connection, files, version, progress)


def update_session(connection: sqlite3.Connection, transcript: str) -> None:
    """The same for one session alone, whose transcript this is."""
    version = connection.execute("PRAGMA data_version").fetchone()[0]
    files = transcripts.in_order(transcripts.changed_of_session(transcript, _known(connection)))
    _read(connection, files, version, lambda _, __: None)


def _read(connection: sqlite3.Connection, files: list[File], version: int, progress: Progress) -> None:
    if files or connection.execute("SELECT 1 FROM file WHERE size < 0 LIMIT 1").fetchone():
        from cc_launcher.files import usage_reader

        usage_reader.read(connection, files, version, progress)


def _known(connection: sqlite3.Connection) -> Callable[[str], Known]:
    """What is known of the files of a directory."""

    def known(directory: str) -> Known:
        query = "SELECT name, size, changed, inode FROM file WHERE directory = ?"
        return {name: (size, changed, inode) for name, size, changed, inode in connection.execute(query, (directory,))}

    return known
