"""`cc usage --watch`: the report, drawn anew in its place as sessions go on, until Ctrl-C.

It has a screen of its own, as an editor has, so that nothing of it stays but the last report. Whatever ends it or stops
it, the terminal is as it was.
"""

import contextlib
import io
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from types import FrameType

from cc_launcher.actions.usage import Ledger
from cc_launcher.cli import usage_view
from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.text.width import cut
from cc_launcher.core.usage.periods import Span
from cc_launcher.launch import process

_EVERY = 2.0  # seconds between two looks at what is new
_SHARE = 10  # at most a tenth of the time is spent on them
_STEP = 0.1  # seconds after which a change of the terminal's size is seen
_ENTER = "\x1b[?1049h\x1b[?25l"  # a screen of its own, and no cursor
_LEAVE = "\x1b[?25h\x1b[?1049l"
_HOME = "\x1b[H"
_REST_OF_LINE = "\x1b[K"
_REST_OF_SCREEN = "\x1b[J"


class _Buffer(io.StringIO):
    """What is drawn goes here first: half a report is never seen."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        """The one who looks at it looks at a terminal."""
        return True


class _Ended(BaseException):
    """Somebody has told us to end."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def refuse_without_terminal() -> None:
    """Nothing can be drawn anew in a pipe."""
    if not sys.stdout.isatty() or os.environ.get("TERM", "") in {"", "dumb"}:
        raise CcError("cc usage: --watch needs a terminal", "without one: cc usage, or cc usage --json", code=USAGE)


def show(ledger: Ledger, span: Callable[[], Span], ways: Sequence[str]) -> None:
    """Go on showing the report. The span is asked for each time: a day may end meanwhile."""
    os.environ.pop("COLUMNS", None)  # the terminal knows better, and changes
    os.environ.pop("LINES", None)
    text = ""
    with _screen() as draw, contextlib.suppress(KeyboardInterrupt):
        new, asked, size = True, span(), _size()
        while True:
            if new:
                text = _report(ledger, asked, ways)
                draw(text)
            new, asked, size = _next(ledger, span, asked, size)
    sys.stdout.write(text)
    sys.stdout.flush()


def _next(
    ledger: Ledger, span: Callable[[], Span], asked: Span, size: os.terminal_size
) -> tuple[bool, Span, os.terminal_size]:
    """Wait until there is something to draw, or it is time to look again."""
    began = time.monotonic()
    changed = ledger.update(lambda _, __: None)
    took = time.monotonic() - began
    now = span()
    if changed or now != asked:
        return True, now, _size()
    until = time.monotonic() + max(_EVERY, _SHARE * took)
    while time.monotonic() < until:
        time.sleep(_STEP)
        if (other := _size()) != size:
            return True, now, other
    return False, now, size


def _report(ledger: Ledger, span: Span, ways: Sequence[str]) -> str:
    buffer = _Buffer()
    with contextlib.redirect_stdout(buffer), contextlib.redirect_stderr(buffer):
        usage_view.show(ledger, span, ways)
    return buffer.getvalue()


def _size() -> os.terminal_size:
    try:
        return os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ is not None else 1)
    except (OSError, ValueError):
        return os.terminal_size((80, 24))


def _drawn(text: str) -> str:
    """What is written to have this on the screen: as much as there is room for, and that there is more."""
    columns, rows = _size()
    lines = text.rstrip("\n").split("\n")
    room = max(rows - 1, 1)
    more = "; more below" if len(lines) > room else ""
    foot = cut(f"Ctrl-C ends it{more}; as of {time.strftime('%H:%M:%S')}", columns)
    lines = lines[:room]
    return _HOME + "".join(f"{line}{_REST_OF_LINE}\r\n" for line in lines) + foot + _REST_OF_SCREEN


@contextlib.contextmanager
def _screen() -> Iterator[Callable[[str], None]]:
    """A screen of its own, given back when we end, are ended, or are stopped by Ctrl-Z."""
    last = ""

    terminal = sys.stdout  # while a report is made, something else has this name

    def write(text: str) -> None:
        terminal.write(text)
        terminal.flush()

    def draw(text: str) -> None:
        nonlocal last
        last = text
        write(_drawn(text))

    def end(number: int, _frame: FrameType | None) -> None:
        raise _Ended(number)

    def stop(_number: int, _frame: FrameType | None) -> None:
        write(_LEAVE)
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)  # here we stand until `fg`
        signal.signal(signal.SIGTSTP, stop)
        write(_ENTER)
        draw(last)

    signals = {signal.SIGTERM: end, signal.SIGHUP: end, signal.SIGTSTP: stop}
    before = {number: signal.signal(number, handler) for number, handler in signals.items()}
    ended = 0
    try:
        write(_ENTER)
        yield draw
    except _Ended as told:
        ended = told.number
    finally:
        with contextlib.suppress(OSError):
            write(_LEAVE)
        for number, handler in before.items():
            signal.signal(number, handler)
    if ended:
        process.die_of(ended)
