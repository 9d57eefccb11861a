"""What `cc ask` shows: how far the tasks are, their answers, and what each took."""

import os
import sys
import time
from collections.abc import Sequence
from typing import Any

from cc_launcher.actions.ask_desk import progress
from cc_launcher.actions.ask_run import Running
from cc_launcher.cli import columns, render
from cc_launcher.core.ask import reply
from cc_launcher.core.ask.outcome import DONE, FAILED, SPENT, STOPPED, Outcome
from cc_launcher.core.text import printable
from cc_launcher.core.text.width import cut
from cc_launcher.core.usage import words

_OFTEN = 0.2  # seconds between two drawings
_AWAY = "\r\x1b[K"
_TITLES = ("profile", "model", "time", "tokens", "cost", "")
_ENDINGS = {DONE: "", FAILED: "failed", SPENT: "limit reached", STOPPED: "stopped"}


class Progress:
    """A line on the terminal while tasks run, and nothing elsewhere."""

    def __init__(self) -> None:
        self._seen = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._drawn = 0.0

    def look(self, runs: Sequence[Running]) -> None:
        """Draw it, not too often."""
        if not self._seen or time.monotonic() - self._drawn < _OFTEN:
            return
        self._drawn = time.monotonic()
        parts = [progress(run) for run in runs if not run.is_over]
        over = sum(run.is_over for run in runs)
        parts += [f"{over} of {len(runs)} done"] if over else []
        seconds = time.monotonic() - min(run.begun for run in runs)
        line = cut(printable(f"{seconds:.0f} s  {'; '.join(parts)} (Ctrl-C to stop)"), _columns() - 1)
        sys.stderr.write(f"{_AWAY}{line}")
        sys.stderr.flush()

    def clear(self) -> None:
        """Take it away."""
        if self._seen and self._drawn:
            sys.stderr.write(_AWAY)
            sys.stderr.flush()


def answered(outcome: Outcome) -> None:
    """One answer; beside it, on standard error, what one has to know of it."""
    _text(outcome.text)
    for line in _notes(outcome):
        render.talk(line)


def compared(outcomes: Sequence[Outcome]) -> None:
    """The answers one below the other, and what each took in a table."""
    for outcome in outcomes:
        render.heading(f"# {outcome.profile}{f' ({outcome.model})' if outcome.model else ''}")
        why = f"failed: {_why(outcome)}" if outcome.ending == FAILED else _ENDINGS[outcome.ending] or "no answer"
        _text(outcome.text or f"({why})")
        render.out("")
    rows = [_row(outcome) for outcome in outcomes]
    if sys.stdout.isatty():
        columns.show(rows, (1, 0), _TITLES)
    else:
        for row in rows:
            render.talk(", ".join(filter(None, row)))
    for outcome in outcomes:
        for line in _notes(outcome, compared=True):
            render.talk(line)


def data(outcome: Outcome) -> dict[str, Any]:
    """The same for programs."""
    spent, changes = outcome.spent, outcome.changes
    return {
        "profile": outcome.profile,
        "model": outcome.model or None,
        "ending": outcome.ending,
        "exit": outcome.code,
        "answer": outcome.text or None,
        "why": outcome.why or None,
        "session": outcome.session or None,
        "seconds": round(outcome.seconds, 3),
        "requests": spent.requests,
        "input": spent.figures.input,
        "output": spent.figures.output,
        "cache_write": spent.figures.cache_write,
        "cache_read": spent.figures.read,
        "cost_low": spent.cost.low,
        "cost_high": spent.cost.high,
        "currency": spent.currency or None,
        "billing": spent.billing,
        "limit": outcome.limit,
        "denied": [{"tool": one.tool, "about": one.about or None} for one in outcome.denied],
        "changes": None
        if changes is None
        else {
            "branch": changes.branch if changes.stat else None,
            "base": changes.base,
            "stat": changes.stat or None,
            "uncommitted_not_seen": changes.unseen,
            "problem": changes.problem or None,
        },
    }


def _row(outcome: Outcome) -> tuple[str, ...]:
    spent = outcome.spent
    cost = spent.money if spent.tokens else ""
    return (
        outcome.profile,
        outcome.model,
        f"{outcome.seconds:.1f} s",
        words.tokens(spent.tokens),
        cost,
        _ENDINGS[outcome.ending],
    )


def _why(outcome: Outcome) -> str:
    """Why it failed, without the name that most messages of ours begin with."""
    return outcome.why.removeprefix(f"{outcome.profile}: ")


def _notes(outcome: Outcome, *, compared: bool = False) -> list[str]:
    """What one has to know of an answer, and was not said among several."""
    name, found = outcome.profile, []
    if outcome.ending == FAILED and not compared:
        found.append(f"{name}: {_why(outcome)}")
    if outcome.ending == SPENT:
        found.append(
            f"{name}: stopped, since its limit of {outcome.limit} was reached; cc ask --limit, or [ask] in config.toml"
        )
    if outcome.denied:
        found.append(f"{name}: was not allowed: {reply.denied(outcome)}")
    if outcome.changes is not None:
        found += [f"{name}: {line}" for text in reply.changed(outcome.changes) for line in text.splitlines()]
    if not compared and sys.stderr.isatty() and outcome.spent.tokens:
        found.append(f"{reply.took(outcome)}, {outcome.seconds:.1f} s")
    return found


def _text(text: str) -> None:
    """An answer. On a terminal nothing in it may steer that; in a pipe it stays as it is."""
    looked_at = sys.stdout.isatty()
    for line in text.splitlines():
        sys.stdout.write((printable(line.expandtabs(4)) if looked_at else line) + "\n")


def _columns() -> int:
    try:
        return os.get_terminal_size(2).columns or 80
    except OSError:
        return 80
