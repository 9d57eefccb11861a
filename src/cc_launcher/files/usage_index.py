"""Bring the index up to what the transcripts say.

Where nothing is new, no more is imported than it takes to see that.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence

from cc_launcher.files import transcripts
from cc_launcher.files.transcripts import File, Known

Progress = Callable[[int, int], None]  # bytes read, and bytes there are to read


def update(connection: sqlite3.Connection, configs: Sequence[str], progress: Progress) -> None:
    """Bring the index up to what the transcripts of these configuration directories say."""
    version = connection.execute("PRAGMA data_version").fetchone()[0]
    found = (file for config in dict.fromkeys(configs) for file in transcripts.changed(config, _known(connection)))
    _read(connection, found, version, progress)


def update_session(connection: sqlite3.Connection, transcript: str) -> None:
    """The same for one session alone, whose transcript this is."""
    version = connection.execute("PRAGMA data_version").fetchone()[0]
    _read(connection, transcripts.changed_of_session(transcript, _known(connection)), version, lambda _, __: None)


def _read(connection: sqlite3.Connection, found: Iterable[File], version: int, progress: Progress) -> None:
    # The oldest first: a copy is younger than what it was made from.
    files = sorted(found, key=lambda file: (file.changed, file.path))
    if files or connection.execute("SELECT 1 FROM file WHERE size < 0 LIMIT 1").fetchone():
        from cc_launcher.files import usage_reader

        usage_reader.read(connection, files, version, progress)


def _known(connection: sqlite3.Connection) -> Callable[[str], Known]:
    """What is known of the files of a directory."""

    def known(directory: str) -> Known:
        query = "SELECT name, size, changed, inode FROM file WHERE directory = ?"
        return {name: (size, changed, inode) for name, size, changed, inode in connection.execute(query, (directory,))}

    return known
