"""A second process that reads transcripts, while this one reads others: what it finds is told here, file by file.

This one begins with the oldest file and the other one with the newest, until they meet: so both are busy to the end,
whatever else the machine does.
"""

import contextlib
import marshal
import mmap
import os
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import NamedTuple, Self

from cc_launcher.core.usage.found import Found
from cc_launcher.core.usage.told import Told, told
from cc_launcher.files.transcript_reader import NOTHING, Reached, Reader
from cc_launcher.files.transcripts import File
from cc_launcher.launch import beside

ENOUGH = 64 * 1024 * 1024  # bytes from which on it is worth a second process
_LARGEST = 128 * 1024 * 1024  # bytes of one file: what is found in a larger one is written down as it is found
_LENGTH = 8  # bytes of a number: the length in front of a message, and how many files each has taken
_PIPE = 1024 * 1024


class Work(NamedTuple):
    """What was found in a file, and how far it was read."""

    told: Told
    reached: Reached
    newest: int


class SecondReader:
    """The second process, which reads some of the files; none, where there is too little for it."""

    def __init__(self, files: Sequence[File]) -> None:
        is_large = sum(file.size for file in files) >= ENOUGH and beside.is_possible()
        self._shared = [file for file in files if file.is_new and file.size <= _LARGEST] if is_large else []
        shared = {id(file) for file in self._shared}
        self._own = [file for file in files if id(file) not in shared]
        self._process, self._reads = 0, -1
        self._told = 0  # files of which it has told
        self._buffer = bytearray()

    def __enter__(self) -> Self:
        if self._shared:
            self._taken = mmap.mmap(-1, 2 * _LENGTH)  # by this process, and by the other one
            with contextlib.suppress(OSError):  # no process to be had: then this one reads all
                self._process, self._reads = beside.start(self._work)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process:
            beside.end(self._process, self._reads)

    def mine(self) -> Iterator[File]:
        """The files that this process has to read. Of the last one both may think so: then it is found to be known."""
        yield from self._own
        for number, file in enumerate(self._shared):
            if number >= len(self._shared) - self._count(1):
                return
            self._set(0, number + 1)
            yield file

    def told(self, *, wait: bool) -> Iterator[tuple[File, Work | None]]:
        """What has been found by now; with `wait`, until it has told of all, or has ended before that."""
        if not self._process:
            return
        import select

        buffer = self._buffer
        while True:
            while len(buffer) >= _LENGTH:
                end = _LENGTH + int.from_bytes(buffer[:_LENGTH], "big")
                if len(buffer) < end:
                    break
                content = bytes(buffer[_LENGTH:end])
                del buffer[:end]
                self._told += 1
                yield self._shared[-self._told], _unpacked(content)
            if not wait and not select.select([self._reads], [], [], 0)[0]:
                return
            piece = os.read(self._reads, _PIPE)
            if not piece:
                return  # it has ended
            buffer += piece

    def left(self) -> Iterator[File]:
        """What it had taken and did not tell of, once it has ended."""
        for number in range(self._told, self._count(1) if self._process else 0):
            yield self._shared[-number - 1]

    def _work(self, writes: int) -> None:
        """What the second process does."""
        with contextlib.suppress(BaseException):  # nobody reads any more, or Ctrl-C: the other one says so
            reader = Reader()
            for number, file in enumerate(reversed(self._shared)):
                if number >= len(self._shared) - self._count(0):
                    break
                self._set(1, number + 1)
                content = _packed(reader, file)
                left = memoryview(len(content).to_bytes(_LENGTH, "big") + content)
                while left:
                    left = left[os.write(writes, left) :]

    def _count(self, whose: int) -> int:
        return int.from_bytes(self._taken[whose * _LENGTH : (whose + 1) * _LENGTH], "big")

    def _set(self, whose: int, count: int) -> None:
        self._taken[whose * _LENGTH : (whose + 1) * _LENGTH] = count.to_bytes(_LENGTH, "big")


def _packed(reader: Reader, file: File) -> bytes:
    found = Found(file.project)
    try:
        reached = reader.read(file, NOTHING, found, lambda: None)
    except OSError:
        reached = None
    return marshal.dumps(None if reached is None else (tuple(told(found)), tuple(reached), found.newest))


def _unpacked(content: bytes) -> Work | None:
    value = marshal.loads(content)  # noqa: S302 - from our own process, through our own pipe
    return None if value is None else Work(Told(*value[0]), Reached(*value[1]), value[2])
