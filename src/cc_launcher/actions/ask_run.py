"""One task while it runs: the client that does it, what is heard of it, its limit, and how it ends."""

import contextlib
import os
import signal
import sys
import time
from dataclasses import dataclass, field

from cc_launcher.core.ask import errand as errands
from cc_launcher.core.ask import limit as limits
from cc_launcher.core.ask.amount import Limit
from cc_launcher.core.ask.errand import Errand
from cc_launcher.core.ask.limit import Spent, Tariff
from cc_launcher.core.ask.outcome import DONE, FAILED, SPENT, Changes, Outcome
from cc_launcher.core.ask.stream import Stream
from cc_launcher.core.errors import CcError
from cc_launcher.core.profile.variables import SURROUNDING
from cc_launcher.core.text import entry_points, printable
from cc_launcher.files import asked, worktrees
from cc_launcher.files.worktrees import Tree
from cc_launcher.launch import child, paths, start
from cc_launcher.launch.child import Child
from cc_launcher.launch.request import ASK

_PIECE = 256 * 1024
_LONGEST_LINE = 64 * 1024 * 1024
_KEPT = 8 * 1024  # of what it says on standard error
_GRACE = 5.0  # seconds to end in, once it was asked to
_TITLE = 72
# Of the session that asks, and of no other: `cc run` takes out the rest.
_OF_THE_SESSION = (*SURROUNDING.names, "CLAUDE_CODE_LAUNCHED_BY_SESSION_IDS", "CLAUDE_PROJECT_DIR")


@dataclass(frozen=True)
class Terms:
    """What holds for every task that is asked from one place."""

    limit: Limit
    directory: str
    rates: dict[str, float] = field(default_factory=dict)
    allowed: tuple[str, ...] = ()  # tools, beside the usual ones
    taken_out: tuple[str, ...] = ()  # variables of the session that asks


