"""Helpers: programs that are started to hand us what they print, within a deadline, and leave nothing behind."""

import _signal  # type: ignore[import-not-found]  # `signal` itself costs as much as half a Python
import os
import select
import time

from cc_launcher.core.errors import REFUSED, TIMED_OUT, CcError
from cc_launcher.core.text import printable
from cc_launcher.launch.process import INTERRUPT, die_of, on_path, tell_passed
from cc_launcher.launch.terminal import LACKED, SAY_AFTER, Terminal, ours

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cc_launcher.launch.waiting import Line

MAX_OUTPUT = 64 * 1024 + 2  # what a secret may be long, with its line end
_TICK = 0.02  # how often to look after a child where the system cannot wait for one beside a pipe
_LOOK = 0.2  # how often to look whether it was stopped: nothing else tells
_ENDING = [getattr(_signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(_signal, name)]


class HelperFailed(CcError):
    """A helper that ended with an error: its exit code (or minus the number of the signal), and what it said."""

    def __init__(self, what: str, program: str, status: int, said: str = "") -> None:
        how = f"exit code {status}" if status > 0 else f"signal {-status}"
        hint = "run the command by hand to see why"
        super().__init__(f"{what}: {printable(program)} failed ({how})", hint, code=REFUSED)
        self.status = status
        self.said = said


class HelperMissing(CcError):
    """A helper that is not installed."""

    def __init__(self, what: str, program: str) -> None:
        shown = printable(program)
        hint = f"install {shown}, or keep the secret elsewhere"
        super().__init__(f"{what}: command {shown} not found", hint, code=REFUSED)


class Manner:
    """How a helper is run, where that is not as usual."""

    def __init__(
        self,
        *,
        environment: dict[str, str] | None = None,  # instead of ours
        given: bytes = b"",  # on its standard input, at most what a pipe holds
        listen: bool = False,  # keep what it says on standard error for HelperFailed, instead of letting it through
        typing: bool = False,  # let it have the terminal as its standard input, too
        alone: bool = False,  # without any terminal, as a program in the background would run it
        tidy: bool = False,  # a signal that ends us becomes an exception: there is something to clean up first
        hush: bool = False,  # nobody sees on the terminal what it says, and that it is waited for
    ) -> None:
        self.environment = environment
        self.given = given
        self.listen = listen
        self.typing = typing
        self.alone = alone
        self.tidy = tidy
        self.hush = hush


def read(argv: tuple[str, ...], what: str, deadline: float, manner: Manner | None = None) -> bytes:
    """What a helper prints, within a deadline.

    The helper runs in a process group of its own, which is ended whole, so that nothing of it is left behind; on a
    terminal it is the one in the foreground, so that it, or what it starts, can ask for a passphrase.
    """
    program = located(argv[0], what)
    manner = manner or Manner()
    if os.name == "nt":
        from cc_launcher.launch import windows

        output, code = windows.read([program, *argv[1:]], what, deadline, manner.environment, manner.given)
        if code != 0:
            raise HelperFailed(what, argv[0], code)
        return output
    terminal = None if manner.alone else ours()
    watch = _Watch(_started(program, argv, what, manner, terminal), what, deadline, terminal)
    watch.quiet = manner.hush or not os.isatty(2)
    return watch.output(argv[0])


def located(name: str, what: str) -> str:
    """The file of a command: never one that only a relative entry of PATH has."""
    if "/" in name:
        found = name if os.path.exists(name) else ""
        tell_passed(name)
    else:
        found = on_path(name)
    if not found:
        raise HelperMissing(what, name)
    return found


class _Child:
    """A started helper, and our ends of its pipes."""

    def __init__(self, pid: int, out: int, said: int | None, restore) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        self.pid = pid
        self.out = out
        self.said = said
        self.restore = restore  # puts the handlers of signals back


def _started(program: str, argv: tuple[str, ...], what: str, manner: Manner, terminal: Terminal | None) -> _Child:
    out, into = os.pipe()
    said, saying = os.pipe() if manner.listen else (None, None)
    mine, theirs = ([end for end in ends if end is not None] for ends in ((out, said), (into, saying)))
    # A signal between the helper's start and our watch over it would leave it behind: it has to wait.
    unblocked = _signal.pthread_sigmask(_signal.SIG_BLOCK, _ENDING)
    try:
        theirs.append(
            os.dup(terminal.handle) if terminal is not None and manner.typing else _filled(manner.given, what)
        )
        actions = [(os.POSIX_SPAWN_DUP2, theirs[-1], 0), (os.POSIX_SPAWN_DUP2, into, 1)]
        if saying is not None:
            actions.append((os.POSIX_SPAWN_DUP2, saying, 2))
        pid = os.posix_spawn(
            program,
            list(argv),
            _environment(manner, terminal),
            file_actions=actions,
            setsigmask=[],
            setsigdef=[getattr(_signal, name) for name in ("SIGPIPE", "SIGXFSZ") if hasattr(_signal, name)],
            **({"setsid": True} if manner.alone else {"setpgroup": 0}),
        )
        return _Child(pid, out, said, _end_with_us(pid, tidy=manner.tidy))
    except OSError as bad:
        for end in mine:
            os.close(end)
        raise CcError(
            f"{what}: {printable(argv[0])}: {bad.strerror}", "check the command in the profile", code=REFUSED
        ) from None
    finally:
        for end in theirs:
            os.close(end)
        _signal.pthread_sigmask(_signal.SIG_SETMASK, unblocked)


def _environment(manner: Manner, terminal: Terminal | None) -> dict[str, str]:
    environment = dict(os.environ) if manner.environment is None else manner.environment
    if manner.alone:
        environment["GPG_TTY"] = ""  # or else its agent asks on the terminal that somebody else is using
    elif terminal is not None and not environment.get("GPG_TTY"):
        environment["GPG_TTY"] = terminal.name()  # gpg looks only at its standard input
    return environment


def _filled(content: bytes, what: str) -> int:
    """Something to read the content from, once."""
    if not content:
        return os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    out, into = os.pipe()
    os.set_blocking(into, False)
    try:
        written = os.write(into, content)
    except BlockingIOError:
        written = 0
    os.close(into)
    if written != len(content):
        os.close(out)
        raise CcError(f"{what}: is longer than a pipe holds", "something this long is probably not a key")
    return out


class _Watch:
    """A helper from its start to its end."""

    def __init__(self, child: _Child, what: str, deadline: float, terminal: Terminal | None) -> None:
        self.child = child
        self.what = what
        self.deadline = deadline
        self.terminal = terminal
        self.begun = time.monotonic()
        self.quiet = True  # nobody is told that we wait
        self.line: Line | None = None  # on which somebody is told
        self.gone = False  # the system has told how it ended, and tells that once
        self.out = b""
        self.said = b""
        self.open_ends = [end for end in (child.out, child.said) if end is not None]
        self.poller = select.poll()
        self.ended = os.pidfd_open(child.pid) if hasattr(os, "pidfd_open") else None

    def output(self, program: str) -> bytes:
        """What the helper printed. However this ends, nothing of the helper is left."""
        try:
            if self.terminal is not None:
                self.terminal.lend(self.child.pid)
            status = self._collect()
        finally:
            _kill_group(self.child.pid)
            if not self.gone:
                os.waitpid(self.child.pid, 0)
            for end in (self.child.out, self.child.said, self.ended):
                if end is not None:
                    os.close(end)
            if self.line is not None:
                self.line.end()
            if self.terminal is not None:
                self.terminal.close()
            self.child.restore()
        code = os.waitstatus_to_exitcode(status)
        if self.terminal is not None and code in {-INTERRUPT, 128 + INTERRUPT}:
            die_of(INTERRUPT)  # Ctrl-C went to the helper alone, and was meant for us, too
        if code != 0:
            raise HelperFailed(self.what, program, code, self.said.decode("utf-8", "replace"))
        return self.out

    def _collect(self) -> int:
        """Read until the helper has ended, at most until the deadline, and not for its grandchildren; how it ended."""
        for end in self.open_ends:
            os.set_blocking(end, False)
            self.poller.register(end, select.POLLIN)
        if self.ended is not None:
            self.poller.register(self.ended, select.POLLIN)
        while True:
            done, status = os.waitpid(self.child.pid, os.WNOHANG | os.WUNTRACED)
            if done and os.WIFSTOPPED(status):
                self._stopped(os.WSTOPSIG(status))
                continue
            self.gone = bool(done)
            self._read()  # after the look at the child, so that nothing is missed that it wrote before it ended
            if done:
                return status
            self.poller.poll(max(1, int(1000 * self._patience())))

    def _read(self) -> None:
        for end in list(self.open_ends):
            more, at_end = _available(end)
            if end == self.child.out:
                self.out += more
            else:
                self._hear(more)
            if at_end:
                self.poller.unregister(end)
                self.open_ends.remove(end)
        if len(self.out) > MAX_OUTPUT:
            hint = "check the command in the profile"
            raise CcError(f"{self.what}: prints more than a key can be", hint, code=REFUSED)

    def _patience(self) -> float:
        """How long to wait for the next thing to happen; the end of it when the deadline has passed."""
        waited = time.monotonic() - self.begun
        if waited >= self.deadline:
            hint = "unlock the store or check the command, then try again"
            raise CcError(f"{self.what}: no answer within {self.deadline:g} seconds", hint, code=TIMED_OUT)
        if self.line is None and not self.quiet and waited >= SAY_AFTER:
            from cc_launcher.launch import waiting  # few helpers take as long

            # Who has the terminal may be asking there: a line that is taken away would take the question along.
            self.line = waiting.shown(self.what, self.said, stays=self.terminal is not None)
        until = self.deadline if self.quiet or self.line is not None else min(self.deadline, SAY_AFTER)
        return min(until - waited, _TICK if self.ended is None else _LOOK)

    def _hear(self, more: bytes) -> None:
        """What it says is kept; somebody who is waiting sees it, too: it may say what it waits for."""
        self.said = (self.said + more)[-MAX_OUTPUT:]
        if self.line is not None and more:
            self.line.heard(more)

    def _stopped(self, number: int) -> None:
        """The helper was stopped: for want of the terminal, or because somebody typed Ctrl-Z, which stops us, too."""
        if self.terminal is None:
            raise CcError(
                f"{self.what}: has to ask something, and there is no terminal",
                "run it in the foreground of a terminal, or unlock the store first",
                code=REFUSED,
            )
        begun = time.monotonic()
        if number not in LACKED:
            self.terminal.pause()
        self.begun += time.monotonic() - begun  # a pause of the user's is none of the helper's
        self.terminal.lend(self.child.pid)
        os.killpg(self.child.pid, _signal.SIGCONT)


def _available(handle: int) -> tuple[bytes, bool]:
    """What can be read now, up to more than a secret can be long, and whether the end was reached."""
    output = b""
    while len(output) <= MAX_OUTPUT:
        try:
            chunk = os.read(handle, 65_536)
        except BlockingIOError:
            return output, False
        if not chunk:
            return output, True
        output += chunk
    return output, False


def _end_with_us(child: int, *, tidy: bool):  # type: ignore[no-untyped-def]  # noqa: ANN202 - typing is not to be imported
    """End the helper when we are ended; returns what puts the old handlers back."""
    before = {}

    def end(number: int, _frame: object) -> None:
        _kill_group(child)
        if tidy:
            raise KeyboardInterrupt if number == INTERRUPT else SystemExit(128 + number)
        die_of(number)

    for number in _ENDING:
        if _signal.getsignal(number) != _signal.SIG_IGN:
            before[number] = _signal.signal(number, end)

    def restore() -> None:
        for number, handler in before.items():
            _signal.signal(number, handler)

    return restore


def _kill_group(child: int) -> None:
    try:
        os.killpg(child, _signal.SIGKILL)
    except OSError:
        return  # nobody is left in it
