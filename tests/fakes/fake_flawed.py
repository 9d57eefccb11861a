"""A fake endpoint that is correct and strict in all that a probe looks at, but for the flaws that are switched on.

Its model is the fake one, which follows a probe's words. The flaws stand in `flaws.py`, each with its name.
"""

from __future__ import annotations

import hashlib
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import trustme

from tests.fakes import fake_model, flaws
from tests.fakes.fake_model import Turn
from tests.fakes.fake_provider import Body, ErrorReply, FakeProvider, Handler, Request, call, events_of, message_of

if TYPE_CHECKING:
    from types import TracebackType

SECRET = "sk-flawed-canary"
MODELS = ("fake-large", "fake-small")
PIECE = 8  # letters of a text or of an input in one event of a stream, where that does not make too many
MOST_PIECES = 40
_PAGE = b"<!doctype html><title>Welcome</title><p>This is not the page you are looking for."
_CONTEXT_BETA = "context-management"
_NO_BETAS = [flaw for flaw in flaws.FLAWS if "betas" in flaw]


class FakeFlawed(FakeProvider):
    """An endpoint with these flaws that serves while its context is open."""

    def __init__(
        self,
        *named: str,
        secret: str = SECRET,
        models: tuple[str, ...] = MODELS,
        model: Callable[[Body], Turn] = fake_model.answer,
        window: int = 200_000,
        real_window: int = 60_000,  # where that is a smaller one
        kept: int = 24_000,  # tokens of a prompt, where the beginning is forgotten
        max_output: int = 64_000,
        pause: float = 0.004,  # seconds between two events of a stream
        delay: float = 0.004,  # seconds for each letter of a stream that is kept back
        busy: float = 0.2,  # seconds of a stream in which no other request is taken
    ) -> None:
        unknown = {*named} - flaws.FLAWS.keys()
        assert not unknown, unknown
        super().__init__(models=models)
        self.flaws, self.secret, self.model = frozenset(named), secret, model
        self.window, self.real_window, self.kept, self.max_output = window, real_window, kept, max_output
        self.pause, self.delay, self.busy = pause, delay, busy
        self.signed: set[str] = set()
        self.refused = 0  # requests
        self.at_work = threading.Lock()
        self._nobody = socket.socket()  # a port that is taken, and where nobody listens
        if "bad-certificate" in self.flaws:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        if "no-such-server" in self.flaws:
            self._nobody.bind(("127.0.0.1", 0))

    def handler(self) -> type[Handler]:
        return _Flawed

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._nobody.close()
        super().__exit__(kind, error, trace)

    @property
    def port(self) -> int:
        return self._nobody.getsockname()[1] if "no-such-server" in self.flaws else super().port

    @property
    def url(self) -> str:
        return f"https://{self.host}" if "bad-certificate" in self.flaws else super().url

    def has(self, *names: str) -> bool:
        """Whether one of these flaws is switched on."""
        return not self.flaws.isdisjoint(names)

    def sign(self, thoughts: str) -> str:
        """The signature under what the model thinks."""
        signature = hashlib.sha256(f"{self.secret} {thoughts}".encode()).hexdigest()
        self.signed.add(signature)
        return signature


