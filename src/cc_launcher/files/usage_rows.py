"""The sums in the index as they stand there: all that a report needs of it where nothing is new."""

import sqlite3
from collections.abc import Collection, Iterator

from cc_launcher.core.usage.lengths import LENGTHS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FIGURES = "input, output, write_5m, write_1h, write, read, searches"
_MOST_ASKED = 500  # numbers in one question
_APART = sum(LENGTHS)  # one more, or one less, and it is another number


def is_due(connection: sqlite3.Connection) -> bool:
    """Whether any sum is out of date: all are, if they were kept apart by other lengths."""
    if connection.execute("PRAGMA application_id").fetchone()[0] != _APART:
        connection.executescript(
            "BEGIN IMMEDIATE; INSERT OR IGNORE INTO dirty SELECT DISTINCT session FROM sum;"
            f" PRAGMA application_id = {_APART}; COMMIT"
        )
    return connection.execute("SELECT 1 FROM dirty LIMIT 1").fetchone() is not None


def sums(connection: sqlite3.Connection, since: int, until: int) -> Iterator["tuple[Any, ...]"]:
    """The sums from this quarter of an hour up to that one."""
    query = (
        "SELECT name.text, quarter, model, profile, host, project, bucket, hidden, requests, longest, cut, old,"
        f" {FIGURES}, served, currency, cost FROM sum JOIN name ON name.id = session"
        " WHERE quarter >= ? AND quarter < ?"
    )
    yield from connection.execute(query, (since, until))


def names(connection: sqlite3.Connection, numbers: Collection[int]) -> dict[int, str]:
    """The names of these numbers."""
    return dict(of_each(connection, "SELECT id, text FROM name WHERE id IN", numbers))


def of_each(connection: sqlite3.Connection, query: str, numbers: Collection[int]) -> "Iterator[Any]":
    """The rows of a question that ends with `IN`, for however many numbers."""
    every = list(numbers)
    for start in range(0, len(every), _MOST_ASKED):
        some = every[start : start + _MOST_ASKED]
        yield from connection.execute(f"{query} {places(some)}", some)


def places(numbers: Collection[int]) -> str:
    """As many question marks."""
    return f"({', '.join('?' * len(numbers))})"
