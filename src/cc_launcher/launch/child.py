"""Start a program that is followed while it runs: in a session of its own, and ended with all that it has started."""

import _signal  # type: ignore[import-not-found]  # as in process.py
import os

from cc_launcher.core.errors import NOT_EXECUTABLE, CcError
from cc_launcher.core.text import printable

_DEFAULT = ("SIGPIPE", "SIGXFSZ", "SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGCHLD", "SIGTSTP")
_DEEPEST = 32  # children of children


class Child:
    """A program that was started, and our ends of its pipes. None of them blocks."""

    __slots__ = ("given", "out", "pid", "said")

    def __init__(self, pid: int, given: int, out: int, said: int) -> None:
        self.pid = pid
        self.given = given  # its standard input
        self.out = out
        self.said = said  # its standard error


def start(argv: list[str], environment: dict[str, str]) -> Child:
    """Start it. It has no terminal, so it cannot ask there while somebody else draws on it."""
    _fill_streams()
    pipes = [os.pipe() for _ in range(3)]
    theirs = (pipes[0][0], pipes[1][1], pipes[2][1])
    mine = (pipes[0][1], pipes[1][0], pipes[2][0])
    try:
        pid = os.posix_spawn(
            argv[0],
            argv,
            environment,
            file_actions=[(os.POSIX_SPAWN_DUP2, end, stream) for stream, end in enumerate(theirs)],
            setsid=True,
            setsigmask=[],
            setsigdef=[getattr(_signal, name) for name in _DEFAULT if hasattr(_signal, name)],
        )
    except (OSError, AttributeError, NotImplementedError) as bad:
        for end in mine:
            os.close(end)
        why = bad.strerror if isinstance(bad, OSError) else "this system cannot start programs that are followed"
        raise CcError(f"{printable(argv[0])}: {why}", "run cc doctor", code=NOT_EXECUTABLE) from None
    finally:
        for end in theirs:
            os.close(end)
    for end in mine:
        os.set_blocking(end, False)
    return Child(pid, *mine)


def tell(child: Child, number: int) -> None:
    """Send a signal to it and its group."""
    try:
        os.killpg(child.pid, number)
    except OSError:
        return  # nobody is left in it


def kill(child: Child) -> None:
    """End it and all that it has started, the commands too that are in groups of their own."""
    below = _below(child.pid)
    tell(child, _signal.SIGKILL)
    for pid in below:
        try:
            os.kill(pid, _signal.SIGKILL)
        except OSError:
            continue


def close(child: Child) -> None:
    """Close our ends that are open still."""
    for name in ("given", "out", "said"):
        shut(child, name)


def shut(child: Child, name: str) -> None:
    """Close one of our ends."""
    end = getattr(child, name)
    if end >= 0:
        os.close(end)
        setattr(child, name, -1)


def _below(pid: int, depth: int = 0) -> list[int]:
    """The processes that a process has started, and they in turn, as Linux tells it; elsewhere none."""
    found: list[int] = []
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return found
    for thread in threads:
        try:
            with open(f"/proc/{pid}/task/{thread}/children", "rb") as said:
                started = [int(word) for word in said.read().split()]
        except (OSError, ValueError):
            continue
        for one in started if depth < _DEEPEST else ():
            found += [one, *_below(one, depth + 1)]
    return found


def _fill_streams() -> None:
    """No pipe may take the place of a standard stream that is closed."""
    for stream in (0, 1, 2):
        try:
            os.fstat(stream)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
