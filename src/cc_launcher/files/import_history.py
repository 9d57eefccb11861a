"""The files of what imports have done, one each, for their owner alone."""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from cc_launcher.core.importing import history
from cc_launcher.core.importing.history import Import
from cc_launcher.files import atomic, lock, places, regular

_MAX_BYTES = 4 * 1024 * 1024


def directory() -> Path:
    """Where they are."""
    return Path(places.data()) / "imports"


def all_of() -> list[Import]:
    """Every import, the first one first."""
    found = []
    try:
        names = [path for path in directory().iterdir() if path.suffix == ".json" and path.stem.isdecimal()]
    except OSError:
        return []
    for path in names:
        with contextlib.suppress(OSError, ValueError):
            about = history.decode(regular.read(path, _MAX_BYTES, getattr(os, "O_NOFOLLOW", 0))[0])
            if about is not None:
                found.append(about)
    return sorted(found, key=lambda about: about.number)


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """While no other import is made or taken back here: what is not finished then never will be."""
    atomic.directory(directory())
    with lock.alone(directory()):
        yield


def begin() -> Import:
    """A new one. Only for who is alone."""
    number = max((int(path.stem) for path in directory().glob("*.json") if path.stem.isdecimal()), default=0) + 1
    about = Import(number, time.time())
    write(about)
    return about


def write(about: Import) -> None:
    """Have the file say this."""
    atomic.write(directory() / f"{about.number}.json", history.encode(about))


def remove(about: Import) -> None:
    """One that came to nothing."""
    (directory() / f"{about.number}.json").unlink(missing_ok=True)
