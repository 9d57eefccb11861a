"""The terminal: lent to a helper that may have to ask something, and taken back."""

import _signal  # type: ignore[import-not-found]  # `signal` itself costs as much as half a Python
import os

LACKED = (_signal.SIGTTIN, _signal.SIGTTOU) if hasattr(_signal, "SIGTTIN") else ()  # how who lacks it is stopped
SAY_AFTER = 1.0  # seconds: a wait that is over sooner is not worth a line


class Terminal:
    """The controlling terminal, while we are in its foreground."""

    def __init__(self, handle: int) -> None:
        self.handle = handle
        self.modes: list[int | list[bytes | int]] | None = None  # as they were before it was lent

    def name(self) -> str:
        """The device; the handle only knows itself as /dev/tty, which means another one to a daemon."""
        for handle in (2, 0, 1):
            try:
                return os.ttyname(handle)
            except OSError:
                continue
        return ""

    def lend(self, group: int) -> None:
        """Put this process group into the foreground, if we are there."""
        import termios  # only who starts a helper on a terminal pays for it

        try:
            if os.tcgetpgrp(self.handle) == os.getpgrp():
                self.modes = self.modes or termios.tcgetattr(self.handle)
                os.tcsetpgrp(self.handle, group)
        except (OSError, termios.error):
            return  # the group has ended already, or the terminal has gone

    def take_back(self) -> None:
        """Put us into the foreground again: from the background, that is allowed to who ignores the signal for it."""
        import termios

        unblocked = _signal.pthread_sigmask(_signal.SIG_BLOCK, [_signal.SIGTTOU])
        try:
            if os.tcgetpgrp(self.handle) != os.getpgrp():
                os.tcsetpgrp(self.handle, os.getpgrp())
            if self.modes is not None:
                # Who was asking for a password, and was ended, has left the terminal without an echo.
                termios.tcsetattr(self.handle, termios.TCSADRAIN, self.modes)
        except (OSError, termios.error):
            return  # the terminal has gone
        finally:
            _signal.pthread_sigmask(_signal.SIG_SETMASK, unblocked)

    def pause(self) -> None:
        """Stop as the whole job that somebody typed Ctrl-Z for; goes on when the shell lets it."""
        self.take_back()
        os.killpg(os.getpgrp(), _signal.SIGTSTP)

    def close(self) -> None:
        """Have it again, and let go of it."""
        self.take_back()
        os.close(self.handle)


def ours() -> Terminal | None:
    """The terminal, if there is one and we are in its foreground."""
    try:
        handle = os.open("/dev/tty", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        if os.tcgetpgrp(handle) == os.getpgrp():
            return Terminal(handle)
    except OSError:
        pass  # it has gone
    os.close(handle)
    return None
