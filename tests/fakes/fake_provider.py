"""A fake provider: the Messages API on a loopback port, for tests. It is no model and stands for no real endpoint.

Every request is kept as it came, so that a test can ask what a client really sent. What the fake answers is decided by
a function of the request's body, its script.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tests.fakes.loopback import Listening, Loopback, Quiet

if TYPE_CHECKING:
    from collections.abc import Iterator

Block = dict[str, Any]
Body = dict[str, Any]

# Any header whose name contains one of these could carry a credential.
CREDENTIAL_WORDS = ("auth", "cookie", "credential", "key", "secret", "token")


@dataclass(frozen=True)
class Request:
    """One request as it arrived. Header names are in lower case; the path has its prefix and its query."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any
    raw: bytes

    def is_for(self, endpoint: str) -> bool:
        """Whether the path, whatever its prefix and query, ends in this endpoint."""
        return self.path.partition("?")[0].endswith(endpoint)


@dataclass(frozen=True)
class ErrorReply:
    """What a script returns to refuse a request."""

    status: int
    message: str = "refused by the fake provider"
    kind: str = "api_error"


Script = Callable[[Body], list[Block] | ErrorReply]
Also = Callable[[Request], tuple[int, Any] | None]  # what else a server answers, beside the Messages API


def say(text: str) -> Block:
    """Build a block of text."""
    return {"type": "text", "text": text}


def call(tool_name: str, /, **arguments: object) -> Block:
    """Build a block that asks the client to run a tool."""
    return {"type": "tool_use", "id": f"toolu_{uuid4().hex[:24]}", "name": tool_name, "input": arguments}


def pong(_body: Body) -> list[Block]:
    """Answer everything with one word: the script of a fake that was given none."""
    return [say("pong")]


class FakeProvider(Loopback):
    """A fake provider that serves while its context is open."""

    def __init__(self, script: Script = pong, models: tuple[str, ...] = ("fake-large", "fake-small")) -> None:
        super().__init__(self.handler())
        self.script = script
        self.listed_models = models
        self.headers: dict[str, str] = {}  # that each answer has beside its own
        self.cached = (0, 0)  # tokens that each answer says were written to the cache, and read from it
        self.also: Also = lambda _: None
        self.requests: list[Request] = []

    def handler(self) -> type[Handler]:
        """What answers a connection."""
        return Handler

    @property
    def messages(self) -> list[Request]:
        """The requests that asked for an answer of the model."""
        return [
            request for request in list(self.requests) if request.method == "POST" and request.is_for("/v1/messages")
        ]

    def models(self) -> set[str]:
        """Every model that was asked for."""
        return {request.body["model"] for request in self.messages}

    def credentials(self) -> set[str]:
        """Every value of a header that could carry a credential, over all requests, the refused ones too."""
        return {
            value
            for request in list(self.requests)
            for name, value in request.headers.items()
            if any(word in name for word in CREDENTIAL_WORDS)
        }


