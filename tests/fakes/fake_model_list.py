"""A fake list of models on a loopback port, for tests: it answers as it is told, and keeps every request as it came."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from types import TracebackType


@dataclass
class Reply:
    """What is answered: JSON, or bytes as they are."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    slowness: float = 0.0  # seconds before anything is sent

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


def listing(*models: dict[str, Any]) -> Reply:
    """A list in the shape that OpenAI began with."""
    return Reply({"object": "list", "data": list(models)})


class FakeModelList:
    """A server that answers every GET with its reply, or with what its function of the path says."""

    def __init__(self, reply: Reply | Callable[[str], Reply]) -> None:
        self.reply = reply
        self.requests: list[tuple[str, dict[str, str]]] = []
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]

    @property
    def said(self) -> str:
        """Everything that it was ever sent."""
        return repr(self.requests)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, owner: FakeModelList) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.owner = owner

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing when who asked has hung up."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        owner = self.server.owner
        owner.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        reply = owner.reply(self.path) if callable(owner.reply) else owner.reply
        time.sleep(reply.slowness)
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(reply.content)))
        self.end_headers()
        self.wfile.write(reply.content)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - http.server's name
        pass
