"""`cc usage SESSION`: its requests, subagents, compaction, and changes of profile."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cc_launcher.actions.usage import Ledger
from cc_launcher.cli import render, usage_asked, usage_table, usage_view
from cc_launcher.cli.usage_table import Across, Column
from cc_launcher.core.usage import attribution, periods, price, report, words
from cc_launcher.core.usage.attribution import Marks, Ran
from cc_launcher.core.usage.figures import Figures
from cc_launcher.core.usage.found import Request
from cc_launcher.core.usage.price import Cost
from cc_launcher.core.usage.rollup import QUARTER
from cc_launcher.files import usage_sums

COMPACTED = "the conversation was compacted"
_COUNTS = tuple(map(Column, ("input", "output", "cache\nwrite", "cache\nread", "cost")))
_HEADS = (
    Column("time", right=False),
    Column("profile", right=False, name=True),
    Column("model", right=False, name=True),
    *_COUNTS,
    Column("", right=False),
)
_SUMS = (
    Column("profile", right=False, name=True),
    Column("model", right=False, name=True),
    Column("requests"),
    *_COUNTS,
    Column("", right=False),
)


@dataclass(frozen=True)
class Answered:
    """A request, with whose it is and what it cost."""

    request: Request
    ran: Ran
    cost: Cost
    currency: str
    billing: str
    served: str = ""  # who answered behind our gateway

    @property
    def model(self) -> str:
        """The model, for people."""
        return f"{self.request.model} ({self.served})" if self.served else self.request.model


Event = tuple[int, Answered | str]


def show(ledger: Ledger, session: str, *, as_json: bool) -> None:
    """Show one session."""
    events = sorted(_events(ledger, session), key=lambda event: event[0])
    span = (periods.FIRST, periods.LAST)
    rows = ledger.rows(ledger.parts(*span, session), ("profile", "model"))
    if as_json:
        data = [_event_as_data(time, event) for time, event in events]
        whole = {"session": session, "events": data, "rows": [report.as_data(row) for row in rows]}
        render.envelope("usage", whole | usage_asked.data(ledger, session))
        return
    project = next((event.request.project for _, event in events if isinstance(event, Answered)), "")
    days = list(dict.fromkeys(periods.clock(time)[:10] for time, _ in events))
    render.heading(f"session {session}")
    usage_table.told(", ".join(part for part in (project, " to ".join(dict.fromkeys((days[0], days[-1])))) if part))
    if sys.stdout.isatty():
        render.out("")
    # Where one profile had all of it, that stands in the sums below.
    profiles = {event.ran.profile for _, event in events if isinstance(event, Answered)}
    told = not sys.stdout.isatty() or len(profiles) > 1
    heads = _HEADS if told else (_HEADS[0], *_HEADS[2:])
    usage_table.show(heads, list(_lines(events, several_days=len(days) > 1, with_profile=told)))
    _show_sums(rows)
    usage_asked.show(ledger, session)
    for line in usage_view.notes(ledger, rows, span, session):
        usage_table.said(line)


def _events(ledger: Ledger, session: str) -> Iterator[Event]:
    """Requests, compaction and changes of profile."""
    requests = usage_sums.requests(ledger.connection, session)
    processes = sorted({request.process for request in requests} | {session})
    markers = usage_sums.markers(ledger.connection, processes)
    marks = Marks(markers)
    paid = ledger.paid(session)
    for request in requests:
        answered = _answered(ledger, request, marks)
        if request.key in paid:
            about, cost = paid[request.key]
            ran = Ran(about.profile, answered.ran.host, attribution.MARKED)
            answered = replace(answered, ran=ran, served=about.served)
            if about.currency and answered.billing == price.TOKENS:
                answered = replace(answered, cost=Cost(cost, cost, price.EXACT), currency=about.currency)
        yield request.time, answered
    for time in usage_sums.compactions(ledger.connection, session):
        yield time, COMPACTED
    before = ""
    for marker in sorted(marker for marker in markers if marker.profile and marker.session == session):
        if before and marker.profile != before:
            yield marker.time, f"from here on {marker.profile}"
        before = marker.profile


def _answered(ledger: Ledger, request: Request, marks: Marks) -> Answered:
    mark = marks.of(request.session, request.process, request.time)
    known = ledger.known
    profile, host = (mark.profile, mark.host) if mark else ("", "")
    beside = known.beside.get(request.session, ())
    ran = attribution.decided(profile, host, request.model, beside, known.served)
    day = known.day_of(request.time // QUARTER)
    listed = known.prices.price(ran.profile, request.model, day) if ran.profile else None
    cost = price.cost(listed, request.figures, price.bucket_of(request.figures.length))
    billing = known.prices.billing(ran.profile) if ran.profile else price.TOKENS
    if billing != price.TOKENS:
        cost = Cost(0.0, 0.0, price.EXACT)
    return Answered(request, ran, cost, listed.currency if listed else "", billing)


def _lines(events: Sequence[Event], *, several_days: bool, with_profile: bool) -> Iterator[tuple[str, ...] | Across]:
    """The lines of the table."""
    looked_at = sys.stdout.isatty()
    day = ""
    for time, event in events:
        moment = periods.clock(time)
        if looked_at:
            if several_days and moment[:10] != day:
                day = moment[:10]
                yield Across("", day)
            moment = moment[11:]
        if isinstance(event, str):
            yield Across(moment, event)
            continue
        whose = (event.ran.profile or report.NOT_ATTRIBUTED,) if with_profile else ()
        figures = event.request.figures
        cost = words.cost(event.cost, event.currency)
        yield (moment, *whose, event.model, *_counted(figures), cost, ", ".join(_remarks(event)))


def _remarks(event: Answered) -> Iterator[str]:
    if event.request.agent:
        yield "subagent"
    if event.ran.how == attribution.GUESSED:
        yield "guessed"
    if event.request.cut:
        yield "cut short"
    if event.billing != price.TOKENS:
        yield event.billing


def _show_sums(rows: Sequence[report.Row]) -> None:
    """Each profile and model, with what is hidden in it, and all of it."""
    shown = []
    for row in rows:
        names = (row.keys["profile"] or report.NOT_ATTRIBUTED, row.model)
        said = row.said if row.said not in {price.EXACT, price.UNKNOWN} else ""
        cost = words.cost(row.cost, row.currency)
        shown.append((*names, f"{row.requests:,}", *_counted(row.figures), cost, said))
        if any(row.hidden) and not row.beside:
            shown.append(("", "of that in no line", "", *_counted(row.hidden), "", "hidden"))
    if sys.stdout.isatty():
        render.out("")
    usage_table.show(_SUMS, shown)
    requests = sum(row.requests for row in rows)
    cost = words.costs((row.cost, row.currency) for row in report.totals(rows))
    render.out(f"together {requests:,} requests, {cost}")


def _counted(figures: Figures) -> tuple[str, ...]:
    return tuple(words.tokens(count) for count in (figures.input, figures.output, figures.cache_write, figures.read))


def _event_as_data(time: int, event: Answered | str) -> dict[str, Any]:
    if isinstance(event, str):
        return {"time": time, "event": event}
    figures = event.request.figures
    return {
        "time": time,
        "profile": event.ran.profile or None,
        "attribution": event.ran.how,
        "model": event.request.model,
        "served_by": event.served or None,
        "subagent": bool(event.request.agent),
        "input": figures.input,
        "output": figures.output,
        "cache_write": figures.cache_write,
        "cache_read": figures.read,
        "cost_low": event.cost.low,
        "cost_high": event.cost.high,
        "currency": event.currency or None,
        "basis": event.cost.basis,
        "billing": event.billing,
    }
