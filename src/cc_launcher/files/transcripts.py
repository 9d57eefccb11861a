"""The client's transcripts: where they are, and which of them are not as they were.

Where nothing is new this is nearly all that a report costs: so it looks at each file once, and imports next to nothing.
"""

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping

_DEEPEST = 4  # directories below a project: a session's, its subagents'

Known = Mapping[str, tuple[int, int, int]]  # of a directory: the size, time and number of each file, by its name


class File:
    """A transcript, and what tells whether it has changed."""

    __slots__ = ("changed", "directory", "inode", "is_new", "name", "project", "size")

    def __init__(self, directory: str, name: str, project: str, about: os.stat_result, *, is_new: bool) -> None:
        self.directory = directory
        self.name = name
        self.project = project  # as the client names the project's directory
        self.size = about.st_size
        self.changed = about.st_mtime_ns
        self.inode = about.st_ino
        self.is_new = is_new  # nothing was known of it

    @property
    def path(self) -> str:
        """Where it is."""
        return f"{self.directory}/{self.name}"


def changed_in(configs: Iterable[str], known: Callable[[str], Known]) -> list[File]:
    """The transcripts below configuration directories that are not as they are known, in their order."""
    return in_order(file for config in dict.fromkeys(configs) for file in changed(config, known))


def in_order(files: Iterable[File]) -> list[File]:
    """The oldest first: a copy is younger than what it was made from."""
    return sorted(files, key=lambda file: (file.changed, file.path))


def changed(config: str, known: Callable[[str], Known]) -> Iterator[File]:
    """The transcripts below a configuration directory that are not as they are known, or not known."""
    projects = f"{config}/projects"
    yield from _below([(f"{projects}/{project}", project, 0) for project in _scanned(projects)[0]], known)


def changed_of_session(path: str, known: Callable[[str], Known]) -> Iterator[File]:
    """The same of one session: its transcript, and those of its subagents."""
    directory, name = os.path.split(path)
    project = os.path.basename(directory)
    file = one(directory, name, project)
    if file is not None:
        was = known(directory).get(name)
        if was != (file.size, file.changed, file.inode):
            file.is_new = was is None
            yield file
    yield from _below([(path.removesuffix(".jsonl"), project, 1)], known)


def _below(left: list[tuple[str, str, int]], known: Callable[[str], Known]) -> Iterator[File]:
    while left:
        directory, project, depth = left.pop()
        inside, transcripts = _scanned(directory)
        if transcripts:
            before = known(directory)
            for entry in transcripts:
                try:
                    about = entry.stat(follow_symlinks=False)
                except OSError:
                    continue
                was = before.get(entry.name)
                if was != (about.st_size, about.st_mtime_ns, about.st_ino) and stat.S_ISREG(about.st_mode):
                    yield File(directory, entry.name, project, about, is_new=was is None)
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
    try:
        about = os.lstat(f"{directory}/{name}")
    except OSError:
        return None
    return File(directory, name, project, about, is_new=False) if stat.S_ISREG(about.st_mode) else None


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
