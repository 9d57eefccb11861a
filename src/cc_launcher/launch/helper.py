"""Helpers: programs that are started to hand us what they print, within a deadline, and leave nothing behind."""

import _signal  # type: ignore[import-not-found]  # `signal` itself costs as much as half a Python
import os
import select
import time

from cc_launcher.core.errors import REFUSED, TIMED_OUT, CcError
from cc_launcher.core.text import printable
from cc_launcher.launch.process import die_of, find

MAX_OUTPUT = 64 * 1024 + 2  # what a secret may be long, with its line end
_SAY_AFTER = 2.0
_TICK = 0.02  # how often to look after a child where the system cannot wait for one beside a pipe
_ENDING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")


class HelperFailed(CcError):
    """A helper that ended with an error, and its exit code (or the negative number of the signal)."""

    def __init__(self, what: str, program: str, status: int) -> None:
        how = f"exit code {status}" if status > 0 else f"signal {-status}"
        hint = "run the command by hand to see why"
        super().__init__(f"{what}: {printable(program)} failed ({how})", hint, code=REFUSED)
        self.status = status


def read(argv: tuple[str, ...], what: str, deadline: float, environment: dict[str, str] | None = None) -> bytes:
    """What a helper prints, within a deadline. Its standard error is ours; its standard input is empty.

    The helper runs in a process group of its own, which is ended whole, so that nothing of it is left behind.
    """
    program = _located(argv[0], what)
    if os.name == "nt":
        from cc_launcher.launch import windows

        output, code = windows.read([program, *argv[1:]], what, deadline, environment)
        if code != 0:
            raise HelperFailed(what, argv[0], code)
        return output
    out, into = os.pipe()
    nowhere = os.open(os.devnull, os.O_RDONLY)
    # A signal between the helper's start and our watch over it would leave it behind: it has to wait.
    unblocked = _signal.pthread_sigmask(_signal.SIG_BLOCK, _ending_signals())
    try:
        child = os.posix_spawn(
            program,
            list(argv),
            os.environ if environment is None else environment,
            file_actions=[(os.POSIX_SPAWN_DUP2, nowhere, 0), (os.POSIX_SPAWN_DUP2, into, 1)],
            setpgroup=0,
            setsigmask=[],
            setsigdef=[getattr(_signal, name) for name in ("SIGPIPE", "SIGXFSZ") if hasattr(_signal, name)],
        )
        restore = _end_with_us(child)
    except OSError as bad:
        os.close(out)
        raise CcError(
            f"{what}: {printable(argv[0])}: {bad.strerror}", "check the command in the profile", code=REFUSED
        ) from None
    finally:
        os.close(into)
        os.close(nowhere)
        _signal.pthread_sigmask(_signal.SIG_SETMASK, unblocked)
    status: int | None = None
    try:
        output, status = _collect(child, out, what, deadline)
    finally:
        _kill_group(child)
        if status is None:
            os.waitpid(child, 0)
        os.close(out)
        restore()
    code = os.waitstatus_to_exitcode(status)
    if code != 0:
        raise HelperFailed(what, argv[0], code)
    return output


def _located(name: str, what: str) -> str:
    if "/" in name:
        return name
    found = find(name, os.environ.get("PATH", os.defpath))
    if not found:
        raise CcError(
            f"{what}: command {printable(name)} not found",
            f"install {printable(name)}, or keep the secret elsewhere",
            code=REFUSED,
        )
    return found[0]


def _collect(child: int, out: int, what: str, deadline: float) -> tuple[bytes, int]:
    """Read until the helper has ended, at most until the deadline.

    What a grandchild that keeps the pipe open may still write is not waited for.
    """
    os.set_blocking(out, False)
    poller = select.poll()
    poller.register(out, select.POLLIN)
    ended = os.pidfd_open(child) if hasattr(os, "pidfd_open") else None
    if ended is not None:
        poller.register(ended, select.POLLIN)
    begun = time.monotonic()
    said = not os.isatty(2)
    output = b""
    listening = True
    try:
        while True:
            done, status = os.waitpid(child, os.WNOHANG)
            # Read after the look at the child, so that nothing is missed that it wrote before it ended.
            more, at_end = _available(out)
            output += more
            if len(output) > MAX_OUTPUT:
                hint = "check the command in the profile"
                raise CcError(f"{what}: prints more than a secret can be long", hint, code=REFUSED)
            if done:
                return output, status
            if at_end and listening:
                poller.unregister(out)  # only the child's own end is waited for now
                listening = False
            waited = time.monotonic() - begun
            if waited >= deadline:
                hint = "unlock the store or check the command, then try again"
                raise CcError(f"{what}: no answer within {deadline:g} seconds", hint, code=TIMED_OUT)
            if not said and waited >= _SAY_AFTER:
                said = True
                os.write(2, f"cc: waiting for {what} (Ctrl-C to stop)\n".encode("utf-8", "replace"))
            pause = deadline - waited if said else min(deadline, _SAY_AFTER) - waited
            if ended is None:
                pause = min(pause, _TICK)
            poller.poll(max(1, int(1000 * pause)))
    finally:
        if ended is not None:
            os.close(ended)


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


def _end_with_us(child: int):  # type: ignore[no-untyped-def]  # noqa: ANN202 - typing is not to be imported
    """End the helper when we are ended; returns what puts the old handlers back."""
    before = {}

    def end(number: int, _frame: object) -> None:
        _kill_group(child)
        die_of(number)

    for number in _ending_signals():
        if _signal.getsignal(number) != _signal.SIG_IGN:
            before[number] = _signal.signal(number, end)

    def restore() -> None:
        for number, handler in before.items():
            _signal.signal(number, handler)

    return restore


def _ending_signals() -> list[int]:
    return [getattr(_signal, name) for name in _ENDING if hasattr(_signal, name)]


def _kill_group(child: int) -> None:
    try:
        os.killpg(child, _signal.SIGKILL)
    except OSError:
        return  # nobody is left in it
