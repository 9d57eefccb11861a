"""`cc usage`: what sessions took and what that costs, from the client's own transcripts."""

import datetime as dt
from typing import Annotated

import typer

from cc_launcher.actions import usage as action
from cc_launcher.actions import usage_money
from cc_launcher.actions.usage import Ledger
from cc_launcher.cli import render, usage_empty, usage_plans, usage_table, usage_view
from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.text.nearest import did_you_mean
from cc_launcher.core.usage import periods, report
from cc_launcher.core.usage.periods import Span
from cc_launcher.files import usage_sums

_CCUSAGE = "ccusage"


def command(
    session: Annotated[
        str, typer.Argument(help="a session's id, the beginning of one, or last", show_default=False)
    ] = "",
    *,
    by: Annotated[
        list[str] | None,
        typer.Option("--by", metavar="WAY[,WAY]", help=f"{', '.join(report.WAYS)}", show_default=False),
    ] = None,
    since: Annotated[
        str, typer.Option("--since", metavar="DAY", help="a day, a month, or 7d, 4w", show_default=False)
    ] = "",
    until: Annotated[str, typer.Option("--until", metavar="DAY", help="the last day", show_default=False)] = "",
    directory: Annotated[
        list[str] | None,
        typer.Option(
            "--dir", help="a configuration directory of the client, instead of those known", show_default=False
        ),
    ] = None,
    as_profile: Annotated[
        list[str] | None,
        typer.Option(
            "--as", metavar="PROFILE", help="what it would have cost there; all: everywhere", show_default=False
        ),
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="go on showing it, until Ctrl-C")] = False,
    export: Annotated[
        str, typer.Option("--export", metavar="ccusage", help="the prices, for ccusage", show_default=False)
    ] = "",
    prices: Annotated[bool, typer.Option("--prices", help="the prices that are reckoned with")] = False,
    refresh: Annotated[bool, typer.Option("--refresh", help="with --prices: ask for them again")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="for programs; without --since, all there is")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="for spreadsheets; without --since, all there is")] = False,
    html: Annotated[str, typer.Option("--html", metavar="FILE", help="a page, in one file", show_default=False)] = "",
) -> None:
    """Show what sessions took, in tokens and in money: today, this week and this month.

    cc usage
    cc usage --by profile,model --since 7d
    cc usage last
    cc usage --as all
    cc usage --watch
    cc usage --prices --refresh
    cc usage --export ccusage >prices.json
    """
    ways = _ways(by or [])
    views = {"a session": bool(session), "--prices": prices, "--as": bool(as_profile), "--export": bool(export)}
    outputs = {"--json": as_json, "--csv": as_csv, "--html": bool(html), "--watch": watch}
    _refuse_alone(refresh=refresh and not prices)
    _refuse([name for name, given in views.items() if given], [name for name, given in outputs.items() if given], ways)
    if export and export != _CCUSAGE:
        raise CcError(f"cc usage: --export {export[:80]}: no such program", "--export ccusage", code=USAGE)
    span = _span(since, until, whole=as_json or as_csv)
    if html:
        from cc_launcher.cli import usage_files

        usage_files.refuse_taken(html)
    if watch:
        from cc_launcher.cli import usage_watch

        usage_watch.refuse_without_terminal()
    with usage_view.Reading() as reading, action.ledger(directory or [], reading.told) as ledger:
        reading.end()
        for line in usage_empty.unread(ledger):
            usage_table.said(line)
        if any(views.values()):
            asks = refresh if prices else None
            _view(ledger, span, session, as_profile or [], prices=asks, as_json=as_json)
        elif as_json or as_csv:
            _for_programs(ledger, span, ways, as_csv=as_csv, with_budgets=not directory)
        elif html:
            usage_files.write_page(ledger, span, html)
        elif watch:
            usage_watch.show(ledger, lambda: _span(since, until, whole=False), ways)
        else:
            usage_view.show(ledger, span, ways)
            if not (since or until or ways or directory) and any(one.budget for one in ledger.summaries):
                from cc_launcher.cli import usage_budgets  # a tenth of this command's time, which few need

                usage_budgets.show(ledger)


