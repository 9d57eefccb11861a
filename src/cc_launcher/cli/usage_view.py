"""How `cc usage` looks on a terminal: spans, rows, bars; and how far the reading is."""

import sys
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from types import TracebackType
from typing import Self

from cc_launcher.actions import usage_money
from cc_launcher.actions.usage import Ledger
from cc_launcher.cli import render, usage_empty, usage_plans, usage_table
from cc_launcher.cli.usage_table import Column
from cc_launcher.core.usage import periods, price, report, words
from cc_launcher.core.usage.figures import Figures, sum_of
from cc_launcher.core.usage.periods import Span
from cc_launcher.core.usage.report import NOT_ATTRIBUTED, Row
from cc_launcher.core.usage.rollup import QUARTER, Amount, Part
from cc_launcher.files import usage_sums
from cc_launcher.launch import paths

_PATIENCE = 1.0  # seconds after which somebody wants to know how far it is
_OFTEN = 0.2
_USUAL = ("profile", "model")
_FIGURES = (
    *map(Column, ("requests", "input", "output", "cache\nwrite", "cache\nread", "cost")),
    Column("", right=False),
)
_DAYS, _FEW = 14, 7  # of the chart; where all of it would not stand on the screen, the few
_HIGH = 40
_BAR = 30


class Reading:
    """How far the reading of transcripts is: on a terminal a line that changes, elsewhere one line."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._told = 0.0
        self._live = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def told(self, done: int, total: int) -> None:
        """So many bytes of so many are read."""
        now = time.monotonic()
        if now - self._began < _PATIENCE or now - self._told < _OFTEN:
            return
        text = f"reading transcripts: {100 * done // max(total, 1)} % of {total / 1e6:,.0f} MB"
        if self._live:
            sys.stderr.write(f"\r{text}\x1b[K")
            sys.stderr.flush()
        elif not self._told:
            render.talk(text)
        self._told = now

    def end(self) -> None:
        """Leave nothing of it on the terminal."""
        if self._live and self._told:
            with suppress(OSError):
                sys.stderr.write("\r\x1b[K")
                sys.stderr.flush()
        self._told = 0.0


def show(ledger: Ledger, span: Span, ways: Sequence[str]) -> None:
    """The report. Without a time that was asked for, the usual spans stand above it."""
    by = ways or _USUAL
    spans = periods.usual(span.today) if span.is_usual and not ways else {}
    since = min((periods.begin(first) for first in spans.values()), default=span.since)
    parts = ledger.parts(min(since, span.since), span.until)
    every = ledger.rows(parts, tuple(dict.fromkeys((*by, "profile", "model", "day"))))
    first = periods.day_of(span.since // QUARTER)
    of_span = [row for row in every if row.keys["day"] >= first]
    if spans and every:
        _spans(every, spans)
    rows = report.ordered(report.together(of_span, by), by)
    if not rows:
        usage_empty.show(ledger, span)
        return
    name = "this month" if span.is_usual else "in this time"
    if sys.stdout.isatty():
        render.out("")
        render.heading(f"{name}, by {' and '.join(by)}")
    usage_table.show((*_heads(by), *_FIGURES), [(*_names(row, rows), *_figures(row)) for row in rows])
    if sys.stdout.isatty():
        _chart(report.together(of_span, ("day",)))
        render.out("")
    money = usage_money.money(ledger, of_span, span.days)
    for line in usage_plans.lines(money):
        usage_table.told(line)
    if not ways and (saving := usage_money.saving(ledger, _of(parts, first), of_span, money.plans)):
        usage_table.told(usage_plans.saving(saving, name))
    for line in notes(ledger, rows, span.bounds):
        usage_table.said(line)


def _of(parts: Sequence[tuple[Part, Amount]], first: str) -> list[tuple[Part, Amount]]:
    return [one for one in parts if periods.day_of(one[0].quarter) >= first]


def notes(ledger: Ledger, rows: Sequence[Row], span: tuple[int, int], session: str = "") -> list[str]:
    """What one has to know of the figures."""
    found = list(_of_gateway(rows))
    logged = sum(row.logged.length + row.logged.output for row in rows)
    hidden = sum(row.hidden.length + row.hidden.output for row in rows) - logged
    if hidden:
        found.append(
            f"{words.tokens(hidden)} tokens of it are in no line of a transcript (compaction, titles, broken answers); "
            "they are from the client's own sums"
        )
    if any("none" in row.how for row in rows):
        found.append(f"{NOT_ATTRIBUTED}: sessions of plain claude, or without our mark; nobody can say what they cost")
    if any("guessed" in row.how for row in rows):
        found.append("guessed: without our mark, but one profile alone has the model")
    uncounted = usage_sums.uncounted(ledger.connection, *span, session)
    if uncounted:
        found.append(
            f"{uncounted} compaction{'s are' if uncounted > 1 else ' is'} missing: the client wrote no sum after that "
            "(before 2.1.263, or it was killed)"
        )
    old = sum(row.old for row in rows)
    if old:
        found.append(f"the output of {old} requests is too low: clients before 2.1.133 write it down too soon")
    torn = sum(row.cut for row in rows)
    if torn:
        found.append(f"{torn} answers did not come to their end: their figures are estimates")
    if any(row.said == price.RANGE and not row.routed for row in rows):
        found.append("a range: the price of cached tokens is not known; set it under [models] in the profile")
    if any(row.said == price.UNKNOWN and "none" not in row.how for row in rows):
        found.append("unknown: no price is known for the model; set it under [models] in the profile")
    return found


def _of_gateway(rows: Sequence[Row]) -> Iterator[str]:
    logged = sum(row.logged.length + row.logged.output for row in rows)
    if logged:
        yield (
            f"in no transcript: {words.tokens(logged)} tokens of titles, summaries and other requests; they are from "
            "the gateway's log"
        )
    routed = sum(row.routed for row in rows)
    if routed:
        whose = "1 request is" if routed == 1 else f"{routed} requests are"
        yield f"a range: {whose} not in the gateway's log: what the cheapest and the dearest model of the route take"


def _spans(every: Sequence[Row], spans: Mapping[str, date]) -> None:
    """Each of the usual spans in a line, whatever the currencies."""
    rows = []
    for name, first in spans.items():
        found = report.totals(row for row in every if row.keys["day"] >= first.isoformat())
        figures = sum_of(row.figures for row in found)
        basis = price.worst(price.EXACT, *(row.basis for row in found))
        cost = words.costs((row.cost, row.currency) for row in found)
        said = "" if basis in {price.EXACT, price.UNKNOWN, price.RANGE} else basis
        rows.append((name, f"{sum(row.requests for row in found):,}", *_counts(figures), cost, said))
    usage_table.show((Column("", right=False), *_FIGURES), rows)


def _heads(by: Sequence[str]) -> list[Column]:
    return [Column(way, right=False, name=True, ends=way == "project") for way in by]


def _names(row: Row, rows: Sequence[Row]) -> list[str]:
    return [row.model if way == "model" else _name(way, value, rows) for way, value in row.keys.items()]


def _name(way: str, value: str, rows: Sequence[Row]) -> str:
    """What is shown of a name: on a terminal, of a session as much as tells it apart."""
    if not value:
        return NOT_ATTRIBUTED if way == "profile" else "?"
    if not sys.stdout.isatty():
        return value
    if way == "session":
        others = {row.keys["session"] for row in rows} - {value}
        return next((value[:size] for size in (8, 13, 18) if not _begins(others, value[:size])), value)
    home = paths.home()
    return f"~{value[len(home) :]}" if way == "project" and value.startswith(f"{home}/") else value


def _begins(others: Collection[str], beginning: str) -> bool:
    return any(other.startswith(beginning) for other in others)


def _counts(figures: Figures) -> tuple[str, ...]:
    return tuple(words.tokens(count) for count in (figures.input, figures.output, figures.cache_write, figures.read))


def _figures(row: Row) -> tuple[str, ...]:
    cost = words.cost(row.cost, row.currency)
    said = row.said
    if said == price.PLAN and row.by_token.low is not None and not sys.stdout.isatty():
        said = f"plan; by the token {words.cost(row.by_token, row.currency)}"
    elif said == price.EXACT or (said == price.UNKNOWN and cost == "unknown"):
        said = ""
    return (f"{row.requests:,}", *_counts(row.figures), cost, said)


def _chart(rows: Sequence[Row]) -> None:
    """A bar a day: of the cost where all of it is known, else of the tokens."""
    currencies = {row.currency for row in rows}
    costs = len(currencies) == 1 and all(row.cost.high is not None for row in rows)
    days: dict[str, float] = {}
    for row in rows:
        amount = (row.cost.high or 0.0) if costs else float(row.figures.length + row.figures.output)
        days[row.keys["day"]] = days.get(row.keys["day"], 0.0) + amount
    shown = sorted(days)[-(_DAYS if usage_table.lines() >= _HIGH else _FEW) :]
    most = max((days[day] for day in shown), default=0.0)
    if len(shown) < 2 or not most:
        return
    ascii_only = not (sys.stdout.encoding or "").lower().startswith("utf")
    width = max(10, min(_BAR, usage_table.columns() - 40))
    render.out("")
    render.heading(f"by day, {'in money' if costs else 'in tokens'}")
    for day in shown:
        value = words.money(days[day], next(iter(currencies))) if costs else f"{words.tokens(int(days[day]))} tokens"
        render.out(f"{day}  {words.bar(days[day] / most, width, ascii_only=ascii_only):<{width}}  {value}")