class Handler(Quiet, BaseHTTPRequestHandler):
    """Keeps what was asked, and answers as the provider's script says."""

    server: Listening[FakeProvider]
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, _parsed(raw), raw)
        self.server.owner.requests.append(request)
        also = self.server.owner.also(request)
        if also is not None:
            self.send(also[0], "application/json", json.dumps(also[1]).encode())
            return
        self.reply_to(request)

    def reply_to(self, request: Request) -> None:
        match request.method:
            case "POST" if request.is_for("/v1/messages/count_tokens"):
                self.reply({"input_tokens": token_count(request.raw)})
            case "POST" if request.is_for("/v1/messages") and isinstance(request.body, dict):
                self.reply_to_prompt(request)
            case "GET" if request.is_for("/v1/models"):
                self.reply(_model_list(self.server.owner.listed_models))
            case "HEAD" if request.is_for("/api/hello"):
                self.reply({})
            case _:
                self.refuse(ErrorReply(404, f"no such endpoint: {request.method} {request.path}", "not_found_error"))

    # The method names that http.server looks for. CONNECT is one so that the fake can stand in for a proxy
    # and show which hosts a client wanted to reach.
    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_CONNECT = answer  # noqa: N815

    def reply_to_prompt(self, request: Request) -> None:
        answer = self.server.owner.script(request.body)
        if isinstance(answer, ErrorReply):
            self.refuse(answer)
            return
        message = message_of(request.body.get("model"), answer, token_count(request.raw))
        written, read = self.server.owner.cached
        message["usage"].update(cache_creation_input_tokens=written, cache_read_input_tokens=read)
        if request.body.get("stream"):
            frames = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events_of(message))
            self.send(200, "text/event-stream", frames.encode())
        else:
            self.reply(message)

    def reply(self, body: object) -> None:
        self.send(200, "application/json", json.dumps(body).encode())

    def refuse(self, error: ErrorReply) -> None:
        body = {"type": "error", "error": {"type": error.kind, "message": error.message}}
        self.send(error.status, "application/json", json.dumps(body).encode())

    def send(self, status: int, content_type: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(content)))
        for name, value in self.server.owner.headers.items():
            self.send_header(name, value)
        self.send_header("request-id", f"req_{uuid4().hex[:24]}")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None


def token_count(raw: bytes) -> int:
    return len(raw) // 4 + 1


def _model_list(names: tuple[str, ...]) -> Body:
    models = [
        {"type": "model", "id": name, "display_name": name, "created_at": "2026-01-01T00:00:00Z"} for name in names
    ]
    return {"data": models, "has_more": False, "first_id": names[0], "last_id": names[-1]}


def message_of(model: object, content: list[Block], input_tokens: int) -> Body:
    wants_tool = any(block["type"] == "tool_use" for block in content)
    return {
        "id": f"msg_{uuid4().hex[:24]}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": content,
        "stop_reason": "tool_use" if wants_tool else "end_turn",
        "stop_sequence": None,
        "usage": {
            "input_tokens": input_tokens,
            "output_tokens": token_count(json.dumps(content).encode()),
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
        },
    }


def events_of(message: Body, letters: int = 0) -> Iterator[Body]:
    """Cut a message into the events of a stream: an empty start, each block, then how it ended.

    A block is filled by one delta, or by several of so many letters.
    """
    usage = {"usage": {**message["usage"], "output_tokens": 1}} if "usage" in message else {}
    unfinished: Body = {"content": [], "stop_reason": None, **usage}
    yield {"type": "message_start", "message": {**message, **unfinished}}
    yield {"type": "ping"}
    for index, block in enumerate(message["content"]):
        start, deltas = _opened(block, letters)
        yield {"type": "content_block_start", "index": index, "content_block": start}
        for delta in deltas:
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    ending = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    yield {"type": "message_delta", "delta": ending} | ({"usage": message["usage"]} if "usage" in message else {})
    yield {"type": "message_stop"}


def _opened(block: Block, letters: int) -> tuple[Block, list[Block]]:
    """Split a block into its empty start and the deltas that fill it."""
    match block["type"]:
        case "tool_use" | "server_tool_use":
            deltas = [("input_json_delta", "partial_json", json.dumps(block["input"]))]
            start = {**block, "input": {}}
        case "thinking":
            deltas = [("thinking_delta", "thinking", block["thinking"])]
            start = {"type": "thinking", "thinking": "", "signature": ""}
            if not block["thinking"]:  # it is not shown: the signature alone comes
                deltas = []
        case "text":
            deltas = [("text_delta", "text", block["text"])]
            start = {**block, "text": ""}
        case _:  # what comes whole
            deltas, start = [], block
    cut = [{"type": kind, key: piece} for kind, key, text in deltas for piece in _pieces(text, letters)]
    if block.get("signature"):
        cut.append({"type": "signature_delta", "signature": block["signature"]})
    return start, cut


def _pieces(text: str, letters: int) -> list[str]:
    if not letters or not text:
        return [text]
    return [text[start : start + letters] for start in range(0, len(text), letters)]
