"""The sums in the index: made anew for each session of which something new was read, and looked up for a report."""

import sqlite3
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cc_launcher.core.usage import hidden, rollup
from cc_launcher.core.usage.attribution import Marks, Ran
from cc_launcher.core.usage.figures import LENGTHS, Figures
from cc_launcher.core.usage.hidden import Hidden, Line, Sum
from cc_launcher.core.usage.marker import Marker
from cc_launcher.core.usage.rollup import Amount, Group, Part
from cc_launcher.core.usage.transcript import Request

_AT_ONCE = 100  # sessions
_MOST_FORKS = 100  # of one session
_MOST_TIMES = 400
_LENGTH = "(input + write_5m + write_1h + write + read)"
_BUCKET = " + ".join(f"({_LENGTH} > {limit})" for limit in LENGTHS)
_APART = sum(LENGTHS)  # one more, or one less, and it is another number
_FIGURES = "input, output, write_5m, write_1h, write, read, searches"
# A sum goes on from that of another session where it began with it: so the one is made anew with the other.
_RELATED = """
INSERT OR IGNORE INTO dirty SELECT DISTINCT other.session FROM dirty CROSS JOIN state mine CROSS JOIN state other
WHERE mine.session = dirty.session AND mine.started > 0 AND other.started = mine.started
    AND other.session <> mine.session
"""


def refresh(connection: sqlite3.Connection) -> None:
    """Make the sums anew that are out of date."""
    related = False
    while True:
        connection.execute("BEGIN IMMEDIATE")
        try:
            if not related:
                # Not before the first reading is done: it would cost a tenth of it.
                connection.execute("CREATE INDEX IF NOT EXISTS request_session ON request (session)")
                connection.execute(_RELATED)
                related = True
            chunk = [row[0] for row in connection.execute("SELECT session FROM dirty LIMIT ?", (_AT_ONCE,))]
            if chunk:
                _make(connection, chunk)
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        if not chunk:
            return


def is_due(connection: sqlite3.Connection) -> bool:
    """Whether any sum is out of date: all are, if they were kept apart by other lengths."""
    if connection.execute("PRAGMA application_id").fetchone()[0] != _APART:
        connection.executescript(
            "BEGIN IMMEDIATE; INSERT OR IGNORE INTO dirty SELECT DISTINCT session FROM sum;"
            f" PRAGMA application_id = {_APART}; COMMIT"
        )
    return connection.execute("SELECT 1 FROM dirty LIMIT 1").fetchone() is not None


