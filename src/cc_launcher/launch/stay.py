"""A client that runs beside us, in the same process group and on the same terminal, as if we were not there.

What is typed (Ctrl-C, Ctrl-Z) reaches it by itself; what is sent to us alone is passed on. It does not outlive us where
the system has a means for that: Linux has; macOS has none, and the client goes on there.
"""

import contextlib
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Self

from cc_launcher.core.errors import INTERRUPTED
from cc_launcher.launch.stay_streams import Streams

TICK = 0.1  # seconds between two looks
PATIENCE = 10.0  # seconds for a client that was asked to end: it writes down what was said, and runs its hooks
_PASSED_ON = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2") if hasattr(signal, name)
)
_TYPED = (signal.SIGINT, getattr(signal, "SIGQUIT", signal.SIGINT))
_ENDS = {signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM), *_TYPED}
_BY_KERNEL = 128  # SI_KERNEL: typed on the terminal, and so for the whole group
_PR_SET_PDEATHSIG = 1


class Beside:
    """The signals of this process, while a client runs beside it."""

    def __init__(self) -> None:
        self.pid = 0
        self._sent: set[int] = set()  # the signals with which we have ended the client
        self.asked: list[int] = []  # the signals with which somebody has asked us to end
        self._before: dict[int, object] = {}
        self._mask: set[int] = set()
        self._wake = (-1, -1)

    def __enter__(self) -> Self:
        self._wake = os.pipe()
        for end in self._wake:
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._wake[1], warn_on_full_buffer=False)
        self._mask = {*signal.pthread_sigmask(signal.SIG_BLOCK, _TYPED if _can_tell() else ())}
        for number in (*_PASSED_ON, *_TYPED, signal.SIGCHLD):
            before = signal.getsignal(number)
            self._before[number] = before
            if before is not signal.SIG_IGN or number == signal.SIGCHLD:
                signal.signal(number, self._on)
        return self

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(-1)
        for number, before in self._before.items():
            signal.signal(number, before if callable(before) or isinstance(before, int) else signal.SIG_DFL)
        self._look_at_typed()
        signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)
        for end in self._wake:
            os.close(end)

    def run(self, become: Callable[[], int], streams: Streams, is_over: Callable[[], bool]) -> int:
        """Start a client, and wait for its end: the status of `waitpid`. When `is_over` says so, it is ended."""
        self._sent.clear()
        self.pid = self._start(become, streams)
        streams.begin()
        deadline = 0.0
        try:
            while True:
                ended, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED)
                if ended and os.WIFSTOPPED(status):
                    self._stop_too()
                elif ended:
                    return status
                self._look_at_typed()
                if deadline and time.monotonic() > deadline:
                    self._end(signal.SIGKILL)
                elif not deadline and is_over():
                    deadline = time.monotonic() + PATIENCE
                    self._end(signal.SIGTERM)
                self._wait(streams)
        finally:
            self.pid = 0
            streams.end()

    def is_asked(self) -> bool:
        """Whether somebody wants us to end."""
        self._look_at_typed()
        return bool(self.asked)

    def is_ours(self, number: int) -> bool:
        """Whether it is we who have ended the client with this signal."""
        return number in self._sent

    def _start(self, become: Callable[[], int], streams: Streams) -> int:
        set_death = _libc_prctl()
        ours = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid:
            return pid
        code = 70
        try:
            signal.set_wakeup_fd(-1)
            for number, before in self._before.items():
                signal.signal(number, signal.SIG_IGN if before is signal.SIG_IGN else signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)
            if set_death is not None:
                set_death(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
                if os.getppid() != ours:  # we have died before that
                    os._exit(128 + signal.SIGTERM)
            streams.in_client()
            code = _became(become)
        finally:
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.flush()
            os._exit(code)

    def _on(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGCHLD:
            return
        if number in _ENDS and (number not in _TYPED or not self.pid):
            self.asked.append(number)
        if number not in _TYPED:
            self._send(number)

    def _look_at_typed(self) -> None:
        """What is typed reaches the client by itself; what somebody sends to us alone does not."""
        while _can_tell() and (found := signal.sigtimedwait(_TYPED, 0)) is not None:
            if not self.pid:
                self.asked.append(found.si_signo)
            elif found.si_code != _BY_KERNEL:
                self._send(found.si_signo)

    def _end(self, number: int) -> None:
        self._sent.add(number)
        self._send(number)

    def _send(self, number: int) -> None:
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def _stop_too(self) -> None:
        """The client has stopped, and a shell waits for us: whoever lets us go on means the client."""
        os.kill(os.getpid(), signal.SIGSTOP)
        self._send(signal.SIGCONT)

    def _wait(self, streams: Streams) -> None:
        reads, writes = streams.waits()
        found, ready, _ = select.select([self._wake[0], *reads], writes, [], TICK)
        if self._wake[0] in found:
            with contextlib.suppress(OSError):
                os.read(self._wake[0], 512)
        streams.move(found, ready)


def _became(become: Callable[[], int]) -> int:
    """What a launch comes to that does not begin: said where it is, in the process that was to be the client."""
    from cc_launcher.launch import report

    try:
        return become()
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as fault:  # noqa: BLE001 - nothing may go on in the copy of us
        error = report.meant_by(fault)
        report.say(error)
        return error.code


def _can_tell() -> bool:
    """Whether the system says who has sent a signal: Linux does."""
    return hasattr(signal, "sigtimedwait")


def _libc_prctl() -> "Callable[..., object] | None":
    """The call with which a process asks for a signal at the end of its parent."""
    if not sys.platform.startswith("linux"):
        return None
    import ctypes

    try:
        return ctypes.CDLL(None).prctl
    except (OSError, AttributeError):
        return None
