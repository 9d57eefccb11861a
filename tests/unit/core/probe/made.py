"""Answers, made up: a stream of these events, cut here and there."""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

from cc_launcher.core.probe.exchange import Answer, Piece

Body = dict[str, Any]
STREAM = {"content-type": "text/event-stream; charset=utf-8"}
USAGE = {"input_tokens": 7, "output_tokens": 1}
START: Body = {"type": "message_start", "message": {"model": "m", "content": [], "usage": USAGE}}
DELTA: Body = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 5}}
STOP: Body = {"type": "message_stop"}
PING: Body = {"type": "ping"}


def block(index: object, given: Body, *deltas: Body) -> list[Body]:
    return [
        {"type": "content_block_start", "index": index, "content_block": given},
        *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": index},
    ]


def text(index: object, *pieces: str) -> list[Body]:
    deltas = ({"type": "text_delta", "text": piece} for piece in pieces)
    return block(index, {"type": "text", "text": ""}, *deltas)


def tool(index: object, *pieces: str, name: str = "weather") -> list[Body]:
    deltas = ({"type": "input_json_delta", "partial_json": piece} for piece in pieces)
    return block(index, {"type": "tool_use", "id": f"toolu_{index}", "name": name, "input": {}}, *deltas)


def frame(event: Body, end: str = "\n", *, named: bool = True) -> str:
    name = f"event: {event['type']}{end}" if named else ""
    return f"{name}data: {json.dumps(event)}{end}{end}"


def frames(events: Iterable[Body], end: str = "\n") -> bytes:
    return "".join(frame(event, end) for event in events).encode()


def answer(raw: bytes | str, *cuts: int, headers: Body | None = None, **more: Any) -> Answer:
    """An answer of these bytes, cut at these places; each piece comes a second after the one before it."""
    data = raw.encode() if isinstance(raw, str) else raw
    at = [0, *sorted(cuts), len(data)]
    pieces = tuple(Piece(float(number), data[a:b]) for number, (a, b) in enumerate(itertools.pairwise(at)))
    return Answer(**{"status": 200, "headers": STREAM if headers is None else headers, "pieces": pieces, **more})


def streamed(*events: Body, **more: Any) -> Answer:
    return answer(frames(events), **more)


# -- messages, as hypothesis makes them --------------------

LETTERS = st.text(st.sampled_from('ab \n\t\\"{}[]/€🦉é\u0000\u2028'), max_size=12)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | LETTERS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(LETTERS, inner, max_size=3),
    max_leaves=8,
)
BLOCKS = st.one_of(
    st.builds(lambda said: {"type": "text", "text": said}, LETTERS),
    st.builds(
        lambda name, given, id_: {"type": "tool_use", "id": id_, "name": name, "input": given},
        LETTERS,
        st.dictionaries(LETTERS, VALUES, max_size=4),
        LETTERS,
    ),
    st.builds(lambda said, by: {"type": "thinking", "thinking": said, "signature": by}, LETTERS, LETTERS),
    st.builds(lambda data: {"type": "redacted_thinking", "data": data}, LETTERS),
    st.builds(lambda given: {"type": "web_search_tool_result", "tool_use_id": "x", "content": [given]}, VALUES),
)
MESSAGES = st.builds(
    lambda content, stop, counted, out: {
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": content,
        "stop_reason": stop,
        "usage": {"input_tokens": counted, "cache_read_input_tokens": 3, "output_tokens": out},
    },
    st.lists(BLOCKS, max_size=4),
    st.sampled_from(["end_turn", "tool_use", "max_tokens", "pause_turn"]),
    st.integers(0, 10**6),
    st.integers(1, 10**5),
)
_FILLED = {"text": ("text", "text_delta"), "thinking": ("thinking", "thinking_delta")}


def utf16_pieces(whole: str, cuts: Iterable[int]) -> list[str]:
    """The text cut between any two units of UTF-16, in the middle of a letter too: as JavaScript cuts it."""
    units = whole.encode("utf-16-le")
    at = [0, *sorted({2 * cut for cut in cuts if 0 < 2 * cut < len(units)}), len(units)]
    return [units[a:b].decode("utf-16-le", "surrogatepass") for a, b in itertools.pairwise(at)]


@st.composite
def events_of(draw: st.DrawFn, message: Body) -> list[Body]:
    """A message as a stream: its blocks begin empty and are filled in pieces of any size, with pings anywhere."""
    cuts = st.lists(st.integers(0, 60), max_size=6)
    escaped = draw(st.booleans())
    usage = message["usage"]
    events = [{"type": "message_start", "message": {**message, "content": [], "stop_reason": None}}]
    for index, given in enumerate(copy.deepcopy(message["content"])):
        deltas: list[Body] = []
        if given["type"] in _FILLED:
            key, kind = _FILLED[given["type"]]
            deltas = [{"type": kind, key: piece} for piece in utf16_pieces(given[key], draw(cuts))]
            given[key] = ""
        elif given["type"] == "tool_use":
            said = json.dumps(given["input"], ensure_ascii=escaped) if given["input"] or draw(st.booleans()) else ""
            deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in utf16_pieces(said, draw(cuts))]
            given["input"] = {}
        if "signature" in given:
            deltas += [
                {"type": "signature_delta", "signature": piece} for piece in utf16_pieces(given["signature"], [])
            ]
            given["signature"] = ""
        events += block(index, given, *deltas)
    events += [{"type": "message_delta", "delta": {"stop_reason": message["stop_reason"]}, "usage": usage}, STOP]
    for place in draw(st.lists(st.integers(0, len(events)), max_size=3)):
        events.insert(place, PING)
    return events
