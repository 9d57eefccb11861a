"""A line of an answer, however it is written: what is read of it is what reading it whole as JSON comes to."""

from __future__ import annotations

import hashlib
import json
import os
import re
from datetime import datetime
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from cc_launcher.core.usage import transcript, usual_line
from cc_launcher.core.usage.found import Found
from tests.thinning import ALL
from tests.transcripts import CORPUS

EXAMPLES = 5_000 if os.environ.get(ALL) else 200
DIRECTORY = "-home-dev-project"
MOST = 1_000_000_000_000
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]")

# The oracle: the rules of `usage.md`, and nothing but `json.loads`


def expected(line: bytes) -> list[tuple[Any, ...]]:
    try:
        value = json.loads(line.decode())
        message = value["message"]
        usage = message["usage"]
        is_answer = value["type"] == "assistant" and isinstance(usage, dict) and message.get("model") != "<synthetic>"
    except (ValueError, KeyError, TypeError, AttributeError):
        return []
    if not is_answer:
        return []
    split = usage.get("cache_creation") if isinstance(usage.get("cache_creation"), dict) else {}
    tools = usage.get("server_tool_use") if isinstance(usage.get("server_tool_use"), dict) else {}
    of_5m, of_1h = count(split.get("ephemeral_5m_input_tokens")), count(split.get("ephemeral_1h_input_tokens"))
    given_, written, read = (count(usage.get(f"{name}_input_tokens")) for name in ("", "cache_creation", "cache_read"))
    given_ = count(usage.get("input_tokens"))
    figures = (
        given_,
        count(usage.get("output_tokens")),
        *(of_5m, of_1h, max(written - of_5m - of_1h, 0)),
        read,
        count(tools.get("web_search_requests")),
    )
    reference, ours, theirs = value.get("requestRef"), message.get("id"), value.get("requestId")
    if isinstance(reference, str) and reference:
        key = f"ref {reference}"
    elif isinstance(theirs, str) and theirs:
        key = f"id {ours} {theirs}"
    elif ours:
        key = f"figures {ours} {given_} {of_5m + of_1h + figures[4]} {read}"
    else:
        key = f"line {value.get('uuid')} {value.get('timestamp')}"
    here = name(value.get("sessionId"))
    version = value.get("version")
    parts = version.split(".") if isinstance(version, str) and len(version) <= 200 else ["x"]
    number = tuple(map(int, parts)) if all(part.isdecimal() for part in parts) else (9,)
    old = number < (2, 1, 133)
    tells_ends = isinstance(version, str) and bool(version) and number >= (2, 1, 150)
    broke_off = message.get("stop_reason", "") is None or (tells_ends and "stop_details" not in message)
    return [
        (
            int.from_bytes(
                hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big", signed=True
            ),
            time(value.get("timestamp")),
            name(value.get("requestSessionId")) or here,
            name(value.get("session_id")) or here,
            model(value.get("requestedModel")) or model(message.get("model")),
            project(value.get("cwd")),
            value.get("isSidechain") is True,
            figures,
            broke_off and not old,
            old,
        )
    ]


def count(value: object) -> int:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return int(value) if is_number and 0 <= value <= MOST else 0  # type: ignore[operator, call-overload]


