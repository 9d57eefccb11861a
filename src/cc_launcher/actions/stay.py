"""A launch beside which we wait: when a turn fails there, the session goes on on the next profile.

Each profile has its turn once, from the first to the last; the next prompt stays where the session is. Nothing is asked
here, and nobody is: that is over when the first client starts.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from cc_launcher.actions import take_over
from cc_launcher.actions.before_launch import Link, Secrets
from cc_launcher.actions.planning import Planned
from cc_launcher.actions.screen import NOBODY, Screen
from cc_launcher.actions.stay_print import Answer
from cc_launcher.core.errors import CcError
from cc_launcher.core.plan import BY_ITSELF, Plan, stay
from cc_launcher.core.plan.first_answer import Unavailable
from cc_launcher.core.sessions import outage, resume_options
from cc_launcher.core.sessions.outage import Outage
from cc_launcher.files import session_files, stay_place, transcript_tail
from cc_launcher.launch import paths, process, secret_reader, start
from cc_launcher.launch.stay import Beside
from cc_launcher.launch.stay_streams import Kept, Piped, Streams
from cc_launcher.launch.stay_terminal import Terminal


class Launch(NamedTuple):
    """One profile's turn, ready to start."""

    planned: Planned
    plan: Plan
    user: list[str]
    arguments: Callable[[Plan, list[str]], list[str]]  # of the client, for a plan and what the user has typed
    before: Callable[[], None]
    read: Secrets


class Turn(NamedTuple):
    """How a client ended, and where its session goes on if it does."""

    status: int  # as `waitpid` has it
    outage: Outage | None = None
    session: str = ""
    transcript: str = ""
    give: Callable[[], None] = lambda: None  # what was kept back of it


Words = Callable[[Planned], list[str]]  # what the client is told, on this profile
Prepare = Callable[[Link, Words], Launch]


def run(first: Launch, links: list[Link], prepare: Prepare, screen: Screen, settled: str = "") -> int:
    """Wait beside one client after the other: the exit code of the last one, or the signal that it died of.

    `links` are the profiles in turn, the first one's too; `prepare` makes the launch of a later one; `settled` is the
    session that is gone on with, if all who have seen it are agreed to.
    """
    _read(first)
    given = [*first.plan.args, *first.user]
    how = stay.printing(given) if _prints(given) else None
    with contextlib.ExitStack() as stack:
        stay_place.sweep()
        place = None if how is not None else stack.enter_context(stay_place.Place())
        beside = stack.enter_context(Beside())
        status = _Session(first, links, prepare, screen, beside, place, how, settled).run()
    return _ended(status)


