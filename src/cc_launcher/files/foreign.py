"""Read a file of the user's that may be anything: a link to what never ends, a pipe, a gigabyte."""

from pathlib import Path

from cc_launcher.files import regular

MAX_BYTES = 256 * 1024  # more than anybody writes by hand


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


def encoded(whole: str) -> bytes:
    """The bytes of a text that was read here."""
    return whole.encode("utf-8", "surrogateescape")
