"""Run a probe: check after check, some of them side by side, within a budget, until it is done or somebody stops it."""

import dataclasses
import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from cc_launcher.core.probe.budget import Budget, Tokens, at_most, settled, taken
from cc_launcher.core.probe.check import Check, Scene
from cc_launcher.core.probe.checks.fields import HELPS
from cc_launcher.core.probe.exchange import Ask, Exchange
from cc_launcher.core.probe.outcome import DEGRADED, FAILED, PASSED, SKIPPED, Outcome, Result

SIDE_BY_SIDE = 3
_AT_ONCE = "two-at-once"  # the check that says whether they may be
_LOOK = 0.1  # seconds between two looks at whether somebody wants to stop


class Watcher(Protocol):
    """Who is told how far it is."""

    def started(self, check: str) -> None:
        """The check of this name begins."""

    def done(self, outcome: Outcome) -> None:
        """A check has ended."""


class Stopped(Exception):
    """Somebody wants it to end here."""


class TooDear(Exception):
    """The next request could cost more than what is left."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


class Runner:
    """One probe of one model."""

    def __init__(
        self,
        scene: Scene,
        checks: Sequence[Check],
        send: Callable[[Ask], Exchange],
        budget: Budget,
        *,
        alone: bool = False,
        fit: Callable[[str], str] = str,
    ) -> None:
        self.scene = scene
        self.checks = checks
        self.outcomes: dict[str, Outcome] = {}
        self._send = send
        self._budget = budget
        self._spent = 0.0  # and what is reckoned with for the requests that are under way
        self._fit = fit  # takes out of a text what is secret
        self._alone = alone  # one request at a time, as a model on one's own machine can take it
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._news: queue.SimpleQueue[Check | Outcome | BaseException | None] = queue.SimpleQueue()

    def run(self, watcher: Watcher) -> list[Outcome]:
        """All outcomes. With KeyboardInterrupt, what is done by then is in `outcomes`; nothing is waited for."""
        threading.Thread(target=self._work, daemon=True).start()
        try:
            while (news := self._next()) is not None:
                if isinstance(news, Check):
                    watcher.started(news.name)
                elif isinstance(news, Outcome):
                    watcher.done(news)
                else:
                    raise news
        except BaseException:
            self.stop()
            raise
        return self.in_order()

    def stop(self) -> None:
        """Begin nothing more, and judge nothing more: what is under way is about to be cut."""
        with self._lock:
            self._stop.set()

    @property
    def stopped(self) -> bool:
        """Whether somebody wanted it to end."""
        return self._stop.is_set()

    def in_order(self) -> list[Outcome]:
        """What is done, as the checks stand in their list; advice that was tried for several at once is confirmed."""
        with self._lock:
            done = [self.outcomes[check.name] for check in self.checks if check.name in self.outcomes]
        helps = {f"compat.{name}=true" for name in self.scene.learnt.get(HELPS, "").split()}
        return [_confirmed(outcome, helps) for outcome in done]

    def _next(self) -> Check | Outcome | BaseException | None:
        while True:  # not one long wait: a signal would not end it everywhere
            try:
                return self._news.get(timeout=_LOOK)
            except queue.Empty:
                continue

    # -- in the background --------------------

    def _work(self) -> None:
        try:
            self._one_by_one([check for check in self.checks if check.apart])
            beside = [check for check in self.checks if not check.apart and not check.last]
            at_once = self.outcomes.get(_AT_ONCE)
            if self._alone or at_once is None or at_once.status != PASSED:
                self._one_by_one(beside)
            else:
                self._side_by_side(beside)
            self._one_by_one([check for check in self.checks if check.last])
        except Stopped:
            pass
        except BaseException as fault:  # noqa: BLE001 - it is raised where somebody waits
            self._news.put(fault)
        self._news.put(None)

    def _one_by_one(self, checks: Iterable[Check]) -> None:
        left = list(checks)
        while left:
            check = next((check for check in left if not self._waits(check, left)), left[0])
            left.remove(check)
            self._do(check)

    def _side_by_side(self, checks: Iterable[Check]) -> None:
        left = list(checks)
        running: set[str] = set()
        changed = threading.Condition(self._lock)
        faults: list[BaseException] = []

        def work() -> None:
            while True:
                with changed:
                    while True:
                        if not left or faults or self._stop.is_set():
                            return
                        check = next((check for check in left if not self._waits(check, left, running)), None)
                        if check is not None:
                            break
                        changed.wait()
                    left.remove(check)
                    running.add(check.name)
                try:
                    self._do(check)
                except BaseException as fault:  # noqa: BLE001 - it is raised where somebody waits
                    faults.append(fault)
                with changed:
                    running.discard(check.name)
                    changed.notify_all()

        workers = [threading.Thread(target=work, daemon=True) for _ in range(SIDE_BY_SIDE)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        if faults:
            raise faults[0]

    def _waits(self, check: Check, left: Iterable[Check], running: Iterable[str] = ()) -> bool:
        """Whether a check that this one waits for is still to come."""
        to_come = {other.name for other in left} | set(running)
        return any(name in to_come for name in (*check.needs, *check.after))

    def _do(self, check: Check) -> None:
        if self._stop.is_set():
            raise Stopped
        self._news.put(check)
        began = time.monotonic()
        evidence: list[Exchange] = []
        unmet = next((name for name in check.needs if not self._met(name)), None)
        if check.deep and not self.scene.deep:
            result = Result(SKIPPED, "only with --deep: it sends as much as the window holds")
        elif unmet is not None:
            title = next((other.title for other in self.checks if other.name == unmet), unmet)
            result = Result(SKIPPED, f"not judged: it needs {title}")
        else:
            try:
                result = self._play(check, evidence)
            except TooDear as dear:
                result = Result(SKIPPED, dear.said)
        self._keep(check, result, evidence, time.monotonic() - began)

    def _met(self, name: str) -> bool:
        found = self.outcomes.get(name)
        return found is None or found.status in {PASSED, DEGRADED}

    def _play(self, check: Check, evidence: list[Exchange]) -> Result:
        """A script from its first request to its judgement."""
        script = check.script(self.scene)
        answer: object = None
        while True:
            try:
                asked = script.send(answer)
            except StopIteration as ended:
                found: Result = ended.value
                return found
            several = asked if isinstance(asked, tuple) else (asked,)
            exchanges = self._exchange(several)
            evidence += exchanges
            answers = tuple(exchange.answer for exchange in exchanges)
            answer = answers if isinstance(asked, tuple) else answers[0]

    def _exchange(self, asks: tuple[Ask, ...]) -> list[Exchange]:
        if self._stop.is_set():
            raise Stopped
        reserved = sum(self._budget.of(at_most(ask)) for ask in asks)
        with self._lock:
            left = self._budget.most - self._spent
            if reserved > left:
                told = self._budget.told
                raise TooDear(f"not asked: it could take {told(reserved)}, and {told(max(left, 0))} are left")
            self._spent += reserved
        exchanges = [self._send(asks[0])] if len(asks) == 1 else self._at_once(asks)
        with self._lock:
            self._spent += sum(self._budget.of(settled(exchange)) for exchange in exchanges) - reserved
        return exchanges

    def _at_once(self, asks: tuple[Ask, ...]) -> list[Exchange]:
        found: dict[int, Exchange] = {}
        faults: list[BaseException] = []

        def one(index: int) -> None:
            try:
                found[index] = self._send(asks[index])
            except BaseException as fault:  # noqa: BLE001 - it is raised where somebody waits
                faults.append(fault)

        threads = [threading.Thread(target=one, args=(index,), daemon=True) for index in range(len(asks))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if faults:
            raise faults[0]
        return [found[index] for index in range(len(asks))]

    def _keep(self, check: Check, result: Result, evidence: list[Exchange], seconds: float) -> None:
        counts = [taken(exchange) for exchange in evidence]
        tokens = Tokens(sum(one.input for one in counts), sum(one.output for one in counts))
        prices = self._budget.prices
        outcome = Outcome(
            check=check.name,
            title=check.title,
            group=check.group,
            status=result.status,
            # An endpoint may have said something in several lines, and a key in several pieces.
            said=self._fit(" ".join(result.said.split())),
            harm=check.harm if result.status in {DEGRADED, FAILED} else "",
            advice=result.advice,
            figures=result.figures,
            seconds=seconds,
            input_tokens=tokens.input,
            output_tokens=tokens.output,
            cost=prices.of(*tokens) if prices is not None else None,
            evidence=tuple(evidence),
        )
        with self._lock:
            if self._stop.is_set():
                raise Stopped
            self.scene = self.scene.knowing(result.learnt)
            self.outcomes[check.name] = outcome
        self._news.put(outcome)


def _confirmed(outcome: Outcome, helps: set[str]) -> Outcome:
    """The outcome, whose advice is known to help once the client's whole request was taken with it."""
    advice = tuple(dataclasses.replace(one, tried=one.tried or one.change in helps) for one in outcome.advice)
    return dataclasses.replace(outcome, advice=advice)
