"""A fake MCP server with one tool, `queryData`: over HTTP on a loopback port, and as a program over standard streams.

It stands for CData Connect AI as far as a session is concerned with it (a tool of that name, a credential in a header)
and for nothing else of that service.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from types import TracebackType

TOOL = "queryData"
ROWS = "three rows of fake data"
SEEN = "environ"  # where the program writes the environment that it was given, and its arguments


@dataclass(frozen=True)
class McpRequest:
    """One request: the headers in lower case, and the method of JSON-RPC."""

    path: str
    headers: dict[str, str]
    method: str
    params: dict[str, Any] = field(default_factory=dict)


def answer(message: dict[str, Any]) -> dict[str, Any] | None:
    """What the server says to a message; nothing to a notification."""
    if "id" not in message:
        return None
    method, params = message.get("method"), message.get("params", {})
    if method == "initialize":
        result: dict[str, Any] = {
            "protocolVersion": params.get("protocolVersion", "2025-06-18"),
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "fake", "version": "1"},
        }
    elif method == "tools/list":
        properties = {"query": {"type": "string"}}
        schema = {"type": "object", "properties": properties, "required": ["query"]}
        result = {"tools": [{"name": TOOL, "description": "run a query", "inputSchema": schema}]}
    elif method == "tools/call":
        result = {"content": [{"type": "text", "text": f"{ROWS}: {params['arguments']['query']}"}]}
    elif method == "ping":
        result = {}
    else:
        error = {"code": -32601, "message": f"no such method: {method}"}
        return {"jsonrpc": "2.0", "id": message["id"], "error": error}
    return {"jsonrpc": "2.0", "id": message["id"], "result": result}


class FakeMcp:
    """The server over HTTP, while its context is open. With `wanted`, other credentials are refused."""

    def __init__(self, wanted: str = "") -> None:
        self.wanted = wanted
        self.requests: list[McpRequest] = []
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.005,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """The address of the endpoint."""
        return f"http://127.0.0.1:{self._server.server_port}/mcp"

    @property
    def credentials(self) -> set[str]:
        """What was sent as `Authorization`; empty where nothing was."""
        return {request.headers.get("authorization", "") for request in list(self.requests)}

    @property
    def methods(self) -> list[str]:
        """What was asked, in turn."""
        return [request.method for request in list(self.requests)]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, mcp: FakeMcp) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.mcp = mcp

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing when a client hangs up in the middle."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def reply(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        message = json.loads(raw) if raw else {}
        method = str(message.get("method", self.command))
        self.server.mcp.requests.append(McpRequest(self.path, headers, method, message.get("params", {})))
        if self.path != "/mcp":
            self.send(404, b"")
        elif self.server.mcp.wanted not in {"", headers.get("authorization")}:
            self.send(401, b"")
        elif self.command != "POST":
            self.send(405, b"")  # no stream from the server's side
        else:
            said = answer(message)
            self.send(202 if said is None else 200, b"" if said is None else json.dumps(said).encode())

    do_GET = do_POST = do_DELETE = do_HEAD = reply  # noqa: N815 - the names that http.server looks for

    def send(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 (the name is http.server's)
        """Say nothing: requests are in `mcp.requests`."""


def main(directory: str) -> None:
    """The server over standard streams: a message a line. What it was started with is written down."""
    given = [*sys.argv, *(f"{name}={value}" for name, value in os.environ.items())]
    (Path(directory) / SEEN).write_text("\n".join(given))
    for line in sys.stdin:
        said = answer(json.loads(line))
        if said is not None:
            sys.stdout.write(f"{json.dumps(said)}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
