"""The streams of a client that runs beside us: all its own, or with its answer, and what is piped to it, through us."""

import contextlib
import os
from collections.abc import Callable

_PIECE = 65536


class Streams:
    """All are the client's own."""

    def begin(self) -> None:
        """A client has started."""

    def in_client(self) -> None:
        """In the process that will be the client."""

    def waits(self) -> tuple[list[int], list[int]]:
        """What to wait for: to read, and to write."""
        return [], []

    def move(self, found: list[int], ready: list[int]) -> None:
        """Move what can be moved."""

    def end(self) -> None:
        """The client has ended."""


class Piped(Streams):
    """Its output goes to `take`; its input is what is piped to us, and kept, so that another client can have it."""

    def __init__(self, take: Callable[[bytes], bool] | None, kept: "Kept | None") -> None:
        self._take = take  # says whether more is wanted; none: its output is its own
        self._kept = kept
        self._given = 0  # bytes of what is kept that this client has got
        self._out = os.pipe() if take is not None else (-1, -1)
        self._in = os.pipe() if kept is not None else (-1, -1)

    def begin(self) -> None:
        """Our ends alone are ours."""
        if self._take is not None:
            os.close(self._out[1])
            self._out = (self._out[0], -1)
        if self._kept is not None:
            os.close(self._in[0])
            self._in = (-1, self._in[1])
            os.set_blocking(self._in[1], False)

    def in_client(self) -> None:
        """The other ends are its streams."""
        if self._take is not None:
            os.dup2(self._out[1], 1)
        if self._kept is not None:
            os.dup2(self._in[0], 0)

    def waits(self) -> tuple[list[int], list[int]]:
        """Its answer, what is piped to us, and room for that."""
        reads = [self._out[0]] if self._out[0] >= 0 else []
        if self._kept is None:
            return reads, []
        if not self._kept.is_whole:
            reads.append(0)
        is_behind = self._given < len(self._kept.content) and self._in[1] >= 0
        return reads, [self._in[1]] if is_behind else []

    def move(self, found: list[int], ready: list[int]) -> None:
        """What has come, to where it goes."""
        if self._kept is not None:
            if 0 in found:
                self._kept.more()
            if self._in[1] in ready:
                self._give()
            if self._kept.is_whole and self._given == len(self._kept.content):
                self._close_input()
        if self._out[0] in found:
            self._read()

    def end(self) -> None:
        """What it wrote last is read."""
        self._close_input()
        if self._out[0] >= 0:
            os.set_blocking(self._out[0], False)  # what a command of the model left running may hold the other end
            with contextlib.suppress(BlockingIOError):
                while self._out[0] >= 0:
                    self._read()
            self._close_output()

    def _read(self) -> None:
        piece = os.read(self._out[0], _PIECE)
        if not piece or self._take is None or not self._take(piece):
            self._close_output()

    def _give(self) -> None:
        try:
            self._given += os.write(self._in[1], self._kept.content[self._given : self._given + _PIECE])  # type: ignore[union-attr]  # see `move`
        except BlockingIOError:
            return
        except BrokenPipeError:
            self._close_input()

    def _close_input(self) -> None:
        if self._in[1] >= 0:
            os.close(self._in[1])
            self._in = (-1, -1)

    def _close_output(self) -> None:
        if self._out[0] >= 0:
            os.close(self._out[0])
            self._out = (-1, -1)


class Kept:
    """What was piped to us so far, in memory alone."""

    def __init__(self, *, whole: bool = False) -> None:
        self.content = bytearray()
        self.is_whole = whole

    def more(self) -> None:
        """Read on."""
        try:
            piece = os.read(0, _PIECE)
        except OSError:
            piece = b""
        self.content += piece
        self.is_whole = not piece