class Running:
    """A task from its start to its end."""

    def __init__(self, errand: Errand, terms: Terms, tariff: Tariff) -> None:
        self.errand = errand
        self.terms = terms
        self.stream = Stream()
        self.spent = Spent(billing=tariff.billing)
        self.begun = time.monotonic()
        self.outcome: Outcome | None = None
        self.child: Child | None = None
        self._tariff = tariff
        self._tree: Tree | None = None
        self._to_tell = errand.task.encode("utf-8", "surrogateescape") + b"\n"
        self._line = bytearray()
        self._said = b""
        self._ending = ""  # why it is being ended
        self._until = 0.0  # when it is no longer asked
        self._status: int | None = None

    @property
    def is_over(self) -> bool:
        """Whether it has ended, and is settled."""
        return self.outcome is not None

    @property
    def limit(self) -> str:
        """The limit that counts, in words."""
        return limits.said(self.spent, self.terms.limit, self.terms.rates)

    @property
    def part(self) -> float:
        """How much of its limit it has taken."""
        return limits.part(self.spent, self.terms.limit, self.terms.rates)

    def begin(self) -> None:
        """Start it. What cannot even be started has an outcome at once."""
        directory = self.terms.directory
        try:
            if self.errand.write:
                self._tree, directory = worktrees.make(directory, self.errand.profile)
            self.child = child.start(self._argv(directory), self._environment())
        except CcError as bad:
            self._fail(f"{bad.what}; {bad.hint}" if bad.hint else bad.what, bad.code)
        except BaseException:
            if self._tree is not None:
                worktrees.remove(self._tree)
            raise

    def feed(self) -> None:
        """Tell it as much of the task as it takes now."""
        one = self.child
        if one is None or one.given < 0:
            return
        try:
            self._to_tell = self._to_tell[os.write(one.given, self._to_tell[:_PIECE]) :]
        except BlockingIOError:
            return
        except OSError:
            self._to_tell = b""  # it has ended, or does not listen
        if not self._to_tell:
            child.shut(one, "given")

    def hear(self) -> bool:
        """Take in what it says; whether there was news."""
        one = self.child
        if one is None:
            return False
        self._said = (self._said + self._pieces(one, "said"))[-_KEPT:]
        self._line += self._pieces(one, "out")
        news = False
        while (end := self._line.find(b"\n")) >= 0:
            news = self.stream.hear(bytes(self._line[:end])) or news
            del self._line[: end + 1]
        if len(self._line) > _LONGEST_LINE:
            self._line.clear()
        if news:
            self.spent = limits.spent(self.stream.requests, self._tariff)
            if self.part >= 1 and not self.stream.has_ended and not self._ending:
                self.end(SPENT)
        return news

    def end(self, why: str, grace: float = _GRACE) -> None:
        """Ask it to end; after a while it is no longer asked."""
        if self.child is None or self.is_over:
            return
        if not self._ending:
            self._ending, self._until = why, time.monotonic() + grace
        self._until = min(self._until, time.monotonic() + grace)
        child.tell(self.child, signal.SIGTERM)

    def look(self) -> None:
        """Whether it has ended, and whether it is to be ended by force."""
        if self.child is None or self.is_over:
            return
        if self._ending and time.monotonic() >= self._until:
            child.kill(self.child)
            self._until = float("inf")
        with contextlib.suppress(ChildProcessError):
            done, status = os.waitpid(self.child.pid, os.WNOHANG)
            if done:
                self._status = os.waitstatus_to_exitcode(status)
                self._settle()

    def _settle(self) -> None:
        """It has ended: hear the rest, and see what there is of it."""
        one = self.child
        if one is None:
            return
        self.hear()
        child.tell(one, signal.SIGKILL)  # what it has left in its group
        child.close(one)
        self.child = None
        ending, why = self._judged()
        changes = None
        if self._tree is not None:
            title = printable(" ".join(self.errand.task.split()))[:_TITLE]
            changes = worktrees.settle(self._tree, title)
        self._over(ending, why, self._status or 0, changes)

    def _judged(self) -> tuple[str, str]:
        if self._ending and not self.stream.has_ended:
            return self._ending, ""
        if self.stream.answer or (self.stream.has_ended and not self.stream.error):
            return DONE, ""
        if self.stream.error:
            return FAILED, printable(self.stream.error)
        return FAILED, self._reason()

    def _reason(self) -> str:
        """Why it has not even begun: what `cc run` or the client said last."""
        lines = [printable(line) for line in self._said.decode("utf-8", "replace").splitlines() if line.strip()]
        first = next((at for at, line in enumerate(lines) if line.startswith(("cc: ", "cc run"))), 0)
        how = f"signal {-(self._status or 0)}" if (self._status or 0) < 0 else f"exit code {self._status}"
        return (
            "; ".join(line.strip().removeprefix("cc: ").removeprefix("hint: ") for line in lines[first:][-3:])
            or f"it ended with {how}"
        )

    def _fail(self, why: str, status: int) -> None:
        self._over(FAILED, why, status)

    def _over(self, ending: str, why: str, status: int, changes: Changes | None = None) -> None:
        self.outcome = Outcome(
            profile=self.errand.profile,
            ending=ending,
            text=self.stream.said if ending != FAILED else "",
            spent=self.spent,
            limit=self.limit,
            model=self.stream.model,
            session=self.stream.session,
            why=why,
            status=status,
            seconds=time.monotonic() - self.begun,
            denied=tuple(self.stream.denied),
            writes=self.errand.write,
            changes=changes,
        )

    def _pieces(self, one: Child, name: str) -> bytes:
        """What can be read now."""
        found = b""
        while (end := getattr(one, name)) >= 0:
            try:
                piece = os.read(end, _PIECE)
            except BlockingIOError:
                break
            except OSError:
                piece = b""
            if not piece:
                child.shut(one, name)
            found += piece
            if len(piece) < _PIECE:
                break
        return found

    def _argv(self, directory: str) -> list[str]:
        data = paths.data()  # in which a work tree is, too
        private = (paths.client_config(), paths.config(), f"{data}/isolated", f"{data}/keys")
        directories = tuple(map(os.path.realpath, private))
        words = errands.arguments(self.errand, self.terms.allowed, directories, self.terms.directory, directory)
        return [sys.executable, "-P", "-c", entry_points.CODE, ASK, "child", str(os.getpid()), directory, *words]

    def _environment(self) -> dict[str, str]:
        environment = start.inherited()
        for name in (*_OF_THE_SESSION, *self.terms.taken_out):
            environment.pop(name, None)
        return environment


def recorded(outcome: Outcome, parent: str) -> None:
    """Into the ledger, under the session that asked."""
    if outcome.session and parent and outcome.session != parent:
        with contextlib.suppress(CcError):
            asked.record(
                asked.Asked(outcome.session, parent, outcome.profile, time.time_ns() // 1_000_000, outcome.ending)
            )
