"""Messages: put together from a stream, they are what the same answer says in one piece."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc_launcher.core.probe import message
from cc_launcher.core.probe.message import Message
from tests.fakes import fake_provider
from tests.unit.core.probe.made import (
    DELTA,
    MESSAGES,
    START,
    STOP,
    Body,
    answer,
    block,
    events_of,
    streamed,
    text,
    tool,
    utf16_pieces,
)


def whole(body: Any) -> Message:
    return message.whole(answer(body if isinstance(body, str | bytes) else json.dumps(body)))


def put_together(*events: Body) -> Message:
    return message.streamed(streamed(START, *events, DELTA, STOP))


def about(made: Message) -> Any:
    """All that a check can see of a message, but for how it came."""
    blocks = [(one.kind, one.name, one.id, one.input, one.signature, one.data) for one in made.blocks]
    said = [one.text for one in made.blocks if one.kind in {"text", "thinking"}]
    counts = (made.input_tokens, made.output_tokens)
    return blocks, said, made.text, made.content, made.model, made.stop, counts, made.faults


@given(st.data())
def test_a_stream_says_what_the_same_answer_says_whole(data: st.DataObject) -> None:
    body = data.draw(MESSAGES)
    events = data.draw(events_of(body))
    assert about(message.streamed(streamed(*events))) == about(whole(body))


@pytest.mark.parametrize("letters", [0, 1, 7])
def test_it_agrees_with_the_fake_of_the_other_tests(letters: int) -> None:
    thoughts = {"type": "thinking", "thinking": "a 🦉", "signature": "sig"}
    content = [thoughts, fake_provider.say("größe"), fake_provider.call("weather", city='L"\\n', deep={"a": [1, None]})]
    body = fake_provider.message_of("m", content, 12)
    assert about(message.streamed(streamed(*fake_provider.events_of(body, letters)))) == about(whole(body))


GIVEN = {"a": 'é "🦉"\\n\n', "b": [1, 2.5, {"c": None}]}


@pytest.mark.parametrize("escaped", [True, False])
def test_an_input_may_be_cut_anywhere(escaped: bool) -> None:  # noqa: FBT001 - a case
    said = json.dumps(GIVEN, ensure_ascii=escaped)
    for cut in range(len(said) + 2):
        made = put_together(*tool(0, *utf16_pieces(said, [cut])))
        assert made.calls[0].input == GIVEN, cut
        assert made.calls[0].input["a"].encode()  # no half letters
        assert made.content[0]["input"] == GIVEN


def test_half_letters_of_a_text_are_joined_and_those_that_stay_alone_are_kept() -> None:
    assert put_together(*text(0, "a\ud83e", "\udd89b")).text == "a🦉b"
    assert put_together(*text(0, "a\ud83e", "b")).text == "a\ud83eb"


INPUTS: dict[str, tuple[tuple[str, ...], object, Body]] = {
    "no piece": ((), {}, {}),
    "an empty piece": (("",), {}, {}),
    "blanks": ((" \n",), {}, {}),
    "half of it": (('{"a": ',), None, {}),
    "a list": (("[1]",), [1], {}),
    "a text": (('"{}"',), "{}", {}),
    "two inputs": (('{"a": 1}', '{"b": 2}'), None, {}),
    "NaN": (('{"a": NaN}',), None, {}),
    "too deep to be handed back": (("[" * 5000 + "]" * 5000,), None, {}),
    "deeper than anybody means": (("[" * 300 + "]" * 300,), None, {}),
    "as deep as some mean": (('{"a": ' + "[" * 50 + "]" * 50 + "}",), json.loads('{"a": ' + "[" * 50 + "]" * 50 + "}"),
                             json.loads('{"a": ' + "[" * 50 + "]" * 50 + "}")),
}  # fmt: skip


@pytest.mark.parametrize("how", INPUTS)
def test_what_is_made_of_an_input_and_what_is_handed_back(how: str) -> None:
    pieces, wanted, back = INPUTS[how]
    made = put_together(*tool(0, *pieces))
    assert made.calls[0].input == wanted
    assert made.content[0]["input"] == back
    assert made.calls[0].deltas == len(pieces)


def test_an_input_that_came_with_the_start_is_kept() -> None:
    given_at_once = {"type": "tool_use", "id": "x", "name": "weather", "input": {"city": "Rome"}}
    assert put_together(*block(0, given_at_once)).calls[0].input == {"city": "Rome"}


def test_blocks_that_are_open_at_once_are_not_mixed_up() -> None:
    one, two = tool(0, '{"a"', ":1}"), tool(1, '{"b"', ":2}")
    made = put_together(one[0], two[0], one[1], two[1], one[2], two[2], one[3], two[3])
    assert [call.input for call in made.calls] == [{"a": 1}, {"b": 2}]


def test_what_is_no_block_of_ours_is_handed_back_as_it_came() -> None:
    redacted = {"type": "redacted_thinking", "data": "abc"}
    other = {"type": "web_search_tool_result", "tool_use_id": "x", "content": []}
    made = put_together(*block(0, redacted), *block(1, other))
    assert made.content == [redacted, other]
    assert [one.kind for one in made.thought] == ["redacted_thinking"]
    assert (made.text, made.calls) == ("", [])


COUNTS: dict[str, tuple[Any, Any, tuple[int | None, int | None]]] = {
    "start and end": ({"input_tokens": 7, "output_tokens": 1}, {"output_tokens": 5}, (7, 5)),
    "the end says both": ({"input_tokens": 0, "output_tokens": 0}, {"input_tokens": 9, "output_tokens": 5}, (9, 5)),
    "the end knows less": ({"input_tokens": 7}, {"input_tokens": 0, "output_tokens": 5}, (7, 5)),
    "cached": ({"input_tokens": 1, "cache_read_input_tokens": 20, "cache_creation_input_tokens": 300}, {}, (321, None)),
    "only cached": ({"input_tokens": None, "cache_read_input_tokens": 20}, {}, (20, None)),
    "whole numbers with a point": ({"input_tokens": 7.0}, {"output_tokens": 5.0}, (7, 5)),
    "parts of a token": ({"input_tokens": 7.5}, {"output_tokens": 0.5}, (None, None)),
    "texts": ({"input_tokens": "7"}, {"output_tokens": "5"}, (None, None)),
    "yes and no": ({"input_tokens": True}, {"output_tokens": False}, (None, None)),
    "less than none": ({"input_tokens": -7}, {"output_tokens": -5}, (None, None)),
    "more than can be reckoned with": ({"input_tokens": 10**400}, {"output_tokens": 1e300}, (None, None)),
    "nothing": (None, [], (None, None)),
}


@pytest.mark.parametrize("how", COUNTS)
def test_counts(how: str) -> None:
    first, last, wanted = COUNTS[how]
    start = {"type": "message_start", "message": {"model": "m", "usage": first}}
    made = message.streamed(streamed(start, {**DELTA, "usage": last}, STOP))
    assert (made.input_tokens, made.output_tokens) == wanted


def test_the_last_reason_counts_as_with_the_client() -> None:
    other = {"type": "message_delta", "delta": {"stop_reason": "tool_use"}}
    assert message.streamed(streamed(START, DELTA, other, STOP)).stop == "tool_use"
    assert message.streamed(streamed(START, STOP)).stop == ""


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ("", "the answer is no JSON object"),
        ("<html>", "the answer is no JSON object"),
        ("[]", "the answer is no JSON object"),
        (b"\xff\xfe", "the answer is no JSON object"),
        ("[" * 100_000, "the answer is no JSON object"),
        ('{"content": NaN}', "the answer is no JSON object"),
        ({"choices": []}, "the answer has no content: it is no message of this API"),
        ({"content": "hi"}, "the answer has no content: it is no message of this API"),
        ({"content": ["hi"]}, "a block is no object"),
    ],
)
def test_what_is_no_message(raw: Any, fault: str) -> None:
    made = whole(raw)
    assert made.faults == (fault,)
    assert made.blocks == []


def test_texts_are_one_text_without_blanks_at_its_ends() -> None:
    made = whole({"content": [{"type": "text", "text": " a"}, {"type": "thinking", "thinking": "x"},
                              {"type": "text", "text": "b\n"}]})  # fmt: skip
    assert made.text == "ab"
    assert [one.text for one in made.thought] == ["x"]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from([0, 1, "text"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "index", "message", "content_block", "delta", "usage", "content", "input_tokens"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)
NAMES = st.sampled_from(["message_start", "content_block_start", "content_block_delta", "message_delta", "error"])


@given(st.lists(st.tuples(NAMES, st.dictionaries(st.sampled_from([*START, *DELTA, "index"]), ANYTHING)), max_size=6))
def test_of_any_events_some_message_is_made(events: list[tuple[str, Body]]) -> None:
    made = message.streamed(streamed(*({**body, "type": name} for name, body in events)))
    assert json.dumps(made.content)
    assert len(made.blocks) == len(made.content)


@given(ANYTHING)
def test_of_any_json_some_message_is_made(body: object) -> None:
    made = whole(body)
    assert made.faults or len(made.blocks) == len(made.content)
