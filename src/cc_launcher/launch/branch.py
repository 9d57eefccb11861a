"""The branch of a checkout, read from the files of git: no program is started."""

import os
import stat

_DEPTH = 64  # directories above
_MAX = 4096  # bytes of a file that holds one line
_HEX = frozenset("0123456789abcdef")


def of(directory: str) -> str:
    """The branch that is checked out there; of a detached head, the short hash; empty where there is none."""
    above = top(directory)
    if not above:
        return ""
    found = f"{above}/.git"
    return _head(f"{found}/HEAD") if stat.S_ISDIR(_kind(found)) else _elsewhere(found, above)


def top(directory: str) -> str:
    """The top of the work tree that a directory is in, by git's own rule; empty where there is none."""
    if not os.path.isabs(directory):
        return ""
    above = directory.rstrip("/") or "/"
    for _ in range(_DEPTH):
        found = f"{above}/.git"
        kind = _kind(found)
        if stat.S_ISREG(kind) or (stat.S_ISDIR(kind) and _kind(f"{found}/HEAD")):
            return above
        parent = os.path.dirname(above)
        if parent == above:
            break
        above = parent
    return ""


def _elsewhere(link: str, directory: str) -> str:
    """Of a worktree or a submodule, whose `.git` is a file that says where the rest is."""
    said = _line(link)
    if not said.startswith("gitdir:"):
        return ""
    place = said.removeprefix("gitdir:").strip()
    return _head(f"{place if os.path.isabs(place) else os.path.join(directory, place)}/HEAD")


def _head(path: str) -> str:
    said = _line(path)
    if said.startswith("ref:"):
        name = said.removeprefix("ref:").strip().removeprefix("refs/heads/")
        return "" if name.startswith(".") else name  # `.invalid`: the refs are in a table that only git reads
    return said[:7] if len(said) in {40, 64} and _HEX.issuperset(said) else ""


def _line(path: str) -> str:
    """The first line of a file, which may be anything: a repository comes from anybody."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return ""
            return os.read(handle, _MAX).decode("utf-8", "replace").split("\n", 1)[0].strip()
        finally:
            os.close(handle)
    except (OSError, ValueError):
        return ""


def _kind(path: str) -> int:
    try:
        return os.stat(path).st_mode
    except (OSError, ValueError):
        return 0
