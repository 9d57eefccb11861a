"""Read a file of the user's that may be anything: a link to what never ends, a pipe, a gigabyte."""

from pathlib import Path

from cc_launcher.core.errors import IN_THE_WAY, CcError
from cc_launcher.files import guard, regular

MAX_BYTES = 256 * 1024  # more than anybody writes by hand
MOST_TO_CHANGE = 4 * 1024 * 1024  # of a file that a program of its own writes, too


class Unreadable(Exception):
    """Why a file cannot be looked at, in words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def content(path: Path, limit: int = MAX_BYTES) -> bytes | None:
    """What is in it; nothing when there is no such file."""
    try:
        return regular.read(path, limit)[0]
    except regular.NotRegular:
        raise Unreadable("not a regular file") from None
    except regular.TooLarge:
        raise Unreadable(f"larger than {limit // 1024} KiB") from None
    except (FileNotFoundError, NotADirectoryError):
        if path.is_symlink():
            raise Unreadable("a broken link") from None
        return None
    except OSError as bad:
        raise Unreadable(bad.strerror or type(bad).__name__) from None
    except ValueError:  # a path that a file has named
        raise Unreadable("no path") from None


def text(path: Path, limit: int = MAX_BYTES) -> str | None:
    """The same as text, from which the very same bytes can be made again: `encoded` does."""
    found = content(path, limit)
    return None if found is None else found.decode("utf-8", "surrogateescape")


def to_change(path: Path) -> bytes | None:
    """What is in a file that we are about to change; one that cannot be looked at is refused."""
    try:
        return content(path, MOST_TO_CHANGE)
    except Unreadable as bad:
        raise CcError(f"{guard.shown(path)}: {bad.reason}", "look at the file yourself", code=IN_THE_WAY) from None


def text_to_change(path: Path) -> str:
    """The same as text; empty where there is no such file."""
    return (to_change(path) or b"").decode("utf-8", "surrogateescape")


def encoded(whole: str) -> bytes:
    """The bytes of a text that was read here."""
    return whole.encode("utf-8", "surrogateescape")
