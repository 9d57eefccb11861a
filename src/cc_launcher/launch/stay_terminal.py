"""The terminal as it was before a client had it: a client that was killed leaves it as it wanted it."""

import contextlib
import os
import signal
import termios

# Out of the alternate screen, bracketed paste, mouse and focus reports, the keyboard's other protocols; the cursor
# shown, colours off. Measured: the client turns these on. Leaving with 1049 would also move the cursor.
_LEAVE = (
    b"\x1b[?1047l\x1b[?2004l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2031l\x1b[<u\x1b[>4;0m"
    b"\x1b[?25h\x1b[?7h\x1b[0m\r\n\x1b[J"
)


class Terminal:
    """The modes of our terminal, if there is one."""

    def __init__(self) -> None:
        self._handle = next((handle for handle in (0, 1, 2) if os.isatty(handle)), -1)
        self._modes = None
        if self._handle >= 0:
            with contextlib.suppress(termios.error):
                self._modes = termios.tcgetattr(self._handle)

    def restore(self, *, killed: bool) -> None:
        """As it was, unless somebody else has it now."""
        if self._modes is None:
            return
        unblocked = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTTOU])
        try:
            if os.tcgetpgrp(self._handle) == os.getpgrp():
                termios.tcsetattr(self._handle, termios.TCSADRAIN, self._modes)
                if killed:
                    os.write(self._handle, _LEAVE)
        except (OSError, termios.error):
            return  # the terminal has gone
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)
