"""The gateway's log and keys, as the engine sees them: a file of SQLite that `cc` has made.

It holds hashes of keys, figures and names. No secret, and nothing that was said, comes in here.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import sqlite3
import sys
import time
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

MILLION = 1_000_000
KEPT = 400  # days that a request's row is kept: longer than any budget's span
_WARN = 80.0
_COLUMNS = (
    "time session profile key team route served upstream rule status code input output cache_read cache_write cost "
    "currency ms call"
).split()
_INSERT = f"INSERT INTO request ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608 - ours


class Key(NamedTuple):
    """Whose a key is."""

    profile: str  # nothing: it is for the metrics
    name: str
    team: str


class Budget(NamedTuple):
    """The most that a part of the requests may cost."""

    profile: str
    scope: str  # profile, route, key or team
    name: str
    amount: float
    currency: str
    per: str  # session, day, month, or `30d`

    @property
    def about(self) -> str:
        """What it is of, for people."""
        return self.profile if self.scope == "profile" else f"{self.scope} {self.name}"

    @property
    def said(self) -> str:
        """The sum, as a profile has it."""
        amount = f"{self.amount:.6f}".rstrip("0").rstrip(".")
        return f"{amount} {self.currency}/{self.per}"


class Sum:
    """What a budget's requests have cost: added up once, then only what is new."""

    def __init__(self) -> None:
        self.cost = 0.0
        self.last = 0  # the row up to which it is added up
        self.since = -1.0


def hashed(key: str) -> str:
    """What of a key stands in the file."""
    return hashlib.sha256(key.encode()).hexdigest()


def mark_of(salt: str, secret: str) -> str:
    """What tells one secret of an upstream from another one, and nothing else about it."""
    return hmac.new(bytes.fromhex(salt), secret.encode(), "sha256").hexdigest()[:16]


def since(per: str, today: date) -> float:
    """When the span begins that counts today, in days of this place."""
    if per == "session":
        return 0.0
    first = today.replace(day=1) if per == "month" else today
    if per[0].isdecimal():
        first = today - timedelta(days=max(int(per[:-1]) - 1, 0))
    return datetime(first.year, first.month, first.day).timestamp()  # noqa: DTZ001 - of this place


