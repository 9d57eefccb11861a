"""A FAKE provider that counts: whatever it serves stands in its ledger, to the token, with what it would bill for it.

Its model does what the line behind `PLAY` in a prompt says, word by word, one answer for each word, and then says that
it is done. The tokens of an answer are nobody's count: they are drawn by a seed, odd enough that no two sums are alike.
"""

from __future__ import annotations

import json
import random
import threading
import time
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from tests.fakes.fake_provider import Block, Body, FakeProvider, Handler, Request, call, events_of, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

PLAY = "PLAY"
MILLION = 1_000_000
# How an answer ended, as the provider sees it
WHOLE, BROKEN, LEFT = "whole", "broken off here", "the client left"
BREAK, WAIT, TOGETHER = "break", "wait", "+"


class Tokens(NamedTuple):
    """What is billed of an answer, or of many."""

    input: int = 0
    output: int = 0
    write_5m: int = 0
    write_1h: int = 0
    read: int = 0

    @property
    def four(self) -> list[int]:
        """Input, output, write and read."""
        return [self.input, self.output, self.write_5m + self.write_1h, self.read]


class Rates(NamedTuple):
    """Dollars for a million tokens, as they are written in a profile."""

    input: str
    output: str
    write_5m: str
    write_1h: str
    read: str

    def cost(self, tokens: Tokens) -> Fraction:
        """What they cost, exactly."""
        return (
            sum((count * Fraction(rate) for count, rate in zip(tokens, self, strict=True)), start=Fraction()) / MILLION
        )


class Style(NamedTuple):
    """How a provider tells what it counts."""

    ids: str = ""  # always this one; else each answer has its own
    header: bool = True  # request-id
    split: bool = True  # writes by how long they are kept
    late: bool = False  # nothing at the beginning of the stream, all at its end


STYLES = {
    "anthropic": Style(),
    "constant": Style(ids="msg_1", header=False, split=False),
    "late": Style(ids="chatcmpl", header=False, late=True),
}


@dataclass(frozen=True)
class Served:
    """One answer."""

    time: float
    session: str
    model: str
    about: str  # answer, title, compaction, or other
    tokens: Tokens
    ending: str = WHOLE


class FakeCounting(FakeProvider):
    """A provider that counts while its context is open."""

    def __init__(
        self,
        rates: Mapping[str, Rates],
        *,
        seed: int = 0,
        style: Style = STYLES["anthropic"],
        keeps_for_an_hour: bool = False,
    ) -> None:
        super().__init__(models=tuple(rates))
        self.rates, self.style = rates, style
        self.keeps_for_an_hour = keeps_for_an_hour
        self.ledger: list[Served] = []
        self.at_wait = threading.Event()  # an answer has begun that does not go on
        self.go_on = threading.Event()
        self.next: Tokens | None = None  # what the next answer of the model takes, if that matters
        self._random = random.Random(seed)
        self._given: dict[str, int] = {}  # words that were played of each prompt
        self._subagents = 0
        self._lock = threading.Lock()

    def handler(self) -> type[Handler]:
        return _Counting

    # What was served

    def served(self, *, session: str = "", model: str = "", about: str = "", ending: str = "") -> list[Served]:
        """The answers that are so."""
        wanted = {"session": session, "model": model, "about": about, "ending": ending}
        return [
            one
            for one in list(self.ledger)
            if all(not value or getattr(one, name) == value for name, value in wanted.items())
        ]

    def tokens(self, **wanted: str) -> Tokens:
        """What they took."""
        return total(one.tokens for one in self.served(**wanted))

    def bill(self, **wanted: str) -> Fraction:
        """What they cost, exactly."""
        return sum(
            (self.rates[one.model.removesuffix("[1m]")].cost(one.tokens) for one in self.served(**wanted)),
            start=Fraction(),
        )

    def draw(self) -> Tokens:
        """The tokens of an answer."""
        with self._lock:
            if self.next is not None:
                drawn, self.next = self.next, None
                return drawn
            pick = self._random.randint
            write = pick(101, 8_999) if pick(0, 3) else 0
            hour = pick(1, write) if write and self.keeps_for_an_hour else 0
            read = pick(1_001, 39_999) if pick(0, 3) else 0
            return Tokens(pick(3, 4_999), pick(5, 2_999), write - hour, hour, read)

    def write_down(self, served: Served) -> None:
        """Into the ledger."""
        with self._lock:
            self.ledger.append(served)

    # What the model says

    def word(self, body: Body) -> str:
        """What the model is to do now: the next word of the prompt that it was given last."""
        if _is_title(body):
            return "title"
        if _is_compaction(body):
            return "done:summary"
        number, words = _prompt_of(body)
        newest = _newest(body)
        if not number or not (_line(newest) or any(block.get("type") == "tool_result" for block in newest)):
            return "done:so far"  # the client tells of something by itself
        with self._lock:
            # Not by what is in the conversation: answers that have the same number are one there, for some clients.
            given = self._given.get(number, 0)
            self._given[number] = given + 1
        return words[given] if given < len(words) else f"done:{number}"

    def content(self, word: str, body: Body) -> list[Block]:
        """What it says for a word."""
        offered = {tool.get("name") for tool in body.get("tools") or ()}
        blocks: list[Block] = []
        for part in word.split(TOGETHER):
            name, _, rest = part.partition(":")
            match name:
                case "bash":
                    blocks.append(call("Bash", command=f"echo {uuid4().hex[:6]}", description="x"))
                case "read":
                    blocks.append(call("Read", file_path=rest))
                case "write":
                    blocks.append(call("Write", file_path=rest, content="written by a task\n"))
                case "agent":
                    tool = "Agent" if "Agent" in offered else "Task"
                    with self._lock:
                        self._subagents += 1
                        asked = prompt(1_000 + self._subagents, "bash", "bash")
                    model = {"model": rest} if rest else {}
                    blocks.append(call(tool, subagent_type="general-purpose", description="x", prompt=asked, **model))
                case "title":
                    blocks.append(say(json.dumps({"title": "A task"})))
                case "done":
                    blocks.append(say(f"done {rest}."))
                case _:
                    blocks.append(say("so far. " + "and on " * 40))
        return blocks


