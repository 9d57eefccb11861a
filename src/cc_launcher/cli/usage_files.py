"""What `cc usage` writes for elsewhere: rows for a spreadsheet, and a page in one file."""

import csv
import io
import os
import re
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

from cc_launcher.actions import usage_money
from cc_launcher.actions.usage import Ledger
from cc_launcher.cli import render, usage_plans, usage_view
from cc_launcher.core.errors import IN_THE_WAY, USAGE, CcError
from cc_launcher.core.usage import page, report
from cc_launcher.core.usage.periods import Span
from cc_launcher.core.usage.report import COLUMNS, Row
from cc_launcher.files import atomic

_OURS = re.compile(rb"\s*<!doctype html>.{0,1000}<title>cc usage", re.DOTALL | re.IGNORECASE)
_READ = 2_000
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
    path = Path(name).absolute()
    if name == "-":
        raise CcError("--html: a page needs a file", "--html usage.html", code=USAGE)
    if not (path.parent.is_dir() and os.access(path.parent, os.W_OK | os.X_OK)):
        raise CcError(f"{name}: no file can be written there", "make the directory, or name another", code=IN_THE_WAY)
    if os.path.lexists(path) and _OURS.match(_beginning(path)) is None:
        raise CcError(f"{name} is there already, and is no page of cc's", "choose another name", code=IN_THE_WAY)


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
    atomic.write(Path(name).absolute(), made.encode("utf-8", "backslashreplace"))
    render.talk(f"the page is in {name}")


def _cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def _beginning(path: Path) -> bytes:
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return b""
        with path.open("rb") as file:
            return file.read(_READ)
    except OSError:
        return b""
