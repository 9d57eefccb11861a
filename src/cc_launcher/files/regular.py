"""Open a file that may be anything, and read it only if it is a plain one: a pipe waits, a device never ends."""

import os
import stat


class NotRegular(ValueError):
    """It is a directory, a pipe, a device or a socket."""


class TooLarge(ValueError):
    """It is larger than anybody would write."""


def read(path: str | os.PathLike[str], limit: int, flags: int = 0) -> tuple[bytes, os.stat_result]:
    """What is in it, and whose it is. An OSError where it cannot be opened; of a link that is what it leads to."""
    harmless = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
    handle = os.open(path, os.O_RDONLY | harmless | flags)
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise NotRegular
        if found.st_size > limit:
            raise TooLarge
        with os.fdopen(handle, "rb", closefd=False) as file:
            content = file.read(min(found.st_size, limit) + 1)  # no room is made for more than there is
            if len(content) > found.st_size:  # it has grown, or never says how large it is
                content += file.read(limit + 1 - len(content))
    finally:
        os.close(handle)
    if len(content) > limit:
        raise TooLarge
    return content, found
