"""The client's transcripts: where they are, and one read piece by piece, however long it is."""

import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from cc_launcher.core.usage import transcript
from cc_launcher.core.usage.transcript import KEPT_HEAD, KEPT_TAIL, LONGEST_LINE, Found

PIECE = 256 * 1024
_DEEPEST = 4  # directories below a project: a session's, its subagents'
_SAMPLE = 256


class File(NamedTuple):
    """A transcript, and what tells whether it has changed."""

    directory: str
    name: str
    project: str  # as the client names the project's directory
    size: int
    changed: int  # nanoseconds since 1970
    inode: int

    @property
    def path(self) -> str:
        """Where it is."""
        return f"{self.directory}/{self.name}"


class Reached(NamedTuple):
    """How far a transcript has been read: to the end of a whole line."""

    position: int
    sample: str  # of what stands there: a file that was written anew has something else


Known = Mapping[str, tuple[int, int, int]]  # of a directory: the size, time and number of each file, by its name


def changed(config: str, known: Callable[[str], Known]) -> Iterator[File]:
    """The transcripts below a configuration directory that are not as they are known, or not known."""
    projects = f"{config}/projects"
    yield from _below([(f"{projects}/{project}", project, 0) for project in _scanned(projects)[0]], known)


def changed_of_session(path: str, known: Callable[[str], Known]) -> Iterator[File]:
    """The same of one session: its transcript, and those of its subagents."""
    directory, name = os.path.split(path)
    project = os.path.basename(directory)
    file = one(directory, name, project)
    if file is not None and known(directory).get(name) != file[3:]:
        yield file
    yield from _below([(path.removesuffix(".jsonl"), project, 1)], known)


def _below(left: list[tuple[str, str, int]], known: Callable[[str], Known]) -> Iterator[File]:
    while left:
        directory, project, depth = left.pop()
        inside, transcripts = _scanned(directory)
        if transcripts:
            before = known(directory)
            for entry in transcripts:
                file = _about(entry, directory, project)
                if file is not None and before.get(file.name) != file[3:]:
                    yield file
        if depth < _DEEPEST:
            left += [(f"{directory}/{name}", project, depth + 1) for name in inside]


def unreadable(config: str) -> list[str]:
    """The directories with transcripts that may not be read."""
    projects = f"{config}/projects"
    if not os.path.isdir(projects):
        return [config] if os.path.isdir(config) and not _may(config) else []
    return [path for path in (projects, *(f"{projects}/{name}" for name in _scanned(projects)[0])) if not _may(path)]


def _may(directory: str) -> bool:
    return os.access(directory, os.R_OK | os.X_OK)


def one(directory: str, name: str, project: str) -> File | None:
    """A transcript as it is now; nothing where it is gone."""
    return next((_about(entry, directory, project) for entry in _scanned(directory)[1] if entry.name == name), None)


def read(file: File, since: Reached, found: Found, taken: Callable[[int], None]) -> Reached | None:
    """Read on in a transcript from where it was reached; how far that is now.

    After each piece `taken` is told how far, and can take over what was found. Nothing where what stands there is not
    what stood there: then it has to be read anew.
    """
    try:
        handle = os.open(file.path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return since  # it has gone since, or nobody may read it
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return since
        if since.position and _sample(handle, since.position) != since.sample:
            return None
        position = _read(handle, since.position, found, taken)
        return Reached(position, _sample(handle, position))
    except OSError:
        return since
    finally:
        os.close(handle)


def _read(handle: int, position: int, found: Found, taken: Callable[[int], None]) -> int:
    """Read on from a position; how far the whole lines reach."""
    os.lseek(handle, position, os.SEEK_SET)
    left, cut = b"", 0  # of a line that has not ended yet; and how many bytes of its middle were let go
    while piece := os.read(handle, PIECE):
        start = 0
        if left:
            start = piece.find(b"\n") + 1
            left += piece[:start] if start else piece  # one line, and not the whole piece, is copied
            if not start:
                if len(left) > LONGEST_LINE:
                    cut += len(left) - KEPT_HEAD - KEPT_TAIL
                    left = left[:KEPT_HEAD] + left[-KEPT_TAIL:]
                continue
            transcript.read(left, found)
            position += len(left) + cut
        reached = transcript.read(piece, found, start)
        position += reached - start
        left, cut = piece[reached:], 0
        taken(position)
    return position


def _sample(handle: int, position: int) -> str:
    """What tells this file up to here from another one. Nothing of it can be read out of that."""
    start = max(position - _SAMPLE, 0)
    os.lseek(handle, 0, os.SEEK_SET)
    head = os.read(handle, min(_SAMPLE, position))
    os.lseek(handle, start, os.SEEK_SET)
    tail = os.read(handle, position - start)
    return hashlib.blake2b(head + tail, digest_size=8).hexdigest()


def _scanned(directory: str) -> tuple[list[str], list[os.DirEntry[str]]]:
    """The directories in a directory, and what is named like a transcript. Links are not followed."""
    inside, named = [], []
    try:
        with os.scandir(directory) as entries:
            for entry in entries:
                if entry.name.endswith(".jsonl"):
                    named.append(entry)
                elif entry.is_dir(follow_symlinks=False):
                    inside.append(entry.name)
    except OSError:
        return [], []
    return inside, named


def _about(entry: os.DirEntry[str], directory: str, project: str) -> File | None:
    try:
        about = entry.stat(follow_symlinks=False)
    except OSError:
        return None
    if not stat.S_ISREG(about.st_mode):
        return None
    return File(directory, entry.name, project, about.st_size, about.st_mtime_ns, about.st_ino)
