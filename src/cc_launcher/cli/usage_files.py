"""What `cc usage` writes for elsewhere: rows for a spreadsheet, and a page in one file."""

import csv
import io
import sys
from collections.abc import Sequence

from cc_launcher.actions import usage_money
from cc_launcher.actions.usage import Ledger
from cc_launcher.cli import page_file, render, usage_plans, usage_view
from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.usage import page, report
from cc_launcher.core.usage.periods import Span
from cc_launcher.core.usage.report import COLUMNS, Row

_OURS = page_file.page_of("cc usage")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(rows: Sequence[Row]) -> None:
    """Rows with commas between them, under their titles."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        data = report.as_data(row)
        writer.writerow([_cell(data[name]) for name in COLUMNS])
    sys.stdout.write(made.getvalue())


def refuse_taken(name: str) -> None:
    """Stop where a page would take the place of somebody's file; an older page of ours may go."""
    if name == "-":
        raise CcError("--html: a page needs a file", "--html usage.html", code=USAGE)
    page_file.refuse_taken(name, _OURS)


def write_page(ledger: Ledger, span: Span, name: str) -> None:
    """The page."""
    parts = ledger.parts(*span.bounds)
    tables = [(way, ledger.rows(parts, ways)) for way, ways in page.TABLES.items()]
    every = ledger.rows(parts, ("profile", "model", "day"))
    money = usage_money.money(ledger, every, span.days)
    lines = usage_plans.lines(money)
    saving = usage_money.saving(ledger, parts, every, money.plans)
    lines += [usage_plans.saving(saving, "in this time")] if saving is not None else []
    notes = usage_view.notes(ledger, every, span.bounds)
    made = page.html(f"{span.first} to {span.last}", tables, lines, notes)
    page_file.write(name, made)
    render.talk(f"the page is in {name}")


def _cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text
