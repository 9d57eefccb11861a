"""The start-up files of shells in which completion is installed: our line put in and taken out, with a backup."""

import contextlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cc_launcher.core.errors import IN_THE_WAY, CcError
from cc_launcher.core.text import rc_line
from cc_launcher.files import atomic, backups, foreign, guard, lock, places, swap
from cc_launcher.launch import paths, planfile

SHELLS = ("bash", "zsh", "fish")
_PUBLIC = 0o777  # less what the user's umask takes away


@dataclass(frozen=True)
class Done:
    """What was done to a file."""

    path: Path
    changed: bool
    backup: Path | None = None
    removed: bool = False  # the whole file, which was ours


def path(shell: str) -> Path:
    """The file that a user of this shell expects it in."""
    home = Path(paths.home())
    if shell == "bash":
        return home / ".bashrc"
    if shell == "zsh":
        return Path(os.environ.get("ZDOTDIR") or home) / ".zshrc"
    given = os.environ.get("XDG_CONFIG_HOME", "")
    return (Path(given) if os.path.isabs(given) else home / ".config") / "fish" / "config.fish"


def all_with_ours() -> list[tuple[Path, int]]:
    """Each file that has a line of ours, and which one it is."""
    known = dict.fromkeys([*map(path, SHELLS), *map(Path, _remembered())])
    found = []
    for file in known:
        with contextlib.suppress(CcError):
            if number := rc_line.at(foreign.text_to_change(file)):
                found.append((file, number))
    return found


def all_by_hand() -> list[tuple[Path, int]]:
    """Each file in which somebody has written such a line themselves."""
    found = []
    for file in map(path, SHELLS):
        with contextlib.suppress(CcError):
            if number := rc_line.by_hand(foreign.text_to_change(file)):
                found.append((file, number))
    return found


def put_in(file: Path, wanted: str) -> Done:
    """Put the line in."""
    _refuse_foreign(file)
    atomic.directory(file.parent, _PUBLIC)
    _remember(file, made=not os.path.lexists(file))
    return _change(file, lambda text: rc_line.put_in(text, wanted))


def take_out(file: Path, *, with_backup: bool = True) -> Done:
    """Take the line out, and the file with it where we had made it and nothing else is in it."""
    _refuse_foreign(file)
    made = _remembered().get(str(file), False)
    done = _change(file, rc_line.take_out, remove=made, with_backup=with_backup)
    _forget(file)
    return done


def _change(file: Path, edited: Callable[[str], str], *, remove: bool = False, with_backup: bool = True) -> Done:
    backup: Path | None = None

    def made(old: bytes | None) -> bytes | None:
        new = foreign.encoded(edited((old or b"").decode("utf-8", "surrogateescape")))
        return None if not new and (old is None or remove) else new

    def keep(old: bytes | None) -> None:
        nonlocal backup
        if old and with_backup:
            backup = backups.copied(file, old, backup)

    try:
        changed = swap.change(file, foreign.to_change, made, keep)
    except BaseException:
        if backup is not None:
            backup.unlink(missing_ok=True)
        raise
    return Done(file, changed, backup, removed=changed and not os.path.lexists(file))


def _refuse_foreign(file: Path) -> None:
    """A link is followed to where its owner keeps such files, and nowhere else."""
    try:
        found = os.stat(file)
    except OSError:
        return  # reading it says what is wrong, if anything is
    if os.name != "nt" and found.st_uid != os.geteuid():
        raise CcError(f"{guard.shown(file)}: belongs to another user", "write the line yourself", code=IN_THE_WAY)


def _file() -> Path:
    return Path(places.data()) / "completion.json"


def _remembered() -> dict[str, bool]:
    """The files that we have put a line into, and whether we made each."""
    try:
        known = json.loads(planfile.read_own(str(_file())))
        return {str(name): bool(made) for name, made in known.items()}
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}


def _remember(file: Path, *, made: bool) -> None:
    atomic.directory(_file().parent)
    with lock.alone(_file().parent):
        known = _remembered()
        _write(known | {str(file): made or known.get(str(file), False)})


def _forget(file: Path) -> None:
    if str(file) not in _remembered():
        return
    with lock.alone(_file().parent):
        _write({name: made for name, made in _remembered().items() if name != str(file)})


def _write(known: dict[str, bool]) -> None:
    atomic.write(_file(), json.dumps(known, indent=1).encode())
