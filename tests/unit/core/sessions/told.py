"""Lines of transcripts, as the client writes them, for tests."""

from __future__ import annotations

import json
from typing import Any

OLD = "11111111-1111-4111-8111-111111111111"
NEW = "22222222-2222-4222-8222-222222222222"
PICTURE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0K"}}
PAPER = {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0x"}}
SEARCH = [
    {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "cats"}},
    {
        "type": "web_search_tool_result",
        "tool_use_id": "srvtoolu_1",
        "content": [
            {"type": "web_search_result", "title": "Cats", "url": "https://c.example/", "encrypted_content": "Eq"}
        ],
    },
]


def thinking(text: str = "hm") -> dict[str, Any]:
    return {"type": "thinking", "thinking": text, "signature": "Ep0BCkYICBgC"}


def redacted() -> dict[str, Any]:
    return {"type": "redacted_thinking", "data": "EmwKAhgBEgy3va3pz"}


def text(said: str) -> dict[str, Any]:
    return {"type": "text", "text": said}


def user(uuid: str, parent: str | None, content: Any = "hi", **more: Any) -> dict[str, Any]:
    return _line("user", uuid, parent, message={"role": "user", "content": content}, **more)


def result(uuid: str, parent: str | None, content: Any, **more: Any) -> dict[str, Any]:
    return user(uuid, parent, [{"type": "tool_result", "tool_use_id": "toolu_1", "content": content}], **more)


def assistant(
    uuid: str, parent: str | None, *content: Any, model: str = "m", request: str = "r1", **more: Any
) -> dict[str, Any]:
    usage = {"input_tokens": 10, "output_tokens": 4, "cache_read_input_tokens": 80, "cache_creation_input_tokens": 6}
    message = {"id": f"msg_{request}", "role": "assistant", "model": model, "content": list(content), "usage": usage}
    more = {"requestId": f"req_{request}", "requestRef": request, "requestedModel": model, **more}
    return _line("assistant", uuid, parent, message=message, **more)


def attachment(uuid: str, parent: str | None, **said: Any) -> dict[str, Any]:
    return _line("attachment", uuid, parent, attachment=said)


def boundary(uuid: str, before: str | None, **about: Any) -> dict[str, Any]:
    return _line(
        "system", uuid, None, subtype="compact_boundary", logicalParentUuid=before, compactMetadata=about, content="x"
    )


def written(*lines: dict[str, Any]) -> list[bytes]:
    """As they stand in the file."""
    return [json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" for line in lines]


def _line(kind: str, uuid: str, parent: str | None, **more: Any) -> dict[str, Any]:
    return {
        "parentUuid": parent,
        "isSidechain": False,
        "type": kind,
        "uuid": uuid,
        "timestamp": "2026-11-29T10:00:00.000Z",
        "cwd": "/work",
        "sessionId": OLD,
        "version": "2.1.332",
        **more,
    }
