"""Which settings files the client reads in a directory, so that nobody else has to know.

The client's rule is not git's. It is followed on the wide side: a file too many is looked at, none too few. Measured
against the client itself by tests/client/test_project_files.py.
"""

import os
import stat
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import NamedTuple

from cc_launcher.files import regular

LOCAL, PROJECT = ".claude/settings.local.json", ".claude/settings.json"
MAX = 2**29  # bytes: a longer file is no text to the client, blanks and all
# What the client takes off the ends of a text: JavaScript's blanks, which are not Python's.
_BLANK = "\t\n\v\f\r \xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))


class Found(NamedTuple):
    """The settings files of a project, each with its scope, and what else decides which ones they are."""

    files: tuple[tuple[str, str], ...]
    deciding: tuple[str, ...]


def of_project(directory: str) -> Found:
    """The files that count in this directory, whether they are there or not.

    Those of the directory itself; the local one at the top of the checkout it is in; and where that is a work tree of
    another checkout, the local one there. Nothing above a top is read.
    """
    files: list[tuple[str, str]] = []
    deciding: list[str] = []
    for here in _taken_for(directory):
        files += [("project", f"{here}/{PROJECT}"), ("local", f"{here}/{LOCAL}")]
        files += [("local", f"{path}/{LOCAL}") for top in _tops(here, deciding) for path in _taken_for(top)]
    return Found(tuple(dict.fromkeys(files)), tuple(dict.fromkeys(deciding)))


def mcp_files(directory: str) -> tuple[str, ...]:
    """The files that name a project's MCP servers: the directory's, and those of all above it (measured)."""
    places = [PurePath(here) for here in _taken_for(directory)]
    return tuple(dict.fromkeys(f"{above}/.mcp.json" for place in places for above in (place, *place.parents)))


def own_files(config: str, home: str) -> list[str]:
    """The client's own file, in which the user's `env` counts, too: at home, or with the settings where they are."""
    return [f"{config}/.claude.json", *([f"{home}/.claude.json"] if config == f"{home}/.claude" else [])]


def _taken_for(path: str) -> tuple[str, ...]:
    """A path, and what an older client takes it for: it puts letters together, and loses bytes that are no text."""
    if path.isascii():
        return (path,)
    text = os.fsencode(path).decode("utf-8", "replace")
    return tuple(dict.fromkeys((path, text, unicodedata.normalize("NFC", text))))


def _tops(directory: str, deciding: list[str]) -> Iterator[str]:
    """The top of the checkout that a directory is in, and the checkouts that it shares settings with."""
    for above in (PurePath(directory), *PurePath(directory).parents):
        mark = f"{above}/.git"
        deciding.append(mark)
        kind = _kind(mark)
        if not (stat.S_ISDIR(kind) or stat.S_ISREG(kind)):
            continue  # a pipe, a link to nothing, or nothing
        yield str(above)
        if stat.S_ISREG(kind):
            yield from _main_checkouts(mark, str(above), deciding)
        if not os.path.islink(mark):
            return  # a newer client does not follow every link, and then looks further up


def _main_checkouts(mark: str, top: str, deciding: list[str]) -> Iterator[str]:
    """Where the `.git` file of a work tree leads: to the checkout whose settings it shares.

    The client believes one that is answered from there. Any is believed here.
    """
    said = _text(mark)
    if said is None or not said.startswith("gitdir:"):
        return
    for place in _ways(os.path.join(top, said.removeprefix("gitdir:").strip(_BLANK))):
        deciding.append(f"{place}/commondir")
        common = _text(f"{place}/commondir")
        if common is not None:
            for way in _ways(os.path.join(place, common)):
                yield way  # of a bare repository
                yield os.path.dirname(way)


def _ways(path: str) -> Iterable[str]:
    """Where a path leads: by its letters, as the client takes it, and by its links."""
    return dict.fromkeys((os.path.normpath(path), os.path.realpath(path))) if "\0" not in path else ()


def _text(path: str) -> str | None:
    """What a file says; nothing where there is none, or something else: a repository comes from anybody."""
    try:
        content, _ = regular.read(path, MAX)
    except (OSError, ValueError):
        return None
    return content.decode("utf-16-le" if content.startswith(b"\xff\xfe") else "utf-8", "replace").strip(_BLANK)


def _kind(path: str) -> int:
    try:
        return os.stat(path).st_mode
    except (OSError, ValueError):
        return 0