class Log:
    """The open file."""

    def __init__(self, path: str, rates: dict[str, float] | None = None) -> None:
        self._connection = sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA synchronous = NORMAL")
        if not self._connection.execute("PRAGMA user_version").fetchone()[0]:
            self._make()  # where an engine was started without `cc`
        self._sums: dict[tuple[Budget, str], Sum] = {}
        self._warned: set[tuple[Budget, str, float]] = set()
        self._rates = {"USD": 1.0, **(rates or {})}
        self._refused: set[str] = set()  # targets whose key an upstream has refused, as far as we have seen
        self._swept: date | None = None

    def _make(self) -> None:
        self._connection.execute("PRAGMA journal_mode = WAL")
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "cc_log.sql"), encoding="utf-8") as file:
            self._connection.executescript(file.read())

    def key(self, value: str) -> Key | None:
        """Whose this key is."""
        found = self._connection.execute(
            "SELECT profile, name, team FROM key WHERE hash = ?", (hashed(value),)
        ).fetchone()
        return Key(*found) if found else None

    def write(self, row: dict[str, Any]) -> None:
        """Write down a request. That this fails stops no answer."""
        self._sweep(datetime.now().date())  # noqa: DTZ005 - of this place
        try:
            self._connection.execute(_INSERT, [row.get(column) for column in _COLUMNS])
        except sqlite3.Error as bad:
            sys.stderr.write(f"cc: a request could not be logged, so no budget counts it: {bad}\n")

    def _sweep(self, today: date) -> None:
        """Once a day, let go of what is older than anybody counts."""
        if self._swept == today:
            return
        self._swept = today
        oldest = since(f"{KEPT}d", today)
        for table in ("request", "warned"):
            self._do(f"DELETE FROM {table} WHERE time < ?", (oldest,))  # noqa: S608 - ours

    def refused(self, target: str, profile: str, secret: str) -> None:
        """An upstream has refused this key."""
        if target in self._refused:
            return
        self._refused.add(target)
        self._do(
            "INSERT OR REPLACE INTO refused (target, profile, mark, time) VALUES (?, ?, ?, ?)",
            (target, profile, mark_of(self._salt(), secret), time.time()),
        )

    def accepted(self, target: str) -> None:
        """An upstream has taken a key that it had refused before."""
        if target in self._refused or self._refused_before(target):
            self._refused.discard(target)
            self._do("DELETE FROM refused WHERE target = ?", (target,))

    def _refused_before(self, target: str) -> bool:
        """Whether another run of the engine had seen that; looked at once for each target."""
        known = self.__dict__.setdefault("_looked", set())
        if target in known:
            return False
        known.add(target)
        return bool(self._connection.execute("SELECT 1 FROM refused WHERE target = ?", (target,)).fetchone())

    def percent(self, budget: Budget, session: str) -> float:
        """How much of a budget is spent; it warns once when that is a lot."""
        begin = since(budget.per, datetime.now().date())  # noqa: DTZ005 - of this place
        about = session if budget.per == "session" else ""
        found = self._sums.setdefault((budget, about), Sum())
        if found.since != begin:
            found.cost, found.last, found.since = 0.0, 0, begin
        newest = self._connection.execute("SELECT COALESCE(MAX(id), 0) FROM request").fetchone()[0]
        if newest > found.last:
            self._add(found, budget, about, newest)
        percent = 100.0 * found.cost / budget.amount
        if percent >= _WARN:
            self._warn(budget, about, begin)
        return percent

    def _add(self, found: Sum, budget: Budget, session: str, newest: int) -> None:
        """Add up to this row. At first an index finds the rows, later the numbers of those that are new."""
        plain = "+" if found.last else ""  # for SQLite: look for no index here
        where = f"id > ? AND id <= ? AND {plain}time >= ? AND {plain}profile = ?"
        values: list[Any] = [found.last, newest, found.since, budget.profile]
        if budget.scope != "profile":
            where += f" AND {budget.scope} = ?"
            values.append(budget.name)
        if session:
            where += f" AND {plain}session = ?"
            values.append(session)
        rows = self._connection.execute(
            f"SELECT currency, SUM(cost) FROM request WHERE {where} GROUP BY currency",  # noqa: S608 - ours
            values,
        ).fetchall()
        for currency, cost in rows:
            found.cost += (cost or 0.0) * self._rate(currency or budget.currency, budget.currency)
        found.last = newest

    def _rate(self, currency: str, into: str) -> float:
        """What one unit is in another currency; without a rate of the user's, it does not count."""
        if currency == into:
            return 1.0
        known = self._rates
        return known[currency] / known[into] if currency in known and into in known else 0.0

    def _warn(self, budget: Budget, about: str, begin: float) -> None:
        which = (budget, about, begin)
        if which not in self._warned:
            self._warned.add(which)
            self._do(
                "INSERT OR IGNORE INTO warned (profile, scope, name, session, since, time) VALUES (?, ?, ?, ?, ?, ?)",
                (budget.profile, budget.scope, budget.name, about, begin, time.time()),
            )

    def sessions(self) -> list[tuple[int, str]]:
        """The processes that keys were made for: their ids, and when they started."""
        return list(self._connection.execute("SELECT DISTINCT pid, start FROM key WHERE pid > 0"))

    def _salt(self) -> str:
        return str(self._connection.execute("SELECT value FROM about WHERE name = 'salt'").fetchone()[0])

    def _do(self, statement: str, values: tuple[Any, ...]) -> None:
        try:
            self._connection.execute(statement, values)
        except sqlite3.Error as bad:
            sys.stderr.write(f"cc: the gateway's log cannot be written: {bad}\n")


def cost_of(prices: dict[str, Any] | None, tokens: tuple[int, int, int, int]) -> tuple[float | None, str]:
    """What these tokens (input, output, read from the cache, written to it) cost by our prices; nothing without one."""
    if not prices:
        return None, ""
    rates, whole = prices, tokens[0] + tokens[2] + tokens[3]
    for length in sorted(prices.get("above") or {}, key=int):
        if whole > int(length):
            rates = prices["above"][length]
    four = (rates["input"], rates["output"], rates["cache_read"], rates["cache_write"])
    return sum(number * rate for number, rate in zip(tokens, four, strict=True)) / MILLION, prices["currency"]