class _Flawed(Handler):
    disable_nagle_algorithm = True  # each event leaves when it is written

    @property
    def owner(self) -> FakeFlawed:
        owner = self.server.owner
        assert isinstance(owner, FakeFlawed)
        return owner

    def reply_to(self, request: Request) -> None:
        owner = self.owner
        if owner.has("html-answers"):
            self.send(200, "text/html", _PAGE)
        elif owner.has("sends-elsewhere"):
            self.answer_with(307, "text/plain", b"", location=f"http://localhost:{owner.port}/elsewhere")
        elif request.method == "HEAD":
            self.reply({})
        elif error := self.not_let_in(request):
            self.refuse(error)
        elif request.method == "GET" and "/v1/models" in request.path and not owner.has("no-models-list"):
            self.reply_with_models(request)
        elif request.is_for("/v1/messages/count_tokens") and not owner.has("no-count-tokens"):
            self.reply_or_refuse(request, lambda: self.reply({"input_tokens": _size(request.body)}))
        elif request.method == "POST" and request.is_for("/v1/messages"):
            self.reply_or_refuse(request, lambda: self.reply_to_prompt(request))
        else:
            self.refuse(ErrorReply(404, "Not found", "not_found_error"))

    def reply_with_models(self, request: Request) -> None:
        name = request.path.partition("?")[0].rpartition("/v1/models")[2].strip("/")
        if name and name not in self.owner.listed_models:
            self.refuse(ErrorReply(404, f"model: {name}", "not_found_error"))
        elif name:
            self.reply({"type": "model", "id": name, "display_name": name, "created_at": "2026-01-01T00:00:00Z"})
        else:
            super().reply_to(request)

    def reply_or_refuse(self, request: Request, reply: Callable[[], None]) -> None:
        body = request.body
        if not isinstance(body, dict):
            self.refuse(ErrorReply(400, "The request body is not valid JSON", "invalid_request_error"))
        elif error := next(_faults(self.owner, request, body), None):
            self.refuse(error)
        elif self.owner.has("one-at-a-time", "429-without-retry-after"):
            if not self.owner.at_work.acquire(blocking=False):
                self.refuse(ErrorReply(429, "One request at a time, please", "rate_limit_error"))
                return
            try:  # the next one is taken before this answer is read
                time.sleep(self.owner.busy)
            finally:
                self.owner.at_work.release()
            reply()
        else:
            reply()

    def not_let_in(self, request: Request) -> ErrorReply | None:
        owner = self.owner
        bearer = request.headers.get("authorization") == f"Bearer {owner.secret}"
        key = request.headers.get("x-api-key") == owner.secret
        if owner.has("refuses-key"):
            return _authentication("invalid x-api-key" if "x-api-key" in request.headers else "Invalid bearer token")
        if owner.has("wants-x-api-key"):
            return None if key else _authentication("x-api-key header is required")
        if not bearer and not owner.has("wrong-key-accepted"):
            if owner.has("wrong-key-as-500"):
                return ErrorReply(500, "Internal server error")
            return _authentication("Invalid bearer token")
        if owner.has("refuses-access"):
            return ErrorReply(403, "Your plan does not include this API", "permission_error")
        return None

    def reply_to_prompt(self, request: Request) -> None:
        owner, body = self.owner, request.body
        body = flaws.seen(owner.flaws, body, owner.kept * fake_model.LETTERS_A_TOKEN)
        turn = flaws.spoken(owner.flaws, body, owner.model(body))
        name = body["model"] if body["model"] in owner.listed_models else owner.listed_models[0]
        stream = bool(body.get("stream")) and not owner.has("not-streamed")
        searched = [] if owner.has("makes-searches-up") else flaws.searched(request.body)
        message = flaws.written(owner.flaws, self.message(name, turn, _size(body), searched), stream=stream)
        if not stream:
            self.reply(message)
            return
        longest = max((len(str(block)) for block in message["content"]), default=0)
        events = list(events_of(message, max(PIECE, longest // MOST_PIECES)))
        self.stream(flaws.streamed(owner.flaws, events), message)

    def message(self, name: str, turn: Turn, size: int, searched: list[Body]) -> Body:
        content = [*searched]
        if turn.thoughts:
            thinking = turn.thoughts if turn.shown else ""
            content.append({"type": "thinking", "thinking": thinking, "signature": self.owner.sign(turn.thoughts)})
        if turn.text:
            content.append({"type": "text", "text": turn.text})
        # As a mapping: an input may have any names.
        content += [call(tool) | {"input": given} for tool, given in turn.calls]
        message = message_of(name, content, size)
        if turn.cut:
            message["stop_reason"] = "max_tokens"
        return message

    def stream(self, events: list[Body], message: Body) -> None:
        owner = self.owner
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.send_header("cache-control", "no-cache")
        self.send_header("transfer-encoding", "chunked")
        self.send_header("request-id", f"req_{uuid4().hex[:24]}")
        self.end_headers()
        frames = [*self.frames(events, message)]
        if owner.has("buffered"):
            time.sleep(owner.delay * sum(len(block.get("text", "")) for block in message["content"]))
            frames = ["".join(frames)]
        if owner.has("cut-off"):
            frames = frames[: len(frames) // 2]
        for frame in frames:
            data = frame.encode()
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            if len(frames) > 1:
                time.sleep(owner.pause)
        if owner.has("cut-off"):
            self.close_connection = True
        else:
            self.wfile.write(b"0\r\n\r\n")

    def frames(self, events: list[Body], message: Body) -> Iterable[str]:
        if self.owner.has("openai-stream"):
            yield from (f"data: {json.dumps(chunk)}\n\n" for chunk in _openai_chunks(message))
            yield "data: [DONE]\n\n"
        elif self.owner.has("no-event-names"):
            yield from (f"data: {json.dumps(event)}\n\n" for event in events)
            yield "data: [DONE]\n\n"
        else:
            yield from (f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)

    def refuse(self, error: ErrorReply) -> None:
        self.owner.refused += 1
        body: Body = {"type": "error", "error": {"type": error.kind, "message": error.message}}
        if self.owner.has("odd-errors"):
            body = {"code": error.status * 10, "msg": "request failed"}
        more = {"retry-after": "1"} if error.status == 429 and not self.owner.has("429-without-retry-after") else {}
        self.answer_with(error.status, "application/json", json.dumps(body).encode(), **more)

    def answer_with(self, status: int, content_type: str, content: bytes, **more: str) -> None:
        self.send_response(status)
        for name, value in {"content-type": content_type, "content-length": str(len(content)), **more}.items():
            self.send_header(name, value)
        self.send_header("request-id", f"req_{uuid4().hex[:24]}")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def _authentication(message: str) -> ErrorReply:
    return ErrorReply(401, message, "authentication_error")


def _invalid(message: str) -> ErrorReply:
    return ErrorReply(400, message, "invalid_request_error")


def _size(body: Body) -> int:
    """The tokens of a request."""
    counted = {key: body[key] for key in ("system", "messages", "tools") if key in body}
    return fake_model.tokens(json.dumps(counted, ensure_ascii=False))


def _faults(owner: FakeFlawed, request: Request, body: Body) -> Iterator[ErrorReply]:
    """What is wrong with a request, for this endpoint."""
    if owner.has("out-of-credit"):
        yield ErrorReply(402, "Your credit balance is too low to access the API", "billing_error")
    if error := _unknown_model(owner, body.get("model")):
        yield error
    if not body.get("messages"):
        yield _invalid("messages: at least one message is required")
        return
    if request.is_for("/v1/messages"):
        yield from _limits(owner, body)
    if error := flaws.refusal(owner.flaws, body, request.headers):
        yield error
    betas = request.headers.get("anthropic-beta", "")
    if "context_management" in body and _CONTEXT_BETA not in betas and not owner.has(*_NO_BETAS):
        yield _invalid("context_management: Extra inputs are not permitted")
    yield from _shape(owner, body)


def _unknown_model(owner: FakeFlawed, name: Any) -> ErrorReply | None:
    served = "serves-unknown-claude" if str(name).startswith("claude-") else "unknown-model-served"
    if owner.has("unknown-model") or not (name in owner.listed_models or owner.has(served)):
        if owner.has("unknown-model-as-500"):
            return ErrorReply(500, "Internal server error")
        return ErrorReply(404, f"model: {name}", "not_found_error")
    return None


def _limits(owner: FakeFlawed, body: Body) -> Iterator[ErrorReply]:
    most = body.get("max_tokens")
    if not isinstance(most, int) or most < 1:
        yield _invalid("max_tokens: Field required")
        return
    limit = flaws.SMALL_OUTPUT if owner.has("max-output-small") else owner.max_output
    if most > limit:
        known = (
            f"max_tokens: {most} > {limit}, which is the maximum allowed number of output tokens for {body['model']}"
        )
        yield _invalid(known)
    size = _size(body)
    small = owner.has("small-window", "small-window-odd-words")
    window = owner.real_window if small else owner.window
    if owner.has("refuses-long-prompts"):
        window = flaws.LONG_PROMPT
    if size > window and not owner.has("truncates"):
        odd = owner.has("small-window-odd-words", "too-long-odd-words")
        yield flaws.BAD if odd else _invalid(f"prompt is too long: {size} tokens > {window} maximum")


def _shape(owner: FakeFlawed, body: Body) -> Iterator[ErrorReply]:
    """What a strict endpoint looks at in messages: pairs of calls and results, and signatures."""
    thinking = body.get("thinking") or {}
    if thinking.get("type") == "enabled" and not 1024 <= thinking.get("budget_tokens", 0) < body.get("max_tokens", 0):
        yield _invalid("thinking.enabled.budget_tokens: must be at least 1024, and less than max_tokens")
    called: set[str] = set()
    for at, message in enumerate(body["messages"]):
        if message.get("role") not in {"user", "assistant", "system"}:
            yield _invalid(f"messages.{at}.role: Input should be 'user' or 'assistant'")
            return
        blocks = message["content"] if isinstance(message["content"], list) else []
        results = {block.get("tool_use_id") for block in blocks if block.get("type") == "tool_result"}
        if message["role"] == "user" and results != called and not owner.has("same-ids", "parallel-merged"):
            yield _invalid(f"messages.{at}: `tool_use` ids were found without `tool_result` blocks, or the reverse")
        if message["role"] != "system":
            called = {block["id"] for block in blocks if block.get("type") == "tool_use"}
        for block in blocks:
            forged = block.get("type") == "thinking" and block.get("signature") not in owner.signed
            if forged and not owner.has("signature-missing"):
                yield _invalid(f"messages.{at}.content.0: Invalid `signature` in `thinking` block")


def _openai_chunks(message: Body) -> Iterator[Body]:
    head = {"id": message["id"], "object": "chat.completion.chunk", "created": 1_700_000_000, "model": message["model"]}
    text = "".join(block.get("text", "") for block in message["content"])
    for delta, reason in ({"role": "assistant", "content": ""}, None), ({"content": text}, None), ({}, "stop"):
        yield head | {"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}
