"""A fake cloud: what Bedrock, Vertex, Foundry and Claude Platform on AWS speak, on a loopback port, for tests.

It is no model and stands for no real endpoint. Beside the Messages API it answers InvokeModel (an AWS event stream),
rawPredict, and the request for a token that a service account of Google makes. No signature is checked: they are kept,
as all requests are.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import struct
from typing import Any
from urllib.parse import unquote

from tests.fakes.fake_provider import Body, FakeProvider, Handler, Request, Script, events_of, message_of, pong

_INVOKE = re.compile(r"/model/(?P<model>[^/]+)/invoke(?P<stream>-with-response-stream)?$")
_PREDICT = re.compile(r"/models/(?P<model>[^/:]+):(?P<stream>streamR|r)awPredict$")
_MESSAGES = re.compile(r"/v1/messages$")
TOKEN_PATH = "/token"
ACCESS_TOKEN = "ya29.access-canary"


class FakeCloud(FakeProvider):
    """A fake cloud that serves while its context is open."""

    def __init__(self, script: Script = pong) -> None:
        super().__init__(script)

    def handler(self) -> type[Handler]:
        """What answers a request."""
        return _Handler

    @property
    def messages(self) -> list[Request]:
        """The requests that asked for an answer of a model, in whichever way."""
        return [request for request in list(self.requests) if model_of(request) is not None]

    def models(self) -> set[str]:
        """Every model that was asked for."""
        return {model for request in self.messages if (model := model_of(request)) is not None}


def model_of(request: Request) -> str | None:
    """The model that a request asks for an answer; nothing for another request."""
    path = request.path.partition("?")[0]
    if request.method != "POST":
        return None
    if found := _INVOKE.search(path) or _PREDICT.search(path):
        model = unquote(found["model"])
        return None if model == "count-tokens" else model
    return str(request.body["model"]) if _MESSAGES.search(path) else None


def event_stream(events: list[Body]) -> bytes:
    """Events as AWS frames them: each with its lengths and two checksums, in an envelope of base64."""
    return b"".join(_frame(json.dumps({"bytes": _base64(event)}).encode()) for event in events)


def _base64(event: Body) -> str:
    return base64.b64encode(json.dumps(event).encode()).decode()


def _frame(payload: bytes) -> bytes:
    headers = b"".join(
        _header(name, value)
        for name, value in (
            (":event-type", "chunk"),
            (":content-type", "application/json"),
            (":message-type", "event"),
        )
    )
    prelude = struct.pack("!II", 4 + 4 + 4 + len(headers) + len(payload) + 4, len(headers))
    whole = prelude + struct.pack("!I", binascii.crc32(prelude)) + headers + payload
    return whole + struct.pack("!I", binascii.crc32(whole))


def _header(name: str, value: str) -> bytes:
    text = 7  # the type of a header's value
    return bytes([len(name)]) + name.encode() + bytes([text]) + struct.pack("!H", len(value)) + value.encode()


class _Handler(Handler):
    def reply_to(self, request: Request) -> None:
        path = request.path.partition("?")[0]
        if request.method == "POST" and path.endswith(TOKEN_PATH):
            self.reply({"access_token": ACCESS_TOKEN, "expires_in": 3599, "token_type": "Bearer"})
        elif request.method == "GET" and path.endswith("/inference-profiles"):
            self.reply({"inferenceProfileSummaries": []})
        elif request.method == "POST" and "count-tokens:rawPredict" in path:
            self.reply({"input_tokens": 1})
        elif request.method == "POST" and (found := _INVOKE.search(path) or _PREDICT.search(path)):
            self.answer_for(request, bool(found["stream"] and found["stream"] != "r"), as_frames="/model/" in path)
        else:
            super().reply_to(request)

    def answer_for(self, request: Request, streamed: bool, *, as_frames: bool) -> None:  # noqa: FBT001 (one caller)
        answer: Any = self.server.owner.script(request.body)
        message = message_of(model_of(request), answer, 1)
        if not streamed:
            self.reply(message)
        elif as_frames:
            self.send(200, "application/vnd.amazon.eventstream", event_stream(list(events_of(message))))
        else:
            frames = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events_of(message))
            self.send(200, "text/event-stream", frames.encode())
