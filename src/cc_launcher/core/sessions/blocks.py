"""The lines of a transcript and the blocks in them: which kinds another provider may refuse."""

import json
from collections.abc import Iterator
from typing import Any

Line = dict[str, Any]

THINKING = "thinking"
REDACTED = "redacted thinking"
IMAGES = "images"
DOCUMENTS = "documents"
SEARCHES = "what its server's own tools found"
LENGTH = "more than its window holds"
SHOWN = (IMAGES, DOCUMENTS)  # what only a model with eyes takes
SIGNED = (THINKING, REDACTED, SEARCHES)  # what its maker knows again, and nobody else does

_KINDS = {"thinking": THINKING, "redacted_thinking": REDACTED, "image": IMAGES, "document": DOCUMENTS}
_OF_SERVER = {"server_tool_use", "mcp_tool_use"}


def line(text: bytes | bytearray) -> Line | None:
    """A line that is one; nothing for one that was torn off, or is something else."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def kind_of(block: object) -> str:
    """The kind of a block, where it is one that is refused; else nothing."""
    if not isinstance(block, dict):
        return ""
    name = block.get("type")
    if not isinstance(name, str):
        return ""
    if name in ("image", "document"):
        return _KINDS[name] if isinstance(block.get("source"), dict) else ""
    if name in _OF_SERVER or (name.endswith("_tool_result") and name != "tool_result"):
        return SEARCHES
    return _KINDS.get(name, "")


def kinds_in(line: Line) -> Iterator[str]:
    """The kinds of all blocks of a line that are refused somewhere; images also in results and in attachments."""
    message, attachment = line.get("message"), line.get("attachment")
    content = message.get("content") if isinstance(message, dict) else None
    for block in content if isinstance(content, list) else ():
        kind = kind_of(block)
        if kind:
            yield kind
        else:
            yield from _shown_below(block)
    if isinstance(attachment, dict):
        yield from _shown_below(attachment)


def is_unsigned(line: Line) -> bool:
    """Whether its thinking has no signature, as what a gateway makes of another API: the client sends it to all."""
    message = line.get("message")
    content = message.get("content") if isinstance(message, dict) else None
    return any(
        isinstance(block, dict) and block.get("type") == "thinking" and not block.get("signature")
        for block in (content if isinstance(content, list) else ())
    )


def _shown_below(value: object) -> Iterator[str]:
    left = [value]
    while left:
        value = left.pop()
        kind = kind_of(value)
        if kind in SHOWN or (kind := picture_of(value)):
            yield kind
        elif isinstance(value, dict):
            left += value.values()
        elif isinstance(value, list):
            left += reversed(value)


def picture_of(value: object) -> str:
    """An image or a document as the client keeps it beside the messages."""
    if not isinstance(value, dict) or not isinstance(value.get("file"), dict) or not value["file"].get("base64"):
        return ""
    return {"image": IMAGES, "pdf": DOCUMENTS}.get(str(value.get("type")), "")
