"""`cc usage SESSION`: the tasks that a session has given to other profiles, and whose task it is itself."""

import sys
from typing import Any

from cc_launcher.actions.usage import Ledger
from cc_launcher.cli import render, usage_table
from cc_launcher.cli.usage_table import Column
from cc_launcher.core.ask.outcome import DONE
from cc_launcher.core.usage import periods, report, words
from cc_launcher.core.usage.figures import sum_of
from cc_launcher.files import asked
from cc_launcher.files.asked import Asked

_HEADS = (
    Column("asked", right=False, name=True),
    Column("session", right=False),
    Column("requests"),
    Column("input"),
    Column("output"),
    Column("cost"),
    Column("", right=False),
)


def show(ledger: Ledger, session: str) -> None:
    """Below the session's own sums, which have none of it."""
    if parent := asked.parent_of(session):
        usage_table.told(f"a task of session {parent}")
    tasks = asked.of(session)
    if not tasks:
        return
    if sys.stdout.isatty():
        render.out("")
    rows = [(task, ledger.rows(_parts(ledger, task), ("profile", "model"))) for task in tasks]
    usage_table.show(_HEADS, [_row(task, found) for task, found in rows])
    cost = words.costs((row.cost, row.currency) for row in report.totals([row for _, found in rows for row in found]))
    usage_table.told(
        f"asked from this session: {len(tasks)} task{'s' if len(tasks) > 1 else ''}, {cost}, beside its own"
    )


def data(ledger: Ledger, session: str) -> dict[str, Any]:
    """The same for programs."""
    return {
        "task_of": asked.parent_of(session) or None,
        "asked": [
            {
                "profile": task.profile,
                "session": task.session,
                "time": task.time,
                "ending": task.ending,
                "rows": [report.as_data(row) for row in ledger.rows(_parts(ledger, task), ("profile", "model"))],
            }
            for task in asked.of(session)
        ],
    }


def _parts(ledger: Ledger, task: Asked) -> Any:
    return ledger.parts(periods.FIRST, periods.LAST, task.session)


def _row(task: Asked, found: list[report.Row]) -> tuple[str, ...]:
    figures = sum_of(row.figures for row in found)
    session = task.session[:8] if sys.stdout.isatty() else task.session
    cost = words.costs((row.cost, row.currency) for row in report.totals(found))
    counts = (words.tokens(figures.length), words.tokens(figures.output))
    ending = "" if task.ending == DONE else task.ending
    return (task.profile, session, f"{sum(row.requests for row in found):,}", *counts, cost, ending)
