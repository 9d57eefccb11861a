"""Which settings files the client reads in a directory, so that nobody else has to know.

The client's rule is not git's. It is followed on the wide side: a file too many is looked at, none too few. Measured
against the client itself by tests/client/test_project_files.py.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import PurePath
from typing import NamedTuple

LOCAL, PROJECT = ".claude/settings.local.json", ".claude/settings.json"
_MAX = 65_536  # bytes of a file that names another place
_BLANK = " \t\r\n\v\f\xa0\ufeff"  # as the client trims a text


class Found(NamedTuple):
    """The settings files of a project, each with its scope, and what else decides which ones they are."""

    files: tuple[tuple[str, str], ...]
    deciding: tuple[str, ...]


def of_project(directory: str) -> Found:
    """The files that count in this directory, whether they are there or not.

    Those of the directory itself; the local one at the top of the checkout it is in; and where that is a work tree of
    another checkout, the local one there. Nothing above a top is read.
    """
    files = [("project", f"{directory}/{PROJECT}"), ("local", f"{directory}/{LOCAL}")]
    deciding: list[str] = []
    for above in (PurePath(directory), *PurePath(directory).parents):
        mark = f"{above}/.git"
        deciding.append(mark)
        kind = _kind(mark)
        if not (stat.S_ISDIR(kind) or stat.S_ISREG(kind)):
            continue  # a pipe, a link to nothing, or nothing
        tops = [str(above)]
        if stat.S_ISREG(kind):
            tops += _main_checkouts(mark, str(above), deciding)
        files += [("local", f"{top}/{LOCAL}") for top in tops]
        if not os.path.islink(mark):
            break  # a newer client does not follow every link, and then looks further up
    return Found(tuple(dict.fromkeys(files)), tuple(dict.fromkeys(deciding)))


def mcp_files(directory: str) -> tuple[str, ...]:
    """The files that name a project's MCP servers: the directory's, and those of all above it (measured)."""
    return tuple(f"{above}/.mcp.json" for above in (PurePath(directory), *PurePath(directory).parents))


def own_files(config: str, home: str) -> list[str]:
    """The client's own file, in which the user's `env` counts, too: at home, or with the settings where they are."""
    return [f"{config}/.claude.json", *([f"{home}/.claude.json"] if config == f"{home}/.claude" else [])]


def _main_checkouts(mark: str, top: str, deciding: list[str]) -> Iterator[str]:
    """Where the `.git` file of a work tree leads: to the checkout whose settings it shares.

    Older clients believe any such file, newer ones only one that is answered from there: so it is believed here.
    """
    said = _text(mark)
    if not said.startswith("gitdir:"):
        return
    named = os.path.join(top, said.removeprefix("gitdir:").strip())
    for place in dict.fromkeys((os.path.normpath(named), os.path.realpath(named))):
        deciding.append(f"{place}/commondir")
        if common := _text(f"{place}/commondir"):
            shared = os.path.join(place, common)
            for way in dict.fromkeys((os.path.normpath(shared), os.path.realpath(shared))):
                yield way  # of a bare repository
                yield os.path.dirname(way)


def _text(path: str) -> str:
    """What a small file says; nothing for what is no file: a repository comes from anybody."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return ""
            content = os.read(handle, _MAX)
            coding = "utf-16-le" if content.startswith(b"\xff\xfe") else "utf-8"
            return content.decode(coding, "surrogateescape" if coding == "utf-8" else "replace").strip(_BLANK)
        finally:
            os.close(handle)
    except (OSError, ValueError):
        return ""


def _kind(path: str) -> int:
    try:
        return os.stat(path).st_mode
    except (OSError, ValueError):
        return 0
