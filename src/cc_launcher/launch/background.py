"""Start a program that goes on when we have ended, and that has no terminal and no pipe of ours.

The status line does so, after its line is written: somebody has to ask the provider what is left. And the gateway is
started so.
"""

import _signal  # type: ignore[import-not-found]  # as in process.py
import os


def start(argv: list[str], environment: dict[str, str] | None = None) -> None:
    """Start it, in a session of its own. That this fails is nobody's trouble."""
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
    except OSError:
        return
    try:
        os.posix_spawn(
            argv[0],
            argv,
            os.environ if environment is None else environment,
            file_actions=[(os.POSIX_SPAWN_DUP2, nowhere, stream) for stream in (0, 1, 2)],
            setsid=True,
            setsigmask=[],
            setsigdef=[getattr(_signal, name) for name in ("SIGPIPE", "SIGXFSZ", "SIGINT") if hasattr(_signal, name)],
        )
    except (OSError, AttributeError, NotImplementedError):
        return  # Windows has none of it: there, `cc quota` fetches
    finally:
        os.close(nowhere)
