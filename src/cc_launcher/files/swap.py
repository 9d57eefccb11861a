"""A file that others write too, changed by compare-and-swap: read, change, look again, rename.

Others take no lock of ours: the client adds to its settings whenever somebody answers "always allow". So the change is
made anew from what is in the file, until nobody has written it meanwhile.

One gap stays: between the last look and the rename, which comes right behind it. What another program puts there in
this moment is lost. So is what one writes that opened the file before the rename and goes on writing into it, instead
of putting another file in its place: it writes into the old file, which nobody sees any more.
"""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cc_launcher.core.errors import IN_THE_WAY, CcError
from cc_launcher.files import atomic, guard

TRIES = 3

Read = Callable[[Path], bytes | None]


@dataclass(frozen=True)
class _Seen:
    """A file as it was read."""

    content: bytes | None  # nothing: there was none
    target: Path  # the file itself, where the path is a link to it
    state: tuple[int, ...]  # which file it was, its rights, and when it was last written


def change(
    path: Path,
    read: Read,
    made: Callable[[bytes | None], bytes | None],
    first: Callable[[bytes | None], None] | None = None,
) -> bool:
    """Put there what is made of what is there; where that is nothing, the file is removed. Tells whether it differs.

    `made` is asked again about what others have put there meanwhile, and may refuse it with an error. `first` is called
    with what is there before each try to write: what is needed to undo it is kept. A link to the file stays, and the
    file's rights, too.
    """
    for _ in range(TRIES):
        seen = _look(path, read)
        try:
            new = made(seen.content)
        except CcError:
            if _is_as_seen(path, read, seen):
                raise
            continue  # what was refused may have been half of what somebody was about to write
        if new == seen.content:
            return False
        if first is not None:
            first(seen.content)
        if _put(path, read, seen, new):
            return True
    raise CcError(
        f"{guard.shown(path)}: another program keeps writing to it, so nothing was changed",
        "try again when that program is done; or close it first: claude, or an editor",
        code=IN_THE_WAY,
    )


def _put(path: Path, read: Read, seen: _Seen, new: bytes | None) -> bool:
    """Put it there, if the file is still as it was seen."""
    if new is not None:
        mode = stat.S_IMODE(seen.state[2]) if seen.state else 0o600
        return atomic.write(seen.target, new, mode, unless=lambda: not _is_as_seen(path, read, seen))
    if not _is_as_seen(path, read, seen):
        return False
    try:
        path.unlink(missing_ok=True)
    except OSError as bad:
        raise CcError(
            f"{guard.shown(path)}: cannot be removed: {bad.strerror}", "check the directory's rights", code=IN_THE_WAY
        ) from None
    return True


def _look(path: Path, read: Read) -> _Seen:
    # First which file it is: one that is written while it is read is then another one at the next look.
    target, state = _target(path), _state(path)
    return _Seen(read(path), target, state)


def _is_as_seen(path: Path, read: Read, seen: _Seen) -> bool:
    try:
        same = read(path) == seen.content
    except CcError:
        return False  # reading it again says what it is now
    return same and _target(path) == seen.target and _state(path) == seen.state


def _target(path: Path) -> Path:
    # Where people keep such files elsewhere and link them from here, the link is to stay.
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def _state(path: Path) -> tuple[int, ...]:
    try:
        found = os.stat(path)
    except OSError:
        return ()
    return (found.st_dev, found.st_ino, found.st_mode, found.st_size, found.st_mtime_ns)
