"""A FAKE upstream in OpenAI's style: what it does stands in the path, `URL/MODE/v1`. It is no model."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.fakes.loopback import Listening, Loopback, Quiet

_STATUS = {"u401": 401, "u402": 402, "u429": 429, "u500": 500, "u529": 529, "long": 400}
LONG = {"error": {"message": "too long", "type": "invalid_request_error", "code": "context_length_exceeded"}}
_CHUNKS = 6


class FakeUpstream(Loopback):
    """Serves while its context is open. `asked` are the mode, the model and the key of each request."""

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.asked: list[tuple[str, str, str]] = []
        self.broken: set[str] = set()  # modes that answer 500 for now
        self.go_on = threading.Event()  # what a slow stream waits for after its first piece


class _Handler(Quiet, BaseHTTPRequestHandler):
    server: Listening[FakeUpstream]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        owner = self.server.owner
        body: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["content-length"])))
        mode = self.path.split("/")[1]
        owner.asked.append((mode, body["model"], self.headers.get("authorization") or ""))
        status = 500 if mode in owner.broken else _STATUS.get(mode, 200)
        if mode == "hang":
            time.sleep(20)
            return
        if status != 200:
            # Some repeat what they were sent: none of that may come into a log.
            repeated = {"error": {"message": f"no: {json.dumps(body)} {self.headers.get('authorization')}"}}
            self.send_json(status, LONG if mode == "long" else repeated)
        elif body.get("stream"):
            self._stream(body, mode)
        else:
            choice = {"index": 0, "message": {"role": "assistant", "content": mode}, "finish_reason": "stop"}
            self.send_json(200, _head(body, "chat.completion") | {"choices": [choice], "usage": _usage()})

    def _stream(self, body: dict[str, Any], mode: str) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        if mode == "cut":  # more is said to come than does
            self.send_header("content-length", "1000000")
        self.end_headers()
        for number in range(_CHUNKS):
            delta = {"role": "assistant", "content": f"piece{number} "}
            self._event(body, {"choices": [{"index": 0, "delta": delta}]})
            if mode == "slow" and number == 0:
                self.server.owner.go_on.wait(300)
            if mode in {"cut", "stops"} and number == 2:
                self.close_connection = True
                return
        self._event(body, {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        self._event(body, {"choices": [], "usage": _usage()})
        self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, body: dict[str, Any], chunk: dict[str, Any]) -> None:
        self.wfile.write(f"data: {json.dumps(_head(body, 'chat.completion.chunk') | chunk)}\n\n".encode())
        self.wfile.flush()


def _head(body: dict[str, Any], kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": body["model"]}


def _usage() -> dict[str, Any]:
    return {
        "prompt_tokens": 1000,
        "completion_tokens": 100,
        "total_tokens": 1100,
        "prompt_tokens_details": {"cached_tokens": 400},
    }
