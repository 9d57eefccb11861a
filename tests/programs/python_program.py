"""A program with the Agent SDK for Python, for tests: it does the turns of a task, and writes down what it sees.

It runs in the Python that the SDK is installed in. The task is JSON, in its one argument, and so is each line that it
prints.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from claude_agent_sdk import (
    AssistantMessage,
    ClaudeAgentOptions,
    ClaudeSDKClient,
    PermissionResultAllow,
    PermissionResultDeny,
    ResultMessage,
    StreamEvent,
    SystemMessage,
    TextBlock,
)


def tell(kind: str, **what: object) -> None:
    print(json.dumps({"kind": kind, **what}), flush=True)


async def interrupt_at(client: ClaudeSDKClient, mark: Path) -> None:
    while not await asyncio.to_thread(mark.exists):  # noqa: ASYNC110 - it is another program's file
        await asyncio.sleep(0.05)
    await client.interrupt()


def told(message: object) -> None:
    match message:
        case SystemMessage(subtype="init"):
            tell("init", model=message.data["model"], version=message.data["claude_code_version"])
        case AssistantMessage():
            for block in message.content:
                if isinstance(block, TextBlock):
                    tell("text", text=block.text)


async def turn_of(client: ClaudeSDKClient, turn: dict[str, str]) -> None:
    await client.query(turn["prompt"])
    stopping = asyncio.create_task(interrupt_at(client, Path(turn["mark"]))) if "mark" in turn else None
    pieces = 0
    async for message in client.receive_response():
        pieces += isinstance(message, StreamEvent)
        told(message)
        if isinstance(message, ResultMessage):
            tell("result", error=message.is_error, text=message.result or "", pieces=pieces, session=message.session_id)
    if stopping is not None:
        await stopping


async def main(task: dict[str, Any]) -> None:
    async def may(tool: str, given: dict[str, Any], _: object) -> PermissionResultAllow | PermissionResultDeny:
        tell("asked", tool=tool, input=given)
        return PermissionResultAllow() if task["allow"] else PermissionResultDeny(message="no, says the program")

    options = ClaudeAgentOptions(
        cli_path=task["claude"],
        cwd=task["cwd"],
        can_use_tool=may,
        setting_sources=["user", "project", "local"],
        include_partial_messages=True,
        resume=task["resume"],
        **task["options"],
    )
    async with ClaudeSDKClient(options) as client:
        for turn in task["turns"]:
            await turn_of(client, turn)


try:
    asyncio.run(main(json.loads(sys.argv[1])))
except Exception as wrong:
    tell("failed", text=f"{type(wrong).__name__}: {wrong}")
    raise
