"""What a report looks up in the index."""

import sqlite3
from collections.abc import Collection, Iterator, Sequence

from cc_launcher.core.usage import rollup
from cc_launcher.core.usage.attribution import Ran
from cc_launcher.core.usage.figures import Figures
from cc_launcher.core.usage.found import Request
from cc_launcher.core.usage.marker import Marker
from cc_launcher.core.usage.rollup import Amount, Part
from cc_launcher.files import usage_rows
from cc_launcher.files.usage_rows import FIGURES


def read(connection: sqlite3.Connection, since: int, until: int) -> Iterator[tuple[Part, Amount]]:
    """The sums of this time, in milliseconds since 1970."""
    for row in usage_rows.sums(connection, since // rollup.QUARTER, -(-until // rollup.QUARTER)):
        # Written out, since this is done for each sum that is shown.
        session, quarter, model, profile, host, project, bucket, is_hidden, requests, longest, cut, old, *more = row
        a, b, c, d, e, f, g, served, currency, cost = more
        part = Part(session, quarter, model, profile, host, project, bucket, bool(is_hidden), served, currency)
        yield part, Amount(requests, Figures(a, b, c, d, e, f, g), longest, cut, old, cost)


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
    found = markers_of(connection, _numbers(connection, named))
    return [mark for each in found.values() for mark in each]


def markers_of(connection: sqlite3.Connection, numbers: Collection[int]) -> dict[int, list[Marker]]:
    """The markers of sessions, by the numbers of these."""
    query = (
        "SELECT session, time, text, profile, provider, host, begins FROM marker CROSS JOIN name"
        " WHERE name.id = session AND session IN"
    )
    found: dict[int, list[Marker]] = {number: [] for number in numbers}
    for number, time, session, profile, provider, host, begins in usage_rows.of_each(connection, query, numbers):
        found[number].append(Marker(time, session, profile, provider, host, bool(begins)))
    return found


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


def _requests(connection: sqlite3.Connection, number: int) -> Iterator[Request]:
    query = (
        "SELECT key, time, s.text, p.text, m.text, j.text, agent, cut, old,"
        # CROSS: in this order, whatever is thought best where nothing is known of the tables
        f" {FIGURES} FROM request CROSS JOIN name s CROSS JOIN name p CROSS JOIN name m CROSS JOIN name j"
        " WHERE session = ? AND s.id = session AND p.id = process AND m.id = model AND j.id = project"
    )
    yield from map(Request._make, connection.execute(query, (number,)))


def _numbers(connection: sqlite3.Connection, named: Sequence[str]) -> list[int]:
    query = "SELECT id FROM name WHERE text = ?"
    rows = [connection.execute(query, (name,)).fetchone() for name in named]
    return [row[0] for row in rows if row]
