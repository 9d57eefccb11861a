"""Files of others with values of ours in them: put in and taken out, with what was there before kept meanwhile.

What was there is kept in our data directory, readable by its owner alone: it may hold what the user would not show.
"""

import base64
import contextlib
import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from cc_launcher.core.errors import IN_THE_WAY, INVALID, CcError
from cc_launcher.core.text import json_edit, json_patch
from cc_launcher.core.text.json_edit import NotJson
from cc_launcher.core.text.json_patch import Entry, Wanted
from cc_launcher.files import atomic, guard, lock, places, regular, swap

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

    def puts(self, *path: str) -> bool:
        """Whether anything of ours stands below this."""
        return any(entry.path[: len(path)] == path for entry in self.entries)


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
        earlier = found.pop("earlier", None)
        record = _record(found)
        return record if earlier is None else _that_holds(file, record, _record(earlier))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def all_recorded() -> list[Record]:
    """Everything that we did to files and have not taken back."""
    found = []
    for path in sorted((Path(places.data()) / "overrides").glob("*.json")):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            record = recorded(Path(str(json.loads(path.read_bytes())["file"])))
            if record is not None:
                found.append(record)
    return found


def _record(found: dict[str, Any]) -> Record:
    entries = tuple(
        Entry(tuple(entry["path"]), entry["value"], tuple(entry["missing"]), entry["old"])
        for entry in found.pop("entries")
    )
    before = found.pop("before")
    return Record(**found, before=None if before is None else base64.b64decode(before), entries=entries)


def _stored(record: Record) -> dict[str, Any]:
    before = None if record.before is None else base64.b64encode(record.before).decode()
    return asdict(record) | {"before": before}


def _that_holds(file: Path, *records: Record) -> Record:
    """Which of them is true. Both are kept while the file is written, and stay if we are killed in this moment."""
    try:
        content = read(file) or b""
    except CcError:
        return records[0]
    for record in records:
        if record.after == _digest(content):
            return record
    text = json_edit.decode(content)[0]  # somebody has written it since: whose values are in it?
    return max(records, key=lambda record: _share(record, text))


def _share(record: Record, text: str) -> float:
    """How many of the values that we put in are there."""
    try:
        there: list[bool] = [json_edit.get(text, entry.path, comments=True) == entry.value for entry in record.entries]
    except NotJson:
        return 0.0
    return sum(there) / max(1, len(there))


def without_ours(file: Path, *, comments: bool = False) -> Change:
    """The file as it was before we put anything into it, with what others have changed since."""
    return _without(file, read(file), recorded(file), comments=comments)


def _without(file: Path, old: bytes | None, record: Record | None, *, comments: bool) -> Change:
    if record is None:
        return Change(file, old, old)
    made = record.made_directory
    if old is None:
        return Change(file, old, old, made_directory=made)
    if _digest(old) == record.after or old == record.before:
        return Change(file, old, record.before, made_directory=made)
    text, encoding = json_edit.decode(old)
    try:
        text, left = json_patch.take_out(text, list(record.entries), comments=comments)
    except NotJson as bad:
        raise broken(file, bad) from None
    emptied = record.before is None and json_edit.get(text, (), comments=comments) in (None, {})
    new = None if emptied else json_edit.encode(text, encoding)
    return Change(file, old, new, made_directory=made, edited=True, left=tuple(left))


def with_ours(base: Change, wanted: Wanted, profile: str, model: str, *, comments: bool = False) -> Change:
    """The file with these values in it, from how it is without ours."""
    text, encoding = json_edit.decode(base.new or b"")
    try:
        text, entries = json_patch.put_in(text, wanted, comments=comments)
    except NotJson as bad:
        raise broken(base.file, bad) from None
    new = json_edit.encode(text, encoding)
    made = base.made_directory or not base.file.parent.exists()
    record = Record(str(base.file), profile, model, made, base.new, _digest(new), tuple(entries))
    return Change(base.file, base.old, new, record, edited=base.edited, left=base.left)


