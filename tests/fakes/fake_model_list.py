"""A fake list of models on a loopback port, for tests: it answers as it is told, and keeps every request as it came."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.fakes.loopback import Listening, Loopback, Quiet


@dataclass
class Reply:
    """What is answered: JSON, or bytes as they are."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    slowness: float = 0.0  # seconds before anything is sent
    until: threading.Event | None = None  # before that, nothing is sent

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


def listing(*models: dict[str, Any]) -> Reply:
    """A list in the shape that OpenAI began with."""
    return Reply({"object": "list", "data": list(models)})


class FakeModelList(Loopback):
    """A server that answers every GET with its reply, or with what its function of the path says."""

    def __init__(self, reply: Reply | Callable[[str], Reply]) -> None:
        super().__init__(_Handler)
        self.reply = reply
        self.requests: list[tuple[str, dict[str, str]]] = []

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]

    @property
    def said(self) -> str:
        """Everything that it was ever sent."""
        return repr(self.requests)


class _Handler(Quiet, BaseHTTPRequestHandler):
    server: Listening[FakeModelList]

    def do_GET(self) -> None:
        owner = self.server.owner
        owner.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        reply = owner.reply(self.path) if callable(owner.reply) else owner.reply
        time.sleep(reply.slowness)
        if reply.until is not None:
            reply.until.wait()
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(reply.content)))
        self.end_headers()
        self.wfile.write(reply.content)
