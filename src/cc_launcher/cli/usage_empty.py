"""What `cc usage` says where there is nothing to show, and of what it was not allowed to read."""

import os
from pathlib import Path

from cc_launcher.actions.usage import Ledger
from cc_launcher.cli import usage_table
from cc_launcher.core.usage import periods
from cc_launcher.core.usage.periods import Span
from cc_launcher.files import transcripts, usage_sums
from cc_launcher.files.guard import shown


def show(ledger: Ledger, span: Span) -> None:
    """Why there is nothing, and what to do."""
    latest = usage_sums.latest(ledger.connection)
    if latest is not None:
        day = periods.day_of(latest)
        usage_table.said(f"nothing was used {'this month' if span.is_usual else 'in this time'}")
        usage_table.said(f"the newest session is of {day}: cc usage --since {day}")
        return
    usage_table.said(f"there are no transcripts in {' or '.join(shown(Path(one)) for one in ledger.configs)}")
    inside = [one for one in ledger.configs if os.path.basename(one) == "projects"]
    if inside:
        usage_table.said(f"name the directory above it: --dir {shown(Path(inside[0]).parent)}")
    else:
        usage_table.said("a session that Claude Code writes down is counted here: cc run begins one")


def unread(ledger: Ledger) -> list[str]:
    """What is missing, since it may not be read."""
    found = [path for config in ledger.configs for path in transcripts.unreadable(config)]
    return [f"{shown(Path(path))} may not be read, so its sessions are missing here" for path in found]