def _view(ledger: Ledger, span: Span, session: str, wanted: list[str], *, prices: bool | None, as_json: bool) -> None:
    """One of the reports that stand by themselves; `prices` says whether to ask for them again."""
    if prices is not None:
        from cc_launcher.cli import usage_prices

        usage_prices.show(ledger, refresh=prices, as_json=as_json)
    elif session:
        from cc_launcher.cli import usage_session

        usage_session.show(ledger, ledger.session(session), as_json=as_json)
    elif wanted:
        from cc_launcher.cli import usage_elsewhere

        usage_elsewhere.show(ledger, span, wanted, as_json=as_json)
    else:
        from cc_launcher.cli import usage_export

        usage_export.show(ledger)


def _span(since: str, until: str, *, whole: bool) -> Span:
    """The time that is asked for. For programs, without a beginning, it is all there is."""
    today = dt.datetime.now().astimezone().date()
    first = periods.first_day(since, today) if since else periods.usual(today)["this month"]
    last = periods.last_day(until, today) if until else today
    ever = whole and not since
    if until and last < first and not ever:
        what = f"cc usage: {last} is before {first}: there is no day between the two"
        raise CcError(what, "name an earlier --since, or a later --until", code=USAGE)
    return Span(
        periods.FIRST if ever else periods.begin(first),
        periods.end(last) if until else periods.LAST,
        None if ever else first,
        last,
        today,
        is_usual=not since and not until,
    )


def _for_programs(ledger: Ledger, span: Span, ways: list[str], *, as_csv: bool, with_budgets: bool) -> None:
    parts = ledger.parts(*span.bounds)
    by = ways or report.EVERY
    every = ledger.rows(parts, tuple(dict.fromkeys((*by, "profile", "model", "day"))))
    rows = report.ordered(report.together(every, by), by)
    if as_csv:
        from cc_launcher.cli import usage_files

        usage_files.write_csv(rows)
        return
    from cc_launcher.cli import usage_budgets

    money = usage_money.money(ledger, every, span.days)
    told = {
        "rows": [report.as_data(row) for row in rows],
        "totals": [report.as_data(row) for row in report.totals(rows)],
        **usage_plans.data(money),
        "plain_claude": usage_plans.saving_data(usage_money.saving(ledger, parts, every, money.plans)),
        "budgets": usage_budgets.as_data(ledger) if with_budgets else [],
        "uncounted_compactions": usage_sums.uncounted(ledger.connection, *span.bounds),
        "output_too_low": sum(row.old for row in rows),
    }
    render.envelope("usage", told)


def _ways(words: list[str]) -> list[str]:
    ways = list(dict.fromkeys(way.strip() for word in words for way in word.split(",")))
    for way in ways:
        if way not in report.WAYS:
            hint = did_you_mean(way, list(report.WAYS)) or f"one or more of {', '.join(report.WAYS)}"
            raise CcError(f"cc usage: --by {way[:80]}: no such way", hint, code=USAGE)
    return ways


def _refuse_alone(*, refresh: bool) -> None:
    if refresh:
        raise CcError("cc usage: --refresh goes with --prices", "cc usage --prices --refresh", code=USAGE)


def _refuse(views: list[str], outputs: list[str], ways: list[str]) -> None:
    """Refuse what does not go together."""
    if len(outputs) > 1:
        hint = "run it once for each"
        raise CcError(f"cc usage: {' and '.join(outputs)} do not go together", hint, code=USAGE)
    alone = [*outputs, *(["--by"] if ways else [])]
    fits: dict[str, list[str]] = {"--export": []}
    for view in views:
        odd = [one for one in alone if one not in fits.get(view, ["--json"])]
        others = [*(one for one in views if one != view), *odd]
        if others:
            what = f"cc usage: {' and '.join([view, *others])} do not go together"
            raise CcError(what, f"{view} is a report of its own: leave out {' and '.join(others)}", code=USAGE)
