"""A watch over everything that must not hold a secret: arguments of processes, files, names of files."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def no_argument_holds(secret: bytes) -> Iterator[None]:
    """Look at the arguments of all processes that start meanwhile, again and again, until this is over."""
    over = threading.Event()
    seen: list[str] = []
    watch = threading.Thread(target=_watch, args=(secret, over, seen, {*os.listdir("/proc")}))
    watch.start()
    try:
        yield
    finally:
        over.set()
        watch.join()
    assert not seen, "in the arguments of a process"


def _watch(secret: bytes, over: threading.Event, seen: list[str], before: set[str]) -> None:
    while not over.wait(0.002):
        for name in os.listdir("/proc"):
            if name.isdigit() and name not in before:
                with (
                    suppress(OSError),
                    open(f"/proc/{name}/cmdline", "rb", buffering=0) as arguments,
                ):  # it may have ended
                    if secret in arguments.read():
                        seen.append(name)


def no_file_holds(secret: bytes, paths: Iterable[Path]) -> None:
    """Look into these files, and at the names of files and directories."""
    for path in paths:
        assert secret.decode() not in path.name, f"in the name of {path}"
        if path.is_file():
            assert secret not in path.read_bytes(), f"in {path}"
