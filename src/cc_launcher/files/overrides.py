"""Files of others with values of ours in them: put in and taken out, with what was there before kept meanwhile.

What was there is kept in our data directory, readable by its owner alone: it may hold what the user would not show.
"""

import base64
import contextlib
import hashlib
import json
import os
import stat
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cc_launcher.core import json_edit, put_in
from cc_launcher.core.errors import IN_THE_WAY, INVALID, CcError
from cc_launcher.core.json_edit import NotJson
from cc_launcher.core.put_in import Entry
from cc_launcher.files import atomic, guard, lock
from cc_launcher.launch import paths

_FORMAT = 1
_MAX_BYTES = 4 * 1024 * 1024
_PUBLIC = 0o777  # less what the user's umask takes away: a project's directory is not ours to close


@dataclass(frozen=True)
class Record:
    """What we did to a file."""

    file: str
    profile: str
    model: str
    made_directory: bool
    before: bytes | None  # nothing: there was no file
    after: str  # a digest of what we wrote
    entries: tuple[Entry, ...] = field(default=())


@dataclass(frozen=True)
class Change:
    """What a file would become."""

    file: Path
    old: bytes | None
    new: bytes | None  # nothing: it is removed
    record: Record | None = None  # to be kept; nothing: it is forgotten
    made_directory: bool = False  # by us, before: an empty one goes with the file
    edited: bool = False  # by somebody else, since
    left: tuple[Entry, ...] = ()  # our values that somebody has changed, and that stay

    @property
    def texts(self) -> tuple[str, str]:
        """Both, to be compared."""
        return tuple(json_edit.decode(content or b"")[0] for content in (self.old, self.new))  # type: ignore[return-value]  # two are two


def recorded(file: Path) -> Record | None:
    """What we did to a file, if we did."""
    try:
        with _record_path(file).open("rb") as opened:
            if os.name != "nt" and os.fstat(opened.fileno()).st_uid != os.geteuid():
                return None
            found: dict[str, Any] = json.load(opened)
        if found.pop("format") != _FORMAT or found["file"] != str(file):
            return None
        entries = tuple(
            Entry(tuple(entry["path"]), entry["value"], tuple(entry["missing"]), entry["old"])
            for entry in found.pop("entries")
        )
        before = found.pop("before")
        return Record(**found, before=None if before is None else base64.b64decode(before), entries=entries)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def without_ours(file: Path, *, comments: bool = False) -> Change:
    """The file as it was before we put anything into it, with what others have changed since."""
    old, record = read(file), recorded(file)
    if record is None or old is None:
        return Change(file, old, old)
    made = record.made_directory
    if _digest(old) == record.after or old == record.before:
        return Change(file, old, record.before, made_directory=made)
    text, encoding = json_edit.decode(old)
    try:
        text, left = put_in.take_out(text, list(record.entries), comments=comments)
    except NotJson as bad:
        raise broken(file, bad) from None
    emptied = record.before is None and json_edit.get(text, (), comments=comments) in (None, {})
    new = None if emptied else json_edit.encode(text, encoding)
    return Change(file, old, new, made_directory=made, edited=True, left=tuple(left))


def with_ours(
    base: Change, wanted: list[tuple[tuple[str, ...], Any]], profile: str, model: str, *, comments: bool = False
) -> Change:
    """The file with these values in it, from how it is without ours."""
    text, encoding = json_edit.decode(base.new or b"")
    try:
        text, entries = put_in.put_in(text, wanted, comments=comments)
    except NotJson as bad:
        raise broken(base.file, bad) from None
    new = json_edit.encode(text, encoding)
    made = base.made_directory or not base.file.parent.exists()
    record = Record(str(base.file), profile, model, made, base.new, _digest(new), tuple(entries))
    return Change(base.file, base.old, new, record, edited=base.edited, left=base.left)


def carry_out(change: Change) -> None:
    """Do it: what is needed to undo it is written down first, and forgotten last."""
    if change.record is not None:
        kept = _record_path(change.file)
        atomic.directory(kept.parent)
        with lock.alone(kept.parent):
            content = {"format": _FORMAT} | asdict(change.record)
            before = change.record.before
            content["before"] = None if before is None else base64.b64encode(before).decode()
            earlier = read(kept)
            atomic.write(kept, json.dumps(content).encode())
            try:
                _write(change)
            except CcError:
                _put_back(kept, earlier)
                raise
        return
    _write(change)
    with contextlib.suppress(OSError):
        _record_path(change.file).unlink()


def _put_back(kept: Path, earlier: bytes | None) -> None:
    if earlier is None:
        with contextlib.suppress(OSError):
            kept.unlink()
    else:
        atomic.write(kept, earlier)


def _write(change: Change) -> None:
    if change.new == change.old:
        return
    if change.new is None:
        _remove(change)
        return
    atomic.directory(change.file.parent, _PUBLIC)
    linked = change.file.is_symlink()
    # Where people keep such files elsewhere and link them from here, the link is to stay.
    target = change.file.resolve() if linked else change.file
    mode = stat.S_IMODE(target.stat().st_mode) if change.old is not None else 0o600
    atomic.write(target, change.new, mode)


def _remove(change: Change) -> None:
    try:
        change.file.unlink(missing_ok=True)
    except OSError as bad:
        raise CcError(
            f"{guard.shown(change.file)}: cannot be removed: {bad.strerror}",
            "check the directory's rights",
            code=IN_THE_WAY,
        ) from None
    if change.made_directory:
        with contextlib.suppress(OSError):  # somebody has put something into it
            change.file.parent.rmdir()


def read(file: Path) -> bytes | None:
    """What is in a file; nothing, if there is none."""
    try:
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        if file.is_symlink():
            raise CcError(
                f"{guard.shown(file)}: a link to nothing", "mend the link, or remove it", code=IN_THE_WAY
            ) from None
        return None
    except OSError as bad:
        raise CcError(f"{guard.shown(file)}: {bad.strerror}", "check what it is: ls -l", code=IN_THE_WAY) from None
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise CcError(f"{guard.shown(file)}: not a file", "move it away", code=IN_THE_WAY)
        with os.fdopen(handle, "rb", closefd=False) as opened:
            content = opened.read(_MAX_BYTES + 1)
    finally:
        os.close(handle)
    if len(content) > _MAX_BYTES:
        raise CcError(f"{guard.shown(file)}: larger than {_MAX_BYTES >> 20} MiB", "move it away", code=IN_THE_WAY)
    return content


def broken(file: Path, bad: NotJson) -> CcError:
    """The error for a file that its own program would not read either."""
    return CcError(
        f"{guard.shown(file)}:{bad.line}: {bad.why}", "the client ignores the whole file: mend it first", code=INVALID
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _record_path(file: Path) -> Path:
    return Path(paths.data()) / "overrides" / f"{_digest(os.fsencode(file))[:32]}.json"
