"""The demo's profile, and what its endpoint answers: canned text, and one harmless call of a tool."""

import json
from collections.abc import Iterator
from typing import Any

NAME = "demo"
PROMPT = "What does hello.txt say?"
FILE = "hello.txt"
CONTENT = "Hello from a file on your own disk.\n"
TIERS = ("opus", "sonnet", "haiku", "fable")
MODELS = {tier: f"demo-{tier}" for tier in ("main", *TIERS)}

Body = dict[str, Any]


def profile(url: str, secret_file: str) -> str:
    """The profile that leads to the endpoint."""
    tiers = "".join(f'{tier} = "{model}"\n' for tier, model in MODELS.items())
    models = "".join(f'[models."{model}"]\ncontext = 200000\n' for model in MODELS.values())
    return (
        'title = "The demo"\n'
        f"base_url = {json.dumps(url)}\n"
        'auth = "bearer"\n'
        f"secret = {json.dumps(f'file:{secret_file}')}\n"
        "compat.private = true\n"
        f"\n[tiers]\n{tiers}\n{models}"
    )


def answer(body: Body, directory: str) -> list[Body]:
    """What is said to a request: read the file first, then tell what it says."""
    results = [block for block in _blocks(body) if block.get("type") == "tool_result"]
    tools = {tool.get("name") for tool in body.get("tools") or () if isinstance(tool, dict)}
    if results:
        return [_text(f"The file says: {_said(results[-1])}")]
    if "Read" in tools and PROMPT in json.dumps(_blocks(body), ensure_ascii=False):
        read = {"type": "tool_use", "id": "toolu_demo", "name": "Read", "input": {"file_path": f"{directory}/{FILE}"}}
        return [_text("I read the file."), read]
    return [_text(f"This is {body.get('model')}, a canned answer.")]


def message(model: object, content: list[Body]) -> Body:
    """A whole message with this content."""
    wants_tool = any(block["type"] == "tool_use" for block in content)
    return {
        "id": "msg_demo",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": content,
        "stop_reason": "tool_use" if wants_tool else "end_turn",
        "stop_sequence": None,
        "usage": {
            "input_tokens": 1,
            "output_tokens": 1,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
        },
    }


def events(whole: Body) -> Iterator[Body]:
    """The message as the events of a stream."""
    yield {"type": "message_start", "message": {**whole, "content": [], "stop_reason": None}}
    for index, block in enumerate(whole["content"]):
        if block["type"] == "tool_use":
            begun: Body = {**block, "input": {}}
            delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
        else:
            begun, delta = {**block, "text": ""}, {"type": "text_delta", "text": block["text"]}
        yield {"type": "content_block_start", "index": index, "content_block": begun}
        yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    ending = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
    yield {"type": "message_delta", "delta": ending, "usage": whole["usage"]}
    yield {"type": "message_stop"}


def masked(headers: dict[str, str], secret: str) -> dict[str, str]:
    """The headers that carry a credential, with the secret made unreadable: whether it is the right one is said."""
    found = {}
    for name, value in headers.items():
        if secret in value:
            found[name] = value.replace(secret, "•••••••• (the profile's secret)")
        elif any(word in name.lower() for word in ("auth", "api-key", "cookie", "token")):
            found[name] = "•••••••• (NOT the profile's secret)"
    return found


def _blocks(body: Body) -> list[Body]:
    found: list[Body] = []
    messages = body.get("messages")
    for turn in messages if isinstance(messages, list) else ():
        content = turn.get("content") if isinstance(turn, dict) else None
        if isinstance(content, str):
            found.append(_text(content))
        elif isinstance(content, list):
            found += [block for block in content if isinstance(block, dict)]
    return found


def _said(result: Body) -> str:
    """The text of a tool's result, without the numbers that the client puts before each line."""
    content = result.get("content")
    if isinstance(content, list):
        content = "".join(str(block.get("text", "")) for block in content if isinstance(block, dict))
    return CONTENT.strip() if CONTENT.strip() in str(content) else str(content)[:200]


def _text(text: str) -> Body:
    return {"type": "text", "text": text}
