"""A second process that reads transcripts, while this one reads others: what it finds is told here, file by file.

This one begins with the oldest file and the other one with the newest, until they meet: so both are busy to the end,
whatever else the machine does. The other one may be begun before this one knows what to do with what it finds: so
nothing is imported here that takes long.
"""

import contextlib
import mmap
import os
import select
from collections.abc import Iterator, Sequence

from cc_launcher.launch import beside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from cc_launcher.files.second_work import Work
    from cc_launcher.files.transcripts import File

ENOUGH = 64 * 1024 * 1024  # bytes from which on it is worth a second process
_LARGEST = 128 * 1024 * 1024  # bytes of one file: what is found in a larger one is written down as it is found
_LENGTH = 8  # bytes of a number: the length in front of a message, and how many files each has taken
_PIPE = 1024 * 1024
_WAITING = 8 * 1024 * 1024  # bytes of messages that nobody has read yet: of some gigabytes of transcripts

_begun: "SecondReader | None" = None


def begin(files: "Sequence[File]") -> None:
    """Have the second process begin with these files, if they are worth one."""
    global _begun  # noqa: PLW0603 - what goes on with it is many calls away
    _begun = SecondReader(files)
    _begun.start()


def of(files: "Sequence[File]") -> "SecondReader":
    """The one that was begun with these files, or a new one."""
    global _begun
    begun, _begun = _begun, None
    if begun is not None and begun.files is files:
        return begun
    if begun is not None:
        begun.end()
    return SecondReader(files)


class SecondReader:
    """The second process, which reads some of the files; none, where there is too little for it."""

    def __init__(self, files: "Sequence[File]") -> None:
        self.files = files
        is_large = sum(file.size for file in files) >= ENOUGH and beside.is_possible()
        self._shared = [file for file in files if file.is_new and file.size <= _LARGEST] if is_large else []
        shared = {id(file) for file in self._shared}
        self._own = [file for file in files if id(file) not in shared]
        self._taken = mmap.mmap(-1, 2 * _LENGTH)  # by this process, and by the other one
        self._is_started = False
        self._process, self._reads = 0, -1
        self._told = 0  # files of which it has told
        self._buffer = bytearray()

    def start(self) -> None:
        """Start it, if it has not been started."""
        if self._shared and not self._is_started:
            self._is_started = True
            with contextlib.suppress(OSError):  # no process to be had: then this one reads all
                self._process, self._reads = beside.start(self._work)

    @property
    def is_there(self) -> bool:
        """Whether there is one."""
        return self._process > 0

    def end(self) -> None:
        """Let go of it."""
        if self._process:
            beside.end(self._process, self._reads)
            self._process = 0

    def __enter__(self) -> "Self":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: "TracebackType | None"
    ) -> None:
        self.end()

    def mine(self) -> "Iterator[File]":
        """The files that this process has to read. Of the last one both may think so: then it is found to be known."""
        yield from self._own
        for number, file in enumerate(self._shared):
            if number >= len(self._shared) - self._count(1):
                return
            self._set(0, number + 1)
            yield file

    def told(self, *, wait: bool) -> "Iterator[tuple[File, Work | None]]":
        """What has been found by now; with `wait`, until it has told of all, or has ended before that."""
        if not self._process:
            return
        from cc_launcher.files.second_work import unpacked

        buffer = self._buffer
        while True:
            while len(buffer) >= _LENGTH:
                end = _LENGTH + int.from_bytes(buffer[:_LENGTH], "big")
                if len(buffer) < end:
                    break
                content = bytes(buffer[_LENGTH:end])
                del buffer[:end]
                self._told += 1
                yield self._shared[-self._told], unpacked(content)
            if not wait and not select.select([self._reads], [], [], 0)[0]:
                return
            piece = os.read(self._reads, _PIPE)
            if not piece:
                return  # it has ended
            buffer += piece

    def left(self) -> "Iterator[File]":
        """What it had taken and did not tell of, once it has ended."""
        for number in range(self._told, self._count(1) if self._process else 0):
            yield self._shared[-number - 1]

    def _work(self, writes: int) -> None:
        """What the second process does."""
        with contextlib.suppress(BaseException):  # nobody reads any more, or Ctrl-C: the other one says so
            from cc_launcher.files.second_work import Messages

            messages, left = Messages(), bytearray()
            os.set_blocking(writes, False)
            for number, file in enumerate(reversed(self._shared)):
                if number >= len(self._shared) - self._count(0):
                    break
                self._set(1, number + 1)
                content = messages.of(file)
                left += len(content).to_bytes(_LENGTH, "big") + content
                _send(writes, left, _WAITING)
            _send(writes, left, 0)

    def _count(self, whose: int) -> int:
        return int.from_bytes(self._taken[whose * _LENGTH : (whose + 1) * _LENGTH], "big")

    def _set(self, whose: int, count: int) -> None:
        self._taken[whose * _LENGTH : (whose + 1) * _LENGTH] = count.to_bytes(_LENGTH, "big")


def _send(writes: int, left: bytearray, most: int) -> None:
    """Send as much as is taken now, and wait for somebody to take it only as long as more than `most` is left."""
    while left:
        try:
            del left[: os.write(writes, left)]
        except BlockingIOError:
            if len(left) <= most:
                return
            select.select([], [writes], [])
