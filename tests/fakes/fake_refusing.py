"""A FAKE provider that refuses what another provider made, in the words in which real providers do.

It signs its model's thinking with a secret of its own, and takes nothing back that it has not signed. It may take no
images, and its window may be small. Its model does what the line behind `PLAY` in a prompt says, word by word, one
answer for each word, and then says that it is done.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import uuid4

from tests.fakes.fake_provider import Block, Body, ErrorReply, FakeProvider, call, say

PLAY = "PLAY"
TOGETHER = "+"
# What Anthropic says of thinking that it has not signed. From anthropics/claude-code#56708 and its like.
SIGNATURE = "messages.{message}.content.{block}: Invalid `signature` in `thinking` block"
REDACTED = "messages.{message}.content.{block}: Invalid `data` in `redacted_thinking` block"
ENCRYPTED = "messages.{message}.content.{block}: Invalid `encrypted_content` in `search_result` block"
# What gateways make of it that check signatures by themselves. Invented: none was seen.
INVENTED_SIGNATURE = "thinking signature verification failed"
_DEEPSEEK = (
    "Failed to deserialize the JSON body into the target type: messages[{message}].content: unknown variant "
    "`image`, expected one of `text`, `tool_use`, `tool_result`, `thinking` at line 1 column 971539"
)
# What providers of models without eyes say of an image, with the status that they say it with.
IMAGES = {
    "Anthropic": (400, "messages.{message}.content.{block}.image.source: image input is not supported for this model"),
    "Anthropic, unreadable": (400, "Could not process image"),
    # ollama/ollama#17301
    "Ollama": (400, "this model does not support image input (ref: b8bd630e-4a39-4b57-82af-9158ee9d5703)"),
    # deepseek-ai/DeepSeek-V3#1026: what its endpoint for this very client says
    "DeepSeek": (400, _DEEPSEEK),
    # openclaw/openclaw#99078
    "OpenRouter": (404, "No endpoints found that support image input"),
    # tencent-connect/openclaw-qqbot#111
    "Volcengine": (400, "Model do not support image input. Request id: 021772629268392a292fc2ba91e79c594f032f5a64a4"),
}
TOO_LONG = "prompt is too long: {tokens} tokens > {window} maximum"


class FakeRefusing(FakeProvider):
    """A provider that takes only its own thinking, while its context is open."""

    def __init__(
        self,
        name: str,
        *,
        signature: str = SIGNATURE,
        images: tuple[int, str] | None = None,
        window: int = 0,
        token_letters: int = 4,
    ) -> None:
        super().__init__(self._answer)
        self.name = name
        self.signature = signature
        self.images = images
        self.window = window
        self.token_letters = token_letters
        self.served = 0
        self.taken: list[Body] = []  # what was asked and not refused
        self.said: list[list[Block]] = []  # what it answered to each of these
        self.refused: list[tuple[Body, str]] = []

    def forget(self) -> None:
        """Forget what was asked so far."""
        for each in (self.taken, self.said, self.refused, self.requests):
            each.clear()

    # What is refused

    def refusal(self, body: Body) -> ErrorReply | None:
        """Why it does not take this, if it does not."""
        for message, block, path, content in blocks_of(body):
            words: tuple[int, str] | None = None
            kind = content.get("type")
            if kind == "thinking" and content.get("signature") != self.signed(str(content.get("thinking"))):
                words = (400, self.signature)
            elif kind == "redacted_thinking" and content.get("data") != self.signed(REDACTED_THOUGHT):
                words = (400, REDACTED)
            elif kind == "web_search_result" and content.get("encrypted_content") != self.signed(SEARCHED):
                words = (400, ENCRYPTED)
            elif kind == "image":
                words = self.images
            if words is not None:
                status, text = words
                return ErrorReply(
                    status,
                    text.replace("{message}", str(message)).replace("{block}", path or str(block)),
                    "invalid_request_error",
                )
        tokens = sum(len(str(content)) for *_, content in blocks_of(body)) // self.token_letters
        if self.window and tokens > self.window:
            text = TOO_LONG.replace("{tokens}", str(tokens)).replace("{window}", str(self.window))
            return ErrorReply(400, text, "invalid_request_error")
        return None

    def signed(self, text: str) -> str:
        """What only this provider can make of it."""
        return hmac.new(self.name.encode(), text.encode(), hashlib.sha256).hexdigest() * 4

    # What the model says

    def _answer(self, body: Body) -> list[Block] | ErrorReply:
        refusal = self.refusal(body)
        if refusal is not None:
            self.refused.append((body, refusal.message))
            return refusal
        said = self.content(self.word(body), body)
        self.served += bool(body.get("tools"))  # not a title, of which no line exists
        self.taken.append(body)
        self.said.append(said)
        return said

    def word(self, body: Body) -> str:
        """What the model is to do now: the next word of the prompt that it was given last."""
        if is_compaction(body):
            return "summary"
        answers = 0
        for message in reversed(body["messages"]):
            if message["role"] == "assistant":
                answers += 1
            elif message["role"] == "user" and (words := _words(message)) is not None:
                return words[answers] if answers < len(words) else "done"
        return "done"

    def content(self, word: str, body: Body) -> list[Block]:
        """What it says for a word."""
        blocks: list[Block] = []
        for part in word.split(TOGETHER):
            name, _, rest = part.partition(":")
            blocks += self._thought(name, rest) or _called(name, rest, body) or [say(self._said(part))]
        return blocks

    def _said(self, part: str) -> str:
        told = {"summary": "<summary>They did what PLAY said.</summary>", "done": f"done at {self.name}."}
        return told.get(part, part)

    def _thought(self, name: str, rest: str) -> list[Block]:
        match name:
            case "think":
                thought = f"I think about {rest or uuid4().hex[:8]} at {self.name}"
                return [{"type": "thinking", "thinking": thought, "signature": self.signed(thought)}]
            case "hidden":  # thinking that is not shown, as the current models have it
                return [{"type": "thinking", "thinking": "", "signature": self.signed("")}]
            case "redacted":
                return [{"type": "redacted_thinking", "data": self.signed(REDACTED_THOUGHT)}]
            case "search":
                return self._searched()
        return []

    def _searched(self) -> list[Block]:
        number = f"srvtoolu_{uuid4().hex[:24]}"
        found = {
            "type": "web_search_result",
            "title": "A page",
            "url": "https://example.org/",
            "page_age": None,
            "encrypted_content": self.signed(SEARCHED),
        }
        return [
            {"type": "server_tool_use", "id": number, "name": "web_search", "input": {"query": "a page"}},
            {"type": "web_search_tool_result", "tool_use_id": number, "content": [found]},
        ]


def _called(name: str, rest: str, body: Body) -> list[Block]:
    match name:
        case "bash":
            return [call("Bash", command=f"echo {rest or uuid4().hex[:6]}", description="x")]
        case "long":
            return [call("Bash", command=f"yes abcdefgh | head -c {rest}", description="x")]
        case "write":
            return [call("Write", file_path=rest, content="x")]
        case "read":
            return [call("Read", file_path=rest)]
        case "agent":
            offered = {tool.get("name") for tool in body.get("tools") or ()}
            asked = f"{PLAY} {rest.replace(',', ' ').replace('*', TOGETHER)}"
            tool = "Agent" if "Agent" in offered else "Task"
            return [call(tool, subagent_type="general-purpose", description="x", prompt=asked)]
    return []


REDACTED_THOUGHT = "what nobody may read"
SEARCHED = "what was found"


def prompt(*words: str) -> str:
    """A prompt that makes the model do this, and then say that it is done."""
    return f"{PLAY} {' '.join(words)}".rstrip()


def blocks_of(body: Body) -> Iterator[tuple[int, int, str, Body]]:
    """Each block of the messages, those inside results too: the message, the block, its whole way, and the block."""
    for message, said in enumerate(body.get("messages") or ()):
        content = said["content"]
        for block, each in enumerate([say(content)] if isinstance(content, str) else content):
            yield message, block, str(block), each
            inside = each.get("content")
            if isinstance(inside, list):
                for nested, one in enumerate(inside):
                    if isinstance(one, dict):
                        kind = "tool_result.content" if each.get("type") == "tool_result" else "content"
                        yield message, block, f"{block}.{kind}.{nested}", one


def kinds(body: Body) -> list[str]:
    """The kinds of blocks in a request, in order; of those inside a result with what they are inside of."""
    return [f"{'  ' if path.count('.') else ''}{block.get('type')}" for _, _, path, block in blocks_of(body)]


def is_compaction(body: Body) -> bool:
    """Whether the client wants the conversation made shorter."""
    newest: Any = next((one for one in reversed(body["messages"]) if one["role"] == "user"), {"content": ""})
    text = newest["content"] if isinstance(newest["content"], str) else "\n".join(_texts(newest["content"]))
    return "detailed summary" in text and "conversation" in text


def _words(message: Body) -> list[str] | None:
    content = message["content"]
    lines = [line for text in ([content] if isinstance(content, str) else _texts(content)) for line in text.split("\n")]
    played = [line.strip() for line in lines if line.strip().startswith(f"{PLAY} ")]
    return played[-1].split()[1:] if played else None


def _texts(blocks: Iterable[Body]) -> list[str]:
    return [str(block.get("text", "")) for block in blocks]
