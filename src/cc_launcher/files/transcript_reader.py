"""One transcript, read piece by piece, however long it is."""

import os
import stat
from collections.abc import Callable
from hashlib import blake2b
from typing import NamedTuple

from cc_launcher.core.usage import transcript
from cc_launcher.core.usage.found import Found
from cc_launcher.core.usage.transcript import KEPT_HEAD, KEPT_TAIL, LONGEST_LINE
from cc_launcher.files.transcripts import File

PIECE = 128 * 1024  # so much that it is still in the processor's cache when it is looked through
_SAMPLE = 256


class Reached(NamedTuple):
    """How far a transcript has been read: to the end of a whole line."""

    position: int
    sample: str  # of what stands there: a file that was written anew has something else


NOTHING = Reached(0, "")


class Reader:
    """Reads one transcript after the other, all with the same memory."""

    def __init__(self) -> None:
        self._buffer = bytearray(2 * PIECE)

    def read(self, file: File, since: Reached, found: Found, taken: Callable[[], None]) -> Reached | None:
        """Read on in a transcript from where it was reached; how far that is now.

        After each piece `taken` can take over what was found. Nothing where what stands there is not what stood there:
        then it has to be read anew. `OSError` where it has gone since, or cannot be read.
        """
        handle = os.open(file.path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | _BINARY)
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise OSError
            if since.position and _sample(handle, since.position) != since.sample:
                return None
            position = self._read(handle, since.position, found, taken)
            transcript.end(found)
            return Reached(position, _sample(handle, position))
        finally:
            os.close(handle)

    def _read(self, handle: int, position: int, found: Found, taken: Callable[[], None]) -> int:
        """Read on from a position; how far the whole lines reach."""
        buffer = self._buffer
        size = cut = 0  # of a line that has not ended yet; and how many bytes of its middle were let go
        with open(handle, "rb", buffering=0, closefd=False) as file:
            file.seek(position)
            while True:
                if len(buffer) < size + PIECE:
                    buffer.extend(bytes(len(buffer)))
                with memoryview(buffer) as whole:
                    end = size + file.readinto(whole[size : size + PIECE])
                if end == size:
                    break
                if buffer.find(b"\n", size, end) >= 0:
                    reached = transcript.read(buffer, found, 0, end)
                    position += reached + cut
                    size, cut = end - reached, 0
                    with memoryview(buffer) as whole:
                        whole[:size] = whole[reached:end]
                    taken()
                elif end > LONGEST_LINE:
                    cut += end - KEPT_HEAD - KEPT_TAIL
                    size = KEPT_HEAD + KEPT_TAIL
                    buffer[KEPT_HEAD:size] = buffer[end - KEPT_TAIL : end]
                else:
                    size = end
        if len(buffer) > _KEPT:
            self._buffer = bytearray(2 * PIECE)
        return position


_KEPT = 64 * PIECE  # bytes that are kept for the next one: making so many costs as much as reading a megabyte
_BINARY = getattr(os, "O_BINARY", 0)


def _sample(handle: int, position: int) -> str:
    """What tells this file up to here from another one. Nothing of it can be read out of that."""
    start = max(position - _SAMPLE, 0)
    os.lseek(handle, 0, os.SEEK_SET)
    head = os.read(handle, min(_SAMPLE, position))
    os.lseek(handle, start, os.SEEK_SET)
    tail = os.read(handle, position - start)
    return blake2b(head + tail, digest_size=8).hexdigest()
