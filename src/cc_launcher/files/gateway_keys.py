"""Where a launch finds the gateway's key of its session: in our own environment, or in a file for its owner alone.

Such a key opens nothing but the gateway on this machine, for one profile, and is of no use a day after its session.
"""

import contextlib
import os
from pathlib import Path

from cc_launcher.files import atomic, gateway_places
from cc_launcher.launch import gateway_alive

_VARIABLE = "env:CC_GATEWAY_KEY"  # the client's own environment has it as its token alone


def reference(*, later: bool) -> str:
    """Where the key of this process is; `later`: where its session can fetch it, too."""
    return f"file:{_own_file()}" if later else _VARIABLE


def is_one(text: str) -> bool:
    """Whether this is such a reference: of one process, and so nothing to remember."""
    return text == _VARIABLE or text.startswith(f"file:{_directory()}/")


def keep(key: str, *, later: bool) -> None:
    """Have the key of this process there. Those of processes that have ended go."""
    if not later:
        os.environ[_VARIABLE.partition(":")[2]] = key
        return
    atomic.directory(_directory())
    for path in _directory().iterdir():
        if not path.name.isdigit() or not gateway_alive.started(int(path.name)):
            with contextlib.suppress(OSError):
                path.unlink()
    atomic.write(_own_file(), f"{key}\n".encode())


def _directory() -> Path:
    return gateway_places.directory() / "sessions"


def _own_file() -> Path:
    return _directory() / str(os.getpid())
