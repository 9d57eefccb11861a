"""Who goes on when the gateway's parent is killed: a copy of it, which waits for nothing else.

A copy has what the parent has at that moment: the listening socket, so that requests wait there even when the engine
was killed, too; the socket at which `cc` asks; and what is served, secrets included, which are in no file.
"""

import _signal  # type: ignore[import-not-found]  # as in process.py
import os
import time
from collections.abc import Callable

_LIVES = 2.0  # seconds; where copies end sooner, something is wrong, and no more are made


class Keeper:
    """The copy, as the parent sees it."""

    def __init__(self) -> None:
        self.pid = 0
        self._line = -1
        self._made = 0.0

    def make(self, forget: Callable[[], None], go_on: Callable[[], None]) -> None:
        """Make it anew. In the copy this never returns: it forgets what is ours, and goes on when we are gone."""
        self.let_go()
        reads, writes = os.pipe()
        try:
            pid = os.fork()
        except OSError:
            os.close(reads)
            os.close(writes)
            return  # no room for another process: we serve all the same
        if not pid:
            try:
                os.close(writes)
                _signal.set_wakeup_fd(-1)
                _signal.signal(_signal.SIGTERM, _signal.SIG_DFL)
                forget()
                os.read(reads, 1)  # until nobody can write there any more
                os.close(reads)
                go_on()
            finally:
                os._exit(0)
        os.close(reads)
        self.pid, self._line, self._made = pid, writes, time.monotonic()

    def let_go(self) -> None:
        """End it: from now on nobody takes over."""
        if self.pid:
            os.kill(self.pid, _signal.SIGKILL)  # ours, and not waited for yet: so it is no other process
            os.waitpid(self.pid, 0)
        self.gone()

    def is_missed(self) -> bool:
        """Whether somebody has ended it, and it had lived for a while."""
        if not self.pid or not os.waitpid(self.pid, os.WNOHANG)[0]:
            return False
        self.pid = 0
        self.gone()
        return time.monotonic() - self._made > _LIVES

    def gone(self) -> None:
        """There is none."""
        if self._line >= 0:
            os.close(self._line)
        self.pid, self._line = 0, -1
