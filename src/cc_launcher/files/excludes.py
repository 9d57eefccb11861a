"""Lines of ours in a repository's `info/exclude`: added, remembered, and taken out again."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from cc_launcher.core.errors import IN_THE_WAY, CcError
from cc_launcher.files import atomic, foreign, git, guard, lock, places, swap
from cc_launcher.launch import planfile

_PUBLIC = 0o777  # less what the user's umask takes away: the directory is the repository's


@dataclass(frozen=True)
class Added:
    """A line that we have added."""

    file: str  # which git leaves alone for it
    exclude: str
    added: str  # the line, and the line end that was missing before it


def add(file: Path, missing: git.Exclude) -> None:
    """Add the line, and see whether git does as it says. If not, it is taken out again."""
    atomic.directory(missing.file.parent, _PUBLIC)

    def with_line(old: bytes | None) -> bytes:
        before = old or b""
        added = ("\n" if before and not before.endswith(b"\n") else "") + missing.line + "\n"
        _remember(Added(str(file), str(missing.file), added))
        return before + foreign.encoded(added)

    swap.change(missing.file, foreign.to_change, with_line)
    if git.unignored(file) is None:
        return
    take_out(file)
    raise CcError(
        f"{guard.shown(file)}: git would still commit it: a line with ! in a .gitignore takes it back",
        f"git check-ignore -v {missing.line.lstrip('/')} shows which",
        code=IN_THE_WAY,
    )


def take_out(file: Path) -> list[Path]:
    """Take out the lines that we have added for this file. Returns the files that have changed."""
    changed = []
    for known in [one for one in recorded() if one.file == str(file)]:
        exclude, added = Path(known.exclude), foreign.encoded(known.added)
        if swap.change(exclude, foreign.to_change, lambda old, added=added: _without(old, added)):  # type: ignore[misc]
            changed.append(exclude)
        for half in atomic.left_over(exclude):  # of one of us who was killed
            half.unlink(missing_ok=True)
        _write(one for one in recorded() if one != known)
    return changed


def recorded() -> list[Added]:
    """The lines that we have added."""
    try:
        known = json.loads(planfile.read_own(str(_file())))
        return [Added(**{key: str(value) for key, value in entry.items()}) for entry in known]
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return []


def _without(old: bytes | None, added: bytes) -> bytes | None:
    if old is None or old.endswith(added):
        return old[: -len(added)] if old is not None else None
    lines = old.splitlines(keepends=True)
    with contextlib.suppress(ValueError):  # somebody has taken it out already
        lines.remove(added.removeprefix(b"\n"))
    return b"".join(lines)


def _file() -> Path:
    return Path(places.data()) / "excludes.json"


def _remember(line: Added) -> None:
    atomic.directory(_file().parent)
    with lock.alone(_file().parent):
        _write([*(one for one in recorded() if one.exclude != line.exclude or one.file != line.file), line])


def _write(lines: "Iterator[Added] | list[Added]") -> None:
    atomic.write(_file(), json.dumps([asdict(line) for line in lines], indent=1).encode())
