"""Start a program that has the terminal to itself until it ends, such as an editor."""

import _signal  # type: ignore[import-not-found]  # `signal` itself costs as much as half a Python
import os

from cc_launcher.core.errors import NOT_FOUND, CcError
from cc_launcher.core.text import printable
from cc_launcher.launch.process import find


def run(argv: list[str]) -> int:
    """Its exit code. What is typed, Ctrl-C too, is for the program."""
    program = argv[0] if "/" in argv[0] else next(iter(find(argv[0], os.environ.get("PATH", os.defpath))), "")
    if os.name == "nt":
        from cc_launcher.launch import windows

        return windows.become(program or argv[0], argv, dict(os.environ))
    ignored = [name for name in ("SIGINT", "SIGQUIT") if hasattr(_signal, name)]
    before = {name: _signal.signal(getattr(_signal, name), _signal.SIG_IGN) for name in ignored}
    try:
        child = os.posix_spawn(
            program, argv, os.environ, setsigdef=[getattr(_signal, name) for name in (*ignored, "SIGPIPE", "SIGXFSZ")]
        )
        _, status = os.waitpid(child, 0)
    except OSError as bad:
        why = bad.strerror if program else "not found"
        raise CcError(f"{printable(argv[0])}: {why}", "set EDITOR to an editor that is there", code=NOT_FOUND) from None
    finally:
        for name, handler in before.items():
            _signal.signal(getattr(_signal, name), handler)
    return os.waitstatus_to_exitcode(status)
