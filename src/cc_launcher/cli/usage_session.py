"""`cc usage SESSION`: its requests, subagents, compaction, and changes of profile."""

from typing import Any

from cc_launcher.actions.usage import Ledger
from cc_launcher.cli import render, usage_view
from cc_launcher.core.usage import attribution, periods, price, report, words
from cc_launcher.core.usage.attribution import Marks, Ran
from cc_launcher.core.usage.price import Cost
from cc_launcher.core.usage.transcript import Request
from cc_launcher.files import usage_sums

_TITLES = ("time", "profile", "model", "input", "output", "cache write", "cache read", "cost", "")


def show(ledger: Ledger, session: str, *, as_json: bool) -> None:
    """Show one session."""
    requests = usage_sums.requests(ledger.connection, session)
    processes = sorted({request.process for request in requests} | {session})
    markers = usage_sums.markers(ledger.connection, processes)
    marks = Marks(markers)
    span = (periods.FIRST, periods.LAST)
    parts = ledger.parts(*span, session)
    rows = ledger.rows(parts, ("profile", "model"))
    compactions = usage_sums.compactions(ledger.connection, session)
    events: list[tuple[int, Any]] = [(request.time, request) for request in requests]
    events += [(time, "the conversation was compacted") for time in compactions]
    before = ""
    for marker in sorted(marker for marker in markers if marker.profile and marker.session == session):
        if before and marker.profile != before:
            events.append((marker.time, f"from here on {marker.profile}"))
        before = marker.profile
    events.sort(key=lambda event: event[0])
    if as_json:
        render.envelope("usage", _as_data(ledger, session, events, marks, rows))
        return
    render.heading(f"session {session}")
    shown = []
    for time, event in events:
        if isinstance(event, Request):
            ran, cost, currency = _priced(ledger, event, marks)
            shown.append((periods.clock(time), *_cells(event, ran, cost, currency)))
        else:
            shown.append((periods.clock(time), "", event, *("",) * 6))
    for part, amount in parts:
        if part.hidden:
            figures = amount.figures
            cells = (figures.input, figures.output, figures.cache_write, figures.read)
            profile = part.profile or report.NOT_ATTRIBUTED
            counted = [words.tokens(count) for count in cells]
            shown.append(("in no line", profile, part.model, *counted, "", "hidden"))
    render.table(_TITLES, shown)
    for row in report.totals(rows):
        render.out(f"{row.requests} requests, {words.cost(row.cost, row.currency)} ({row.said})")
    for line in usage_view.notes(ledger, rows, span, session):
        render.talk(line)


def _priced(ledger: Ledger, request: Request, marks: Marks) -> tuple[Ran, Cost, str]:
    mark = marks.of(request.session, request.process, request.time)
    known = ledger.known
    profile, host = (mark.profile, mark.host) if mark else ("", "")
    beside = known.beside.get(request.session, ())
    ran = attribution.decided(profile, host, request.model, beside, known.served)
    listed = known.prices.price(ran.profile, request.model, "") if ran.profile else None
    cost = price.cost(listed, request.figures, price.bucket_of(request.figures.length))
    if ran.profile and known.prices.billing(ran.profile) != price.TOKENS:
        cost = Cost(0.0, 0.0, price.EXACT)
    return ran, cost, listed.currency if listed else ""


def _cells(request: Request, ran: Ran, cost: Cost, currency: str) -> tuple[str, ...]:
    figures = request.figures
    remarks = ["subagent"] if request.agent else []
    remarks += ["guessed"] if ran.how == attribution.GUESSED else []
    remarks += ["cut short"] if request.cut else []
    return (
        ran.profile or report.NOT_ATTRIBUTED,
        request.model,
        *(words.tokens(count) for count in (figures.input, figures.output, figures.cache_write, figures.read)),
        words.cost(cost, currency),
        ", ".join(remarks),
    )


def _as_data(
    ledger: Ledger, session: str, events: list[tuple[int, Any]], marks: Marks, rows: list[report.Row]
) -> dict[str, Any]:
    told = []
    for time, event in events:
        if not isinstance(event, Request):
            told.append({"time": time, "event": event})
            continue
        ran, cost, currency = _priced(ledger, event, marks)
        told.append(
            {
                "time": time,
                "profile": ran.profile or None,
                "attribution": ran.how,
                "model": event.model,
                "subagent": event.agent,
                "input": event.figures.input,
                "output": event.figures.output,
                "cache_write": event.figures.cache_write,
                "cache_read": event.figures.read,
                "cost_low": cost.low,
                "cost_high": cost.high,
                "currency": currency or None,
                "basis": cost.basis,
            }
        )
    return {"session": session, "events": told, "rows": [report.as_data(row) for row in rows]}
