"""The budgets in `cc usage`: each with a bar."""

import shutil
import sys
from typing import Any

from cc_launcher.actions import budget as action
from cc_launcher.actions.usage import Ledger
from cc_launcher.cli import budget_words, render
from cc_launcher.core.usage import budget, words

_LONGEST, _SHORTEST = 30, 10  # columns of a bar
_BESIDE = 70


def show(ledger: Ledger) -> None:
    """Each budget in a line; nothing where no profile has one."""
    found = action.every(ledger)
    if not found:
        return
    ascii_only = not (sys.stdout.encoding or "").lower().startswith("utf")
    width = max(_SHORTEST, min(_LONGEST, shutil.get_terminal_size().columns - _BESIDE))
    rows = []
    for one in found:
        bar = words.bar(min(one.percent / 100, 1), width, ascii_only=ascii_only)
        rows.append((one.profile, bar if sys.stdout.isatty() else "", f"{one.percent:.0f} %", budget.left(one)))
    if sys.stdout.isatty():
        render.out("")
    render.table(("budget", "", "", ""), rows)
    for line in filter(None, map(budget.uncounted, found)):
        render.talk(line)


def as_data(ledger: Ledger) -> list[dict[str, Any]]:
    """The same for programs."""
    return [budget_words.as_data(one) for one in action.every(ledger)]
