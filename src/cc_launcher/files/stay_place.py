"""The directory of a launch beside which we wait: what its hooks leave there, for its owner alone.

It goes with the launch. What one leaves that was killed goes at the next such launch: whoever is alive holds a lock.
"""

import contextlib
import os
import shutil
from pathlib import Path
from typing import Self

from cc_launcher.core.plan.stay import MARK, PROMPT
from cc_launcher.files import atomic, lock, places, regular

try:
    import fcntl
except ImportError:  # Windows has none, and no such launch
    fcntl = None  # type: ignore[assignment]

_MOST = 16 * 1024 * 1024  # bytes of what the client says: a whole prompt is in it


class Place:
    """The directory of one launch, while it is entered."""

    def __init__(self) -> None:
        self.path = _all() / f"{os.getpid()}-{os.urandom(6).hex()}"
        self._lock = -1

    def __enter__(self) -> Self:
        atomic.directory(self.path.parent)
        with lock.alone(self.path.parent):
            atomic.directory(self.path)
            self._lock = _locked(self.path)
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock >= 0:
            os.close(self._lock)

    def taken_mark(self) -> bytes:
        """What the hook of a turn that failed has left, once; empty where there is nothing."""
        if not (content := self._read(MARK)):
            return b""
        with contextlib.suppress(OSError):
            (self.path / MARK).unlink()
        return content

    def prompt(self) -> bytes:
        """What the client says of the last prompt; empty where there was none."""
        return self._read(PROMPT)

    def _read(self, name: str) -> bytes:
        try:
            return regular.read(self.path / name, _MOST)[0]
        except (OSError, ValueError):
            return b""


def sweep() -> None:
    """Take away what others have left who were killed."""
    directory = _all()
    if not directory.is_dir():
        return
    with lock.alone(directory), contextlib.suppress(OSError):
        for path in list(directory.iterdir()):
            held = _locked(path)
            if held >= 0:
                shutil.rmtree(path, ignore_errors=True)
                os.close(held)


def _all() -> Path:
    return Path(places.cache()) / "stay"


def _locked(path: Path) -> int:
    """The lock of a launch, if nobody holds it. It goes with who holds it, however that ends."""
    if fcntl is None:
        return -1
    try:
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return -1
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return -1
    return handle
