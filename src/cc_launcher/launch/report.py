"""How a run ends that went wrong: what is said on standard error, and the exit code."""

import errno
import os
import sys

from cc_launcher.core.errors import BUG, IN_THE_WAY, CcError
from cc_launcher.core.text import ours, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_FULL = {errno.ENOSPC, errno.EFBIG, errno.EIO, errno.EBADF, getattr(errno, "EDQUOT", errno.ENOSPC)}
_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


def ended_by(fault: Exception, written_down: "Callable[[Exception], str]") -> int:
    """Say what happened, and return the exit code for it. Of a bug, `written_down` says where all of it stands."""
    if isinstance(fault, BrokenPipeError):
        # Whoever read our output has stopped; Python would complain when it flushes at the end.
        _drop_output()
        return 0
    if is_bug(fault) and os.environ.get("CC_DEBUG"):
        raise fault
    error = told(fault, written_down)
    if isinstance(fault, OSError):
        _drop_output()  # what is left to write fails again otherwise
    say(error)
    return error.code


def is_bug(fault: Exception) -> bool:
    """Whether nobody has foreseen it."""
    return not isinstance(fault, CcError) and meant_by(fault).code == BUG


def told(fault: Exception, written_down: "Callable[[Exception], str]") -> CcError:
    """What is said of it. Of a bug also where all of it stands."""
    error = meant_by(fault)
    if is_bug(fault):
        place = written_down(fault)
        error.hint = f"please report it, with {place}" if place else "please report it; CC_DEBUG=1 shows all of it"
    return error


def meant_by(fault: Exception) -> CcError:
    """What a fault is to a user: an error of ours as it is, trouble with the system, or a bug."""
    if isinstance(fault, CcError):
        return fault
    if isinstance(fault, OSError) and fault.errno in _FULL:
        return CcError(_of(fault), "free some disk space, or check where the output goes", code=IN_THE_WAY)
    if isinstance(fault, OSError) and fault.errno in _FORBIDDEN and fault.filename:
        return CcError(_of(fault), "check whose it is: ls -ld", code=IN_THE_WAY)
    # The message of a stray exception may hold anything, a secret too: only its kind and place are shown.
    file = f" ({_of(fault)})" if isinstance(fault, OSError) and fault.filename else ""
    return CcError(f"a bug of cc: {type(fault).__name__} at {_place(fault)}{file}", code=BUG)


def say(error: CcError) -> None:
    """What is wrong and what to do about it, each in one line."""
    from cc_launcher.launch.own_name import in_words

    lines = [ours(error.what), *map(ours, error.details)]
    if error.hint:
        lines.append(printable(f"hint: {error.hint}"))
    sys.stderr.write("".join(f"{in_words(line)}\n" for line in lines))


def _of(fault: OSError) -> str:
    """Which file, and what the system says of it."""
    said = fault.strerror or "the operating system refused it"
    if not isinstance(fault.filename, (str, bytes)):
        return said
    home = os.path.expanduser("~")
    file = os.fsdecode(fault.filename)
    return f"{'~' + file[len(home) :] if file.startswith(home + os.sep) else file}: {said}"


def _place(fault: Exception) -> str:
    """The innermost line of ours, which says more than the line of Python's library that it called."""
    found = "?"
    ours = False
    where = fault.__traceback__
    while where is not None:
        file = where.tb_frame.f_code.co_filename
        is_ours = file.startswith(_OURS)
        if is_ours or not ours:
            found, ours = f"{os.path.basename(file)}:{where.tb_lineno}", is_ours
        where = where.tb_next
    return found


def _drop_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
