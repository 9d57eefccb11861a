"""A fake endpoint that means harm: it answers with whatever bytes a test gives it, and otherwise as an honest one does.

Behind it stands the fake of `fake_flawed.py`, to which all that is not answered here is handed on.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import struct
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, Self

from tests.fakes.fake_flawed import FakeFlawed
from tests.fakes.fake_provider import Request
from tests.fakes.loopback import Listening, Loopback, Quiet

if TYPE_CHECKING:
    from types import TracebackType

# The bytes of an answer, as they go over the wire; nothing where the honest endpoint is to answer.
Play = Callable[[Request], Iterable[bytes] | None]
Alter = Callable[[Request, bytes], bytes]  # what becomes of an honest answer
RESET = b"\0reset\0"  # stands for a reset of the connection


class FakeHostile(Loopback):
    """Serves while its context is open."""

    def __init__(self, play: Play = lambda _: None, alter: Alter = lambda _, content: content, **honest: Any) -> None:
        super().__init__(_Handler)
        self.play, self.alter = play, alter
        self.honest = FakeFlawed(**{"pause": 0.0} | honest)
        self.requests: list[Request] = []
        self.hung_up = 0  # answers that nobody has read to their end

    def __enter__(self) -> Self:
        self.honest.__enter__()
        return super().__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        self.honest.__exit__(kind, error, trace)


class _Handler(Quiet, BaseHTTPRequestHandler):
    server: Listening[FakeHostile]
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def answer(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, json.loads(raw) if raw else None, raw)
        owner = self.server.owner
        owner.requests.append(request)
        played = owner.play(request)
        if played is None:
            self.hand_on(request)
            return
        self.close_connection = True
        try:
            for data in played:
                if data == RESET:
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.connection.close()
                    return
                self.wfile.write(data)
        except OSError:
            owner.hung_up += 1
        finally:
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)

    def hand_on(self, request: Request) -> None:
        address = ("127.0.0.1", self.server.owner.honest.port)
        with contextlib.closing(http.client.HTTPConnection(*address)) as connection:
            connection.request(request.method, request.path, request.raw or None, request.headers)
            answer = connection.getresponse()
            content = self.server.owner.alter(request, answer.read())
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {"transfer-encoding", "content-length", "connection", "server", "date"}:
                self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        if request.method != "HEAD":
            self.wfile.write(content)

    do_GET = do_HEAD = do_POST = answer  # noqa: N815 - the names that http.server looks for


# -- pieces of answers --------------------


def head(status: str = "200 OK", kind: str = "text/event-stream", **more: str) -> bytes:
    """The first lines of an answer that ends when the connection does."""
    others = {name.replace("_", "-"): value for name, value in more.items()}
    lines = {"content-type": kind, "connection": "close"} | others
    fields = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status}\r\n{fields}\r\n".encode()


def event(name: str, data: object) -> bytes:
    """One event of a stream."""
    return f"event: {name}\ndata: {data if isinstance(data, str) else json.dumps(data)}\n\n".encode()
