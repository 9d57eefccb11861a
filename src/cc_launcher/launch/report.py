"""How a run ends that went wrong: what is said on standard error, and the exit code."""

import os
import sys

from cc_launcher.core.errors import BUG, IN_THE_WAY, CcError
from cc_launcher.core.text import printable


def ended_by(fault: Exception) -> int:
    """Say what happened, and return the exit code for it."""
    if isinstance(fault, BrokenPipeError):
        # Whoever read our output has stopped; Python would complain when it flushes at the end.
        _drop_output()
        return 0
    if isinstance(fault, CcError):
        error = fault
    elif isinstance(fault, OSError):
        _drop_output()  # what is left to write fails again otherwise
        what = fault.strerror or "the system refused"
        error = CcError(what, "make room, or check where the output goes", code=IN_THE_WAY)
    else:
        if os.environ.get("CC_DEBUG"):
            raise fault
        # The message of a stray exception may hold anything, a secret too: only its kind and place are shown.
        what = f"a bug of cc: {type(fault).__name__} at {_place(fault)}"
        error = CcError(what, "please report it; CC_DEBUG=1 shows all of it", code=BUG)
    say(error)
    return error.code


def say(error: CcError) -> None:
    """What is wrong and what to do about it, each in one line."""
    lines = [f"cc: {error.what}", *(f"cc: {detail}" for detail in error.details)]
    if error.hint:
        lines.append(f"hint: {error.hint}")
    sys.stderr.write("".join(f"{printable(line)}\n" for line in lines))


def _place(fault: Exception) -> str:
    where = fault.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    return f"{os.path.basename(where.tb_frame.f_code.co_filename)}:{where.tb_lineno}" if where else "?"


def _drop_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
