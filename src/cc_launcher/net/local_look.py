"""A short look at servers on this machine, at all of them at once: which answer, and what they list.

For lists, so it takes milliseconds and never leaves the machine: a name is not looked up, and a host that is not
loopback is not asked. A launch asks again, and with patience.
"""

import _socket
import contextlib
import select
import time
from collections.abc import Iterable

from cc_launcher.launch import server as quick

PATIENCE = 0.05  # seconds, for all of them together
_MAX_BYTES = 1024 * 1024
Place = tuple[str, str, str]  # host, port, and the path to ask; empty: that somebody takes the connection will do


def look(places: Iterable[Place], patience: float = PATIENCE) -> dict[Place, bytes | None]:
    """What each has said when the time is up: bytes, perhaps none yet; nothing where nobody takes connections."""
    ends = time.monotonic() + patience
    asked = [_Asked(place) for place in dict.fromkeys(places)]
    try:
        while waiting := [one for one in asked if one.waits]:
            left = ends - time.monotonic()
            if left <= 0:
                break
            reading = [one for one in waiting if one.sent]
            writing = [one for one in waiting if not one.sent]
            ready = [one for found in select.select(reading, writing, writing, left) for one in found]
            for one in dict.fromkeys(ready):
                one.go_on()
        return {one.place: one.said if one.taken else None for one in asked}
    finally:
        for one in asked:
            one.close()


class _Asked:
    """One place that is being asked, address by address."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.said = b""
        self.taken = self.sent = self.waits = False
        self.connection: _socket.socket | None = None
        self.left = [(family, host) for family, host in quick.addresses(place[0]) if _is_here(host)]
        self._next()

    def fileno(self) -> int:
        """What `select` waits for."""
        return self.connection.fileno() if self.connection is not None else -1

    def go_on(self) -> None:
        """The connection is there, or has failed, or there is something to read."""
        connection = self.connection
        if connection is None:
            return
        try:
            if not self.sent:
                if connection.getsockopt(_socket.SOL_SOCKET, _socket.SO_ERROR):
                    self._next()
                    return
                self.taken = True
                host, port, path = self.place
                if not path:
                    self.waits = False
                    return
                connection.send(f"GET {path} HTTP/1.0\r\nHost: {host}:{port}\r\nAccept: */*\r\n\r\n".encode())
                self.sent = True
                return
            chunk = connection.recv(65_536)
            self.said += chunk
            self.waits = bool(chunk) and len(self.said) < _MAX_BYTES and not _is_whole(self.said)
        except BlockingIOError:
            return
        except OSError:
            self.waits = False

    def close(self) -> None:
        """Let go of it."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _next(self) -> None:
        """Begin with the next address, if there is one."""
        self.close()
        self.waits = False
        while self.left and not self.waits:
            family, host = self.left.pop(0)
            with contextlib.suppress(OSError, OverflowError, ValueError):
                self.connection = _socket.socket(family, _socket.SOCK_STREAM)
                self.connection.settimeout(0)
                with contextlib.suppress(BlockingIOError):
                    self.connection.connect((host, int(self.place[1])))
                self.waits = True
            if not self.waits:
                self.close()


def _is_here(address: str) -> bool:
    return address.startswith("127.") or address == "::1"


def _is_whole(content: bytes) -> bool:
    head, found, body = content.partition(b"\r\n\r\n")
    return bool(found) and 0 <= quick.length(head) <= len(body)
