"""The index of what sessions took, as a file of SQLite, and what is said where it cannot be used.

Only its owner can read it. It holds figures, and names of models, profiles, projects and sessions; nothing that was
said. What is in it can be made again from the transcripts, except of those that the client has deleted since.
"""

import contextlib
import sqlite3
from collections.abc import Iterator

from cc_launcher.core.errors import IN_THE_WAY, CcError
from cc_launcher.core.text import printable
from cc_launcher.files import usage_file

TYPE_CHECKING = False
if TYPE_CHECKING:  # what a report does not need takes half as long to import as what it needs
    from pathlib import Path


@contextlib.contextmanager
def opened(path: "Path") -> Iterator[sqlite3.Connection]:
    """The index, made where there is none. One that is broken is put aside, and made again."""
    where = str(path)
    try:
        connection = usage_file.as_it_is(where) or _made(where)
    except sqlite3.DatabaseError as bad:
        raise CcError(
            f"{printable(where)}: the index of usage cannot be used: {bad}",
            "try again; if that does not help, move this file away: it is made again",
            code=IN_THE_WAY,
        ) from None
    try:
        yield connection
    except sqlite3.OperationalError as bad:
        raise CcError(
            f"{printable(where)}: the index of usage cannot be written: {bad}",
            "make room, or check the directory's rights",
            code=IN_THE_WAY,
        ) from None
    finally:
        connection.close()


def _made(path: str) -> sqlite3.Connection:
    from cc_launcher.files import usage_tables

    return usage_tables.made(path)
