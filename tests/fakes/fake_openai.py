"""A fake endpoint in OpenAI's style: `/v1/chat/completions` on a loopback port. It is no model.

Gateways are put in front of it. As with the fake provider, every request is kept as it came, and a script decides the
answers: a text, calls, or a whole turn of a model.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tests.fakes.fake_model import Turn, tokens
from tests.fakes.fake_provider import Request
from tests.fakes.loopback import Listening, Loopback, Quiet

if TYPE_CHECKING:
    from collections.abc import Iterator

Body = dict[str, Any]
Answer = str | list[tuple[str, Body]] | Turn  # a text, or calls: a tool's name with its arguments, each
Script = Callable[[Body], Answer]

PIECE = 7  # letters of a tool's arguments in one event of a stream: JSON is cut in the middle


def pong(_body: Body) -> Answer:
    """Answer everything with one word."""
    return "pong"


class FakeOpenAI(Loopback):
    """A fake endpoint that serves while its context is open."""

    def __init__(self, script: Script = pong) -> None:
        super().__init__(_Handler)
        self.script = script
        self.requests: list[Request] = []


class _Handler(Quiet, BaseHTTPRequestHandler):
    server: Listening[FakeOpenAI]
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            body = json.loads(raw)
        except ValueError:
            body = None
        self.server.owner.requests.append(Request(self.command, self.path, headers, body, raw))
        if self.command == "POST" and self.path == "/v1/chat/completions" and isinstance(body, dict):
            self.complete(body)
        else:
            refusal = {"error": {"message": f"no such endpoint: {self.command} {self.path}", "type": "not_found"}}
            self.send(404, "application/json", json.dumps(refusal).encode())

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_CONNECT = answer  # noqa: N815 - http.server's names

    def complete(self, body: Body) -> None:
        answer = _turn(self.server.owner.script(body))
        if body.get("stream"):
            frames = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in _chunks(body, answer))
            self.send(200, "text/event-stream", f"{frames}data: [DONE]\n\n".encode())
        else:
            self.send(200, "application/json", json.dumps(_whole(body, answer)).encode())

    def send(self, status: int, content_type: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def _head(body: Body, kind: str) -> Body:
    return {"id": f"chatcmpl-{uuid4().hex}", "object": kind, "created": 1_700_000_000, "model": body.get("model")}


def _call_id() -> str:
    return f"call_{uuid4().hex[:24]}"


def _turn(answer: Answer) -> Turn:
    if isinstance(answer, Turn):
        return answer
    return Turn(answer) if isinstance(answer, str) else Turn(calls=tuple(answer))


def _usage(body: Body, turn: Turn) -> Body:
    sent = tokens(json.dumps(body))
    got = tokens(turn.thoughts + turn.text + json.dumps(turn.calls))
    return {"prompt_tokens": sent, "completion_tokens": got, "total_tokens": sent + got}


def _reason(turn: Turn) -> str:
    return "tool_calls" if turn.calls else "length" if turn.cut else "stop"


def _whole(body: Body, turn: Turn) -> Body:
    message: Body = {"role": "assistant", "content": None if turn.calls else turn.text}
    if turn.thoughts:
        message["reasoning_content"] = turn.thoughts
    if turn.calls:
        calls = [{"name": name, "arguments": json.dumps(arguments)} for name, arguments in turn.calls]
        message["tool_calls"] = [{"id": _call_id(), "type": "function", "function": function} for function in calls]
    choice = {"index": 0, "message": message, "finish_reason": _reason(turn)}
    return _head(body, "chat.completion") | {"choices": [choice], "usage": _usage(body, turn)}


def _chunks(body: Body, turn: Turn) -> Iterator[Body]:
    """An answer as the events of a stream: the role, thoughts, a text or calls in pieces, its end, its cost."""
    head = _head(body, "chat.completion.chunk")

    def chunk(delta: Body, reason: str | None = None) -> Body:
        return head | {"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}

    yield chunk({"role": "assistant", "content": None if turn.calls else ""})
    yield from (chunk({"reasoning_content": piece}) for piece in _pieces(turn.thoughts))
    if not turn.calls:
        yield from (chunk({"content": piece}) for piece in _pieces(turn.text))
    for index, (name, arguments) in enumerate(turn.calls):
        opened = {"index": index, "id": _call_id(), "type": "function"}
        yield chunk({"tool_calls": [opened | {"function": {"name": name, "arguments": ""}}]})
        for piece in _pieces(json.dumps(arguments)):
            yield chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
    yield chunk({}, _reason(turn))
    yield head | {"choices": [], "usage": _usage(body, turn)}


def _pieces(text: str) -> Iterator[str]:
    for start in range(0, len(text), PIECE):
        yield text[start : start + PIECE]
