"""The gateway's log: who may come in, and a row for each request. Only its owner can read it.

It holds figures, names, and hashes of keys. No secret is in it, and nothing that was said. The rows are written by
in_engine/cc_log.py.
"""

import contextlib
import hashlib
import hmac
import secrets
import sqlite3
import time
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from cc_launcher.core.errors import IN_THE_WAY, CcError
from cc_launcher.core.profile.money import Sum
from cc_launcher.core.usage import budget as budgets
from cc_launcher.files import atomic, gateway_places, guard
from cc_launcher.launch import gateway_alive

VERSION = 1
METRICS = "metrics"
_KEPT = 86_400.0  # seconds: the key of a session that has ended; what it left running may still come


class Wanted(NamedTuple):
    """Which rows."""

    profile: str = ""
    session: str = ""
    route: str = ""
    failed: bool = False
    since: float = 0.0
    after: int = 0  # the last row that was seen
    most: int = 50


@contextlib.contextmanager
def opened() -> Iterator[sqlite3.Connection]:
    """The log, made where there is none."""
    path = gateway_places.log()
    atomic.directory(path.parent)
    try:
        if not path.exists():
            atomic.write(path, b"", unless=path.exists)  # it is its owner's from the start, and so is what goes with it
        connection = sqlite3.connect(path, timeout=10.0, isolation_level=None)
        try:
            _prepare(connection)
            connection.row_factory = sqlite3.Row
            yield connection
        finally:
            connection.close()
    except sqlite3.Error as bad:
        raise CcError(
            f"{guard.shown(path)}: the gateway's log cannot be used: {bad}",
            "make room, or move this file away: budgets then count from zero",
            code=IN_THE_WAY,
        ) from None


