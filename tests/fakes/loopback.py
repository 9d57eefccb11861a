"""A server on a loopback port while its context is open: what the fakes have in common."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Generic, Self, TypeVar

if TYPE_CHECKING:
    from types import TracebackType

Owner = TypeVar("Owner", bound="Loopback")


class Loopback:
    """Serves while its context is open."""

    def __init__(self, handler: type[BaseHTTPRequestHandler], port: int = 0) -> None:
        self._server = Listening(self, handler, port)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.005,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Go away: nothing listens there any more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.server_port

    @property
    def host(self) -> str:
        """Where it listens, as `address:port`."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{self.host}"


class Quiet(BaseHTTPRequestHandler):
    """A request of which nothing is printed: the fakes keep what they were sent."""

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 (the name is http.server's)
        """Say nothing."""

    def send_json(self, status: int, content: object) -> None:
        """Answer with this."""
        raw = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


class Listening(ThreadingHTTPServer, Generic[Owner]):
    """What a handler knows as its `server`: the fake is its `owner`."""

    daemon_threads = True
    block_on_close = False  # a client that keeps its connection open must not keep the test waiting

    def __init__(self, owner: Owner, handler: type[BaseHTTPRequestHandler], port: int) -> None:
        super().__init__(("127.0.0.1", port), handler)
        self.owner = owner

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing when a client hangs up in the middle; that is what tests of interruption do."""
