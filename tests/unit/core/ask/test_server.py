"""The one tool, as the Model Context Protocol has it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cc_launcher.core.ask.server import Call, Cancelled, Server


def server() -> Server:
    return Server({"zai": "Z.ai, glm-5.3", "ollama": "Ollama"}, "One task may take 0.50 USD.", "1")


def answered(message: object) -> list[dict[str, Any]]:
    one = server()
    one.hear(json.dumps(message).encode())
    return [json.loads(line) for line in one.out]


def call(**arguments: object) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": {"name": "ask", "arguments": arguments}}


def test_a_client_is_welcomed_in_the_protocol_that_it_speaks() -> None:
    [said] = answered({"id": 0, "method": "initialize", "params": {"protocolVersion": "2025-11-25"}})
    assert said["result"]["protocolVersion"] == "2025-11-25"
    assert said["result"]["capabilities"] == {"tools": {}}
    [said] = answered({"id": 0, "method": "initialize"})
    assert said["result"]["protocolVersion"] == "2025-06-18"


def test_the_tool_names_the_profiles_and_what_each_is() -> None:
    [said] = answered({"id": 1, "method": "tools/list"})
    [tool] = said["result"]["tools"]
    assert tool["inputSchema"]["properties"]["profile"]["enum"] == ["zai", "ollama"]
    assert tool["inputSchema"]["required"] == ["profile", "task"]
    assert "- zai: Z.ai, glm-5.3\n- ollama: Ollama" in tool["description"]
    assert "One task may take 0.50 USD." in tool["description"]


def test_a_call_is_handed_on() -> None:
    message = call(profile="zai", task="look", write=True)
    message["params"]["_meta"] = {"progressToken": 3, "claudecode/toolUseId": "toolu_1"}
    assert server().hear(json.dumps(message).encode()) == Call(7, "zai", "look", True, 3, "toolu_1")  # noqa: FBT003
    assert server().hear(json.dumps(call(profile="zai", task="x")).encode()) == Call(7, "zai", "x", False)  # noqa: FBT003
    cancelled = {"method": "notifications/cancelled", "params": {"requestId": 7}}
    assert server().hear(json.dumps(cancelled).encode()) == Cancelled(7)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"profile": "anthropic", "task": "x"}, "profile has to be one of: zai, ollama"),
        ({"profile": ["zai"], "task": "x"}, "profile has to be one of: zai, ollama"),
        ({"task": "x"}, "profile has to be one of: zai, ollama"),
        ({"profile": "zai", "task": " "}, "task is empty: say what is to be done"),
        ({"profile": "zai", "task": 5}, "task is empty: say what is to be done"),
        ({"profile": "zai", "task": "x", "write": "yes"}, "write has to be true or false"),
    ],
)
def test_a_call_that_cannot_be_done_is_answered_in_words(arguments: dict[str, object], said: str) -> None:
    [answer] = answered(call(**arguments))
    assert answer["result"] == {"content": [{"type": "text", "text": said}], "isError": True}


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"id": 1, "method": "server/discover"}, -32601),
        ({"id": 1, "method": "tools/call", "params": {"name": "other"}}, -32602),
        ({"id": 1, "method": "tools/call", "params": []}, -32602),
    ],
)
def test_what_there_is_not_is_an_error(message: dict[str, object], code: int) -> None:
    [said] = answered(message)
    assert said["error"]["code"] == code


@pytest.mark.parametrize(
    "message", [{"method": "notifications/initialized"}, {"id": 5, "result": {}}, [], 5, {"id": 1, "method": 5}]
)
def test_what_wants_no_answer_has_none(message: object) -> None:
    assert answered(message) == []


def test_what_is_no_json_is_said() -> None:
    one = server()
    one.hear(b"{")
    one.hear(b"[" * 100_000)
    assert [json.loads(line)["error"]["code"] for line in one.out] == [-32700, -32700]


def test_each_message_is_one_line() -> None:
    one = server()
    one.answer(1, "two\nlines\u2028", is_error=False)
    one.progress("t", 2, "a\nb")
    assert [line.count(b"\n") for line in one.out] == [1, 1]
