"""What LiteLLM does only when it is first asked is done before it serves; it would take the first request 8 seconds.

FastAPI makes each of LiteLLM's routes when somebody asks for one, and many modules are loaded by the first answer.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

_CHUNKS: list[dict[str, Any]] = [
    {"choices": [{"index": 0, "delta": {"role": "assistant", "content": "x"}}]},
    {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
    {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}},
]
_PATIENCE = 60.0


async def up(app: Any) -> None:
    """Ask once without a key, and once ourselves. That this fails is nobody's trouble: the first request is slower."""
    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        await asyncio.wait_for(_knock(app), _PATIENCE)
        await asyncio.wait_for(_ask(f"http://127.0.0.1:{port}/v1"), _PATIENCE)
    except Exception:  # noqa: BLE001 - see above
        return
    finally:
        server.close()


async def _knock(app: Any) -> None:
    """A request that is refused."""
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
    }
    scope |= {"path": "/v1/messages", "raw_path": b"/v1/messages", "query_string": b"", "root_path": "", "state": {}}
    scope |= {"headers": [(b"content-type", b"application/json")], "client": ("127.0.0.1", 1), "server": ("cc", 1)}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(_: Any) -> None:
        return None

    await app(scope, receive, send)


async def _ask(address: str) -> None:
    import litellm  # noqa: PLC0415 - it is there by now

    answer = await litellm.anthropic_messages(
        model="hosted_vllm/warm",
        messages=[{"role": "user", "content": "x"}],
        max_tokens=1,
        stream=True,
        api_base=address,
        api_key="none",
    )
    async for _ in answer:
        pass


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    head = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "warm"}
    events = "".join(f"data: {json.dumps(head | chunk)}\n\n" for chunk in _CHUNKS) + "data: [DONE]\n\n"
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n" + events.encode())
    await writer.drain()
    writer.close()
