"""The demo's endpoint: Messages on loopback, answered with canned text. What it received is kept, to be shown."""

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from cc_launcher.core import demo_script

MAX_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class Received:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any  # parsed JSON, or nothing

    @property
    def model(self) -> str:
        """The model that it asked for."""
        return str(self.body.get("model", "")) if isinstance(self.body, dict) else ""

    @property
    def tools(self) -> int:
        """How many tools it offered."""
        offered = self.body.get("tools") if isinstance(self.body, dict) else None
        return len(offered) if isinstance(offered, list) else 0


class Endpoint:
    """Serves while its context is open."""

    def __init__(self, directory: str) -> None:
        self.directory = directory  # in which the file is that is read
        self.received: list[Received] = []
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a connection that the client keeps open is not waited for

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.endpoint = endpoint

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is nothing to talk about."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def _take(self) -> Received:
        length = self.headers.get("content-length") or "0"
        raw = self.rfile.read(min(int(length), MAX_BYTES) if length.isdigit() else 0)
        try:
            body = json.loads(raw)
        except (ValueError, RecursionError):
            body = None
        received = Received(self.command, self.path, dict(self.headers.items()), body)
        self.server.endpoint.received.append(received)
        return received

    def do_POST(self) -> None:
        """A message, streamed or whole."""
        received = self._take()
        if received.path.partition("?")[0] != "/v1/messages" or not isinstance(received.body, dict):
            self._send(404, "application/json", b"{}")
            return
        whole = demo_script.message(received.model, demo_script.answer(received.body, self.server.endpoint.directory))
        if received.body.get("stream"):
            frames = "".join(
                f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in demo_script.events(whole)
            )
            self._send(200, "text/event-stream", frames.encode())
        else:
            self._send(200, "application/json", json.dumps(whole).encode())

    def do_GET(self) -> None:
        """Nothing else is here."""
        self._take()
        self._send(404, "application/json", b"{}")

    do_HEAD = do_GET  # noqa: N815 - http.server's name

    def _send(self, status: int, kind: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name is http.server's
        """Say nothing: what came is shown at the end."""
