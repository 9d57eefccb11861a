"""What the second process finds in a transcript, as a message to the first one."""

import marshal
from typing import NamedTuple

from cc_launcher.core.usage.found import Found
from cc_launcher.core.usage.told import Told, told
from cc_launcher.files.transcript_reader import NOTHING, Reached, Reader
from cc_launcher.files.transcripts import File


class Work(NamedTuple):
    """What was found in a file, and how far it was read."""

    told: Told
    reached: Reached
    newest: int


class Messages:
    """Reads files of which nothing is known, and says what was found in each."""

    def __init__(self) -> None:
        self._reader = Reader()

    def of(self, file: File) -> bytes:
        """What was found in a file."""
        found = Found(file.project)
        try:
            reached = self._reader.read(file, NOTHING, found, lambda: None)
        except OSError:
            reached = None
        if reached is None:
            return marshal.dumps(None)
        what = told(found)
        rows = what._replace(requests=[tuple(row) for row in what.requests])  # nothing but what is built in
        return marshal.dumps((tuple(rows), tuple(reached), found.newest))


def unpacked(content: bytes) -> Work | None:
    """What was found; nothing where the file could not be read."""
    value = marshal.loads(content)  # noqa: S302 - from our own process, through our own pipe
    return None if value is None else Work(Told(*value[0]), Reached(*value[1]), value[2])
