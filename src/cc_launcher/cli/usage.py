"""`cc usage`: what sessions took and what that costs, from the client's own transcripts."""

import datetime as dt
from typing import Annotated

import typer

from cc_launcher.actions import usage as action
from cc_launcher.actions.usage import Ledger
from cc_launcher.cli import render, usage_view
from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.text.nearest import did_you_mean
from cc_launcher.core.usage import periods, report
from cc_launcher.files import usage_sums


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
    prices: Annotated[bool, typer.Option("--prices", help="the prices that are reckoned with")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="for programs; without --since, all there is")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="for spreadsheets; without --since, all there is")] = False,
    html: Annotated[str, typer.Option("--html", metavar="FILE", help="a page, in one file", show_default=False)] = "",
) -> None:
    """Show what sessions took, in tokens and in money: today, this week and this month.

    cc usage
    cc usage --by profile,model --since 7d
    cc usage last
    cc usage --as all
    """
    ways = _ways(by or [])
    _refuse(session=session, prices=prices, wanted=as_profile or [], outputs=[as_json, as_csv, bool(html)], ways=ways)
    today = dt.datetime.now().astimezone().date()
    whole = (as_json or as_csv) and not since
    first = periods.first_day(since, today) if since else periods.usual(today)["this month"]
    last = periods.last_day(until, today) if until else today
    span = (periods.FIRST if whole else periods.begin(first), periods.end(last) if until else periods.LAST)
    if html:
        from cc_launcher.cli import usage_files

        usage_files.refuse_taken(html)
    with usage_view.Reading() as reading, action.ledger(directory or [], reading.told) as ledger:
        reading.end()
        if prices:
            usage_view.show_prices(ledger, as_json=as_json)
        elif session:
            from cc_launcher.cli import usage_session

            usage_session.show(ledger, ledger.session(session), as_json=as_json)
        elif as_profile:
            usage_view.show_elsewhere(ledger, ledger.parts(*span), as_profile, as_json=as_json)
        elif as_json or as_csv:
            _for_programs(ledger, span, ways, as_csv=as_csv)
        elif html:
            usage_files.write_page(ledger, span, html, first, last)
        else:
            asked = bool(since or until)
            usage_view.show(ledger, span, ways, today if not asked else None)


def _for_programs(ledger: Ledger, span: tuple[int, int], ways: list[str], *, as_csv: bool) -> None:
    rows = ledger.rows(ledger.parts(*span), ways or report.EVERY)
    if as_csv:
        from cc_launcher.cli import usage_files

        usage_files.write_csv(rows)
        return
    told = {
        "rows": [report.as_data(row) for row in rows],
        "totals": [report.as_data(row) for row in report.totals(rows)],
        "uncounted_compactions": usage_sums.uncounted(ledger.connection, *span),
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


def _refuse(*, session: str, prices: bool, wanted: list[str], outputs: list[bool], ways: list[str]) -> None:
    """Refuse what does not go together."""
    if sum(outputs) > 1:
        raise CcError("cc usage: --json, --csv and --html are one or the other", "run it once for each", code=USAGE)
    views = [bool(session), prices, bool(wanted)]
    if sum(views) > 1 or (any(views) and (ways or outputs[1] or outputs[2])):
        raise CcError(
            "cc usage: a session, --prices and --as are reports of their own",
            "leave out --by, --csv and --html, and name one of them",
            code=USAGE,
        )
