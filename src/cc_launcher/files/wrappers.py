"""Wrapper scripts as files: whose they are, written whole or not at all, and never in anybody's way."""

import contextlib
import json
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from cc_launcher.core.errors import IN_THE_WAY, NO_SUCH, CcError
from cc_launcher.core.text import names
from cc_launcher.core.wrapper.mark import MARK, Wrapper, read
from cc_launcher.files import atomic, guard, lock, places, shims
from cc_launcher.launch import planfile

ABSENT, OURS, EDITED, FOREIGN = "absent", "ours", "edited by hand", "foreign"
_MAX_BYTES = 1024 * 1024
_BACKUP = ".cc-backup"
_ASIDE = re.compile(r"\.cc-(?:backup|edited)\d*$")


@dataclass(frozen=True)
class Found:
    """What is at the place of a wrapper."""

    path: Path
    state: str  # ABSENT, OURS, EDITED or FOREIGN
    kind: str = ""  # of a foreign thing, for people
    wrapper: Wrapper | None = None
    text: str = ""


def look(path: Path) -> Found:
    """What is there, without following a link or waiting for a pipe."""
    try:
        status = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return Found(path, ABSENT)
    except OSError as bad:
        raise CcError(
            f"{guard.shown(path)}: {bad.strerror}", "check the rights of its directory", code=IN_THE_WAY
        ) from None
    if not stat.S_ISREG(status.st_mode):
        return Found(path, FOREIGN, _kind(status.st_mode))
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
        text = content.decode()
    except (OSError, UnicodeDecodeError):
        return Found(path, FOREIGN, "a file that is not ours")
    ours = read(text) if len(content) <= _MAX_BYTES else None
    if ours is None:
        return Found(path, FOREIGN, "a file that is not ours")
    return Found(path, OURS if ours[1] else EDITED, wrapper=ours[0], text=text)


def install(path: Path, text: str, *, force: bool) -> Path | None:
    """Put a wrapper at its place; returns the backup of what was there, if that was somebody else's."""
    _make_directory(path.parent)
    with lock.alone(path.parent):
        found = look(path)
        backup = None
        if found.state not in {ABSENT, OURS}:
            if not force:
                raise in_the_way(found)
            backup = _backup(path)
        try:
            atomic.write(path, text.encode(), mode=0o755)
        except BaseException:
            if backup is not None:
                backup.rename(path)
            raise
    _remember(path.parent)
    return backup


def uninstall(path: Path, *, force: bool) -> tuple[Path | None, Path | None]:
    """Remove a wrapper of ours; returns the backup that was put back, and where one edited by hand was put."""
    with lock.alone(path.parent):
        found = look(path)
        if found.state == ABSENT:
            raise CcError(
                f"{guard.shown(path)}: there is no such wrapper",
                "cc list-wrappers shows the ones there are",
                code=NO_SUCH,
            )
        if found.state == FOREIGN or (found.state == EDITED and not force):
            raise in_the_way(found)
        aside = None
        if found.state == EDITED:
            aside = _free(path, ".cc-edited")
            path.rename(aside)
        backups = [other for other in path.parent.glob(f"{path.name}{_BACKUP}*") if _number(other) >= 0]
        backup = max(backups, key=_number, default=None)
        if backup is None or backup.is_dir():  # which takes no file's place
            path.unlink(missing_ok=True)
        if backup is not None:
            backup.rename(path)  # in one step: killed before it, there is still a wrapper to uninstall
        return backup, aside


def in_the_way(found: Found) -> CcError:
    """Somebody else's file, which stays as it is."""
    what = "was edited by hand" if found.state == EDITED else f"is {found.kind}"
    hint = "--force moves it to a backup" if found.state == EDITED or found.path.name else ""
    return CcError(f"{guard.shown(found.path)} {what}; it stays as it is", hint, code=IN_THE_WAY)


def installed() -> list[Found]:
    """The wrappers of all places that ever had one, and of the directories on PATH."""
    places = [
        *_remembered(),
        *(Path(place) for place in os.environ.get("PATH", "").split(os.pathsep) if os.path.isabs(place)),
    ]
    places = [place for place in places if not shims.is_one(str(place))]  # nobody has installed these
    found: dict[str, Found] = {}
    for place in dict.fromkeys(places):
        with contextlib.suppress(OSError):
            for path in sorted(place.iterdir()):
                if str(path) not in found and _begins_like_ours(path):
                    there = look(path)
                    if there.wrapper is not None:
                        found[str(path)] = there
    return list(found.values())


def _begins_like_ours(path: Path) -> bool:
    """A quick look, since a directory on PATH may have thousands of programs."""
    if not names.is_profile(path.name) or _ASIDE.search(path.name):
        return False  # what an installer that died has left, or what was put aside
    begin = f"#!/bin/sh\n{MARK} ".encode()
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return False
        with path.open("rb") as file:
            return file.read(len(begin)) == begin
    except OSError:
        return False


def _kind(mode: int) -> str:
    kinds = {
        stat.S_IFLNK: "a link",
        stat.S_IFDIR: "a directory",
        stat.S_IFIFO: "a named pipe",
        stat.S_IFSOCK: "a socket",
    }
    return kinds.get(stat.S_IFMT(mode), "no file")


def _backup(path: Path) -> Path:
    """Move what is there next to it: a rename, which takes a link or a directory as it is."""
    place = _free(path, _BACKUP)
    try:
        path.rename(place)
    except OSError as bad:
        raise CcError(
            f"{guard.shown(path)}: cannot be moved to a backup: {bad.strerror}", "move it yourself", code=IN_THE_WAY
        ) from None
    return place


def _free(path: Path, suffix: str) -> Path:
    names = (path.with_name(f"{path.name}{suffix}{number or ''}") for number in range(1000))
    return next(place for place in names if not os.path.lexists(place))


def _number(backup: Path) -> int:
    """Which backup of a name this is; less than none, for a file that only begins like one."""
    digits = backup.name.rpartition(_BACKUP)[2]
    return int(f"0{digits}") if not digits or (digits.isascii() and digits.isdigit()) else -1


def _make_directory(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
        status = path.stat()
    except OSError as bad:
        raise CcError(
            f"{guard.shown(path)}: {bad.strerror}", "choose another place with --dir", code=IN_THE_WAY
        ) from None
    if os.name != "nt" and (
        status.st_uid not in {os.geteuid(), 0} or (status.st_mode & stat.S_IWOTH and not status.st_mode & stat.S_ISVTX)
    ):
        raise CcError(
            f"{guard.shown(path)}: others can put programs there",
            f"chmod o-w {guard.shown(path)}, or --dir",
            code=IN_THE_WAY,
        )


def _file() -> Path:
    return Path(places.data()) / "wrappers.json"


def _remembered() -> list[Path]:
    try:
        return [Path(str(place)) for place in json.loads(planfile.read_own(str(_file())))]
    except (OSError, ValueError, TypeError, RecursionError):
        return []


def _remember(directory: Path) -> None:
    places = [str(place) for place in _remembered()]
    if str(directory) not in places:
        with contextlib.suppress(CcError):
            atomic.directory(_file().parent)
            atomic.write(_file(), json.dumps([*places, str(directory)]).encode())