def _prepare(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA user_version").fetchone()[0] == VERSION:
        return
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    try:
        if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
            for statement in (gateway_places.OURS / "cc_log.sql").read_text(encoding="utf-8").split(";"):
                connection.execute(statement)
    finally:
        connection.execute("COMMIT")


def new_key(connection: sqlite3.Connection, profile: str, name: str, team: str, pid: int) -> str:
    """A key for this process, valid for this profile alone. The file gets its hash."""
    _forget_keys(connection)
    return _kept(connection, profile, name, team, pid)


def metrics_key(connection: sqlite3.Connection) -> str:
    """A key for the metrics and nothing else, in place of the one before."""
    connection.execute("DELETE FROM key WHERE profile = '' AND name = ?", (METRICS,))
    return _kept(connection, "", METRICS, "", 0)


def _kept(connection: sqlite3.Connection, profile: str, name: str, team: str, pid: int) -> str:
    key = f"sk-cc-{secrets.token_urlsafe(32)}"
    digest = hashlib.sha256(key.encode()).hexdigest()
    row = (digest, profile, name, team, pid, gateway_alive.started(pid) if pid else "", time.time())
    connection.execute("INSERT INTO key VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    return key


def _forget_keys(connection: sqlite3.Connection) -> None:
    """Let go of the keys of sessions that ended long ago."""
    old = connection.execute("SELECT hash, pid, start FROM key WHERE pid > 0 AND made < ?", (time.time() - _KEPT,))
    gone = [(digest,) for digest, pid, start in old.fetchall() if gateway_alive.started(pid) != start]
    connection.executemany("DELETE FROM key WHERE hash = ?", gone)


def sessions(connection: sqlite3.Connection) -> dict[str, int]:
    """How many sessions of each profile are open."""
    found: dict[str, int] = {}
    for row in connection.execute("SELECT DISTINCT profile, pid, start FROM key WHERE pid > 0"):
        if gateway_alive.started(row["pid"]) == row["start"]:
            found[row["profile"]] = found.get(row["profile"], 0) + 1
    return found


def rows(connection: sqlite3.Connection, wanted: Wanted) -> list[dict[str, Any]]:
    """The newest rows that are wanted, the oldest of them first."""
    where, values = ["id > ?", "time >= ?"], [wanted.after, wanted.since]
    for column in ("profile", "session", "route"):
        if value := getattr(wanted, column):
            where.append(f"{column} = ?" if column != "session" else "session LIKE ? || '%'")
            values.append(value)
    if wanted.failed:
        where.append("status <> 200")
    statement = f"SELECT * FROM request WHERE {' AND '.join(where)} ORDER BY id DESC LIMIT ?"  # noqa: S608 - ours
    return [dict(row) for row in connection.execute(statement, [*values, wanted.most])][::-1]


def spent(
    connection: sqlite3.Connection, profile: str, budget: dict[str, Any], today: date, session: str = ""
) -> dict[str, float]:
    """What the requests of a budget have cost in its span of time, by currency.

    One for each session: that of this session, or without one that of the dearest.
    """
    since = budgets.span(Sum(budget["amount"], budget["currency"], budget["per"]), today)[0] / 1000
    where, values = "time >= ? AND profile = ?", [since, profile]
    if budget["scope"] != "profile":
        where += f" AND {budget['scope']} = ?"
        values.append(budget["name"])
    if session:
        where += " AND session = ?"
        values.append(session)
    group = ", session" if budget["per"] == "session" else ""
    statement = f"SELECT currency, SUM(cost) FROM request WHERE {where} GROUP BY currency{group} ORDER BY 2"  # noqa: S608
    return {currency: cost for currency, cost in connection.execute(statement, values) if cost is not None}


def unpriced(connection: sqlite3.Connection, profile: str, since: float, session: str = "") -> list[str]:
    """The models that have answered and of which no price was known: no budget counts these."""
    statement = (
        "SELECT DISTINCT coalesce(upstream, route) FROM request WHERE time >= ? AND profile = ? AND status = 200"
        " AND cost IS NULL AND (? = '' OR session = ?) ORDER BY 1"
    )
    return [name for (name,) in connection.execute(statement, (since, profile, session, session)) if name]


def recent(connection: sqlite3.Connection, profile: str, most: int = 8) -> list[str]:
    """The newest sessions of a profile."""
    statement = "SELECT session FROM request WHERE profile = ? GROUP BY session ORDER BY max(id) DESC LIMIT ?"
    return [session for (session,) in connection.execute(statement, (profile, most)) if session]


def shares(connection: sqlite3.Connection, profile: str, since: float) -> dict[str, dict[str, int]]:
    """How many requests of each route each target has served."""
    found: dict[str, dict[str, int]] = {}
    statement = (
        "SELECT route, served, COUNT(*) FROM request WHERE profile = ? AND time >= ? AND status = 200 "
        "GROUP BY route, served ORDER BY served"
    )
    for route, served, number in connection.execute(statement, (profile, since)):
        found.setdefault(route, {})[served] = number
    return found


def last(connection: sqlite3.Connection, profile: str) -> dict[str, tuple[float, int]]:
    """When each target was last asked, and what came of it."""
    statement = "SELECT served, MAX(time), status FROM request WHERE profile = ? GROUP BY served"
    return {served: (when, status) for served, when, status in connection.execute(statement, (profile,)) if served}


def refused(connection: sqlite3.Connection, profile: str = "") -> list[dict[str, Any]]:
    """The keys that upstreams have refused and that are still used, as far as is known."""
    found = connection.execute("SELECT * FROM refused ORDER BY target").fetchall()
    return [dict(row) for row in found if not profile or row["profile"] == profile]


def note_secrets(connection: sqlite3.Connection, by_target: Iterable[tuple[str, str]]) -> None:
    """Forget that a key was refused where another one is used now."""
    salt = bytes.fromhex(connection.execute("SELECT value FROM about WHERE name = 'salt'").fetchone()[0])
    for target, secret in by_target:
        mark = hmac.new(salt, secret.encode(), "sha256").hexdigest()[:16]  # as in in_engine/cc_log.py
        connection.execute("DELETE FROM refused WHERE target = ? AND mark <> ?", (target, mark))


def warned(connection: sqlite3.Connection, profile: str, since: float) -> list[dict[str, Any]]:
    """The budgets of which most is spent, since then."""
    found = connection.execute("SELECT * FROM warned WHERE profile = ? AND time >= ?", (profile, since)).fetchall()
    return [dict(row) for row in found]
