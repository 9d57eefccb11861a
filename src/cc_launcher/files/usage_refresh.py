"""The sums in the index, made anew for each session of which something new was read."""

import sqlite3
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from cc_launcher.core.usage import hidden, rollup
from cc_launcher.core.usage.attribution import Marks
from cc_launcher.core.usage.figures import NOTHING, Figures
from cc_launcher.core.usage.hidden import Line, Sum
from cc_launcher.core.usage.lengths import LENGTHS
from cc_launcher.core.usage.rollup import Amount, Group
from cc_launcher.files import usage_routed, usage_rows, usage_sums
from cc_launcher.files.usage_rows import FIGURES

_AT_ONCE = 100  # sessions
_MOST_FORKS = 100  # of one session
_INDEXES = (
    "CREATE INDEX IF NOT EXISTS request_session ON request (session)",
    # Few requests are of a process that began with another session. Without these, all requests are looked at for
    # them, which takes a tenth of all that is done here.
    "CREATE INDEX IF NOT EXISTS request_process ON request (session, process) WHERE process <> session",
    "CREATE INDEX IF NOT EXISTS request_of_process ON request (process, session) WHERE process <> session",
)
_RELATED = (
    # A sum goes on from that of another session where it began with it: so the one is made anew with the other.
    """
    INSERT OR IGNORE INTO dirty SELECT DISTINCT other.session FROM dirty CROSS JOIN state mine CROSS JOIN state other
    WHERE mine.session = dirty.session AND mine.started > 0 AND other.started = mine.started
        AND other.session <> mine.session
    """,
    # A request may be marked in the session that its process began with, which may be read after it.
    """
    INSERT OR IGNORE INTO dirty SELECT DISTINCT request.session FROM dirty CROSS JOIN request
    WHERE request.process = dirty.session AND request.process <> request.session
    """,
)


def refresh(connection: sqlite3.Connection) -> None:
    """Make the sums anew that are out of date."""
    related = False
    while True:
        connection.execute("BEGIN IMMEDIATE")
        try:
            if not related:
                # Indexes not before something was read: they would cost a tenth of that.
                for query in (*_INDEXES, *_RELATED, *usage_routed.related(connection)):
                    connection.execute(query)
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


def _make(connection: sqlite3.Connection, chunk: list[int]) -> None:
    """The sums of these sessions: each question is asked once for all of them, since asking is most of the work."""
    text = usage_rows.names(connection, chunk)
    processes = _processes(connection, chunk)
    marks = usage_sums.markers_of(connection, {*chunk, *(one for others in processes.values() for one in others)})
    begins = {number: sorted({mark.time for mark in marks.get(number, ()) if mark.begins}) for number in chunk}
    times = {
        number: sorted({mark.time for each in (number, *processes.get(number, ())) for mark in marks[each]})
        for number in chunk
    }
    groups: list[Group] = []
    lines: dict[int, list[Line]] = {}
    routed = list(usage_routed.groups(connection, text))
    found_groups = _groups(connection, text, times, usage_routed.WITHOUT if routed else "")
    for number, group in sorted([*found_groups, *routed], key=_time_of) if routed else found_groups:
        groups.append(group)
        lines.setdefault(number, []).append(Line(group.time, group.model, group.amount.figures))
    states = _states(connection, chunk)
    bases = _bases(connection, states, begins)
    found = {
        text[number]: hidden.found(lines.get(number, ()), own, begins[number], bases[number])
        for number, own in states.items()
    }
    counted = {(number, bisect_right(begins[number], one.time)) for number, own in states.items() for one in own}
    lost = [
        (number, time)
        for number, time in usage_rows.of_each(
            connection, "SELECT DISTINCT session, time FROM compaction WHERE session IN", chunk
        )
        if (number, bisect_right(begins[number], time)) not in counted
    ]
    made = rollup.sums(groups, found, Marks(mark for each in marks.values() for mark in each))
    for table in ("sum", "uncounted", "dirty"):
        connection.execute(f"DELETE FROM {table} WHERE session IN {usage_rows.places(chunk)}", chunk)
    numbers = {name: number for number, name in text.items()}
    connection.executemany(
        f"INSERT INTO sum VALUES ({', '.join('?' * 22)})",
        [
            (
                *(numbers[part.session], *part[1:7], int(part.hidden), amount.requests, *amount[2:5]),
                *(*amount.figures, part.served, part.currency, amount.cost),
            )
            for part, amount in made.items()
        ],
    )
    connection.executemany("INSERT INTO uncounted VALUES (?, ?)", lost)


def _processes(connection: sqlite3.Connection, chunk: Sequence[int]) -> dict[int, list[int]]:
    """The first sessions of the processes that wrote into these sessions, where they are others."""
    found: dict[int, list[int]] = {}
    query = "SELECT DISTINCT session, process FROM request WHERE process <> session AND session IN"
    for number, process in usage_rows.of_each(connection, query, chunk):
        found.setdefault(number, []).append(process)
    return found


