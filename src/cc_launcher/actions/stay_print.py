"""The answer of a client that prints one, where somebody is left to go on with: a failure is kept back."""

import os
from collections.abc import Iterable
from typing import Any

from cc_launcher.core.plan.stay import Printing
from cc_launcher.core.sessions import outage, printed
from cc_launcher.core.sessions.outage import Outage


class Answer:
    """What one client prints. Lines go on as they come; text and JSON are kept until it has ended."""

    def __init__(self, how: Printing, secrets: Iterable[str]) -> None:
        self.result: dict[str, Any] | None = None
        self.outage: Outage | None = None
        self._how, self._secrets = how, list(secrets)
        self._held = bytearray()  # all of it; of lines, the one that has not ended
        self._failed = b""  # of lines, the result that failed
        self._is_wanted = True

    def take(self, piece: bytes) -> bool:
        """More of it; whether anybody wants it still."""
        self._held += piece
        while not self._how.is_held and (end := self._held.find(b"\n")) >= 0:
            line = bytes(self._held[: end + 1])
            del self._held[: end + 1]
            self._pass_on(line)
        return self._is_wanted

    def ended(self) -> None:
        """The client has ended, so this is all."""
        if self._how.is_held:
            self._look_at(printed.result_of(self._held))

    def give(self, given: list[str]) -> None:
        """It is the last one: give what the user has asked for."""
        text = printed.text(self.result, given) if self._how.asked == "text" and self.result is not None else None
        self._write(self._failed + (bytes(self._held) if text is None else text))

    def _pass_on(self, line: bytes) -> None:
        if b'"type":"result"' in line:
            self._look_at(printed.result_of(line))
            if self.outage is not None:
                self._failed = line
                return
        self._write(line)

    def _look_at(self, result: dict[str, Any] | None) -> None:
        self.result = result
        failure = None if result is None else outage.of_result(result)
        self.outage = None if failure is None else outage.judged(failure, self._secrets)

    def _write(self, content: bytes) -> None:
        left = memoryview(content)
        try:
            while left and self._is_wanted:
                left = left[os.write(1, left) :]
        except BrokenPipeError:
            self._is_wanted = False  # who reads our output has stopped: the client is to notice
