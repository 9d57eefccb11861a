"""The transcripts of sessions that one can go on with: where they are, and what is seen of one at a glance."""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cc_launcher.core.sessions import glance
from cc_launcher.core.sessions.glance import Glance
from cc_launcher.files import atomic, client_configs

_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_NAME = re.compile(rf"({_ID})\.jsonl")
_PIECE = 64 * 1024  # of either end, which is what the client's own list looks at
_LONGEST_NAME = 200  # of a project's directory: behind that the client writes a sum
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class SessionFile(NamedTuple):
    """One transcript."""

    path: str
    id: str
    config: str  # the configuration directory that it is in
    changed: int  # nanoseconds since 1970
    size: int


def of_project(directory: str) -> list[SessionFile]:
    """The sessions of the project that one is in there, the newest first."""
    name = project_name(directory)
    return _newest_first(
        found
        for config in client_configs.known()
        for project in _directories(f"{config}/projects")
        if project == name or (len(name) > _LONGEST_NAME and project.startswith(f"{name[:_LONGEST_NAME]}-"))
        for found in _in(config, project)
    )


def every() -> list[SessionFile]:
    """The sessions of all projects, the newest first."""
    configs = client_configs.known()
    return _newest_first(
        found for config in configs for project in _directories(f"{config}/projects") for found in _in(config, project)
    )


def is_id(text: str) -> bool:
    """Whether this is a whole id."""
    return re.fullmatch(_ID, text) is not None


def at(path: str) -> SessionFile | None:
    """The transcript that stands there, if it is one."""
    name = _NAME.fullmatch(os.path.basename(path))
    try:
        about = os.lstat(path)
    except OSError:
        return None
    if name is None or not stat.S_ISREG(about.st_mode):
        return None
    config = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(path))))
    return SessionFile(path, name[1], config, about.st_mtime_ns, about.st_size)


def look(file: SessionFile) -> Glance:
    """What is seen of it at a glance; nothing of one that has gone since."""
    try:
        handle = os.open(file.path, _FLAGS)
    except OSError:
        return Glance()
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return Glance()
        head = os.read(handle, _PIECE)
        size = os.fstat(handle).st_size
        tail = b""
        if size > _PIECE:
            os.lseek(handle, -min(_PIECE, size - _PIECE), os.SEEK_END)
            tail = os.read(handle, _PIECE)
        found = glance.seen(head, tail)
        if not found.thread and size > _PIECE:  # a first line that is longer than that
            os.lseek(handle, 0, os.SEEK_SET)
            found = glance.seen(os.read(handle, 32 * _PIECE), tail)
    except OSError:
        return Glance()
    finally:
        os.close(handle)
    return found


def lines(path: str) -> Iterator[bytes]:
    """The lines of a transcript; none of one that is gone, or that is no file."""
    try:
        handle = os.open(path, _FLAGS)
    except OSError:
        return
    try:
        if stat.S_ISREG(os.fstat(handle).st_mode):
            with open(handle, "rb", closefd=False) as file:
                yield from file
    finally:
        os.close(handle)


def move(path: Path, config: str) -> None:
    """Put a transcript into the same project of another configuration directory."""
    directory = Path(config) / "projects" / path.parent.name
    atomic.directory(directory)
    try:
        path.rename(directory / path.name)
    except OSError:  # another file system: a second copy, and the first one goes
        try:
            atomic.write(directory / path.name, path.read_bytes())
        finally:
            path.unlink(missing_ok=True)


def project_name(directory: str) -> str:
    """The name that the client gives the directory of a project: each letter that is none is a dash."""
    return "".join(
        letter if letter.isascii() and letter.isalnum() else "-" * (1 + (ord(letter) > _ONE_UNIT))
        for letter in directory
    )


_ONE_UNIT = 0xFFFF  # what is beyond is two letters in JavaScript


def _directories(path: str) -> list[str]:
    try:
        with os.scandir(path) as entries:
            return [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []


def _in(config: str, project: str) -> Iterator[SessionFile]:
    try:
        with os.scandir(f"{config}/projects/{project}") as entries:
            for entry in entries:
                name = _NAME.fullmatch(entry.name)
                if name is None:
                    continue
                try:
                    about = entry.stat(follow_symlinks=False)
                except OSError:
                    continue
                if stat.S_ISREG(about.st_mode):
                    yield SessionFile(entry.path, name[1], config, about.st_mtime_ns, about.st_size)
    except OSError:
        return


def _newest_first(found: Iterator[SessionFile]) -> list[SessionFile]:
    return sorted(found, key=lambda file: (-file.changed, file.path))
