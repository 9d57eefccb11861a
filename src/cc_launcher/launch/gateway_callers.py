"""The control socket of the gateway's parent, and who calls there."""

import json
import os
import socket
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
