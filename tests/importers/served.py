"""A web server on this machine, over TLS, for bundles: it says what a test wants, and writes down what was asked."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme

Answer = bytes | Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers what the test has put at the path."""

    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.headers.append({name.lower(): value for name, value in self.headers.items()})
        answer = self.server.answers.get(self.path, None)
        if callable(answer):
            answer(self)
        else:
            self.say(200 if answer is not None else 404, answer or b"")

    def say(self, status: int, content: bytes = b"", **headers: str) -> None:
        """One answer; `_` in the name of a header is `-`."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


class Server(ThreadingHTTPServer):
    """It serves while its context is open."""

    daemon_threads = True

    def __init__(self, authority: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.authority = authority  # to be trusted: SSL_CERT_FILE
        self.over = threading.Event()  # what waits inside an answer waits for this

    @property
    def host(self) -> str:
        return f"localhost:{self.server_port}"

    def url(self, path: str = "/team.toml") -> str:
        return f"https://{self.host}{path}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Who leaves in the middle is no fault of the server."""

    def get_request(self) -> tuple[socket.socket, object]:
        connection, address = super().get_request()
        return _context().wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address


@contextlib.contextmanager
def serving(directory: Path) -> Iterator[Server]:
    """A server whose authority stands in this directory."""
    authority = directory / "authority.pem"
    _authority().cert_pem.write_to_path(str(authority))
    with Server(authority) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join()


@cache
def _authority() -> trustme.CA:
    return trustme.CA()


@cache
def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _authority().issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context
