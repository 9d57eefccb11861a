"""Several tasks at once, followed by one loop: whatever ends it, no task is left behind."""

import os
import select
import signal
import time
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Self

from cc_launcher.actions.ask_run import Running
from cc_launcher.core.ask.outcome import STOPPED
from cc_launcher.launch import child

_TICK = 0.25  # seconds after which it looks, if nothing has woken it
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
_AT_ONCE = 0.3  # seconds to end in where we are about to be killed ourselves


class Ended(Exception):
    """A signal that ends all of it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Runs:
    """The tasks that run. Only the main thread may start some: the system ends them with the thread that did."""

    def __init__(self, *, stops: bool = False) -> None:
        """With `stops`, Ctrl-Z stops them, too: nobody would look at what they take."""
        self.running: list[Running] = []
        self._woken, self._wake = os.pipe()
        for end in (self._woken, self._wake):
            os.set_blocking(end, False)
        self._got = 0  # the signal that came
        self._before = {
            number: signal.signal(number, self._note)
            for number in [getattr(signal, name) for name in (*_SIGNALS, "SIGCHLD") if hasattr(signal, name)]
        }
        if stops and hasattr(signal, "SIGTSTP"):
            self._before[signal.SIGTSTP] = signal.signal(signal.SIGTSTP, self._stop)
        self._wakeup = signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is left, however this ends."""
        try:
            self.end_all()
        finally:
            signal.set_wakeup_fd(self._wakeup)
            for number, handler in self._before.items():
                signal.signal(number, handler)
            os.close(self._woken)
            os.close(self._wake)

    def begin(self, run: Running) -> None:
        """Start one."""
        self.running.append(run)
        run.begin()

    def wait(self, *others: int, patience: float = _TICK, news: Callable[[Running], None] = lambda _: None) -> set[int]:
        """Wait until something happens, and take it in; which of these others can be read.

        Raises Ended where a signal has come.
        """
        ends = {run: [end for end in (run.child.out, run.child.said) if end >= 0] for run in self.running if run.child}
        poller = select.poll()
        for end in (self._woken, *others, *(end for each in ends.values() for end in each)):
            poller.register(end, select.POLLIN)
        for run in ends:
            if run.child is not None and run.child.given >= 0:
                poller.register(run.child.given, select.POLLOUT)
        ready = {end for end, _ in poller.poll(int(1000 * patience))}
        if self._woken in ready:
            self._drain()
        for run in ends:
            run.feed()
            if run.hear():
                news(run)
        for run in self.running:
            run.look()
        if self._got:
            raise Ended(self._got)
        return ready & {*others}

    def take_over(self) -> list[Running]:
        """Those that are over."""
        over = [run for run in self.running if run.is_over]
        self.running = [run for run in self.running if not run.is_over]
        return over

    def end_all(self, grace: float = _AT_ONCE) -> list[Running]:
        """End all of them, soon; those that were ended. They are no longer among those that run."""
        left = self.running
        for run in left:
            run.end(STOPPED, grace)
        until = time.monotonic() + grace + 10
        while any(not run.is_over for run in left) and time.monotonic() < until:
            poller = select.poll()
            poller.register(self._woken, select.POLLIN)
            poller.poll(20)
            self._drain()
            _look(left)
        self.running = []
        return left

    def _note(self, number: int, _: FrameType | None) -> None:
        if number != getattr(signal, "SIGCHLD", 0):
            self._got = self._got or number

    def _stop(self, _: int, __: FrameType | None) -> None:
        """Ctrl-Z: all of them stop, and go on when we do."""
        for number in (signal.SIGSTOP, signal.SIGCONT):
            for run in self.running:
                if run.child is not None:
                    child.tell(run.child, number)
            if number == signal.SIGSTOP:
                os.kill(os.getpid(), signal.SIGSTOP)

    def _drain(self) -> None:
        try:
            while os.read(self._woken, 4096):
                continue
        except BlockingIOError:
            return


def _look(runs: Iterable[Running]) -> None:
    for run in runs:
        run.hear()
        run.look()