def _groups(
    connection: sqlite3.Connection, text: Mapping[int, str], times: Mapping[int, Sequence[int]], without: str
) -> list[tuple[int, Group]]:
    """The requests of sessions, added up as far as none of their markers is between them, the oldest first."""
    # Here and not by the database, which takes twice as long for it.
    added: dict[tuple[int, ...], list[int]] = {}
    query = f"SELECT session, process, model, project, time, cut, old, {FIGURES} FROM request WHERE{without} session IN"
    for number, process, model, project, time, cut, old, a, b, c, d, e, f, g in usage_rows.of_each(
        connection, query, text
    ):
        length = a + c + d + e + f
        between, bucket = bisect_right(times[number], time), bisect_left(LENGTHS, length)
        key = (number, between, time // rollup.QUARTER, process, model, project, bucket)
        sums = added.get(key)
        if sums is None:
            added[key] = [time, 1, length, cut, old, a, b, c, d, e, f, g]
            continue
        sums[0] = min(sums[0], time)
        sums[1] += 1
        sums[2] = max(sums[2], length)
        sums[3] += cut
        sums[4] += old
        sums[5] += a
        sums[6] += b
        sums[7] += c
        sums[8] += d
        sums[9] += e
        sums[10] += f
        sums[11] += g
    names = usage_rows.names(connection, {name for key in added for name in key[3:6]})
    found = [
        (
            number,
            Group(
                session=text[number],
                process=names[process],
                time=time,
                model=names[model],
                project=names[project],
                bucket=bucket,
                amount=Amount(count, Figures(*figures), longest, cut, old),
            ),
        )
        for (number, _, _, process, model, project, bucket), (time, count, longest, cut, old, *figures) in added.items()
    ]
    return sorted([*found, *_unanswered(connection, text)], key=_time_of)


def _unanswered(connection: sqlite3.Connection, text: Mapping[int, str]) -> list[tuple[int, Group]]:
    """The requests of sessions of which no answer was written down: no figures, but what is there is not all."""
    query = (
        "SELECT DISTINCT session, time, model, key FROM unanswered"
        " WHERE key NOT IN (SELECT key FROM request) AND session IN"
    )
    rows = list(usage_rows.of_each(connection, query, text))
    names = usage_rows.names(connection, {row[2] for row in rows})
    return [
        (
            number,
            Group(
                session=text[number],
                process=text[number],
                time=time,
                model=names[model],
                project="",
                bucket=0,
                amount=Amount(0, NOTHING, longest=0, cut=1, old=0),
            ),
        )
        for number, time, model, _ in rows
    ]


def _time_of(group: tuple[int, Group]) -> int:
    return group[1].time


def _bases(
    connection: sqlite3.Connection, states: Mapping[int, Sequence[Sum]], begins: Mapping[int, Sequence[int]]
) -> dict[int, Mapping[str, Figures]]:
    """The sums with which forks began; nothing for sessions of their own."""
    parents = dict(usage_rows.of_each(connection, "SELECT session, parent FROM parent WHERE session IN", states))
    of_parents = _states(connection, parents.values())
    # Of older clients, whose copied lines do not say where they are from.
    query = (
        "SELECT DISTINCT session FROM state mine WHERE started > 0 AND EXISTS (SELECT 1 FROM state other"
        " WHERE other.started = mine.started AND other.session <> mine.session) AND session IN"
    )
    with_others = {row[0] for row in usage_rows.of_each(connection, query, states)}
    found: dict[int, Mapping[str, Figures]] = {}
    for number, own in states.items():
        first, before = own[0], begins[number]
        since = before[at - 1] if (at := bisect_right(before, first.time)) else first.time
        if number in parents:
            found[number] = hidden.base_of(of_parents.get(parents[number], ()), first, since)
        elif number in with_others:
            found[number] = hidden.base_of(_same_start(connection, number, first.started), first, since)
        else:
            found[number] = {}
    return found


def _same_start(connection: sqlite3.Connection, number: int, started: int) -> list[Sum]:
    """The sums of other sessions that began with the same process."""
    query = "SELECT DISTINCT session FROM state WHERE started = ? AND started > 0 AND session <> ? LIMIT ?"
    others = [row[0] for row in connection.execute(query, (started, number, _MOST_FORKS))]
    return sorted((one for each in _states(connection, others).values() for one in each), key=lambda one: one.time)


def _states(connection: sqlite3.Connection, numbers: Collection[int]) -> dict[int, list[Sum]]:
    found: dict[int, list[Sum]] = {}
    models: dict[str, Figures] = {}
    query = f"SELECT session, time, started, model, {FIGURES}, id FROM state WHERE session IN"
    for number, time, started, model, *figures, _ in sorted(
        usage_rows.of_each(connection, query, numbers), key=_of_state
    ):
        own = found.setdefault(number, [])
        if not own or (own[-1].time, own[-1].started) != (time, started) or model in models:
            models = {}
            own.append(Sum(time, started, models))
        models[model] = Figures(*figures)
    return found


def _of_state(row: tuple[Any, ...]) -> tuple[int, int, int]:
    return row[0], row[1], row[-1]
