"""The `claude` of `cc exec`: one directory for each thing that it can be, first on the PATH of a program.

What stands first on somebody's PATH is written by nobody else: a directory that others could write is refused.
"""

import contextlib
import hashlib
import os
import stat
from pathlib import Path

from cc_launcher.core.errors import IN_THE_WAY, CcError
from cc_launcher.core.wrapper.shim import NAME
from cc_launcher.files import atomic, guard, lock, places
from cc_launcher.launch import planfile, process

_ELSEWHERE = "name another directory: CC_CACHE_DIR=/PATH"
_TICK = 10_000_000  # a file's time may be this much, in nanoseconds, behind the clock


def place(key: tuple[str, ...]) -> Path:
    """The directory for this key: the same one at each run."""
    mixed = hashlib.sha256("\0".join(key).encode("utf-8", "surrogateescape")).hexdigest()
    return _root() / mixed[:16]


def is_one(directory: str) -> bool:
    """Whether an entry of PATH is such a directory, of this cache or of another one."""
    path = Path(directory)
    return path.parent.name == "exec" and process.leads_back(f"{directory}/{NAME}")


def put(directory: Path, text: str, begun: int) -> Path:
    """Have this script there; `begun`: when the look began that it was made from, in nanoseconds.

    Who runs beside us reads the old script or the new one. The same text is left, and counts as made now.
    """
    script = directory / NAME
    _refuse_name(directory)
    try:
        atomic.directory(directory)
    except CcError as bad:
        raise CcError(bad.what, _ELSEWHERE, code=bad.code) from None
    for one in (directory, _root()):
        _refuse_others(one, is_ours=True)
    for one in directory.parents[1:]:
        _refuse_others(one, is_ours=False)
    with lock.alone(directory):
        if _there(script) != text:
            atomic.write(script, text.encode("utf-8", "surrogateescape"), mode=0o700)
        with contextlib.suppress(OSError):  # on what can only be read it stays older: the more is left to cc
            os.utime(script, ns=(begun - _TICK, begun - _TICK))  # what changed since then is newer than the script
    if not os.access(script, os.X_OK):
        raise CcError(
            f"{guard.shown(directory)}: no program can be started from there (noexec)",
            _ELSEWHERE,
            code=IN_THE_WAY,
        )
    return script


def _root() -> Path:
    """Without links on the way: what is on PATH is what was looked at, wherever a link of somebody's leads tomorrow."""
    return Path(os.path.realpath(places.cache())) / "exec"


def _there(script: Path) -> str:
    try:
        return planfile.read_own(str(script))
    except (OSError, ValueError):
        return ""


def _refuse_name(directory: Path) -> None:
    if os.pathsep in str(directory):
        raise CcError(
            f"{guard.shown(directory)}: what has a {os.pathsep} in it cannot be on PATH",
            _ELSEWHERE,
            code=IN_THE_WAY,
        )


def _refuse_others(path: Path, *, is_ours: bool) -> None:
    """Refuse where others could put a program, or another directory in the place of ours."""
    try:
        found = os.lstat(path) if is_ours else os.stat(path)
    except OSError as bad:
        raise CcError(f"{guard.shown(path)}: {bad.strerror}", "check what it is: ls -ld", code=IN_THE_WAY) from None
    if os.name == "nt":
        return
    if not stat.S_ISDIR(found.st_mode):
        raise CcError(f"{guard.shown(path)}: not a directory", "remove it, and run it again", code=IN_THE_WAY)
    owners = {os.geteuid()} if is_ours else {os.geteuid(), 0}
    shared = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH) if is_ours else guard.others_write(found)
    if found.st_uid not in owners or (shared and not (found.st_mode & stat.S_ISVTX and not is_ours)):
        raise CcError(
            f"{guard.shown(path)}: others can put programs there",
            f"chmod go-w {guard.shown(path)}, or {_ELSEWHERE}",
            code=IN_THE_WAY,
        )
