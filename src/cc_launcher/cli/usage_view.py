"""How `cc usage` looks on a terminal: spans, rows, bars, prices, what-ifs; and how far the reading is."""

import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from types import TracebackType
from typing import Self

from cc_launcher.actions.usage import Ledger
from cc_launcher.cli import render
from cc_launcher.core.text.width import cut
from cc_launcher.core.usage import periods, price, report, words
from cc_launcher.core.usage.elsewhere import WhatIf
from cc_launcher.core.usage.report import NOT_ATTRIBUTED, Row
from cc_launcher.core.usage.rollup import QUARTER, Amount, Part
from cc_launcher.files import usage_sums

_PATIENCE = 1.0  # seconds after which somebody wants to know how far it is
_OFTEN = 0.2
_USUAL = ("profile", "model")
_TITLES = ("requests", "input", "output", "cache write", "cache read", "cost", "")
_DAYS = 14  # of the chart
_BAR = 30
_STRUCK = "\u0336"


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


def show(ledger: Ledger, span: tuple[int, int], ways: Sequence[str], today: date | None) -> None:
    """The report. With a day that is today, the usual spans stand above it."""
    by = ways or _USUAL
    spans = periods.usual(today) if today is not None and not ways else {}
    since = min((periods.begin(first) for first in spans.values()), default=span[0])
    parts = ledger.parts(min(since, span[0]), span[1])
    every = ledger.rows(parts, tuple(dict.fromkeys((*by, "profile", "day"))))
    _spans(every, spans)
    first = periods.day_of(span[0] // QUARTER)
    of_span = [row for row in every if row.keys["day"] >= first]
    rows = report.ordered(report.together(of_span, by), by)
    if not rows:
        render.talk("nothing was used in this time" if today is None else "nothing was used this month")
        return
    if sys.stdout.isatty():
        render.out("")
        render.heading(f"{'this month' if today is not None else 'in this time'}, by {' and '.join(by)}")
    render.table((*by, *_TITLES), [(*_names(row), *_figures(row)) for row in rows])
    if sys.stdout.isatty():
        _chart(report.together(of_span, ("day",)))
    for line in notes(ledger, rows, span):
        render.talk(line)
    if spans:
        _saving(ledger, [one for one in parts if periods.day_of(one[0].quarter) >= first], of_span)


def notes(ledger: Ledger, rows: Sequence[Row], span: tuple[int, int], session: str = "") -> list[str]:
    """What one has to know of the figures."""
    found = []
    hidden = sum(row.hidden.length + row.hidden.output for row in rows)
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
    if any(row.said == price.RANGE for row in rows):
        found.append("a range: the price of cached tokens is not known; set it under [models] in the profile")
    if any(row.said == price.UNKNOWN and "none" not in row.how for row in rows):
        found.append("unknown: no price is known for the model; set it under [models] in the profile")
    return found


def _spans(every: Sequence[Row], spans: Mapping[str, date]) -> None:
    """Each of the usual spans in a line, or one for each currency."""
    rows: list[tuple[str, ...]] = []
    for name, first in spans.items():
        found = report.totals(row for row in every if row.keys["day"] >= first.isoformat())
        rows += [(name if index == 0 else "", *_figures(row)) for index, row in enumerate(found)]
        if not found:
            rows.append((name, "0", "0", "0", "0", "0", "", ""))
    if rows:
        render.table(("", *_TITLES), rows)


def _names(row: Row) -> list[str]:
    return [value or (NOT_ATTRIBUTED if way == "profile" else "?") for way, value in row.keys.items()]


def _figures(row: Row) -> tuple[str, ...]:
    figures = row.figures
    cost = words.cost(row.cost, row.currency)
    said = row.said
    if said == price.PLAN and row.by_token.low is not None:
        said = f"plan; by the token {words.cost(row.by_token, row.currency)}"
    elif said == price.EXACT or (said == price.UNKNOWN and cost == "unknown"):
        said = ""
    return (
        f"{row.requests:,}",
        *(words.tokens(count) for count in (figures.input, figures.output, figures.cache_write, figures.read)),
        cost,
        said,
    )


def _chart(rows: Sequence[Row]) -> None:
    """A bar a day: of the cost where all of it is known, else of the tokens."""
    currencies = {row.currency for row in rows}
    costs = len(currencies) == 1 and all(row.cost.high is not None for row in rows)
    days: dict[str, float] = {}
    for row in rows:
        amount = (row.cost.high or 0.0) if costs else float(row.figures.length + row.figures.output)
        days[row.keys["day"]] = days.get(row.keys["day"], 0.0) + amount
    shown = sorted(days)[-_DAYS:]
    most = max((days[day] for day in shown), default=0.0)
    if len(shown) < 2 or not most:
        return
    ascii_only = not (sys.stdout.encoding or "").lower().startswith("utf")
    width = max(10, min(_BAR, shutil.get_terminal_size().columns - 40))
    render.out("")
    for day in shown:
        value = words.money(days[day], next(iter(currencies))) if costs else f"{words.tokens(int(days[day]))} tokens"
        render.out(f"{day}  {words.bar(days[day] / most, width, ascii_only=ascii_only):<{width}}  {value}")


def _saving(ledger: Ledger, parts: Sequence[tuple[Part, Amount]], rows: Sequence[Row]) -> None:
    """What this month's tokens would have cost with plain Claude, in one line."""
    paid = report.totals(row for row in rows if row.keys["profile"])
    ours = [one for one in parts if one[0].profile]
    if len(paid) != 1 or paid[0].cost.high is None or paid[0].currency not in {"", "USD"} or not ours:
        return
    there = ledger.plain_claude(ours)
    if there.cost.low is None or there.cost.high is None or there.cost.low <= (paid[0].cost.high or 0.0):
        return
    render.talk(
        f"with plain Claude ({there.place.main.model}, by the token) these very tokens would have cost "
        f"{words.cost(there.cost, there.currency)}: a what-if, other models need other tokens (cc usage --as all)"
    )


def show_elsewhere(
    ledger: Ledger, parts: Sequence[tuple[Part, Amount]], wanted: Sequence[str], *, as_json: bool
) -> None:
    """What it would have cost elsewhere."""
    found = ledger.what_if(parts, [name for word in wanted for name in word.split(",") if name])
    if as_json:
        render.envelope("usage", {"what_if": [_as_data(one) for one in found]})
        return
    rows = [
        (
            _struck(one.place.profile) if not one.fits else one.place.profile,
            one.place.main.model,
            words.cost(one.cost, one.currency),
            "" if one.fits else f"would not have fit: its window is {words.tokens(one.place.main.window or 0)}",
        )
        for one in found
    ]
    render.table(("profile", "model", "would have cost", ""), rows)
    render.talk("a what-if: the same tokens at other prices; other models need other tokens, caches and turns")


def _struck(text: str) -> str:
    return "".join(char + _STRUCK for char in text) if sys.stdout.isatty() else text


def _as_data(one: WhatIf) -> dict[str, object]:
    return {
        "profile": one.place.profile,
        "model": one.place.main.model,
        "cost_low": one.cost.low,
        "cost_high": one.cost.high,
        "currency": one.currency or None,
        "basis": one.cost.basis,
        "fits": one.fits,
        "window": one.place.main.window,
    }


def show_prices(ledger: Ledger, *, as_json: bool) -> None:
    """Each price that is reckoned with, its source and its day."""
    found = ledger.listed_prices()
    if as_json:
        told = [
            {
                "profile": profile,
                "model": model,
                "input": listed.rates.input if listed else None,
                "output": listed.rates.output if listed else None,
                "cache_read": listed.rates.read if listed else None,
                "cache_write_5m": listed.rates.write_5m if listed else None,
                "cache_write_1h": listed.rates.write_1h if listed else None,
                "currency": listed.currency if listed else None,
                "source": listed.source if listed else None,
                "day": listed.day or None if listed else None,
                "billing": ledger.prices.billing(profile),
            }
            for profile, model, listed in found
        ]
        render.envelope("usage", {"prices": told})
        return
    rows = []
    for profile, model, listed in found:
        rates = listed.rates if listed else None
        each = (rates.input, rates.output, rates.read, rates.write_5m, rates.write_1h) if rates else (None,) * 5
        shown = ["?" if one is None else f"{one:g}" for one in each]
        source = f"{listed.source}{f', {listed.day}' if listed.day else ''}" if listed else "no price is known"
        rows.append((profile, cut(model, 40), *shown, listed.currency if listed else "", source))
    titles = ("profile", "model", "input", "output", "read", "write", "write 1h", "", "from")
    render.table(titles, rows)
    if not rows:
        render.talk("no session ran on a profile yet")
