"""Streams as the client reads them. What it does with the odd ones was measured on 2.1.329."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc_launcher.core.probe import stream
from cc_launcher.core.probe.exchange import Piece
from tests.unit.core.probe.made import (
    DELTA,
    MESSAGES,
    PING,
    START,
    STOP,
    Body,
    answer,
    block,
    events_of,
    frame,
    frames,
    streamed,
    text,
    tool,
)

WHOLE = [START, PING, *text(0, "größe 🦉", " b"), *tool(1, '{"a":', " 1}"), DELTA, STOP]
SIGNED = ({"type": "thinking_delta", "thinking": "hm"}, {"type": "signature_delta", "signature": "s"})
SEARCH = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}}
VALID: dict[str, list[Body]] = {
    "text": [START, *text(0, "a", "b"), DELTA, STOP],
    "a text without a letter": [START, *text(0), DELTA, STOP],
    "no content": [START, DELTA, STOP],
    "several tools": [START, *text(0, "a"), *tool(1, "{}"), *tool(2, '{"a": 1}'), DELTA, STOP],
    "blocks that are open at once": [START, *tool(0)[:1], *tool(1)[:1], *tool(0)[1:], *tool(1)[1:], DELTA, STOP],
    "thinking": [START, *block(0, {"type": "thinking", "thinking": "", "signature": ""}, *SIGNED), DELTA, STOP],
    "redacted thinking": [START, *block(0, {"type": "redacted_thinking", "data": "x"}), DELTA, STOP],
    "a server's tool": [
        START,
        *block(0, SEARCH, {"type": "input_json_delta", "partial_json": "{}"}),
        *block(1, {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}),
        *text(2, "a"),
        DELTA,
        STOP,
    ],
    "deltas of a kind that nobody knows": [START, *block(0, {"type": "x"}, {"type": "x_delta", "x": 1}), DELTA, STOP],
    "numbers that begin elsewhere": [START, *text(3, "a"), *text(9, "b"), DELTA, STOP],
    "a reason in two parts": [START, *text(0, "a"), DELTA, {**DELTA, "delta": {}}, STOP],
    "pings everywhere": [one for event in (START, *text(0, "a"), DELTA, STOP) for one in (PING, event, PING)],
    "an end without a reason": [START, *text(0, "a"), STOP],
    "a reason without an end": [START, *text(0, "a"), DELTA],
    "two starts": [START, START, *text(0, "a"), DELTA, STOP],
    "a number twice, one after the other": [START, *text(0, "a"), *text(0, "b"), DELTA, STOP],
    "a kind of event that is new": [START, {"type": "keepalive"}, *text(0, "a"), DELTA, STOP],
}
ERROR: Body = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
TEXT = text(0, "a")
BROKEN: dict[str, tuple[list[Body], list[str]]] = {
    "nothing": ([], ["no message begins (message_start)"]),
    "no start": ([*TEXT, DELTA, STOP], ["no message begins (message_start)"]),
    "a late start": ([TEXT[0], START, *TEXT[1:], DELTA, STOP], ["content_block_start comes before message_start"]),
    "no end": ([START, *TEXT], ["the stream breaks off: it has neither message_delta nor message_stop"]),
    "an error": ([START, TEXT[0], ERROR], ["the stream ends in an error: Overloaded"]),
    "a block that stays open": ([START, *TEXT[:-1], DELTA, STOP], ["a block is not closed (content_block_stop)"]),
    "a block that was not opened": (
        [START, *TEXT[1:], DELTA, STOP], ["a block is filled or closed that is not open"],
    ),
    "a block that was closed": (
        [START, *TEXT, TEXT[1], DELTA, STOP], ["a block is filled or closed that is not open"],
    ),
    "a number twice": ([START, TEXT[0], *TEXT, DELTA, STOP], ["two blocks have the same number (0)"]),
    "no number": ([START, *text(None, "a"), DELTA, STOP], ["a block has no number (index)"]),
    "a text for a number": ([START, *text("0", "a"), DELTA, STOP], ["a block has no number (index)"]),
}  # fmt: skip
ENDS = pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])


def faults(raw: str | bytes, **more: object) -> tuple[str, ...]:
    return stream.read(answer(raw, **more)).faults  # type: ignore[arg-type]


@pytest.mark.parametrize("name", VALID)
@ENDS
def test_a_valid_stream_has_no_fault(name: str, end: str) -> None:
    read = stream.read(answer(frames(VALID[name], end)))
    assert read.faults == ()
    assert [event.name for event in read.events] == [
        event["type"] for event in VALID[name] if event["type"] != "keepalive"
    ]


@pytest.mark.parametrize("name", BROKEN)
def test_each_rule_has_a_stream_that_breaks_it_alone(name: str) -> None:
    events, said = BROKEN[name]
    assert list(stream.read(streamed(*events)).faults) == said


@pytest.mark.parametrize("rule", ["no number", "a number twice"])
def test_a_fault_is_said_once(rule: str) -> None:
    events, said = BROKEN[rule]
    assert list(stream.read(streamed(*events[:-2], *events[1:-2], DELTA, STOP)).faults).count(said[0]) == 1


@given(st.data())
def test_the_streams_of_all_messages_have_no_fault(data: st.DataObject) -> None:
    assert stream.read(streamed(*data.draw(events_of(data.draw(MESSAGES))))).faults == ()


# -- framing --------------------


@ENDS
def test_wherever_it_is_cut_the_events_are_the_same(end: str) -> None:
    raw = b": hello\n" + frames(WHOLE, end)
    whole = [(event.name, event.data) for event in stream.read(answer(raw)).events]
    assert len(whole) == len(WHOLE)
    for cut in range(len(raw) + 1):
        read = stream.read(answer(raw, cut))
        assert [(event.name, event.data) for event in read.events] == whole, cut
        assert not read.faults


@given(st.lists(st.integers(0, 400), max_size=12), st.sampled_from(["\n", "\r\n", "\r"]))
def test_cut_in_many_places_some_of_them_twice(cuts: list[int], end: str) -> None:
    raw = frames(WHOLE, end)
    whole, parts = stream.read(answer(raw)), stream.read(answer(raw, *(min(cut, len(raw)) for cut in cuts)))
    assert [dataclasses.replace(event, at=0) for event in parts.events] == [*whole.events]


@ENDS
def test_byte_by_byte(end: str) -> None:
    raw = frames(WHOLE, end)
    assert len(stream.read(answer(raw, *range(1, len(raw)))).events) == len(WHOLE)


def test_an_event_was_there_when_its_end_came() -> None:
    first, second = frame(START), frame(STOP)
    read = stream.read(answer(first + second, 5, len(first), len(first) + 5))
    assert [event.at for event in read.events] == [1.0, 3.0]


def test_a_line_that_comes_in_many_pieces_is_read_in_one_go() -> None:
    # With a text that grows piece by piece, this would be forty thousand millions of bytes to copy.
    pieces = tuple(Piece(0.0, b"x") for _ in range(300_000))
    assert stream.read(dataclasses.replace(answer(""), pieces=pieces)).events == ()


SAME = frame(START) + frame(DELTA) + frame(STOP)
ODD_AND_RIGHT = {
    "comments": f": hello\n\n:\n{SAME}: bye\n\n",
    "no blanks behind the colon": SAME.replace(": {", ":{").replace("event: ", "event:"),
    "data before the name": "".join(
        "\n".join([*reversed(one.split("\n"))]) + "\n\n" for one in SAME.strip().split("\n\n")
    ),
    "several lines of data": SAME.replace('data: {"type"', 'data: {\ndata:"type"'),
    "fields that nobody knows": SAME.replace("event:", "id: 4\nretry: 10\nnonsense\nevent:"),
    "a mark of UTF-8": f"\ufeff{SAME}",
    "empty lines": f"\n\n{SAME}".replace("\n\n", "\n\n\n\n"),
    "[DONE]": f"{SAME}data: [DONE]\n\n",
    "events without a name beside the others": f'{SAME}data: {{"x": 1}}\n\n',
    "no last empty line, with a reason why it ends": SAME[:-1],
    "a ping without data": f"event: ping\n\n{SAME}",
    "a ping whose data is no JSON": f"event: ping\ndata: now\n\n{SAME}",
    "a ping whose data says something else": f"event: ping\ndata: {{}}\n\n{SAME}",
    "a name without data that nobody knows": f"event: heartbeat\n\n{SAME}",
}


@pytest.mark.parametrize("how", ODD_AND_RIGHT)
def test_odd_and_right(how: str) -> None:
    assert faults(ODD_AND_RIGHT[how]) == ()


@pytest.mark.parametrize("kind", ["", "text/plain", "application/json", "TEXT/Event-Stream"])
def test_the_client_does_not_look_at_the_content_type(kind: str) -> None:
    assert faults(SAME, headers={"content-type": kind}) == ()


def test_what_is_odd_and_does_no_harm_is_told_and_is_no_fault() -> None:
    assert stream.read(answer(SAME)).odd == ()
    read = stream.read(answer(f"event: x\ndata: 1\n\n{frame(START)}{frame(DELTA)}", headers={}))
    assert read.odd == (
        "the answer is of no type, not a stream of events",
        "an event is called x, which the client drops",
        "message_stop does not come, and the client does without",
    )
    assert read.faults == ()
    broken = stream.read(answer(frame(START), headers={}))
    assert broken.odd == ()
    assert len(broken.faults) == 2


NO_START = "no message begins (message_start)"
ODD_AND_WRONG = {
    "no name": (frame(START, named=False), ["events have no name (`event:` lines): the client drops them", NO_START]),
    "another name": (
        frame({**START, "type": "chunk"}),
        ["an event is called chunk, which the client drops", NO_START],
    ),
    "a name within": (
        SAME.replace("event: message_delta", "event: message_stop"),
        ["an event is called message_stop, and its data says message_delta"],
    ),
    "no JSON": (f"event: message_start\ndata: {{\n\n{SAME}", ["an event's data is no JSON object"]),
    "a list": (f"event: message_start\ndata: []\n\n{SAME}", ["an event's data is no JSON object"]),
    "no data": (f"event: content_block_stop\n\n{SAME}", ["an event's data is no JSON object"]),
    "NaN": (SAME.replace('"output_tokens": 5', '"output_tokens": NaN'), ["an event's data is no JSON object"]),
    "no last empty line": (
        (frame(START) + frame(STOP))[:-1],
        ["the stream breaks off: it has neither message_delta nor message_stop"],
    ),
    "a mark of UTF-8 inside": (
        (frame(START) + frame(STOP)).replace("event: message_stop", "\ufeffevent: message_stop"),
        [
            "events have no name (`event:` lines): the client drops them",
            "the stream breaks off: it has neither message_delta nor message_stop",
        ],
    ),
}


@pytest.mark.parametrize("how", ODD_AND_WRONG)
def test_odd_and_wrong(how: str) -> None:
    raw, said = ODD_AND_WRONG[how]
    assert list(faults(raw)) == said


def test_what_is_no_stream_is_called_by_its_type() -> None:
    whole = '{"type": "message", "content": []}'
    assert faults(whole, headers={"content-type": "application/json; x=y"})[0] == (
        "the answer is application/json, not a stream of events"
    )
    assert faults(whole, headers={})[0] == "the answer is of no type, not a stream of events"


def test_an_error_of_any_shape_is_told() -> None:
    for error, said in (({"message": "a" * 500}, "a" * 200), ({}, ""), ("no", "no"), (None, "None")):
        assert faults(frames([START, {"type": "error", "error": error}])) == (f"the stream ends in an error: {said}",)


@given(st.lists(st.binary(max_size=12) | st.sampled_from([b"data:", b"\n", b"\r", b"event: ping", b"{}"]), max_size=20))
def test_any_bytes_are_read(parts: list[bytes]) -> None:
    read = stream.read(dataclasses.replace(answer(""), pieces=tuple(Piece(0.0, part) for part in parts)))
    assert read.events == stream.read(answer(b"".join(parts))).events
    assert read.faults


def test_events_by_name() -> None:
    read = stream.read(streamed(*WHOLE))
    assert [event.data["index"] for event in read.named("content_block_start")] == [0, 1]
