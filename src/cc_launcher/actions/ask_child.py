"""`cc __ask child PARENT DIRECTORY …`: how a task begins. It is bound to who follows it, and goes on as a launch.

Whoever follows a task ends it. Should that one be killed, the system ends the task (Linux; macOS has no such thing).
"""

import os
import signal
import sys

from cc_launcher.core.errors import IN_THE_WAY, TIMED_OUT, CcError
from cc_launcher.core.text import printable

_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG, which stays across exec


def bound(args: list[str]) -> list[str]:
    """The words of `cc run` that this is for."""
    parent, directory, *rest = args
    if sys.platform == "linux":
        import ctypes  # nobody else needs it

        # A client that is asked to end takes its own commands along; one that is killed could not.
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, int(signal.SIGTERM), 0, 0, 0)
    if os.getppid() != int(parent):  # it was quicker
        raise CcError("the session that asked is gone", "", code=TIMED_OUT)
    try:
        os.chdir(directory)
    except OSError as bad:
        raise CcError(
            f"{printable(directory)}: {bad.strerror}", "start in a directory that is there", code=IN_THE_WAY
        ) from None
    os.environ["PWD"] = directory
    return ["run", *rest]
