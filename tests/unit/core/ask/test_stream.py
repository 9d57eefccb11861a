"""What is heard of a task while it runs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cc_launcher.core.ask.stream import Denied, Stream
from cc_launcher.core.usage.figures import Figures

INIT = {"type": "system", "subtype": "init", "session_id": "s-1", "model": "v/main[1m]"}


def heard(*lines: dict[str, Any]) -> Stream:
    stream = Stream()
    for line in lines:
        stream.hear(json.dumps(line).encode())
    return stream


def begins(number: str = "msg_1", **usage: int) -> dict[str, Any]:
    return {"type": "stream_event", "event": {"type": "message_start", "message": {"id": number, "usage": usage}}}


def ends(**usage: int) -> dict[str, Any]:
    return {"type": "stream_event", "event": {"type": "message_delta", "usage": usage}}


def turn(*content: dict[str, Any], number: str = "msg_1", **usage: int) -> dict[str, Any]:
    return {"type": "assistant", "message": {"id": number, "content": list(content), "usage": usage}}


def calls(tool: str, number: str = "t", **given: object) -> dict[str, Any]:
    return {"type": "tool_use", "id": number, "name": tool, "input": given}


def says(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def result(text: str = "done", **more: object) -> dict[str, Any]:
    return {"type": "result", "subtype": "success", "is_error": False, "result": text, "session_id": "s-1", **more}


def test_the_providers_own_events_have_the_figures() -> None:
    stream = heard(
        INIT,
        begins(input_tokens=10, output_tokens=1),
        turn(says("a"), input_tokens=10, output_tokens=1),
        ends(input_tokens=10, output_tokens=300),
    )
    assert stream.requests == [("v/main", Figures(input=10, output=300))]
    assert (stream.session, stream.model) == ("s-1", "v/main")


def test_a_provider_that_counts_at_the_end_and_one_whose_ids_are_all_alike() -> None:
    stream = heard(INIT, begins(), ends(input_tokens=5, output_tokens=6), begins(), ends(input_tokens=7))
    assert [figures for _, figures in stream.requests] == [Figures(input=5, output=6), Figures(input=7)]


def test_without_events_an_answer_has_its_figures_once() -> None:
    stream = heard(
        INIT,
        turn(says("a"), input_tokens=10, output_tokens=1),
        turn(calls("Read"), input_tokens=10, output_tokens=20),
        turn(says("b"), number="msg_2", input_tokens=30),
    )
    assert [figures for _, figures in stream.requests] == [Figures(input=10, output=20), Figures(input=30)]


def test_what_the_client_adds_up_beside_is_taken_along() -> None:
    used = {
        "v/main[1m]": {"inputTokens": 15, "outputTokens": 9},
        "v/small": {"inputTokens": 3, "cacheReadInputTokens": 4},
    }
    stream = heard(INIT, begins(input_tokens=10), ends(output_tokens=9), result(modelUsage=used))
    assert stream.requests == [
        ("v/main", Figures(input=10, output=9)),
        ("v/main", Figures(input=5)),
        ("v/small", Figures(input=3, read=4)),
    ]


def test_what_it_does_and_what_it_said_so_far() -> None:
    stream = heard(INIT, begins(), turn(says("I look."), calls("Read", file_path="/a/b.py")))
    assert (stream.doing, stream.said, stream.calls) == ("Read /a/b.py", "I look.", 1)
    stream.hear(json.dumps(turn(says("One."), says("Two."), number="msg_2")).encode())
    assert (stream.doing, stream.said) == ("", "One.\nTwo.")
    stream.hear(json.dumps(result("All of it.\n")).encode())
    assert (stream.said, stream.has_ended, stream.error) == ("All of it.", True, "")


def test_denied_tools_are_known_at_once_and_in_the_end() -> None:
    refused = {"type": "system", "subtype": "permission_denied", "tool_name": "Bash", "tool_use_id": "t-9"}
    stream = heard(INIT, turn(calls("Bash", "t-9", command="rm -r x\nls")), refused)
    assert stream.denied == [Denied("Bash", "rm -r x")]
    last = [{"tool_name": "Read", "tool_input": {"file_path": "/etc/passwd"}}, {"tool_name": "Bash"}]
    stream.hear(json.dumps(result(permission_denials=last)).encode())
    assert stream.denied == [Denied("Read", "/etc/passwd"), Denied("Bash")]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (result("API Error: 401 no", is_error=True), "API Error: 401 no"),
        (result("", subtype="error_max_turns"), "error max turns"),
        (result("", is_error=True, subtype=""), "it ended without an answer"),
    ],
)
def test_an_error_is_no_answer(line: dict[str, Any], error: str) -> None:
    stream = heard(INIT, line)
    assert (stream.error, stream.answer) == (error, "")


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"no json",
        b"[]",
        b'{"type": 5}',
        b'{"type": "assistant", "message": "x"}',
        b'{"type": "assistant", "message": {"content": "x", "usage": []}}',
        b'{"type": "stream_event"}',
        b'{"type": "stream_event", "event": {"type": "message_delta"}}',
        b'{"type": "result", "permission_denials": 5, "modelUsage": [1]}',
        b"[" * 100_000,
    ],
)
def test_odd_lines_break_nothing(line: bytes) -> None:
    Stream().hear(line)
