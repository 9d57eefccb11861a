"""Look at a file of another tool: a plain one, the user's own, in the home, and no larger than such files are.

Nothing is written, locked or made beside it. What a link leads to is read if it is in the home as well.
"""

import os
import stat
from dataclasses import dataclass

from cc_launcher.files import regular

MAX_BYTES = 1 << 20


@dataclass(frozen=True)
class Found:
    """What a look came to: a text, or why there is none. A file that is not there has neither."""

    text: str = ""
    mode: int = 0
    real: str = ""  # the file itself, where a link was followed
    fault: str = ""
    there: bool = False


def look(home: str, path: str, limit: int = MAX_BYTES) -> Found:
    """A file below the home, as text."""
    content, found = content_of(home, path, limit)
    if content is None:
        return found
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Found(fault="not UTF-8", real=found.real, mode=found.mode)
    return Found(text.replace("\r\n", "\n"), found.mode, found.real, there=True)


def content_of(home: str, path: str, limit: int) -> tuple[bytes | None, Found]:
    """Its bytes."""
    whole = os.path.join(home, path)
    real, fault = real_path(home, whole)
    if fault or not real:
        return None, Found(fault=fault)
    try:
        content, about = regular.read(real, limit, getattr(os, "O_NOFOLLOW", 0))
    except regular.NotRegular:
        return None, Found(fault="" if os.path.isdir(real) else "not a plain file", real=real)
    except regular.TooLarge:
        return None, Found(fault=f"larger than {limit >> 20} MiB", real=real)
    except OSError as bad:
        return None, Found(fault=str(bad.strerror), real=real)
    if not is_own(about):
        return None, Found(fault="belongs to another user", real=real)
    return content, Found(mode=stat.S_IMODE(about.st_mode), real=real, there=True)


def real_path(home: str, whole: str) -> tuple[str, str]:
    """Where a path really leads, and why it is not followed there; both empty where there is nothing."""
    try:
        about = os.lstat(whole)
    except OSError:
        return "", ""
    if not stat.S_ISLNK(about.st_mode) and os.path.realpath(os.path.dirname(whole)) == os.path.dirname(whole):
        return whole, ""
    if stat.S_ISLNK(about.st_mode) and not is_own(about):
        return "", "a link of another user"
    try:
        real = os.path.realpath(whole, strict=True)
    except OSError as bad:
        return "", f"a link that leads nowhere: {bad.strerror}"
    base = os.path.realpath(home)
    if os.path.commonpath([real, base]) != base:
        return "", "leads out of your home"
    return real, ""


def is_own(about: os.stat_result) -> bool:
    """Whether a file is the user's own."""
    return os.name == "nt" or about.st_uid == os.geteuid()


def is_private(home: str, path: str) -> bool:
    """Whether this is a plain file of the user's that nobody else can read."""
    try:
        about = os.lstat(os.path.join(home, path))
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(about.st_mode) and is_own(about) and not about.st_mode & 0o077


def names_in(home: str, directory: str, most: int = 2000) -> list[str]:
    """The names in a directory below the home, as many as anybody would have there."""
    whole = os.path.join(home, directory)
    real, fault = real_path(home, whole)
    if fault or not real:
        return []
    found = []
    try:
        with os.scandir(real) as entries:
            for entry in entries:
                found.append(entry.name)
                if len(found) >= most:
                    break
    except OSError:
        return []
    return sorted(found)