class _Counting(Handler):
    disable_nagle_algorithm = True  # each event leaves when it is written

    @property
    def owner(self) -> FakeCounting:
        owner = self.server.owner
        assert isinstance(owner, FakeCounting)
        return owner

    def reply_to_prompt(self, request: Request) -> None:
        owner, body = self.owner, request.body
        word = owner.word(body)
        content = owner.content(word, body)
        tokens = owner.draw()
        about = "title" if _is_title(body) else "compaction" if _is_compaction(body) else "answer"
        served = Served(time.time(), _session_of(body), body["model"], about, tokens)
        message = {
            "id": _id(owner.style),
            "type": "message",
            "role": "assistant",
            "model": body["model"].removesuffix("[1m]"),
            "content": content,
            "stop_reason": "tool_use" if any(block["type"] == "tool_use" for block in content) else "end_turn",
            "stop_sequence": None,
            "usage": _usage(tokens, owner.style),
        }
        if not body.get("stream"):
            owner.write_down(served)
            self.reply(message)
            return
        self._stream(message, served, word)

    def _stream(self, message: Body, served: Served, word: str) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        if self.owner.style.header:
            self.send_header("request-id", f"req_{uuid4().hex[:24]}")
        self.end_headers()
        self.close_connection = True
        ending = WHOLE
        try:
            for event in _events(message, self.owner.style):
                if event["type"] == "message_delta" and word == BREAK:
                    ending = BROKEN
                    break
                if event["type"] == "message_delta" and word == WAIT:
                    self.owner.at_wait.set()
                    self.owner.go_on.wait(60)
                self.wfile.write(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())
                self.wfile.flush()
        except OSError:
            ending = LEFT
        self.owner.write_down(replace(served, ending=ending))

    def send_header(self, keyword: str, value: str) -> None:
        """Leave out the number of the request, if that is this provider's way."""
        if keyword == "request-id" and not self.owner.style.header:
            return
        super().send_header(keyword, value)


def total(many: Iterable[Tokens]) -> Tokens:
    """All of them together."""
    return Tokens(*map(sum, zip(*many, strict=True))) if (many := list(many)) else Tokens()


def prompt(number: int, *words: str) -> str:
    """A prompt that makes the model do this, and then say that the number is done."""
    return f"{PLAY} {number}: {' '.join(words)}".rstrip()


def _id(style: Style) -> str:
    number = uuid4().hex[:24]
    return {"": f"msg_{number}", "chatcmpl": f"chatcmpl-{number}"}.get(style.ids, style.ids)


def _usage(tokens: Tokens, style: Style) -> Body:
    usage: Body = {
        "input_tokens": tokens.input,
        "output_tokens": tokens.output,
        "cache_creation_input_tokens": tokens.write_5m + tokens.write_1h,
        "cache_read_input_tokens": tokens.read,
    }
    if style.split:
        usage["cache_creation"] = {
            "ephemeral_5m_input_tokens": tokens.write_5m,
            "ephemeral_1h_input_tokens": tokens.write_1h,
        }
    return usage


def _events(message: Body, style: Style) -> Iterator[Body]:
    """The events of its stream. A late provider says nothing at the beginning."""
    for event in events_of(message):
        if style.late and event["type"] == "message_start":
            nothing = dict.fromkeys(("input_tokens", "output_tokens"), 0)
            yield {**event, "message": {**event["message"], "usage": nothing}}
        else:
            yield event


def _newest(body: Body) -> list[Block]:
    """What the client says at the end of the conversation."""
    newest: Body = next(
        (message for message in reversed(body["messages"]) if message["role"] == "user"), {"content": []}
    )
    content = newest["content"]
    return [say(content)] if isinstance(content, str) else content


def _line(blocks: Iterable[Block]) -> str:
    """The last line of a prompt for the model of this fake."""
    lines = [line.strip() for block in blocks for line in str(block.get("text", "")).split("\n")]
    return next((line for line in reversed(lines) if line.startswith(f"{PLAY} ")), "")


def _prompt_of(body: Body) -> tuple[str, list[str]]:
    """The number and the words of the prompt that was given last."""
    for message in reversed(body["messages"]):
        content = message["content"]
        if message["role"] == "user" and (line := _line([say(content)] if isinstance(content, str) else content)):
            _, number, *words = line.split()
            return number[:-1], words
    return "", []


def _is_title(body: Body) -> bool:
    return not body.get("tools") and "title" in json.dumps(body.get("system", "")).lower()


def _is_compaction(body: Body) -> bool:
    text = "\n".join(str(block.get("text", "")) for block in _newest(body))
    return "detailed summary" in text and "conversation" in text


def _session_of(body: Body) -> str:
    """The session that asks, as the client tells it."""
    told = str((body.get("metadata") or {}).get("user_id", ""))
    try:
        return str(json.loads(told)["session_id"])
    except (ValueError, KeyError, TypeError):
        return told.rpartition("_session_")[2]