def carry_out(file: Path, ours: Callable[[Change], Change] | None = None, *, comments: bool = False) -> Change:
    """Take our values out of the file and, with `ours`, put others in. Returns what was done.

    It is done to what is in the file now, and again where somebody writes the file meanwhile. What is needed to undo it
    is written down first, and forgotten last.
    """
    kept = _record_path(file)
    if ours is not None:
        atomic.directory(kept.parent)
    with lock.alone(kept.parent):
        work = _Work(file, ours, comments=comments)
        if ours is None:
            work.take_out()
            with contextlib.suppress(OSError):
                kept.unlink()
        else:
            work.put_in(kept)
    return work.change


class _Work:
    """What is to be done to a file, whatever others make of it meanwhile."""

    def __init__(self, file: Path, ours: Callable[[Change], Change] | None, *, comments: bool) -> None:
        self.file = file
        self.ours = ours
        self.comments = comments
        self.record = recorded(file)  # once: what is written down below is not true before it is done
        self.is_first = not file.parent.exists()
        self.change = Change(file, None, None)

    def take_out(self) -> None:
        """Take our values out, and the file and its directory, where they were ours and nothing else is left."""
        swap.change(self.file, read, self._made)
        if self.change.new is None and self.change.made_directory:  # also where we were killed before this, once
            self._remove_directory()

    def put_in(self, kept: Path) -> None:
        """Put our values in. Whatever fails, what was known of the file before is known afterwards."""
        earlier = read(kept)
        try:
            changed = swap.change(self.file, read, self._made, lambda _: self._prepare(kept))
        except CcError:
            _put_back(kept, earlier)
            if self.is_first:
                self._remove_directory()
            raise
        if not changed:
            self._write_down(kept)
        elif self.record is not None:
            with contextlib.suppress(CcError):  # with the earlier one beside it, it is as true
                self._write_down(kept)

    def _made(self, old: bytes | None) -> bytes | None:
        self.change = _without(self.file, old, self.record, comments=self.comments)
        if self.ours is not None:
            self.change = self.ours(replace(self.change, made_directory=self.change.made_directory or self.is_first))
        return self.change.new

    def _prepare(self, kept: Path) -> None:
        self._write_down(kept, self.record)
        atomic.directory(self.file.parent, _PUBLIC)

    def _write_down(self, kept: Path, earlier: Record | None = None) -> None:
        assert self.change.record is not None  # noqa: S101 - `with_ours` makes one
        content = {"format": _FORMAT} | _stored(self.change.record)
        if earlier is not None:
            content["earlier"] = _stored(earlier)
        atomic.write(kept, json.dumps(content).encode())

    def _remove_directory(self) -> None:
        with contextlib.suppress(OSError):  # somebody has put something into it
            self.file.parent.rmdir()


def _put_back(kept: Path, earlier: bytes | None) -> None:
    if earlier is None:
        with contextlib.suppress(OSError):
            kept.unlink()
    else:
        atomic.write(kept, earlier)


def read(file: Path) -> bytes | None:
    """What is in a file; nothing, if there is none."""
    try:
        return regular.read(file, _MAX_BYTES)[0]
    except regular.NotRegular:
        raise CcError(f"{guard.shown(file)}: not a file", "move it away", code=IN_THE_WAY) from None
    except regular.TooLarge:
        what = f"{guard.shown(file)}: larger than {_MAX_BYTES >> 20} MiB"
        raise CcError(what, "move it away", code=IN_THE_WAY) from None
    except FileNotFoundError:
        if file.is_symlink():
            raise CcError(
                f"{guard.shown(file)}: a broken link", "fix the link, or remove it", code=IN_THE_WAY
            ) from None
        return None
    except OSError as bad:
        raise CcError(f"{guard.shown(file)}: {bad.strerror}", "check what it is: ls -l", code=IN_THE_WAY) from None


def broken(file: Path, bad: NotJson) -> CcError:
    """The error for a file that its own program would not read either."""
    return CcError(
        f"{guard.shown(file)}:{bad.line}: {bad.why}", "the client ignores the whole file: fix it first", code=INVALID
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _record_path(file: Path) -> Path:
    return Path(places.data()) / "overrides" / f"{_digest(os.fsencode(file))[:32]}.json"
