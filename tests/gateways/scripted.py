"""A FAKE upstream in OpenAI's style that says what a test wants, with tools and thinking. It is no model.

The first part of a path is the name under which it is asked, `URL/NAME/v1`. What it answers is decided by the prompt:
a line of it names a plan, which is a list of answers, one for each step of the turn.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.fakes.loopback import Listening, Loopback, Quiet

Body = dict[str, Any]
WHOLE, PIECES, AT_ONCE = "whole", "pieces", "at once"
_PIECE = 3  # characters of arguments in a piece


@dataclass(frozen=True)
class Call:
    """A tool that is called."""

    tool: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Said:
    """One answer: what was thought, what is said, and which tools are called, in which of the ways providers have."""

    text: str = ""
    thought: str = ""
    calls: tuple[Call, ...] = ()
    way: str = WHOLE
    waits: bool = False  # in the middle, until the test says so
    status: int = 0  # in place of an answer


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    name: str
    headers: dict[str, str]
    body: Body
    raw: bytes

    @property
    def is_turn(self) -> bool:
        """Whether it is one of the main loop of a session, and no title or the like."""
        return bool(self.body.get("tools"))


@dataclass
class Plans:
    """What is answered, by a line of the prompt."""

    steps: dict[str, list[Said]] = field(default_factory=dict)

    def of(self, name: str, body: Body) -> Said:
        """The answer to this request."""
        if not body.get("tools"):
            return Said("a title")
        prompt, done = self._turn(body)
        if prompt in self.steps:
            steps = self.steps[prompt]
            return steps[min(done, len(steps) - 1)]
        return Said(f"answer of {name}")

    def _turn(self, body: Body) -> tuple[str, int]:
        """The prompt of the turn, as far as it names a plan, and the number of answers since."""
        done = 0
        for message in reversed(body["messages"]):
            if message["role"] == "assistant":
                done += 1
            if message["role"] == "user":
                for line in reversed(lines(message)):
                    if line in self.steps or line.startswith("say "):
                        return line, done
        return "", 0


class FakeScripted(Loopback):
    """Serves while its context is open."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(_Handler, port)
        self.asked: list[Asked] = []
        self.plans = Plans()
        self.broken: dict[str, int] = {}  # names that answer with this status for now
        self.go_on = threading.Event()  # what an answer that waits waits for
        self.waiting = threading.Event()  # set when one does

    def turns(self, name: str = "") -> list[Asked]:
        """The requests of main loops, under this name or under all of them."""
        return [one for one in list(self.asked) if one.is_turn and name in ("", one.name)]

    def forget(self) -> None:
        """As if nothing had come yet, and all were well."""
        self.asked.clear()
        self.broken.clear()
        self.go_on.clear()
        self.waiting.clear()


class _Handler(Quiet, BaseHTTPRequestHandler):
    server: Listening[FakeScripted]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        owner = self.server.owner
        raw = self.rfile.read(int(self.headers["content-length"]))
        body: Body = json.loads(raw)
        name = self.path.split("/")[1]
        owner.asked.append(Asked(name, {key.lower(): value for key, value in self.headers.items()}, body, raw))
        if name in owner.broken:
            self._refuse(owner.broken[name], name)
            return
        said = owner.plans.of(name, body)
        if said.status:
            self._refuse(said.status, name)
        elif body.get("stream"):
            self._stream(body, said)
        else:
            self._answer(body, said)

    def _answer(self, body: Body, said: Said) -> None:
        message: Body = {"role": "assistant", "content": said.text, "reasoning_content": said.thought or None}
        if said.calls:
            message["tool_calls"] = [_call(number, one) for number, one in enumerate(said.calls)]
        choice = {"index": 0, "message": message, "finish_reason": _reason(said)}
        self.send_json(200, _head(body, "chat.completion") | {"choices": [choice], "usage": _USAGE})

    def _stream(self, body: Body, said: Said) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        for number, delta in enumerate(_deltas(said)):
            self._event(body, {"choices": [{"index": 0, "delta": delta}]})
            if said.waits and number == 0:
                self.server.owner.waiting.set()
                self.server.owner.go_on.wait(120)
        self._event(body, {"choices": [{"index": 0, "delta": {}, "finish_reason": _reason(said)}]})
        self._event(body, {"choices": [], "usage": _USAGE})
        self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, body: Body, chunk: Body) -> None:
        self.wfile.write(f"data: {json.dumps(_head(body, 'chat.completion.chunk') | chunk)}\n\n".encode())
        self.wfile.flush()

    def _refuse(self, status: int, name: str) -> None:
        self.send_json(status, {"error": {"message": f"{name} of the FAKE is broken", "type": "server_error"}})


def lines(message: Body) -> list[str]:
    """The lines of text of a message."""
    content = message.get("content") or ""
    parts = [content] if isinstance(content, str) else [part.get("text") or "" for part in content]
    return [line.strip() for part in parts for line in part.split("\n")]


def results(body: Body) -> list[str]:
    """What tools have given, as text."""
    return ["\n".join(lines(message)) for message in body["messages"] if message["role"] == "tool"]


def by_call(body: Body) -> list[str]:
    """The same in the order of the calls: what is done side by side comes back as it is done."""
    tools = [message for message in body["messages"] if message["role"] == "tool"]
    given = {message["tool_call_id"]: "\n".join(lines(message)) for message in tools}
    called = [call for message in body["messages"] for call in message.get("tool_calls") or ()]
    return [given[call["id"]] for call in called]


def _deltas(said: Said) -> Iterator[Body]:
    """The pieces of a stream."""
    for start in range(0, len(said.thought), 8):
        yield {"role": "assistant", "reasoning_content": said.thought[start : start + 8]}
    for word in said.text.split(" ") if said.text else ():
        yield {"role": "assistant", "content": f"{word} "}
    calls = [_call(number, one) for number, one in enumerate(said.calls)]
    if said.way == AT_ONCE:
        yield {"role": "assistant", "content": None, "tool_calls": calls}
        return
    for number, one in enumerate(calls):
        if said.way == WHOLE:
            yield {"tool_calls": [one]}
            continue
        arguments = one["function"]["arguments"]
        yield {"tool_calls": [one | {"function": one["function"] | {"arguments": ""}}]}
        for start in range(0, len(arguments), _PIECE):
            yield {"tool_calls": [{"index": number, "function": {"arguments": arguments[start : start + _PIECE]}}]}


def _call(number: int, one: Call) -> Body:
    function = {"name": one.tool, "arguments": json.dumps(one.arguments)}
    return {"index": number, "id": f"call_{number}_{time.monotonic_ns()}", "type": "function", "function": function}


def _reason(said: Said) -> str:
    return "tool_calls" if said.calls else "stop"


def _head(body: Body, kind: str) -> Body:
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": body["model"]}


_USAGE = {
    "prompt_tokens": 1000,
    "completion_tokens": 100,
    "total_tokens": 1100,
    "prompt_tokens_details": {"cached_tokens": 400},
}
