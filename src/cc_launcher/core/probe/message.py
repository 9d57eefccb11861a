"""An answer as a message: its blocks, put together as the client does it, its usage, and how it ended."""

from dataclasses import dataclass, field
from typing import Any

from cc_launcher.core.probe import stream
from cc_launcher.core.probe.exchange import Answer
from cc_launcher.core.probe.json_as_client import count, joined, parsed
from cc_launcher.core.probe.stream import Stream

TEXT, TOOL, THINKING, REDACTED = "text", "tool_use", "thinking", "redacted_thinking"
_FILLS = {"text_delta": "text", "thinking_delta": "thinking", "input_json_delta": "partial_json"}


@dataclass
class Block:
    """One block of a message."""

    kind: str
    text: str = ""  # of text and of thinking; of a call, its input as it came
    name: str = ""  # of the tool
    id: str = ""
    input: Any = None  # of a call; None where what came is no JSON
    signature: str = ""
    deltas: int = 0  # in how many pieces it came
    data: dict[str, Any] = field(default_factory=dict)  # as it is handed back


@dataclass
class Message:
    """What the model has said."""

    blocks: list[Block] = field(default_factory=list)
    model: str = ""
    stop: str = ""
    input_tokens: int | None = None
    output_tokens: int | None = None
    faults: tuple[str, ...] = ()  # that keep it from being one
    stream: Stream | None = None

    @property
    def text(self) -> str:
        """What was said, in one."""
        return "".join(block.text for block in self.blocks if block.kind == TEXT).strip()

    @property
    def calls(self) -> list[Block]:
        """The tools that are called."""
        return [block for block in self.blocks if block.kind == TOOL]

    @property
    def thought(self) -> list[Block]:
        """The blocks of thinking."""
        return [block for block in self.blocks if block.kind in {THINKING, REDACTED}]

    @property
    def content(self) -> list[dict[str, Any]]:
        """The blocks as the client hands them back."""
        return [block.data for block in self.blocks]


def whole(answer: Answer) -> Message:
    """The message of an answer that is not streamed."""
    data = parsed(answer.raw)
    if not isinstance(data, dict):
        return Message(faults=("the answer is no JSON object",))
    if not isinstance(data.get("content"), list):
        return Message(faults=("the answer has no content: it is no message of this API",))
    made = Message(model=_text(data.get("model")), stop=_text(data.get("stop_reason")))
    _count(made, data.get("usage"))
    for given in data["content"]:
        if not isinstance(given, dict):
            made.faults += ("a block is no object",)
            continue
        block = _opened(given)
        block.text = block.text or _text(given.get("text") or given.get("thinking"))
        block.input = given.get("input") if block.kind == TOOL else None
        block.data = given
        made.blocks.append(block)
    return made


def streamed(answer: Answer) -> Message:
    """The message of a stream, as far as it can be put together; of a whole answer, where one comes instead."""
    if answer.headers.get("content-type", "").startswith("application/json"):
        return whole(answer)
    read = stream.read(answer)
    made = Message(faults=read.faults, stream=read)
    by_index: dict[Any, Block] = {}
    for event in read.events:
        data = event.data
        if event.name == "message_start":
            message = _object(data.get("message"))
            made.model = _text(message.get("model"))
            _count(made, message.get("usage"))
        elif event.name == "content_block_start":
            block = _opened(_object(data.get("content_block")))
            by_index[_number(data)] = block
            made.blocks.append(block)
        elif event.name == "content_block_delta" and _number(data) in by_index:
            _fill(by_index[_number(data)], _object(data.get("delta")))
        elif event.name == "message_delta":
            made.stop = _text(_object(data.get("delta")).get("stop_reason"))
            _count(made, data.get("usage"))
    for block in made.blocks:
        _finish(block)
    return made


def _opened(given: dict[str, Any]) -> Block:
    kind = _text(given.get("type"))
    block = Block(kind, name=_text(given.get("name")), id=_text(given.get("id")), data=dict(given))
    block.signature = _text(given.get("signature"))
    if kind in {TEXT, THINKING}:
        block.text = _text(given.get(kind))
    return block


def _fill(block: Block, delta: dict[str, Any]) -> None:
    kind = _text(delta.get("type"))
    if kind in _FILLS:
        block.text += _text(delta.get(_FILLS[kind]))
        block.deltas += 1
    elif kind == "signature_delta":
        block.signature += _text(delta.get("signature"))


def _finish(block: Block) -> None:
    """What is handed back of a streamed block. The client takes a call whose input is empty for one without any."""
    block.text = joined(block.text)
    if block.kind == TOOL:
        block.input = parsed(block.text) if block.text.strip() else block.data.get("input") or {}
        block.data["input"] = block.input if isinstance(block.input, dict) else {}
    elif block.kind == TEXT:
        block.data["text"] = block.text
    elif block.kind == THINKING:
        block.data |= {"thinking": block.text, "signature": block.signature}


def _count(made: Message, usage: object) -> None:
    """The counts of the usage. What the end says comes after what the start said, and may leave some out."""
    counts = _object(usage)
    parts = [counts.get(f"{kind}input_tokens") for kind in ("", "cache_creation_", "cache_read_")]
    known = [part for part in map(count, parts) if part is not None]
    if known:
        made.input_tokens = max(sum(known), made.input_tokens or 0)
    out = count(counts.get("output_tokens"))
    if out is not None:
        made.output_tokens = max(out, made.output_tokens or 0)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _number(data: dict[str, Any]) -> int:
    index = data.get("index")
    return index if isinstance(index, int) else -1
