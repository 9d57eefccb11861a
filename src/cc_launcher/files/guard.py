"""Read a file that decides where secrets go, and refuse one that somebody else could have written."""

import os
import stat
import sys
from pathlib import Path

try:
    import grp
    import pwd
except ImportError:  # Windows
    grp = pwd = None  # type: ignore[assignment]

from cc_launcher.core.errors import INVALID, CcError
from cc_launcher.core.profile.file_size import MAX_BYTES, too_large
from cc_launcher.core.text import printable
from cc_launcher.files import regular

_ADMINS = 80  # on macOS: who may install programs there, and may become root
_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def shown(path: Path) -> str:
    """A path for people: short where it is in the home directory, harmless to a terminal."""
    text = str(path)
    home = str(Path.home())
    return printable("~" + text[len(home) :] if text.startswith(home + os.sep) else text)


def read_text(path: Path, kind: str = "a profile is a TOML file") -> str | None:
    """The file's text; nothing when there is no such file."""
    try:
        content, found = regular.read(path, MAX_BYTES)
    except regular.NotRegular:
        raise CcError(f"{shown(path)}: not a file", kind, code=INVALID) from None
    except regular.TooLarge:  # cut off, and with its line ends shortened below, it could pass for a whole file
        raise too_large(shown(path)) from None
    except FileNotFoundError:
        if path.is_symlink():  # not the same as no file: a provider of the same name would be taken in its place
            raise CcError(f"{shown(path)}: a broken link", "fix the link, or remove it", code=INVALID) from None
        return None
    except OSError as bad:
        raise CcError(f"{shown(path)}: {bad.strerror}", "check what it is: ls -l", code=INVALID) from None
    _refuse_shared(path, found)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as bad:
        line = content[: bad.start].count(b"\n") + 1
        raise CcError(f"{shown(path)}:{line}: not UTF-8", "save it as UTF-8", code=INVALID) from None
    return text.replace("\r\n", "\n")


def check_directory(path: Path) -> None:
    """Refuse a directory into which somebody else could put a profile."""
    try:
        found = path.stat()
    except OSError:
        return
    _refuse_shared(path, found)


def _refuse_shared(path: Path, found: os.stat_result) -> None:
    if os.name == "nt":
        return  # untested: rights there are lists, which the user's own profile directory keeps to the user
    if found.st_uid not in {os.geteuid(), 0}:
        raise CcError(f"{shown(path)}: belongs to another user", "copy it, and read it before you use it", code=INVALID)
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise CcError(f"{shown(path)}: other users can write it", f"chmod go-w {shown(path)}", code=INVALID)


def others_write(found: os.stat_result) -> bool:
    """Whether somebody else may write this. A group that is the user's alone is nobody else."""
    if not found.st_mode & _OTHERS:
        return False
    return bool(found.st_mode & stat.S_IWOTH) or not is_own_group(found.st_gid)


def is_own_group(group: int) -> bool:
    """Whether this is the private group that many systems give each user, with a umask that lets it write."""
    user = os.geteuid()
    if not user:
        return False  # of root's group others are, on some
    if sys.platform == "darwin" and group == _ADMINS:
        return True
    try:
        own, named = pwd.getpwuid(user), grp.getgrgid(group)
    except KeyError:
        return False
    return own.pw_gid == group and named.gr_name == own.pw_name and set(named.gr_mem) <= {own.pw_name}
