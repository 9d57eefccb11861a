"""A second process that reads transcripts, while this one reads others: what it finds is told here, file by file."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Self

from cc_launcher.core.usage.transcript import Found
from cc_launcher.files import transcripts
from cc_launcher.files.transcripts import File, Reached
from cc_launcher.launch import beside

ENOUGH = 64 * 1024 * 1024  # bytes from which on it is worth a second process
_SHARE = 0.7  # of the bytes: this process has to write down what both find
_LARGEST = 128 * 1024 * 1024  # bytes of one file: what is found in a larger one is written down as it is found
_LENGTH = 8  # bytes of the length in front of each message
_PIPE = 1024 * 1024
_NOTHING = Reached(0, "")


class SecondReader:
    """The second process, which has taken over some of the files; none, where there is nothing for it."""

    def __init__(self, files: Sequence[File]) -> None:
        self._left = _share(files)
        self._process, self._reads = 0, -1
        self._buffer = b""

    @property
    def files(self) -> set[str]:
        """The paths that it has still to tell of."""
        return {file.path for file in self._left}

    def __enter__(self) -> Self:
        if self._left:
            try:
                self._process, self._reads = beside.start(self._work)
            except OSError:  # no process to be had: then this one reads all
                self._left = []
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process:
            beside.end(self._process, self._reads)

    def told(self, *, wait: bool) -> Iterator[tuple[File, Found, Reached]]:
        """What has been found by now; with `wait`, until it has told of all, or has ended before that."""
        if not self._left:
            return
        import pickle
        import select

        while self._left:
            if len(self._buffer) >= _LENGTH:
                end = _LENGTH + int.from_bytes(self._buffer[:_LENGTH], "big")
                if len(self._buffer) >= end:
                    content, self._buffer = self._buffer[_LENGTH:end], self._buffer[end:]
                    found, reached = pickle.loads(content)  # noqa: S301 - from our own process, through our own pipe
                    yield self._left.pop(0), found, reached
                    continue
            if not wait and not select.select([self._reads], [], [], 0)[0]:
                return
            piece = os.read(self._reads, _PIPE)
            if not piece:
                return  # it has ended: this process reads what it has not
            self._buffer += piece

    def _work(self, writes: int) -> None:
        """What the second process does."""
        import pickle

        with contextlib.suppress(BaseException):  # nobody reads any more, or Ctrl-C: the other one says so
            for file in self._left:
                found = Found(file.project)
                reached = transcripts.read(file, _NOTHING, found, lambda _: None)
                content = pickle.dumps((found, reached), pickle.HIGHEST_PROTOCOL)
                left = memoryview(len(content).to_bytes(_LENGTH, "big") + content)
                while left:
                    left = left[os.write(writes, left) :]


def _share(files: Sequence[File]) -> list[File]:
    """The files that are worth a second process: the last of them, since the first are read first."""
    if sum(file.size for file in files) < ENOUGH or not beside.is_possible():
        return []
    room = _SHARE * sum(file.size for file in files)
    taken: list[File] = []
    for file in reversed(files):
        room -= file.size
        if room < 0:
            break
        if file.size <= _LARGEST:
            taken.append(file)
    return taken
