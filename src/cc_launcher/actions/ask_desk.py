"""Where a session's calls of `ask` come in, and answers go out, as long as the session lasts."""

import contextlib
import datetime as dt
import os
import time
from collections.abc import Mapping

from cc_launcher.actions.ask_run import Running, Terms, recorded
from cc_launcher.actions.ask_runs import Ended, Runs
from cc_launcher.core.ask import reply
from cc_launcher.core.ask.errand import Errand
from cc_launcher.core.ask.limit import Tariff
from cc_launcher.core.ask.offer import Service
from cc_launcher.core.ask.outcome import FAILED, Outcome
from cc_launcher.core.ask.server import LONGEST, Call, Cancelled, Server
from cc_launcher.core.usage import words
from cc_launcher.files import session_of_call
from cc_launcher.files.price_book import PriceBook
from cc_launcher.launch import paths

_MOST = 8  # tasks at once
_OFTEN = 0.5  # seconds between two lines of progress of one task
_PIECE = 256 * 1024
SESSION = "CLAUDE_CODE_SESSION_ID"  # in which the client tells a server its session; `/clear` begins another one


def served(service: Service, server: Server, call: Call, rest: bytes) -> None:
    """Do this, and what comes after it, until the session ends. `rest` was read beyond that call."""
    with Runs() as runs:
        desk = Desk(service, server, runs)
        with contextlib.suppress(Ended, KeyboardInterrupt, SystemExit, BrokenPipeError):
            desk.serve(call, rest)
        desk.close()


class Desk:
    """Where calls come in, and answers go out."""

    def __init__(self, service: Service, server: Server, runs: Runs) -> None:
        self._service = service
        self._runs = runs
        self._server = server
        self._terms = Terms(service.limit, paths.here(), dict(service.rates), service.allowed, service.taken_out)
        self._calls: dict[Running, Call] = {}
        self._told: dict[Running, tuple[float, int]] = {}  # when something was told of it last, and how often
        self._book: PriceBook | None = None
        self._part = 0.0  # of what all tasks of this session may take: see Service.of_session
        self._line = bytearray()

    def serve(self, call: Call, rest: bytes) -> None:
        """Until standard input ends."""
        self._begin(call)
        is_open = self._take(rest)
        while is_open:
            if self._runs.wait(0, news=self._news):
                is_open = self._read()
            self._settle()
            self._write()

    def close(self) -> None:
        """End what runs, and write down what there was of it."""
        for run in self._runs.end_all():
            if run.outcome is not None:
                self._record(run, run.outcome)
        if self._book is not None:
            self._book.keep()

    def _read(self) -> bool:
        piece = os.read(0, _PIECE)
        return self._take(piece) and bool(piece)

    def _take(self, piece: bytes) -> bool:
        self._line += piece
        while (end := self._line.find(b"\n")) >= 0:
            line = bytes(self._line[:end])
            del self._line[: end + 1]
            if line.strip():
                self._do(self._server.hear(line))
        return len(self._line) <= LONGEST

    def _do(self, what: Call | Cancelled | None) -> None:
        if isinstance(what, Cancelled):
            for run, call in self._calls.items():
                if call.id == what.id:
                    run.end("stopped")
        elif what is not None:
            self._begin(what)

    def _begin(self, call: Call) -> None:
        if self._part >= self._service.of_session:
            most = self._service.limit.times(self._service.of_session)
            self._server.answer(
                call.id,
                f"Nothing was asked: all tasks of this session together have taken {most} (or as many tokens). "
                "Do it yourself. The user can raise `limit` in [ask] of config.toml, and start a new session.",
                is_error=True,
            )
            return
        if len(self._calls) >= _MOST:
            self._server.answer(call.id, f"{_MOST} tasks run already: wait for one of them", is_error=True)
            return
        self._book = self._book or PriceBook()
        run = Running(
            Errand(call.profile, call.task, call.write, call.profile in self._service.sealed),
            self._terms,
            tariff(self._book, call.profile, self._terms.rates),
        )
        self._calls[run] = call
        self._told[run] = (0.0, 0)
        self._runs.begin(run)
        self._news(run)

    def _news(self, run: Running) -> None:
        """Tell how far it is, not too often."""
        call = self._calls.get(run)
        when, number = self._told.get(run, (0.0, 0))
        if call is None or call.token is None or time.monotonic() - when < _OFTEN:
            return
        self._told[run] = (time.monotonic(), number + 1)
        self._server.progress(call.token, number + 1, progress(run))

    def _settle(self) -> None:
        for run in self._runs.take_over():
            call = self._calls.pop(run)
            del self._told[run]
            if run.outcome is None:
                continue
            self._part += run.part
            self._record(run, run.outcome, call)
            self._server.answer(call.id, reply.told(run.outcome), is_error=run.outcome.ending == FAILED)

    def _record(self, run: Running, outcome: Outcome, call: Call | None = None) -> None:
        call = call or self._calls.get(run)
        if outcome.session:
            known = os.environ.get(SESSION, "")
            recorded(outcome, session_of_call.found(call.tool_use if call else "", self._terms.directory) or known)

    def _write(self) -> None:
        for line in self._server.out:
            left = memoryview(line)
            while left:
                left = left[os.write(1, left) :]
        self._server.out.clear()


def tariff(book: PriceBook, profile: str, rates: Mapping[str, float]) -> Tariff:
    """How a profile is paid today."""
    today = dt.datetime.now().astimezone().date().isoformat()
    return Tariff(book.billing(profile), lambda model: book.price(profile, model, today), rates)


def progress(run: Running) -> str:
    """How far a task is, in a few words."""
    spent = run.spent
    doing = run.stream.doing or ("answers" if run.stream.parts else "at work")
    took = f"{words.tokens(spent.tokens)} tokens" if spent.tokens else "no answer yet"
    return f"{run.errand.profile}: {doing} ({took}, {run.part:.0%} of the limit)"
