"""What a piece of code does to the machine, as Python itself reports it: what it opens, writes, starts and calls."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_PROGRAMS = {
    "subprocess.Popen",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "os.forkpty",
    "pty.spawn",
}
_CHANGES = {
    "os.chmod",
    "os.chown",
    "os.link",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.setxattr",
    "os.symlink",
    "os.truncate",
    "os.utime",
}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


@dataclass
class Witness:
    """What was seen."""

    opened: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    programs: list[str] = field(default_factory=list)
    databases: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)  # to other machines

    def take(self, event: str, args: tuple[object, ...]) -> None:
        """Write an event down."""
        first = _text(args[0]) if args else ""
        if event == "open":
            self.opened.append(first)
            flags = args[2] if len(args) > 2 else 0
            if isinstance(flags, int) and flags & _WRITING:
                self.changed.append(first)
        elif event in {"os.listdir", "os.scandir"}:
            self.opened.append(first)
        elif event in _CHANGES:
            names = [_text(arg) for arg in args if isinstance(arg, str | bytes | os.PathLike)]
            inside = any(isinstance(arg, int) and arg > 0 for arg in args[1:])  # of a directory that is open
            self.changed += [name for name in names if os.path.isabs(name) or not inside]
        elif event in _PROGRAMS and not (first == sys.executable and "cc_launcher" in str(args[1])):
            self.programs.append(f"{event} {args}")  # but for a part of us that looks for a store
        elif event == "sqlite3.connect":
            self.databases.append(first)
        elif event in {"socket.connect", "socket.getaddrinfo", "urllib.Request"}:
            self.calls.append(f"{event} {args}")

    def below(self, directory: os.PathLike[str], paths: list[str]) -> list[str]:
        """Those of the paths that are in a directory, as they were named."""
        whole = os.path.abspath(directory)
        return [path for path in paths if f"{os.path.abspath(path)}/".startswith(f"{whole}/")]


_watching: list[Witness] = []
_hooked: list[bool] = []


def _hook(event: str, args: tuple[object, ...]) -> None:
    for witness in _watching:
        witness.take(event, args)


def _text(value: object) -> str:
    return os.fsdecode(value) if isinstance(value, str | bytes | os.PathLike) else str(value)


@contextmanager
def watching() -> Iterator[Witness]:
    """Watch what is done in here. A hook of Python's stays until it ends: it is set once, and looks away in between."""
    if not _hooked:
        sys.addaudithook(_hook)
        _hooked.append(True)
    witness = Witness()
    _watching.append(witness)
    try:
        yield witness
    finally:
        _watching.remove(witness)