def _ended(status: int) -> int:
    """End as the client did."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        sys.stdout.flush()
        sys.stderr.flush()
        if number == signal.SIGKILL:
            os.kill(os.getpid(), number)  # which has no other way to be taken
        else:
            process.die_of(number)
        return 128 + number  # where the signal is held up
    return os.waitstatus_to_exitcode(status)


class _Session:
    """A session that may go on elsewhere."""

    def __init__(
        self,
        first: Launch,
        links: list[Link],
        prepare: Prepare,
        screen: Screen,
        beside: Beside,
        place: stay_place.Place | None,
        how: stay.Printing | None,
        settled: str,
    ) -> None:
        self._launch, self._name = first, links[0].name
        self._left = links[1:]
        self._prepare, self._screen, self._beside = prepare, screen, beside
        self._place, self._how, self._settled = place, how, settled
        self._user = first.user
        self._piped = Kept() if how is not None and not sys.stdin.isatty() else None
        self._terminal = Terminal()
        self._began = time.time()

    def run(self) -> int:
        """The status of the last client."""
        while True:
            turn = self._interactive() if self._how is None else self._printed(self._how)
            if turn.outage is None:
                return turn.status
            following = None if self._beside.is_asked() else self._following(turn)
            if self._beside.is_asked():
                turn.give()
                return self._beside.asked[0]  # as the status of who died of it
            if following is None:
                turn.give()
                return turn.status
            self._launch = following

    def _following(self, turn: Turn) -> Launch | None:
        """The launch that the session goes on with; nothing where nobody is left."""
        assert turn.outage is not None  # noqa: S101 - for mypy: see `run`
        while self._left:
            link = self._left.pop(0)
            try:
                launch = self._prepare(link, lambda planned: self._goes_on(turn, planned))
                _read(launch)
            except Unavailable as fault:
                self._screen.say(f"{link.name}: {fault.words}")
                continue
            except CcError as fault:
                self._screen.say(f"{fault.what} ({fault.hint})" if fault.hint else fault.what)
                continue
            self._screen.say(turn.outage.line(self._name, link.shown))
            self._name = link.name
            return launch
        self._screen.say(f"{self._name}: {turn.outage.words}; nobody is left to go on with")
        return None

    def _goes_on(self, turn: Turn, planned: Planned) -> list[str]:
        """What the client is told: to go on, where its history has the prompt; or else the prompt itself."""
        begun = outage.last_failure(transcript_tail.lines(turn.transcript)) is not None
        prompt = "" if begun or self._place is None else outage.prompt(self._place.prompt())
        text = stay.GO_ON if begun else prompt
        file = session_files.at(turn.transcript) if text else None
        if file is None:
            return self._user
        if begun and self._piped is not None:
            self._piped = Kept(whole=True)  # the history has that, too
        is_ours = file.id == self._settled or transcript_tail.first_time(file.path) >= self._began
        session = _fit(file, planned, is_ours=is_ours)
        return stay.resumed(resume_options.instead(self._user, session), text)

    def _plan(self) -> Plan:
        return stay.impatient(self._launch.plan) if self._left else self._launch.plan

    def _interactive(self) -> Turn:
        """On a terminal: the hook of a turn that failed leaves a mark."""
        launch, place = self._launch, self._place
        assert place is not None  # noqa: S101 - for mypy: see `run`
        plan = stay.marking(self._plan(), str(place.path)) if self._left else self._plan()
        found: list[tuple[Outage, outage.Mark]] = []

        def is_over() -> bool:
            mark = outage.mark(content) if self._left and (content := place.taken_mark()) else None
            fault = None if mark is None else outage.judged(mark.failure, launch.read.values())
            if mark is not None and fault is not None:
                found.append((fault, mark))
            return bool(found)

        status = self._start(launch._replace(plan=plan), Streams(), is_over)
        by_us = os.WIFEXITED(status) or self._beside.is_ours(os.WTERMSIG(status))
        self._terminal.restore(killed=os.WIFSIGNALED(status))
        if not found or not by_us:
            return Turn(status)
        fault, mark = found[0]
        return Turn(status, fault, mark.session, mark.transcript)

    def _printed(self, how: stay.Printing) -> Turn:
        """Without one: the client's JSON says how it went. The last one's output is its own."""
        launch = self._launch
        if not self._left:
            return Turn(self._start(launch, Piped(None, self._piped), _never))
        answer = Answer(how, launch.read.values())
        user = stay.held_back(launch.user) if how.is_held else launch.user
        status = self._start(launch._replace(plan=self._plan(), user=user), Piped(answer.take, self._piped), _never)
        answer.ended()
        result = answer.result
        if os.WIFSIGNALED(status) or result is None or answer.outage is None:
            answer.give([*launch.plan.args, *launch.user])
            return Turn(status)
        config = launch.plan.set.get("CLAUDE_CONFIG_DIR", "") or paths.client_config()
        session = str(result.get("session_id", ""))
        transcript = transcript_tail.path_of(config, session)
        return Turn(status, answer.outage, session, transcript, lambda: answer.give([*launch.plan.args, *launch.user]))

    def _start(self, launch: Launch, streams: Streams, is_over: Callable[[], bool]) -> int:
        argv = launch.arguments(launch.plan, launch.user)

        def become() -> int:
            return start.launch(launch.plan, argv, launch.before, launch.read)

        return self._beside.run(become, streams, is_over)


def _fit(file: session_files.SessionFile, planned: Planned, *, is_ours: bool) -> str:
    """The session to go on with there: itself, or a copy without what would be refused.

    Who has seen a session of this launch is known, and what follows was asked at the start. Of another one, which was
    chosen by `/resume`, nobody was asked: then it goes nowhere.
    """
    judged = take_over.judged(file, planned)
    if judged.found.cannot:
        raise CcError(f"{planned.plan.profile}: cannot go on with this session: {judged.found.cannot}")
    return take_over.settled(replace(judged, pairs=()) if is_ours else judged, NOBODY, planned.plan.profile)


def _prints(given: list[str]) -> bool:
    """Whether the client answers once: it is told to, or nobody looks."""
    resumed = resume_options.asked(given)
    return stay.prints(given) or not sys.stdout.isatty() or (resumed is not None and resumed.prints)


def _never() -> bool:
    """A client that ends by itself."""
    return False


def _read(launch: Launch) -> None:
    """Read what the launch hands over, before the client that it follows is spoken of as gone."""
    for slot in launch.plan.slots:
        key = start.by_itself(slot) if slot.delivery in BY_ITSELF else slot.read
        if key in launch.read:
            continue
        if slot.delivery in BY_ITSELF:
            launch.read[key] = secret_reader.for_helper(slot, launch.plan.profile)
        else:
            launch.read[key] = secret_reader.of(slot, launch.plan.profile)