def name(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= 200 and not CONTROL.search(value) else ""


def model(value: object) -> str:
    return name(value).removesuffix("[1m]")


def project(cwd: object) -> str:
    if not isinstance(cwd, str) or len(cwd) > 4096 or CONTROL.search(cwd):
        return ""
    path = cwd
    while path and re.sub("[^A-Za-z0-9]", "-", path) != DIRECTORY:
        path = path.rpartition("/")[0]
    return path or cwd


def time(stamp: object) -> int:
    try:
        return max(round(datetime.fromisoformat(stamp).timestamp() * 1000), 0)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return 0


# Lines as clients and other programs write them

TEXT = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Z", "Cc"]), max_size=12)
WORD = st.text("abcdef-0123456789", min_size=1, max_size=36)
COUNT = st.one_of(
    st.integers(0, 100_000), st.sampled_from([None, -1, True, 1.5, "12", 10**11, MOST, 10**13, [1], 10**40])
)
USUAL_COUNT = st.integers(0, MOST)
PLAIN = st.one_of(st.none(), st.booleans(), st.integers(-5, 10**14), st.floats(0, 9), TEXT)
OTHER = st.one_of(PLAIN, st.lists(PLAIN, max_size=2), st.dictionaries(WORD, PLAIN, max_size=2))
STAMP = st.one_of(
    st.datetimes().map(lambda at: at.isoformat(timespec="milliseconds") + "Z"),
    st.sampled_from(["2026-02-30T10:00:00.000Z", "2026-11-29T24:00:00.000Z", "1969-01-01T00:00:00.000Z", "x", 5, None]),
    st.datetimes().map(lambda at: at.isoformat() + "+02:00"),
)
PATHS = st.sampled_from(
    ["/home/dev/project", "/home/dev/project/below", "C:\\Users\\dev", "/häuser/ü", "/a\tb", '/q"q', 7]
)
MODELS = st.sampled_from(["glm-5.3", "z-ai/glm-5.3", "kimi-k3[1m]", "<synthetic>", "", "möd", None, "x" * 300, "[1m]"])
KEYS = ("requestRef", "type", "usage", "model", "cwd", "sessionId", "version", "isSidechain", "timestamp", "new", "x y")


def now_and_then(value: Any, *others: Any) -> st.SearchStrategy[Any]:
    return st.integers(0, 9).flatmap(lambda dice: value if dice else st.sampled_from(others) if others else OTHER)


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    """Mostly as the client writes them; here and there with something that it does not write."""
    number = COUNT if draw(st.integers(0, 4)) == 0 else USUAL_COUNT
    usage: dict[str, Any] = {
        "input_tokens": draw(number),
        "cache_creation_input_tokens": draw(number),
        "cache_read_input_tokens": draw(number),
        "output_tokens": draw(number),
        "output_tokens_details": draw(now_and_then(st.just({"thinking_tokens": 0}))),
        "server_tool_use": {"web_search_requests": draw(number), "web_fetch_requests": 0},
        "service_tier": draw(now_and_then(st.just("standard"))),
        "cache_creation": {"ephemeral_1h_input_tokens": draw(number), "ephemeral_5m_input_tokens": draw(number)},
        "iterations": draw(now_and_then(st.just([]))),
        "speed": "standard",
    }
    inside = draw(st.sampled_from([{"usage": {"input_tokens": 7}}, {"stop_reason": None, "usage": usage}, {}]))
    message: dict[str, Any] = {
        "id": draw(now_and_then(WORD, None, "ü", 5)),
        "type": "message",
        "role": "assistant",
        "model": draw(MODELS),
        "content": draw(
            st.sampled_from(
                [[], [{"type": "text", "text": json.dumps(usage)}], [{"type": "tool_use", "input": inside}]]
            )
        ),
        "stop_reason": draw(now_and_then(st.sampled_from(["end_turn", "tool_use", None]))),
        "stop_sequence": None,
        "usage": usage,
    }
    if draw(st.booleans()):
        message["stop_details"] = None
    line: dict[str, Any] = {
        "parentUuid": draw(now_and_then(WORD, None)),
        "isSidechain": draw(now_and_then(st.booleans(), "true", None)),
        "message": message,
        "apiBlockIndex": 0,
        "requestId": draw(now_and_then(WORD, None)),
        "requestRef": draw(now_and_then(WORD, None, "", "ü", "a\\b", 7)),
        "requestedModel": draw(MODELS),
        "type": draw(now_and_then(st.just("assistant"), "user", None)),
        "uuid": draw(WORD),
        "timestamp": draw(STAMP),
        "effort": draw(now_and_then(st.just("high"))),
        "session_id": draw(WORD),
        "cwd": draw(PATHS),
        "sessionId": draw(now_and_then(WORD, "ü", "a\x1b", None, "x" * 300)),
        "version": draw(st.sampled_from(["2.1.332", "2.0.64", "2.1.x", "", None, "3"])),
        "gitBranch": draw(now_and_then(TEXT)),
        "requestSessionId": draw(now_and_then(WORD, None)),
    }
    for each in (usage, message, line):
        for key in draw(st.lists(st.sampled_from(sorted(set(each) - {"message", "usage", "type"})), max_size=2)):
            if draw(st.booleans()):
                each.pop(key, None)
        if draw(st.integers(0, 4)) == 0:  # a key of another program, or of a client to come
            key, at, value = draw(st.sampled_from(KEYS)), draw(st.integers(0, len(each))), draw(OTHER)
            if key not in each:
                items = list(each.items())
                each.clear()
                each.update([*items[:at], (key, value), *items[at:]])
        if draw(st.integers(0, 9)) == 0:
            items = draw(st.permutations(list(each.items())))
            each.clear()
            each.update(items)
    separators = draw(st.sampled_from([(",", ":"), (",", ":"), (",", ":"), (", ", ": "), (" ,", ":")]))
    return json.dumps(line, separators=separators, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")


def read(line: bytes, *, buffer: bool = False) -> list[tuple[Any, ...]]:
    found = Found(DIRECTORY)
    content = b"{}\n" + line + b"\n"
    assert transcript.read(bytearray(content) if buffer else content, found) == len(content)
    return [(*request[:7], tuple(request.figures), request.cut, request.old) for request in found.requests]


@settings(max_examples=EXAMPLES, deadline=None)
@given(lines(), st.booleans())
def test_it_is_what_reading_it_whole_comes_to(line: bytes, buffer: bool) -> None:  # noqa: FBT001 - drawn
    assert read(line, buffer=buffer) == expected(line)


@settings(max_examples=EXAMPLES, deadline=None)
@given(lines(), st.integers(0, 10**6), st.binary(max_size=2), st.integers(0, 2))
def test_so_it_is_where_a_byte_of_it_is_another(line: bytes, at: int, put: bytes, taken: int) -> None:
    """From what was said up to the figures nothing is read: so what is wrong in there is not seen.

    Before the first brace it would be a line behind one that was torn off, which is read all the same.
    """
    content = line.find(b'"content"')
    end = max(line.rfind(b'"usage":{'), content)
    places = [*range(1, content), *range(end + 9, len(line))] if 0 <= content < end else [*range(1, len(line))]
    at = places[at % len(places)]
    changed = (line[:at] + put + line[at + taken :]).replace(b"\n", b" ")
    assert read(changed) == expected(changed)


def test_most_lines_of_the_client_are_read_the_quick_way() -> None:
    """Or the quick way is not worth having: it is for the lines of clients that name their requests."""
    files = sorted(CORPUS.rglob("*.jsonl"))
    every = [line for file in files for line in file.read_bytes().splitlines() if b'"requestRef":' in line]
    answers = [line for line in every if b'"type":"assistant"' in line and b"<synthetic>" not in line]
    quick = [
        line
        for line in answers
        if usual_line.HEAD.match(line)
        and (tail := usual_line.TAIL.search(line, line.rfind(usual_line.BEGINNING)))
        and usual_line.ENDING.fullmatch(line, tail.end())
    ]
    assert len(answers) > 50
    assert len(quick) > 0.95 * len(answers)


@settings(max_examples=100, deadline=None)
@given(st.text('{}[]",:\\ 0n', max_size=400))
@example('"a":' * 2000)
def test_no_text_takes_long(odd: str) -> None:
    """A pattern that tries everything would never come to an end here."""
    start = usual_line.BEGINNING + b'"x","stop_sequence":null,"usage":{'
    for text in (odd, odd * 50, '"a":"' + odd * 20, '"a":1,' * 2_000 + odd):
        line = start + text.encode() + b"}},"
        assert not usual_line.TAIL.fullmatch(line)
        assert not usual_line.ENDING.fullmatch(text.encode() + b"}},")
        usual_line.HEAD.match(b'{"parentUuid":null,"isSidechain":true,' + text.encode())
