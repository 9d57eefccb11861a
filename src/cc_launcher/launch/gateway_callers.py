"""The control socket of the gateway's parent, and who calls there."""

import json
import os
import selectors
import socket
from collections.abc import Callable
from typing import Any

CONTROL = "control"  # in the gateway's directory
_LONGEST = 16 * 1024 * 1024


def opened() -> socket.socket:
    """The socket, which only its owner can open."""
    here = socket.socket(socket.AF_UNIX)
    if os.path.lexists(CONTROL):
        os.unlink(CONTROL)  # of one that was killed: who starts us has looked
    here.bind(CONTROL)
    os.chmod(CONTROL, 0o600)
    here.listen(64)
    return here


class Caller:
    """Somebody of us at the control socket."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.read = b""

    def tell(self, **what: Any) -> None:
        """Answer in a line. One that is gone is told nothing."""
        try:
            self.connection.settimeout(5.0)
            self.connection.sendall(json.dumps(what).encode() + b"\n")
        except OSError:
            return

    def heard(self) -> list[bytes] | None:
        """The lines that have come; nothing when it is gone."""
        try:
            chunk = self.connection.recv(65_536)
        except OSError:
            chunk = b""
        if not chunk or len(self.read) > _LONGEST:
            return None
        *lines, self.read = (self.read + chunk).split(b"\n")
        return lines


class Control:
    """The control socket, and all who are there."""

    def __init__(self, asked: Callable[[Caller, dict[str, Any]], None], gone: Callable[[Caller], None]) -> None:
        self.socket = opened()
        self._asked = asked
        self._gone = gone

    def attach(self, selector: selectors.BaseSelector) -> None:
        """Have this one say when somebody is there."""
        self._selector = selector
        selector.register(self.socket, selectors.EVENT_READ, self._accept)

    def close(self) -> None:
        """Nobody else can ask from now on."""
        self._selector.unregister(self.socket)
        self.socket.close()
        os.unlink(CONTROL)

    def _accept(self) -> None:
        connection, _ = self.socket.accept()
        caller = Caller(connection)
        self._selector.register(connection, selectors.EVENT_READ, lambda: self._hear(caller))

    def _hear(self, caller: Caller) -> None:
        lines = caller.heard()
        if lines is None:
            self._selector.unregister(caller.connection)
            caller.connection.close()
            self._gone(caller)
            return
        for line in lines:
            try:
                self._asked(caller, json.loads(line))
            except (ValueError, KeyError, TypeError):
                caller.tell(state="failed", why="that is no question")
