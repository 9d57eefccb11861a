"""The file of a page or a report: it takes the place of an older one of ours, and of nothing else."""

import os
import re
import stat
from pathlib import Path

from cc_launcher.core.errors import IN_THE_WAY, CcError
from cc_launcher.files import atomic

_READ = 2_000  # bytes, in which stands how a report of ours begins


def page_of(command: str) -> re.Pattern[bytes]:
    """How a page that this command wrote begins."""
    return re.compile(rb"\s*<!doctype html>.{0,1000}<title>" + command.encode() + rb": ", re.DOTALL | re.IGNORECASE)


def refuse_taken(name: str, ours: re.Pattern[bytes]) -> None:
    """Stop where it would take the place of somebody's file, or could not be written."""
    path = Path(name).absolute()
    if not (path.parent.is_dir() and os.access(path.parent, os.W_OK | os.X_OK)):
        raise CcError(
            f"{name}: no file can be written there", "create the directory, or choose another one", code=IN_THE_WAY
        )
    if os.path.lexists(path) and ours.match(_beginning(path)) is None:
        raise CcError(f"{name} exists already and is not a report of cc", "choose another name", code=IN_THE_WAY)


def write(name: str, text: str) -> None:
    """Write it."""
    atomic.write(Path(name).absolute(), text.encode("utf-8", "backslashreplace"))


def _beginning(path: Path) -> bytes:
    """What a file begins with; nothing of a link, nor of a pipe, which would be waited for."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return b""
        with path.open("rb") as file:
            return file.read(_READ)
    except OSError:
        return b""
