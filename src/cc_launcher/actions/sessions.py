"""The sessions there are: each with what is seen of it at a glance, what the ledger knows, and who has it open."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cc_launcher.actions.usage import Ledger
from cc_launcher.core.errors import NO_SUCH, USAGE, CcError
from cc_launcher.core.sessions.glance import Glance
from cc_launcher.core.text import printable
from cc_launcher.core.usage import periods
from cc_launcher.core.usage.marker import DOUBTFUL
from cc_launcher.core.usage.report import Row
from cc_launcher.files import guard, open_sessions, session_files, usage_sums
from cc_launcher.files.session_files import SessionFile
from cc_launcher.launch import paths

LAST = "last"
_SHORTEST = 4  # letters that may be the beginning of an id


@dataclass(frozen=True)
class Session:
    """One session."""

    file: SessionFile
    glance: Glance
    profile: str = ""  # none: nobody knows
    guessed: bool = False
    rows: tuple[Row, ...] = ()  # of the ledger, one for each currency
    pid: int = 0  # of the client that has it open

    @property
    def tokens(self) -> int:
        """How many it took."""
        return sum(row.figures.length + row.figures.output for row in self.rows)


def found(*, everywhere: bool = False) -> list[Session]:
    """Those of this project, or all of them, the newest first: as far as their files tell."""
    files = session_files.every() if everywhere else session_files.of_project(paths.here())
    pids = open_sessions.pids()
    seen = ((file, session_files.look(file)) for file in files)
    return [Session(file, glance, pid=pids.get(file.id, 0)) for file, glance in seen if glance.begun]


def with_figures(sessions: Sequence[Session], ledger: Ledger) -> list[Session]:
    """The same with what the ledger knows."""
    wanted = {session.file.id for session in sessions}
    parts = [one for one in ledger.parts(periods.FIRST, periods.LAST) if one[0].session in wanted]
    rows: dict[str, list[Row]] = {}
    for row in ledger.rows(parts, ("session",)):
        rows.setdefault(row.keys["session"], []).append(row)
    newest: dict[str, tuple[int, str]] = {}
    for mark in usage_sums.markers(ledger.connection, sorted(wanted)):
        if mark.profile:
            newest[mark.session] = max(newest.get(mark.session, (0, "")), (mark.time, mark.profile))
    guessed: dict[str, tuple[int, str]] = {}
    for part, _ in parts:
        if part.session not in newest:
            now = (part.quarter, ledger.profile_of(part))
            guessed[part.session] = max(guessed.get(part.session, (0, "")), now)
    return [
        Session(
            session.file,
            session.glance,
            _known(newest.get(session.file.id, (0, ""))[1]) or guessed.get(session.file.id, (0, ""))[1],
            session.file.id not in newest and session.file.id in guessed,
            tuple(rows.get(session.file.id, ())),
            session.pid,
        )
        for session in sessions
    ]


def named(word: str) -> Session:
    """The session of this project that is meant: the newest one, an id, or the beginning of one."""
    here = found()
    if word == LAST:
        if not here:
            raise none_here()
        return here[0]
    fitting = [session for session in here if session.file.id.startswith(word)] if word else []
    if len(fitting) > 1 and fitting[0].file.id != word:
        ids = ", ".join(session.file.id[:13] for session in fitting[:5])
        raise CcError(f"{word} could be several sessions", f"say which: {ids}", code=USAGE)
    if fitting:
        return fitting[0]
    raise _unknown(word)


def in_thread(session: Session) -> list[Session]:
    """What has the same beginning: the session, its forks and copies, the newest first."""
    thread = session.glance.thread
    return [other for other in found() if thread and other.glance.thread == thread] or [session]


def none_here() -> CcError:
    """That there is nothing to go on with."""
    return CcError(
        "there is no session in this project",
        "cc sessions --all shows those of other projects; cc run begins one",
        code=NO_SUCH,
    )


def _unknown(word: str) -> CcError:
    shown = printable(word)[:80]
    elsewhere = (
        [one for one in found(everywhere=True) if one.file.id.startswith(word)] if len(word) >= _SHORTEST else []
    )
    if elsewhere and elsewhere[0].glance.cwd:
        where = guard.shown(Path(elsewhere[0].glance.cwd))
        return CcError(f"session {shown} is of another project", f"go there first: cd {where}", code=NO_SUCH)
    return CcError(f"no session {shown}", "cc sessions lists them", code=NO_SUCH)


def _known(profile: str) -> str:
    return "" if profile == DOUBTFUL else profile
