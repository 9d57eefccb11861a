"""Make the cleaned copy of a session beside it. The original is only read."""

import os
import re
import stat
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cc_launcher.core.errors import IN_THE_WAY, INVALID, CcError
from cc_launcher.core.sessions import clean
from cc_launcher.core.sessions.obstacles import Obstacles
from cc_launcher.files import atomic, guard

_PIECE = 1 << 20  # bytes that are written at once
_LEFT_OVER = re.compile(r"\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.jsonl\.[0-9a-f]{16}")
_LONGEST = 3_600  # seconds that a copy may take


def make(transcript: Path, obstacles: Obstacles) -> str:
    """Write a copy of this transcript into the same directory, without what is refused; the id of the new session."""
    if obstacles.cannot:
        raise CcError(
            f"{guard.shown(transcript)}: cannot be copied: {obstacles.cannot}", "begin a new session", code=INVALID
        )
    old, new = transcript.stem, str(uuid.uuid4())
    with _opened(transcript) as handle:
        _remove_left_overs(transcript.parent)
        without = obstacles.refused
        size = os.fstat(handle).st_size
        gone = clean.gone(_lines(handle, size), without)
        lines = clean.cleaned(_lines(handle, size), gone, without, old=old, new=new)
        atomic.write_pieces(transcript.with_name(f"{new}.jsonl"), _pieces(lines))
    return new


def _remove_left_overs(directory: Path) -> None:
    """Take away what was begun by somebody of us who was killed. The client does not look at such names."""
    with suppress(OSError), os.scandir(directory) as entries:
        for entry in entries:
            if _LEFT_OVER.fullmatch(entry.name):
                with suppress(OSError):
                    about = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(about.st_mode) and about.st_mtime < time.time() - _LONGEST:
                        os.unlink(entry.path)


def _pieces(lines: Iterable[bytes]) -> Iterator[bytes]:
    piece = bytearray()
    for line in lines:
        piece += line
        if len(piece) > _PIECE:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, flags)
    except OSError as bad:
        raise CcError(f"{guard.shown(path)}: cannot be read: {bad.strerror}", _LOOK, code=IN_THE_WAY) from None
    try:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise CcError(f"{guard.shown(path)}: not a file", _LOOK, code=IN_THE_WAY)
        if os.name != "nt" and about.st_uid != os.geteuid():
            raise CcError(f"{guard.shown(path)}: belongs to another user", _LOOK, code=IN_THE_WAY)
        yield handle
    finally:
        os.close(handle)


_LOOK = "look at it: ls -l"


def _lines(handle: int, size: int) -> Iterator[bytes]:
    """Its lines from the beginning, up to where it ended when it was opened: a client may go on writing into it."""
    os.lseek(handle, 0, os.SEEK_SET)
    with open(handle, "rb", closefd=False) as file:
        for line in file:
            size -= len(line)
            if size < 0:
                return
            yield line
