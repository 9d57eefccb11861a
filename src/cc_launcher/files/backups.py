"""Change a file of the user's with a backup of it, and put backups back."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from cc_launcher.core.errors import IN_THE_WAY, NO_SUCH, CcError
from cc_launcher.files import atomic, guard, lock, outside
from cc_launcher.launch import paths

_MAX_BYTES = 2 * 1024 * 1024
_KEPT = 100  # changes that are remembered


@dataclass(frozen=True)
class Change:
    """A file that was changed."""

    stamp: str  # of the run in which it was
    path: str  # the file itself, not a link to it
    backup: str
    after: str  # a hash of what was written


def change(path: Path, before: bytes, after: bytes, stamp: str) -> Path:
    """Write the file anew, with what it was next to it: readable for its owner alone, since it may hold a key.

    In a repository, where it could be committed, the backup goes to our own directory instead.
    """
    target = Path(os.path.realpath(path))  # a link stays one
    mode = target.stat().st_mode & 0o777
    with lock.alone(path.parent):
        if outside.content(target, _MAX_BYTES) != before:
            raise CcError(f"{guard.shown(path)} has changed meanwhile", "try again", code=IN_THE_WAY)
        known = _read()
        # One backup for each run: that of the first change.
        earlier = next((old for old in known if (old.stamp, old.path) == (stamp, str(target))), None)
        backup = Path(earlier.backup) if earlier else _free(path, stamp)
        if earlier is None:
            atomic.write(backup, before)
        try:
            atomic.write(target, after, mode)
        except BaseException:
            if earlier is None:
                backup.unlink()
            raise
    others = [old for old in known if old != earlier]
    _write([*others[-_KEPT:], Change(stamp, str(target), str(backup), _hash(after))])
    return backup


def last() -> list[Change]:
    """The changes of the last run that are not undone."""
    known = _read()
    return [change for change in known if change.stamp == known[-1].stamp] if known else []


def restore(done: Change) -> None:
    """Put a file back as it was, unless somebody has changed it since."""
    path, backup = Path(done.path), Path(done.backup)
    try:
        now, before = outside.content(path, _MAX_BYTES), outside.content(backup, _MAX_BYTES)
    except outside.Unreadable as bad:
        raise CcError(f"{guard.shown(path)}: {bad.reason}", f"look at {guard.shown(backup)}", code=IN_THE_WAY) from None
    if before is None:
        _forget(done)
        raise CcError(f"{guard.shown(backup)} is gone", f"{guard.shown(path)} stays as it is", code=NO_SUCH)
    if now is not None and _hash(now) != done.after:
        raise CcError(
            f"{guard.shown(path)} was changed since; it stays as it is",
            f"compare it with {guard.shown(backup)}, and copy what you need",
            code=IN_THE_WAY,
        )
    atomic.write(path, before, path.stat().st_mode & 0o777 if now is not None else 0o600)
    backup.unlink()
    _forget(done)


def _free(path: Path, stamp: str) -> Path:
    place = path.parent
    name = path.name
    if any(os.path.exists(above / ".git") for above in (place, *place.parents)):
        place = Path(paths.data()) / "backups"
        for directory in (place.parent, place):
            atomic.directory(directory)
        name = str(path).replace(os.sep, "%")[-150:]
    names = (place / f"{name}.cc-backup-{stamp}{f'-{number}' if number else ''}" for number in range(1000))
    return next(backup for backup in names if not os.path.lexists(backup))


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _file() -> Path:
    return Path(paths.data()) / "changes.json"


def _read() -> list[Change]:
    try:
        found = _file().lstat()
        if os.name != "nt" and (found.st_uid != os.geteuid() or found.st_mode & 0o022):
            return []  # somebody else may have written which file is to be put where
        known = json.loads(outside.content(_file()) or b"[]")
        return [Change(**{key: str(value) for key, value in entry.items()}) for entry in known]
    except (OSError, ValueError, TypeError, AttributeError, RecursionError, outside.Unreadable):
        return []


def _write(changes: list[Change]) -> None:
    atomic.directory(_file().parent)
    atomic.write(_file(), json.dumps([asdict(change) for change in changes], indent=1).encode())


def _forget(done: Change) -> None:
    _write([change for change in _read() if change != done])
