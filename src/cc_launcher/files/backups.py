"""Change a file of the user's with a backup of it, and put backups back."""

import hashlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from cc_launcher.core.errors import IN_THE_WAY, NO_SUCH, CcError
from cc_launcher.files import atomic, foreign, git, guard, lock, places, swap

_KEPT = 100  # changes that are remembered


@dataclass(frozen=True)
class Change:
    """A file that was changed."""

    stamp: str  # of the run in which it was
    path: str  # the file itself, not a link to it
    backup: str
    after: str  # a hash of what was written


def change(path: Path, changed: Callable[[bytes], bytes], stamp: str) -> Path | None:
    """Write the file anew, with what it was next to it: readable for its owner alone, since it may hold a key.

    In a repository, where it could be committed, the backup goes to our own directory instead. `changed` is asked again
    where others have written the file meanwhile, and may refuse that with an error. Returns the backup, if there was
    anything to change.
    """
    target = os.path.realpath(path)  # a link stays one
    with lock.alone(path.parent):
        known = _read()
        earlier = next((old for old in reversed(known) if (old.stamp, old.path) == (stamp, target)), None)
        own = _free(path, stamp)
        backup, after = own, b""

        def made(old: bytes | None) -> bytes:
            nonlocal after
            after = changed(_there(path, old))
            return after

        def keep(old: bytes | None) -> None:
            nonlocal backup
            # One backup for each run, that of the first change; but what others have written since needs one, too.
            backup = Path(earlier.backup) if earlier is not None and earlier.after == _hash(old or b"") else own
            if backup == own:
                atomic.write(own, old or b"")

        try:
            is_changed = swap.change(path, foreign.to_change, made, keep)
        except BaseException as bad:
            if isinstance(bad, CcError) or not _holds(target, after):  # an interrupt may come right after the change
                own.unlink(missing_ok=True)
            raise
        if not is_changed or backup != own:
            own.unlink(missing_ok=True)  # of a try that came to nothing
        if not is_changed:
            return None
        others = [old for old in known if backup == own or old != earlier]
        _write([*others[-_KEPT:], Change(stamp, target, str(backup), _hash(after))])
    return backup


def copied(path: Path, content: bytes, earlier: Path | None = None) -> Path:
    """A copy of what a file holds, as `change` makes one, for a change that has an undoing of its own."""
    place = earlier or _free(path, time.strftime("%Y%m%dT%H%M%S"))
    atomic.write(place, content)
    return place


def all_there(beside: list[Path]) -> list[Path]:
    """Every backup that is left: those that are remembered, those of repositories, and those beside these files."""
    found = [Path(change.backup) for change in _read()]
    places_of = [
        (Path(places.data()) / "backups", "*"),
        *((path.parent, f"{path.name}.cc-backup-*") for path in beside),
    ]
    for directory, names in places_of:
        found += sorted(directory.glob(names))
    return [path for path in dict.fromkeys(found) if os.path.lexists(path)]


def last() -> list[Change]:
    """The changes of the last run that are not undone."""
    known = _read()
    return [change for change in known if change.stamp == known[-1].stamp] if known else []


def restore(done: Change) -> None:
    """Put a file back as it was, unless somebody has changed it since."""
    path, backup = Path(done.path), Path(done.backup)
    try:
        before = foreign.content(backup, foreign.MOST_TO_CHANGE)
    except foreign.Unreadable as bad:
        raise CcError(f"{guard.shown(path)}: {bad.reason}", f"look at {guard.shown(backup)}", code=IN_THE_WAY) from None
    if before is None:
        _forget(done)
        raise CcError(f"{guard.shown(backup)} is gone", f"{guard.shown(path)} stays as it is", code=NO_SUCH)

    def made(now: bytes | None) -> bytes | None:
        if now is not None and _hash(now) != done.after:
            raise CcError(
                f"{guard.shown(path)} was changed since, so it was left alone",
                f"compare it with {guard.shown(backup)}, and copy what you need",
                code=IN_THE_WAY,
            )
        return before

    swap.change(path, foreign.to_change, made)
    backup.unlink()
    _forget(done)


def _there(path: Path, content: bytes | None) -> bytes:
    if content is None:
        raise CcError(f"{guard.shown(path)} is gone", "try again", code=IN_THE_WAY)
    return content


def _holds(path: str, content: bytes) -> bool:
    try:
        return foreign.content(Path(path), foreign.MOST_TO_CHANGE) == content
    except foreign.Unreadable:
        return False


def _free(path: Path, stamp: str) -> Path:
    place = path.parent
    name = path.name
    if git.top(place) is not None:
        place = Path(places.data()) / "backups"
        for directory in (place.parent, place):
            atomic.directory(directory)
        name = str(path).replace(os.sep, "%")[-150:]
    names = (place / f"{name}.cc-backup-{stamp}{f'-{number}' if number else ''}" for number in range(1000))
    return next(backup for backup in names if not os.path.lexists(backup))


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _file() -> Path:
    return Path(places.data()) / "changes.json"


def _read() -> list[Change]:
    try:
        found = _file().lstat()
        if os.name != "nt" and (found.st_uid != os.geteuid() or found.st_mode & 0o022):
            return []  # somebody else may have written which file is to be put where
        known = json.loads(foreign.content(_file()) or b"[]")
        return [Change(**{key: str(value) for key, value in entry.items()}) for entry in known]
    except (OSError, ValueError, TypeError, AttributeError, RecursionError, foreign.Unreadable):
        return []


def _write(changes: list[Change]) -> None:
    atomic.directory(_file().parent)
    atomic.write(_file(), json.dumps([asdict(change) for change in changes], indent=1).encode())


def _forget(done: Change) -> None:
    _write([change for change in _read() if change != done])
