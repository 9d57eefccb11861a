"""How a task ended, and what it took."""

from dataclasses import dataclass
from typing import NamedTuple

from cc_launcher.core.ask.limit import Spent
from cc_launcher.core.ask.stream import Denied
from cc_launcher.core.errors import FOUND_PROBLEM, INTERRUPTED, OK, TIMED_OUT, WORDS

DONE, FAILED, SPENT, STOPPED = "done", "failed", "limit", "stopped"


class Changes(NamedTuple):
    """What was changed in a work tree of its own."""

    branch: str
    base: str  # the commit that it began with
    stat: str  # as git tells it, a line for each file
    unseen: bool  # there were changes that are in no commit, which the task did not see
    problem: str = ""  # why they are in no commit


@dataclass(frozen=True)
class Outcome:
    """The end of a task."""

    profile: str
    ending: str  # DONE, FAILED, SPENT or STOPPED
    text: str  # the answer, or as much as there is of it
    spent: Spent
    limit: str  # that counted, in words
    model: str = ""
    session: str = ""
    why: str = ""  # it failed
    status: int = 0  # the exit code of what ran it
    seconds: float = 0.0
    denied: tuple[Denied, ...] = ()
    changes: Changes | None = None
    writes: bool = False

    @property
    def code(self) -> int:
        """The exit code of a command that asked for this alone."""
        if self.ending == FAILED:
            return self.status if self.status in WORDS else FOUND_PROBLEM
        return {DONE: OK, SPENT: TIMED_OUT, STOPPED: INTERRUPTED}[self.ending]
