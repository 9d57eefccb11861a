"""The one module that opens a file for writing: whole or not at all."""

import contextlib
import errno
import os
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from cc_launcher.core.errors import IN_THE_WAY, CcError
from cc_launcher.core.text import printable

_FULLFSYNC = 51  # F_FULLFSYNC of macOS, where fsync leaves the content in the drive's own memory (its fsync(2))
_NOT_SO = {errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL, errno.ENOTTY}  # of a file system without it, such as SMB
_LEFT_OVER = re.compile(r"\..+\.[0-9a-f]{16}")


def is_left_over(name: str) -> bool:
    """Whether a file of this name is what we leave when we are killed while we write."""
    return _LEFT_OVER.fullmatch(name) is not None


def left_over(path: Path) -> list[Path]:
    """What was left of writing this file, by somebody of us who was killed."""
    try:
        beside = list(path.parent.iterdir())
    except OSError:
        return []
    begin = f".{path.name[:200]}."
    return [other for other in beside if other.name.startswith(begin) and is_left_over(other.name)]


def write(path: Path, content: bytes, mode: int = 0o600, unless: Callable[[], bool] | None = None) -> bool:
    """Put the content where the path is, in one step: a reader sees the old file or the new one, never a part.

    A link in the path's place is replaced, not followed. `unless` is asked when all else is done: if it says yes,
    the old file stays. Returns whether the content is there now.
    """
    return write_pieces(path, (content,), mode, unless)


def write_pieces(
    path: Path, pieces: Iterable[bytes], mode: int = 0o600, unless: Callable[[], bool] | None = None
) -> bool:
    """The same with content that comes piece by piece, since it is too large to be held."""
    temporary = path.with_name(f".{path.name[:200]}.{os.urandom(8).hex()}")
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), mode)
        try:
            for piece in pieces:
                left = memoryview(piece)
                while left:
                    left = left[os.write(handle, left) :]
            if os.name != "nt":
                os.fchmod(handle, mode)
            _sync(handle)
        finally:
            os.close(handle)
        if unless is not None and unless():
            temporary.unlink()
            return False
        temporary.replace(path)
    except BaseException as bad:
        with contextlib.suppress(OSError):
            temporary.unlink()
        if not isinstance(bad, OSError):
            raise  # an interrupt
        raise CcError(
            f"{printable(str(path))}: cannot be written: {bad.strerror}",
            "make room, or check the directory's rights",
            code=IN_THE_WAY,
        ) from None
    _sync_directory(path.parent)
    return True


def directory(path: Path, mode: int = 0o700) -> None:
    """Make a directory that only its owner can enter; one that is there already stays as it is.

    Those above it are made like it: one of them may be ours, and what is in it is not read where others can enter it.
    """
    try:
        try:
            path.mkdir(mode=mode, exist_ok=True)
        except FileNotFoundError:
            if path.parent == path:
                raise
            directory(path.parent, mode)
            path.mkdir(mode=mode, exist_ok=True)
    except OSError as bad:
        raise CcError(
            f"{printable(str(path))}: cannot be made: {bad.strerror}",
            "check the rights of the directory above",
            code=IN_THE_WAY,
        ) from None


def _sync_directory(path: Path) -> None:
    """Make the new name last through a power cut, where directories can be synced."""
    with contextlib.suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            _sync(handle)
        finally:
            os.close(handle)


def _sync(handle: int) -> None:
    """Have the drive itself keep what was written."""
    if sys.platform == "darwin":
        import fcntl  # noqa: PLC0415 - Windows has none, and nobody else needs it

        try:
            fcntl.fcntl(handle, _FULLFSYNC)
        except OSError as bad:
            if bad.errno not in _NOT_SO:
                raise
        else:
            return
    os.fsync(handle)