def read(connection: sqlite3.Connection, since: int, until: int) -> Iterator[tuple[Part, Amount]]:
    """The sums of this time, in milliseconds since 1970."""
    query = (
        "SELECT name.text, quarter, model, profile, host, project, bucket, hidden, requests, longest, cut, old,"
        f" {_FIGURES} FROM sum JOIN name ON name.id = session WHERE quarter >= ? AND quarter < ?"
    )
    for row in connection.execute(query, (since // rollup.QUARTER, -(-until // rollup.QUARTER))):
        session, quarter, model, profile, host, project, bucket, is_hidden, requests, longest, cut, old, *figures = row
        part = Part(session, quarter, model, profile, host, project, bucket, bool(is_hidden))
        yield part, Amount(requests, Figures(*figures), longest, cut, old)


def sessions(connection: sqlite3.Connection, beginning: str) -> list[str]:
    """The sessions whose id begins like this, the newest first."""
    query = (
        "SELECT name.text FROM sum JOIN name ON name.id = session"
        " WHERE substr(name.text, 1, ?) = ? GROUP BY session ORDER BY max(quarter) DESC, max(sum.rowid) DESC"
    )
    return [row[0] for row in connection.execute(query, (len(beginning), beginning))]


def newest(connection: sqlite3.Connection) -> str:
    """The session of the newest request."""
    query = "SELECT name.text FROM request JOIN name ON name.id = session ORDER BY time DESC LIMIT 1"
    row = connection.execute(query).fetchone()
    return row[0] if row else ""


def latest(connection: sqlite3.Connection) -> int | None:
    """The newest quarter of an hour of which there is anything."""
    found: int | None = connection.execute("SELECT max(quarter) FROM sum").fetchone()[0]
    return found


def requests(connection: sqlite3.Connection, session: str) -> list[Request]:
    """The requests of a session, in their order."""
    return sorted(
        (request for number in _numbers(connection, [session]) for request in _requests(connection, number)),
        key=lambda request: request.time,
    )


def markers(connection: sqlite3.Connection, named: Sequence[str]) -> list[Marker]:
    """The markers of sessions."""
    return _markers(connection, _numbers(connection, named))


def profiles(connection: sqlite3.Connection) -> list[str]:
    """The profiles that any marker names."""
    return [row[0] for row in connection.execute("SELECT DISTINCT profile FROM marker WHERE profile <> ''")]


def beside(connection: sqlite3.Connection) -> dict[str, list[Ran]]:
    """The profiles of the sessions that were marked with more than one."""
    query = (
        "SELECT DISTINCT name.text, profile, host FROM marker JOIN name ON name.id = session WHERE profile <> '' AND"
        " session IN (SELECT session FROM marker WHERE profile <> '' GROUP BY session"
        " HAVING count(DISTINCT profile) > 1)"
    )
    found: dict[str, list[Ran]] = {}
    for session, profile, host in connection.execute(query):
        found.setdefault(session, []).append(Ran(profile, host))
    return found


def compactions(connection: sqlite3.Connection, session: str) -> list[int]:
    """When the conversation of a session was made shorter."""
    query = "SELECT DISTINCT time FROM compaction JOIN name ON name.id = session WHERE text = ? ORDER BY time"
    return [row[0] for row in connection.execute(query, (session,))]


def uncounted(connection: sqlite3.Connection, since: int, until: int, session: str = "") -> int:
    """How many compactions of this time are in no figure, since no sum was written after them."""
    query = (
        "SELECT count(*) FROM uncounted JOIN name ON name.id = session WHERE time >= ? AND time < ?"
        " AND (? = '' OR text = ?)"
    )
    return int(connection.execute(query, (since, until, session, session)).fetchone()[0])


def _make(connection: sqlite3.Connection, chunk: list[int]) -> None:
    """The sums of these sessions."""
    text = _texts(connection, chunk)
    groups: list[Group] = []
    found: dict[str, list[Hidden]] = {}
    marks: list[Marker] = []
    lost: list[tuple[int, int]] = []
    for number in chunk:
        own, beside = _marks_of(connection, number)
        marks += [*own, *beside]
        of_session = list(_groups(connection, number, text[number], sorted({mark.time for mark in (*own, *beside)})))
        groups += of_session
        begins = sorted({mark.time for mark in own if mark.begins})
        states = _states(connection, number)
        counted = {bisect_right(begins, one.time) for one in states}
        query = "SELECT DISTINCT time FROM compaction WHERE session = ?"
        times = [row[0] for row in connection.execute(query, (number,))]
        lost += [(number, time) for time in times if bisect_right(begins, time) not in counted]
        if states:
            lines = [Line(group.time, group.model, group.amount.figures) for group in of_session]
            base = _base(connection, number, states[0], begins)
            found[text[number]] = hidden.found(lines, states, begins, base)
    made = rollup.sums(groups, found, Marks(marks))
    places = f"({', '.join('?' * len(chunk))})"
    for table in ("sum", "uncounted", "dirty"):
        connection.execute(f"DELETE FROM {table} WHERE session IN {places}", chunk)
    numbers = {name: number for number, name in text.items()}
    connection.executemany(
        f"INSERT INTO sum VALUES ({', '.join('?' * 19)})",
        [
            (numbers[part.session], *part[1:7], int(part.hidden), amount.requests, *amount[2:], *amount.figures)
            for part, amount in made.items()
        ],
    )
    connection.executemany("INSERT INTO uncounted VALUES (?, ?)", lost)


def _marks_of(connection: sqlite3.Connection, number: int) -> tuple[list[Marker], list[Marker]]:
    """The markers of a session, and those of the first sessions of its processes."""
    query = "SELECT DISTINCT process FROM request WHERE session = ? AND process <> ?"
    others = [row[0] for row in connection.execute(query, (number, number))]
    return _markers(connection, [number]), _markers(connection, others)


def _groups(connection: sqlite3.Connection, number: int, session: str, times: Sequence[int]) -> Iterator[Group]:
    """The requests of a session, added up as far as no marker is between them."""
    # So many, that the database would not take them: then each request by itself
    between = f"({' + '.join(['(time >= ?)'] * len(times)) or 'NULL'})" if len(times) <= _MOST_TIMES else "key"
    query = (
        f"SELECT min(time), process, model, project, {_BUCKET} AS bucket, count(*), max({_LENGTH}), sum(cut), sum(old),"
        f" {', '.join(f'sum({name})' for name in _FIGURES.split(', '))} FROM request WHERE session = ?"
        f" GROUP BY {between}, time / {rollup.QUARTER}, process, model, project, bucket ORDER BY min(time)"
    )
    bound = (number, *(times if len(times) <= _MOST_TIMES else ()))
    rows = connection.execute(query, bound).fetchall()
    text = _texts(connection, {each for row in rows for each in row[1:4]})
    for time, process, model, project, bucket, count, longest, cut, old, *figures in rows:
        amount = Amount(count, Figures(*figures), longest, cut, old)
        yield Group(session, text[process], time, text[model], text[project], bucket, amount)


def _base(connection: sqlite3.Connection, number: int, first: Sum, begins: Sequence[int]) -> Any:
    """The sum with which a fork began; nothing for a session of its own."""
    row = connection.execute("SELECT parent FROM parent WHERE session = ?", (number,)).fetchone()
    since = begins[at - 1] if (at := bisect_right(begins, first.time)) else first.time
    if row is not None:
        return hidden.base_of(_states(connection, row[0]), first, since)
    # Of older clients, whose copied lines do not say where they are from.
    query = "SELECT DISTINCT session FROM state WHERE started = ? AND started > 0 AND session <> ? LIMIT ?"
    others = [row[0] for row in connection.execute(query, (first.started, number, _MOST_FORKS))]
    states = [one for other in others for one in _states(connection, other)]
    return hidden.base_of(sorted(states, key=lambda one: one.time), first, since)


def _states(connection: sqlite3.Connection, number: int) -> list[Sum]:
    query = f"SELECT time, started, model, {_FIGURES} FROM state WHERE session = ? ORDER BY time, id"
    found: list[Sum] = []
    models: dict[str, Figures] = {}
    for time, started, model, *figures in connection.execute(query, (number,)):
        if not found or (found[-1].time, found[-1].started) != (time, started) or model in models:
            models = {}
            found.append(Sum(time, started, models))
        models[model] = Figures(*figures)
    return found


def _requests(connection: sqlite3.Connection, number: int) -> Iterator[Request]:
    query = (
        "SELECT key, time, s.text, p.text, m.text, j.text, agent, cut, old,"
        # CROSS: in this order, whatever is thought best where nothing is known of the tables
        f" {_FIGURES} FROM request CROSS JOIN name s CROSS JOIN name p CROSS JOIN name m CROSS JOIN name j"
        " WHERE session = ? AND s.id = session AND p.id = process AND m.id = model AND j.id = project"
    )
    for key, time, session, process, model, project, agent, cut, old, *figures in connection.execute(query, (number,)):
        yield Request(key, time, session, process, model, project, bool(agent), Figures(*figures), bool(cut), bool(old))


def _markers(connection: sqlite3.Connection, chunk: Sequence[int]) -> list[Marker]:
    query = (
        "SELECT time, text, profile, provider, host, begins FROM marker CROSS JOIN name"
        " WHERE session = ? AND name.id = session"
    )
    found = []
    for number in chunk:
        for time, session, profile, provider, host, begins in connection.execute(query, (number,)):
            found.append(Marker(time, session, profile, provider, host, bool(begins)))
    return found


def _numbers(connection: sqlite3.Connection, named: Sequence[str]) -> list[int]:
    query = "SELECT id FROM name WHERE text = ?"
    rows = [connection.execute(query, (name,)).fetchone() for name in named]
    return [row[0] for row in rows if row]


def _texts(connection: sqlite3.Connection, chunk: Iterable[int]) -> dict[int, str]:
    query = "SELECT text FROM name WHERE id = ?"
    return {number: connection.execute(query, (number,)).fetchone()[0] for number in chunk}
