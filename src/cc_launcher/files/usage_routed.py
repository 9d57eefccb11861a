"""What the log of our gateway says of requests: taken into the index, and joined with what the transcripts have.

A request is joined by what the gateway calls it, which the client writes down. What the log has and no transcript are
titles, summaries and the like; of those, the log says it all. The index keeps what it took: so nothing of the sums is
lost when the log is no more.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cc_launcher.core.usage import line_values
from cc_launcher.core.usage.figures import Figures, count
from cc_launcher.core.usage.price import bucket_of
from cc_launcher.core.usage.rollup import Amount, Group, Paid
from cc_launcher.files import usage_rows
from cc_launcher.files.usage_rows import FIGURES

_PATIENCE = 10.0  # seconds for which the gateway may be writing
_ANSWERED = "(status = 200 OR cost > 0)"  # nothing else was paid for
_TAKEN = f"""
SELECT id, call, session, time, profile, route, upstream, currency, cost, input, output, cache_write, cache_read
FROM request WHERE id > ? AND {_ANSWERED} ORDER BY id
"""
_INSERT = (
    "INSERT INTO paid (call, session, time, profile, model, served, currency, cost, input, output, write, read)"
    f" VALUES ({', '.join('?' * 12)})"
)
_PAID = "paid.profile, paid.served, paid.currency, paid.cost"
_FIRST = "NOT EXISTS (SELECT 1 FROM paid other WHERE other.call = paid.call AND other.id < paid.id)"
# Requests of whom the log says what they cost are looked up one by one.
WITHOUT = " key NOT IN (SELECT key FROM routed JOIN paid USING (call)) AND"
_OF_REQUEST = ", ".join(f"request.{each}" for each in FIGURES.split(", "))
_JOINED = f"""
SELECT request.session, process, request.model, project, request.time, cut, old, {_OF_REQUEST}, {_PAID} FROM request
JOIN routed USING (key) JOIN paid USING (call) WHERE {_FIRST} AND request.session IN
"""
_BESIDE = f"""
SELECT session, time, model, input, output, write, read, {_PAID} FROM paid
WHERE (cost > 0 OR input + output + write + read > 0) AND (NOT {_FIRST} OR NOT EXISTS
    (SELECT 1 FROM routed JOIN request USING (key) WHERE routed.call = paid.call)) AND session IN
"""
# What had been in no transcript may now be in that of another session, which is read after it.
_RELATED = """
INSERT OR IGNORE INTO dirty SELECT DISTINCT paid.session
FROM dirty CROSS JOIN request CROSS JOIN routed CROSS JOIN paid
WHERE request.session = dirty.session AND routed.key = request.key AND paid.call = routed.call
    AND paid.session <> dirty.session
"""
_MILLISECONDS = 1_000


def take(connection: sqlite3.Connection, log: str, *, is_all: bool) -> None:
    """Take what is new in the gateway's log; with `is_all`, also of sessions that no transcript is known of."""
    # Nothing of it is worth a report that fails: what could not be read is taken the next time.
    with contextlib.suppress(sqlite3.Error, OSError), contextlib.closing(_opened(log)) as theirs:
        (salt,) = theirs.execute("SELECT value FROM about WHERE name = 'salt'").fetchone()
        (newest,) = theirs.execute("SELECT max(id) FROM request").fetchone()
        if newest is None or newest <= _last(connection, salt):
            return
        connection.execute("BEGIN IMMEDIATE")
        try:
            rows = theirs.execute(_TAKEN, (_last(connection, salt),)).fetchall()  # another one of us may have been here
            for _, *row in rows:
                _keep(connection, row, is_all=is_all)
            last = max([newest, *(row[0] for row in rows)])
            connection.execute("INSERT OR REPLACE INTO log VALUES (?, ?)", (salt, last))
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")


def _opened(log: str) -> sqlite3.Connection:
    """The log, to read in alone: so that nothing is made where it was taken away just now."""
    return sqlite3.connect(f"{Path(os.path.abspath(log)).as_uri()}?mode=rw", timeout=_PATIENCE, uri=True)


def _last(connection: sqlite3.Connection, salt: str) -> int:
    """The last row that was taken of this log: one that was begun anew has another salt."""
    row = connection.execute("SELECT last FROM log WHERE salt = ?", (salt,)).fetchone()
    return row[0] if row else 0


def _keep(connection: sqlite3.Connection, row: Sequence[Any], *, is_all: bool) -> None:
    call, session, time, profile, route, upstream, currency, cost, *figures = row
    execute = connection.execute
    name = line_values.name(session)
    execute("INSERT OR IGNORE INTO name (text) VALUES (?)", (name,))
    (number,) = execute("SELECT id FROM name WHERE text = ?", (name,)).fetchone()
    model = line_values.model_name(route)
    served = "" if upstream == f"{profile}/{model}" else line_values.name(upstream)  # a gateway of one provider
    known = cost is not None
    paid = (profile, model, served, (currency or "") if known else "", cost if known else 0.0)
    execute(_INSERT, (call, number, round(time * _MILLISECONDS), *paid, *map(count, figures)))
    theirs = "name WHERE id" if is_all else "request WHERE session"
    execute(f"INSERT OR IGNORE INTO dirty SELECT ?1 FROM {theirs} = ?1 LIMIT 1", (number,))
    query = "INSERT OR IGNORE INTO dirty SELECT session FROM routed JOIN request USING (key) WHERE call = ?"
    execute(query, (call,))


def related(connection: sqlite3.Connection) -> Sequence[str]:
    """What says which other sums have to be made anew."""
    return (_RELATED,) if connection.execute("SELECT 1 FROM paid LIMIT 1").fetchone() else ()


def paid(connection: sqlite3.Connection, session: str) -> dict[int, tuple[Paid, float]]:
    """The requests of a session of which the log says who answered, and what that cost: by their keys."""
    query = (
        f"SELECT request.key, {_PAID} FROM request JOIN routed USING (key) JOIN paid USING (call)"
        f" JOIN name ON name.id = request.session WHERE name.text = ? AND {_FIRST}"
    )
    found = {}
    for key, profile, served, currency, cost in connection.execute(query, (session,)):
        found[key] = Paid(profile, served, currency, beside=False), cost
    return found


def groups(connection: sqlite3.Connection, text: Mapping[int, str]) -> Iterator[tuple[int, Group]]:
    """The requests of sessions of which the log says what they cost, each by itself."""
    if not connection.execute("SELECT 1 FROM paid LIMIT 1").fetchone():
        return
    rows = list(usage_rows.of_each(connection, _JOINED, text))
    names = usage_rows.names(connection, {name for row in rows for name in row[1:4]})
    for number, process, model, project, time, cut, old, *rest in rows:
        figures, (profile, served, currency, cost) = Figures(*rest[:7]), rest[7:]
        amount = Amount(1, figures, figures.length, cut, old, cost)
        paid = Paid(profile, served, currency, beside=False)
        bucket = bucket_of(figures.length)
        yield number, Group(text[number], names[process], time, names[model], names[project], bucket, amount, paid)
    for number, time, model, given, output, written, read, *about in usage_rows.of_each(connection, _BESIDE, text):
        figures, (profile, served, currency, cost) = Figures(given, output, write=written, read=read), about
        amount = Amount(1, figures, figures.length, 0, 0, cost)
        paid = Paid(profile, served, currency, beside=True)
        bucket = bucket_of(figures.length)
        yield number, Group(text[number], text[number], time, model, "", bucket, amount, paid)
