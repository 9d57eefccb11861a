"""One at a time: what reads a file, changes it and writes it, and what looks at a place before it takes it."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has none
    fcntl = None  # type: ignore[assignment]


@contextlib.contextmanager
def alone(directory: Path) -> Iterator[None]:
    """While others of us wait. Where a directory cannot be locked, the last one wins, whole."""
    try:
        handle = os.open(directory, os.O_RDONLY) if fcntl is not None else None
    except OSError:
        handle = None
    try:
        if handle is not None:
            with contextlib.suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        if handle is not None:
            os.close(handle)
