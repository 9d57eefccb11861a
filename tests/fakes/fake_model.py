"""A fake model: it follows the words of a probe's prompts as an obedient model would, and answers "ok" to all else.

It reads the words itself. What it says is a turn, which a fake endpoint puts into the form of its API: the Messages
API, or OpenAI's.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

Body = dict[str, Any]
Call = tuple[str, Body]

LETTERS_A_TOKEN = 4
THOUGHT = "Seventeen times twenty-three is 391, and four more make 395."

_REPLY = re.compile(r"Reply with exactly this, and nothing else: (.+)")
_CALL = re.compile(r"^- (\S+) (\{.*\})$", re.MULTILINE)
_COUNT = re.compile(r"Count from 1 to (\d+)")
_CODE = re.compile(r"The code word is (.+?)\.(?:\s|$)")
_SAMPLES: dict[str, Any] = {"string": "x", "integer": 1, "number": 1.5, "boolean": True, "array": [], "null": None}


@dataclass(frozen=True)
class Turn:
    """What a model says in one turn."""

    text: str = ""
    calls: tuple[Call, ...] = ()
    thoughts: str = ""  # none: it does not think
    cut: bool = False  # by max_tokens
    # What the request had to say of it, for whoever renders it.
    shown: bool = field(default=True, compare=False)  # whether the thoughts are to be read


def tokens(text: str) -> int:
    """About so many tokens."""
    return len(text) // LETTERS_A_TOKEN + 1


def answer(body: Body) -> Turn:
    """The turn that follows on a request of the Messages API."""
    return rendered(_chosen(body, _said(body)), body)


def rendered(said: Turn, body: Body) -> Turn:
    """The turn as far as this request has the tools and leaves room for it, with thoughts only where it wants them."""
    offered = {tool.get("name") for tool in body.get("tools") or ()}
    if said.calls and not any(name in offered for name, _ in said.calls):
        said = Turn("I have no such tool.")
    room = max(1, int(body.get("max_tokens") or 1)) * LETTERS_A_TOKEN
    if len(said.text) > room:
        said = replace(said, text=said.text[:room], cut=True)
    thinking = body.get("thinking") or {}
    if said.thoughts and thinking.get("type") not in {"adaptive", "enabled"}:
        said = replace(said, thoughts="")
    return replace(said, shown=thinking.get("display") != "omitted")


def openai(body: Body) -> Turn:
    """The turn that follows on a request of OpenAI's style."""
    return answer(_as_messages(body))


def _said(body: Body) -> Turn:  # noqa: PLR0911 - a prompt, a return
    """What the last message of the user wants, without regard to tool_choice."""
    last: Body = next((message for message in reversed(body.get("messages", [])) if message["role"] == "user"), {})
    blocks = _blocks(last.get("content"))
    text = "\n".join(block.get("text", "") for block in blocks if block.get("type") == "text")
    results = [_plain(block.get("content")) for block in blocks if block.get("type") == "tool_result"]
    offered = {tool.get("name") for tool in body.get("tools") or ()}
    wanted = tuple((name, json.loads(given)) for name, given in _CALL.findall(text))
    if "Now reply with exactly what the tool said" in text:
        return Turn("\n".join(results) or "I see no result of a tool.")
    if results:
        return Turn("ok")
    if "Call each of these tools" in text and wanted:
        return Turn(calls=tuple(call for call in wanted if call[0] in offered) or wanted)
    if "A code word stands somewhere in the text above" in text:
        found = _CODE.search(_everything(body))
        return Turn(found[1] if found else "There is none.")
    if match := _REPLY.search(text):
        return Turn(match[1].strip())
    if match := _COUNT.search(text):
        return Turn("\n".join(str(number) for number in range(1, int(match[1]) + 1)))
    if "What is 17 * 23 + 4" in text:
        return Turn("395", thoughts=THOUGHT)
    if "What is the capital of France" in text:
        return Turn("Paris")
    if "What colour is this picture" in text:
        return Turn(next((colour(block) for block in blocks if block.get("type") == "image"), "I see no picture."))
    return Turn("ok")


def _chosen(body: Body, said: Turn) -> Turn:
    """The same, as tool_choice wants it."""
    choice = body.get("tool_choice") or {}
    tools = {tool.get("name"): tool for tool in body.get("tools") or ()}
    calls = said.calls
    match choice.get("type"):
        case "none":
            return Turn(said.text or "ok")
        case "tool":
            calls = tuple(call for call in calls if call[0] == choice["name"]) or (
                (choice["name"], sample(tools[choice["name"]].get("input_schema"))),
            )
        case "any" if not calls:
            name, tool = next(iter(tools.items()))
            calls = ((name, sample(tool.get("input_schema"))),)
    if choice.get("disable_parallel_tool_use"):
        calls = calls[:1]
    return Turn(calls=calls) if calls else said


def sample(schema: Any) -> Any:
    """The smallest value that a JSON Schema of a tool allows."""
    schema = schema or {"type": "object"}
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if "enum" in schema:
        return schema["enum"][0]
    if kind == "object":
        return {name: sample(schema["properties"][name]) for name in schema.get("required", ())}
    return _SAMPLES.get(str(kind), "x")


def _blocks(content: Any) -> list[Body]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content or []


def _plain(content: Any) -> str:
    return "\n".join(block.get("text", "") for block in _blocks(content))


def _everything(body: Body) -> str:
    """The system prompt and all the messages, as text."""
    parts = [_plain(body.get("system"))]
    parts += [_plain(message.get("content")) for message in body.get("messages", ())]
    return "\n".join(parts)


def colour(block: Body) -> str:
    """What is seen on a PNG in red, green and blue: the strongest of its first point."""
    try:
        data = base64.b64decode(block["source"]["data"])
        points = zlib.decompress(b"".join(chunk for kind, chunk in _chunks(data) if kind == b"IDAT"))
    except (KeyError, ValueError, zlib.error):
        return "I cannot read this picture."
    strength = dict(zip(("red", "green", "blue"), points[1:4], strict=True))
    return max(strength, key=lambda name: strength[name])


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at + 8 <= len(png):
        size = int.from_bytes(png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        at += size + 12


# A request of OpenAI's style, as one of the Messages API


def _as_messages(body: Body) -> Body:
    messages: list[Body] = []
    for message in body.get("messages", ()):
        role = "user" if message["role"] == "tool" else message["role"]
        content = [_part(part) for part in _blocks(message.get("content"))]
        if message["role"] == "tool":
            content = [{"type": "tool_result", "content": content}]
        if messages and messages[-1]["role"] == role == "user":  # results come as messages of their own there
            messages[-1]["content"] += content
        else:
            messages.append({"role": role, "content": content})
    asked: Body = {"messages": messages, "max_tokens": body.get("max_tokens") or body.get("max_completion_tokens")}
    asked["max_tokens"] = asked["max_tokens"] or 4096
    asked["tools"] = [
        {"name": tool["function"]["name"], "input_schema": tool["function"].get("parameters")}
        for tool in body.get("tools") or ()
    ]
    asked["tool_choice"] = _choice(body.get("tool_choice"))
    if body.get("reasoning_effort") or body.get("reasoning") or body.get("thinking"):
        asked["thinking"] = {"type": "adaptive"}
    return asked


def _choice(choice: Any) -> Body:
    if isinstance(choice, dict):
        return {"type": "tool", "name": choice["function"]["name"]}
    return {"type": {"required": "any"}.get(choice, choice)}


def _part(part: Body) -> Body:
    if part.get("type") == "image_url":
        return {"type": "image", "source": {"data": part["image_url"]["url"].partition("base64,")[2]}}
    return part
