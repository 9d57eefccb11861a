"""A line that is typed or pasted and not shown.

`getpass` drops what a paste has behind its first line without a word; half a key would be kept. Here it is found.
"""

import getpass
import os
import select
import sys

from cc_launcher.core.errors import CcError, Unfit

_STILL_COMING = 0.1  # seconds for the rest of a paste
_MOST = 128 * 1024
_PIPE = "pipe it: cc secret set PROFILE --stdin < FILE"


def typed(question: str) -> bytes:
    """The line. Several lines are unfit: nobody knows which one was meant."""
    if os.name == "nt":
        return getpass.getpass(question).encode("utf-8", "surrogateescape")
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
    except OSError:
        terminal = -1
    try:
        return _read(max(terminal, 0), 2 if terminal < 0 else terminal, question)
    finally:
        if terminal >= 0:
            os.close(terminal)


def _read(source: int, screen: int, question: str) -> bytes:
    import termios

    try:
        before = termios.tcgetattr(source)
        quiet = [*before]
        quiet[3] &= ~termios.ECHO
        termios.tcsetattr(source, termios.TCSAFLUSH, quiet)
    except termios.error:
        raise CcError("this terminal cannot hide what is typed", _PIPE) from None
    try:
        sys.stderr.flush()
        os.write(screen, question.encode("utf-8", "replace"))
        text = os.read(source, _MOST)
        while text and not text.endswith(b"\n") and (more := os.read(source, _MOST)):
            text += more
        while len(text) < _MOST and select.select([source], [], [], _STILL_COMING)[0]:
            if not (more := os.read(source, _MOST)):
                break
            text += more
    finally:
        termios.tcsetattr(source, termios.TCSAFLUSH, before)  # what is typed by now was meant for this question
        os.write(screen, b"\n")
    if not text:
        raise CcError("nothing was typed", "nothing was changed")
    if len(text.split()) > 1 and len(text.strip().splitlines()) > 1:
        raise Unfit("has more than one line")
    return text.strip(b"\r\n")
