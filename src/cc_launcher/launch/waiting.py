"""What is waited for, in a line on the terminal: after a second, on standard error, and gone when the wait is over.

Secrets of a launch are waited for, too: so there are builtin modules alone here.
"""

import _thread
import os

from cc_launcher.core.text import printable
from cc_launcher.launch.terminal import SAY_AFTER

_LAST_LINE_AWAY = b"\r\x1b[K"
_shown: "list[Line]" = []  # the waits that have a line coming to them; there is one line, and the newest has it
_screen = _thread.allocate_lock()


class Line:
    """The line of one wait, while that lasts."""

    def __init__(self, what: str, *, stays: bool = False) -> None:
        self.text = f"cc: waiting for {printable(what)} (Ctrl-C to stop)"
        self.stays = stays

    def heard(self, said: bytes) -> None:
        """Show what the program says."""
        with _screen:
            if self.stays:
                _write(said)
            else:
                _draw(said)

    def end(self) -> None:
        """The wait is over."""
        with _screen:
            if self.stays:
                _write(b"\r")
            if self in _shown:
                _shown.remove(self)
                _draw()


def shown(what: str, said: bytes, *, stays: bool = False) -> Line:
    """Show a line now, beside what the program that is waited for has said; one that stays is never taken away."""
    line = Line(what, stays=stays)
    with _screen:
        if stays:
            # Who asks there may have made a line end no more than that: what follows begins at the left all the same.
            _write(f"{line.text}\r\n".encode("utf-8", "replace") + said)
        else:
            _shown.append(line)
            _draw(said)
    return line


class on:  # noqa: N801 - read as a word: `with waiting.on("openrouter.ai")`; contextlib would cost as much as the rest
    """The line of a wait that somebody else bounds: it comes after a second."""

    def __init__(self, what: str) -> None:
        self.line = Line(what)
        self.over = _thread.allocate_lock()
        self.seen = os.isatty(2)

    def __enter__(self) -> None:
        self.over.acquire()
        if self.seen:
            _thread.start_new_thread(self._later, ())

    def __exit__(self, *_: object) -> None:
        with _screen:
            self.over.release()  # no line comes from now on
        self.line.end()

    def _later(self) -> None:
        if not self.over.acquire(timeout=SAY_AFTER):
            with _screen:
                if not self.over.locked():
                    return
                _shown.append(self.line)
                _draw()


def _draw(said: bytes = b"") -> None:
    """Take the line away, write what was said, and show the line of the newest wait again."""
    steers = os.environ.get("TERM") != "dumb"  # such a one would show what is to take the line away
    text = said if not steers else _LAST_LINE_AWAY + said
    if _shown and (not said or said.endswith(b"\n")):  # behind a question, it would stand in the way of the answer
        line = _shown[-1].text
        text += (_fitting(line) if steers else f"{line}\n").encode("utf-8", "replace")
    _write(text)


def _write(text: bytes) -> None:
    try:
        os.write(2, text)
    except OSError:
        return  # a terminal that is gone


def _fitting(line: str) -> str:
    """As much of it as stands in one line, since one line alone can be taken away."""
    try:
        return line[: os.get_terminal_size(2).columns - 1] or line
    except OSError:
        return line
