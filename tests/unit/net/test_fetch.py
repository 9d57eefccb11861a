"""Asking a server for JSON."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from cc_launcher.net import fetch


@contextmanager
def server(status: int = 200, content: bytes = b'{"a": 1}', header: tuple[str, str] = ("x", "y")) -> Iterator[str]:
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(status)
            self.send_header(*header)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.do_GET()

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - http.server's name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()


def test_an_answer() -> None:
    with server() as url:
        assert fetch.as_json(url, patience=10) == {"a": 1}
        assert fetch.as_json(url, patience=10, body={"b": 2}) == {"a": 1}


@pytest.mark.parametrize(
    ("status", "content", "reason"),
    [
        (404, b"{}", "answers 404"),
        (500, b"", "answers 500"),
        (200, b"<html>", "does not answer with JSON"),
        (200, b"[" * 100_000, "does not answer with JSON"),
        (200, b"\xff", "does not answer with JSON"),
    ],
)
def test_no_answer(status: int, content: bytes, reason: str) -> None:
    with server(status, content) as url, pytest.raises(fetch.NoAnswer, match=reason) as caught:
        fetch.as_json(url, patience=10)
    assert caught.value.status == (0 if status == 200 else status)


def test_a_redirect_gets_no_header() -> None:
    with server() as other, server(302, b"", ("location", other)) as url, pytest.raises(fetch.NoAnswer, match="302"):
        fetch.as_json(url, patience=10, headers={"authorization": "Bearer canary"})


def test_nobody_there() -> None:
    with server() as url:
        pass
    with pytest.raises(fetch.NoAnswer, match="cannot be reached"):
        fetch.as_json(url, patience=10)


def test_an_answer_without_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "MAX_BYTES", 10)
    with server(content=b" " * 1000) as url, pytest.raises(fetch.NoAnswer, match="does not end"):
        fetch.as_json(url, patience=10)


def test_an_answer_that_trickles() -> None:
    class Slow(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            while True:
                try:
                    self.wfile.write(b" ")
                    time.sleep(0.02)
                except OSError:
                    return

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - http.server's name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as listening:
        threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True).start()
        with pytest.raises(fetch.NoAnswer, match="too long"):
            fetch.as_json(f"http://127.0.0.1:{listening.server_port}", patience=0.3)
        listening.shutdown()


def test_a_secret_that_no_header_can_hold() -> None:
    with server() as url, pytest.raises(fetch.NoAnswer, match="characters") as caught:
        fetch.as_json(url, patience=10, headers={"authorization": "Bearer käse€"})
    assert "käse" not in str(caught.value)


def test_a_server_of_this_machine_is_asked_past_any_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with server() as url:
        assert fetch.as_json(url, patience=10) == {"a": 1}
