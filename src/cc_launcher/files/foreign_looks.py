"""Look at a file of another tool: a plain one, the user's own, in the home, and no larger than such files are.

Nothing is written, locked or made beside it. What a link leads to is read if it is in the home as well.
"""

import codecs
import itertools
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, replace

from cc_launcher.files import regular

MAX_BYTES = 1 << 20
DATABASE = b"SQLite format 3\x00"  # how one begins
MOST_NAMES = 2_000  # of one kind in one directory
_MOST_ENTRIES = 200_000
_WIDE = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}  # Windows writes them


@dataclass(frozen=True)
class Found:
    """What a look came to: a text, or why there is none. A file that is not there has neither."""

    text: str = ""
    mode: int = 0
    real: str = ""  # the file itself, where a link was followed
    fault: str = ""
    there: bool = False
    shared: bool = False  # others can change it, or put another one in its place
    odd: str = ""  # what was not as it should be, though it could be read


def look(home: str, path: str, limit: int = MAX_BYTES) -> Found:
    """A file below the home, as text."""
    content, found = content_of(home, path, limit)
    if content is None:
        return found
    text, odd = as_text(content)
    return replace(found, text=text, odd=odd)


def as_text(content: bytes) -> tuple[str, str]:
    """As text, and what is odd about it: bytes that are none become characters that are refused in any value."""
    wide = next((name for mark, name in _WIDE.items() if content.startswith(mark)), "")
    try:
        text, odd = content.decode(wide or "utf-8-sig"), ""
    except UnicodeDecodeError:
        text = content.decode("utf-8", "surrogateescape")
        odd = "not UTF-8 in some place: a value with such bytes in it is left out"
    return text.replace("\r\n", "\n"), odd


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
        size = f"{limit >> 20} MiB" if limit >= 1 << 20 else f"{limit >> 10} KiB"
        return None, Found(fault=f"larger than {size}", real=real)
    except OSError as bad:
        return None, Found(fault=str(bad.strerror), real=real)
    if not is_own(about):
        return None, Found(fault="belongs to another user", real=real)
    shared = bool(about.st_mode & stat.S_IWOTH) or _is_shared(os.path.dirname(real))
    return content, Found(mode=stat.S_IMODE(about.st_mode), real=real, there=True, shared=shared)


def _is_shared(directory: str) -> bool:
    """Whether others can put files into it in the place of those that are there."""
    try:
        mode = os.stat(directory).st_mode
    except OSError:
        return False
    return bool(mode & stat.S_IWOTH) and not mode & stat.S_ISVTX


def begins(home: str, path: str, mark: bytes) -> bool:
    """Whether a plain file begins like this."""
    real, fault = real_path(home, os.path.join(home, path))
    if fault or not real or not os.path.isfile(real):
        return False
    try:
        with open(real, "rb") as file:
            return file.read(len(mark)) == mark
    except OSError:
        return False


def real_path(home: str, whole: str) -> tuple[str, str]:
    """Where a path really leads, and why it is not followed there; both empty where there is nothing."""
    try:
        about = os.lstat(whole)
    except (FileNotFoundError, NotADirectoryError):
        return "", ""
    except (OSError, ValueError) as bad:
        return "", str(getattr(bad, "strerror", "")) or "no path"
    is_link = stat.S_ISLNK(about.st_mode)
    if not is_link and os.path.realpath(os.path.dirname(whole)) == os.path.dirname(whole):
        return whole, ""
    return ("", "a link of another user") if is_link and not is_own(about) else _followed(home, whole)


def _followed(home: str, whole: str) -> tuple[str, str]:
    try:
        real = os.path.realpath(whole, strict=True)
    except OSError as bad:
        return "", f"a link that leads nowhere: {bad.strerror}"
    base = os.path.realpath(home)
    return (real, "") if os.path.commonpath([real, base]) == base else ("", "leads out of your home")


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


def names_in(home: str, directory: str, fits: Callable[[str], bool] = lambda _: True) -> list[str]:
    """The names in a directory below the home that fit, as many as anybody would have there."""
    whole = os.path.join(home, directory)
    real, fault = real_path(home, whole)
    if fault or not real:
        return []
    found = []
    try:
        with os.scandir(real) as entries:
            found += [entry.name for entry in itertools.islice(entries, _MOST_ENTRIES) if fits(entry.name)]
    except OSError:
        return []
    return sorted(found)[:MOST_NAMES]
