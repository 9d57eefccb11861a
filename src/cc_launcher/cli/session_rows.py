"""How sessions stand in a list: the same in `cc sessions` and where one is chosen."""

import time
from collections.abc import Sequence

from cc_launcher.actions.sessions import Session
from cc_launcher.actions.take_over import SHORT
from cc_launcher.actions.usage import ledger
from cc_launcher.cli import columns, questions, usage_view
from cc_launcher.cli.questions import Entry
from cc_launcher.core.text import printable
from cc_launcher.core.usage import words

_NOBODY = "?"
_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60))


def with_figures(sessions: Sequence[Session]) -> list[Session]:
    """The sessions with what the ledger knows of them, which is brought up to date first."""
    from cc_launcher.actions import sessions as action

    with usage_view.Reading() as reading, ledger((), reading.told) as book:
        reading.end()
        return action.with_figures(sessions, book)


def cells(session: Session, now: float) -> tuple[str, ...]:
    """Its id, profile, model, age, tokens, cost and title."""
    title = session.glance.title or "no title"
    return (
        session.file.id[:SHORT],
        profile(session),
        session.glance.model,
        age(now - session.file.changed / 1e9),
        words.tokens(session.tokens) if session.tokens else "",
        cost(session),
        f"open in process {session.pid}: {title}" if session.pid else title,
    )


def profile(session: Session) -> str:
    """The profile that it was on last."""
    return f"{session.profile}?" if session.guessed and session.profile else session.profile or _NOBODY


def cost(session: Session) -> str:
    """What it cost, in each currency; nothing where it took no tokens."""
    if not session.tokens:
        return ""
    said = {row.said for row in session.rows}
    if len(said) == 1 and said <= {"plan", "free"}:
        return next(iter(said))
    return words.costs((row.cost, row.currency) for row in session.rows)


def age(seconds: float) -> str:
    """How long ago that was, in a few letters."""
    return next((f"{int(seconds // length)} {unit}" for unit, length in _UNITS if seconds >= length), "now")


def picked(sessions: Sequence[Session], question: str) -> Session:
    """The session that is chosen."""
    now = time.time()
    rows = [tuple(map(printable, cells(session, now))) for session in sessions]
    widths = columns.fitted(rows, (6,), columns.size()[0] - _MARK)
    entries = [Entry(columns.line(row, widths), session) for row, session in zip(rows, sessions, strict=True)]
    chosen: Session = questions.choose(question, entries, search=True)
    return chosen


_MARK = 4  # columns that the list itself takes
