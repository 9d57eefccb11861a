"""The endpoint that probes are tried at: flawless, it answers as the other fake does; a flaw changes something."""

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from cc_launcher.core.probe import prompts
from tests.fakes import fake_model
from tests.fakes.fake_flawed import MODELS, SECRET, FakeFlawed
from tests.fakes.fake_provider import FakeProvider, call, say

Body = dict[str, Any]
KEY = {"authorization": f"Bearer {SECRET}"}


def asked(words: str, *tools: Body, **more: Any) -> Body:
    return {"model": MODELS[0], "max_tokens": 300, "messages": [prompts.user(words)]} | (
        {"tools": [*tools], **more} if tools else more
    )


def post(server: FakeProvider, body: Body, headers: dict[str, str] | None = None) -> httpx2.Response:
    sent = KEY if headers is None else headers
    return httpx2.post(f"{server.url}/v1/messages", json=body, headers=sent, trust_env=False, timeout=30)


def events(text: str) -> Iterator[Body]:
    for frame in text.strip().split("\n\n"):
        name, _, data = frame.partition("\n")
        event = json.loads(data.removeprefix("data: "))
        assert name == f"event: {event['type']}"
        yield event


def joined(text: str) -> list[Body]:
    """The events of a stream with the pieces of a block put together, and without what differs each time."""
    found: list[Body] = []
    for event in events(text):
        event.get("message", {}).pop("id", None)
        event.get("message", {}).pop("usage", None)
        event.pop("usage", None)
        event.get("content_block", {}).pop("id", None)
        delta = event.get("delta", {})
        [key] = {"text", "partial_json"} & delta.keys() or {""}
        if key and found[-1].get("delta", {}).get("type") == delta["type"]:
            found[-1]["delta"][key] += delta[key]
        else:
            found.append(event)
    return found


def test_its_streams_are_those_of_the_other_fake_but_for_smaller_pieces() -> None:
    body = asked(prompts.calls(prompts.SEVERAL_CALLS), prompts.WEATHER, prompts.LOOK_UP, stream=True)
    with (
        FakeFlawed() as flawed,
        FakeProvider(lambda _: [call(name, **given) for name, given in prompts.SEVERAL_CALLS]) as plain,
    ):
        ours, theirs = post(flawed, body), post(plain, body)

    assert joined(ours.text) == joined(theirs.text)
    assert len([*events(ours.text)]) > len([*events(theirs.text)])
    assert ours.headers["content-type"].startswith("text/event-stream")


def test_its_answers_are_those_of_the_other_fake() -> None:
    body = asked(prompts.REPLY.format(prompts.PONG))
    with FakeFlawed() as flawed, FakeProvider(lambda _: [say(prompts.PONG)]) as plain:
        ours, theirs = post(flawed, body).json(), post(plain, body).json()

    assert {**ours, "id": "", "usage": {*ours["usage"]}} == {**theirs, "id": "", "usage": {*theirs["usage"]}}


def said(body: Body) -> Any:
    with FakeFlawed() as server:
        content = post(server, body).json()["content"]
    return [block.get("text") or (block["name"], block["input"]) for block in content if block["type"] != "thinking"]


CODE_TEXT = prompts.filler(400) + prompts.CODE_LINE.format(prompts.CODE) + prompts.filler(400)
PICTURE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": prompts.PICTURE}}
EVERY = (prompts.WEATHER, prompts.NOTE, prompts.LOOK_UP, prompts.EDIT, prompts.PLAN)
ANSWERS: dict[str, tuple[Body, Any]] = {
    "a word": (asked(prompts.REPLY.format(prompts.PONG)), [prompts.PONG]),
    "a sum": (asked(prompts.SUM), ["395"]),
    "no tool": (asked(prompts.NO_TOOL, prompts.WEATHER), ["Paris"]),
    "a count": (asked(prompts.COUNT.format(3)), ["1\n2\n3"]),
    "several calls": (asked(prompts.calls(prompts.SEVERAL_CALLS), *EVERY), prompts.SEVERAL_CALLS),
    "a nested call": (asked(prompts.calls([prompts.NESTED_CALL]), *EVERY), [prompts.NESTED_CALL]),
    "an edit": (asked(prompts.calls([prompts.EDIT_CALL]), *EVERY), [prompts.EDIT_CALL]),
    "a tool that must be called": (
        asked(prompts.NO_TOOL, prompts.WEATHER, tool_choice={"type": "tool", "name": "weather"}),
        [("weather", {"city": "x"})],
    ),
    "a tool that must not": (
        asked(prompts.calls([prompts.ONE_CALL]), prompts.WEATHER, tool_choice={"type": "none"}),
        ["ok"],
    ),
    "a code word of the system prompt": (
        asked(prompts.FIND, system=[{"type": "text", "text": CODE_TEXT}]),
        [prompts.CODE],
    ),
    "a code word of the prompt": (asked(f"{CODE_TEXT}\n{prompts.FIND}"), [prompts.CODE]),
    "a picture": (
        {**asked(""), "messages": [{"role": "user", "content": [PICTURE, {"type": "text", "text": prompts.COLOUR}]}]},
        ["red"],
    ),
    "no picture": (asked(prompts.COLOUR), ["I see no picture."]),
    "anything else": (asked("Fix the login button."), ["ok"]),
}


@pytest.mark.parametrize("what", ANSWERS)
def test_the_model_follows_the_words_of_a_probe(what: str) -> None:
    body, wanted = ANSWERS[what]
    got = said(body)
    assert got == [tuple(one) if isinstance(one, tuple) else one for one in wanted]


def test_it_is_cut_where_the_tokens_end() -> None:
    with FakeFlawed() as server:
        whole = post(server, asked(prompts.COUNT.format(300), max_tokens=40)).json()

    assert whole["stop_reason"] == "max_tokens"
    assert len(whole["content"][0]["text"]) == 160


def test_a_result_is_answered_and_its_call_must_be_there() -> None:
    called = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Lisbon"}}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": prompts.RESULT}
    words = {"type": "text", "text": prompts.FORWARD}
    body = asked("", prompts.WEATHER) | {
        "messages": [
            prompts.user(prompts.calls([prompts.ONE_CALL])),
            {"role": "assistant", "content": [called]},
            {"role": "user", "content": [result, words]},
        ]
    }
    assert said(body) == [prompts.RESULT]
    with FakeFlawed() as server:
        del body["messages"][1]
        assert post(server, body).status_code == 400


@pytest.mark.parametrize("display", ["summarized", "omitted"])
def test_what_it_thinks_is_signed_and_taken_back_with_that_signature_alone(display: str) -> None:
    thinking = {"type": "adaptive", "display": display}
    with FakeFlawed() as server:
        body = asked(prompts.SUM, thinking=thinking)
        first = post(server, body).json()["content"]
        stream = [*events(post(server, body | {"stream": True}).text)]
        body["messages"] += [{"role": "assistant", "content": first}, prompts.user("go on")]
        taken = post(server, body)
        first[0]["signature"] += "x"
        refused = post(server, body)

    assert [block["type"] for block in first] == ["thinking", "text"]
    assert first[0]["thinking"] == ("" if display == "omitted" else fake_model.THOUGHT)
    deltas = {event["delta"]["type"] for event in stream if event["type"] == "content_block_delta"}
    assert deltas == {"signature_delta", "text_delta"} | (set() if display == "omitted" else {"thinking_delta"})
    assert (taken.status_code, refused.status_code) == (200, 400)
    assert "signature" in refused.json()["error"]["message"]


LONG = prompts.filler(3_000)
REFUSED: dict[str, tuple[Body, dict[str, str], int, str, str]] = {
    "no key": (asked("hi"), {}, 401, "authentication_error", ""),
    "a wrong key": (asked("hi"), {"authorization": "Bearer sk-wrong"}, 401, "authentication_error", ""),
    "a key in the other header": (asked("hi"), {"x-api-key": SECRET}, 401, "authentication_error", ""),
    "an unknown model": (asked("hi") | {"model": "claude-nobody"}, KEY, 404, "not_found_error", "claude-nobody"),
    "too much of an output": (
        asked("hi", max_tokens=64_001), KEY, 400, "invalid_request_error", "64001 > 64000, which is the maximum",
    ),
    "too long": (asked(LONG), KEY, 400, "invalid_request_error", "> 2000 maximum"),
    "a field without its beta": (
        asked("hi", context_management={"edits": []}), KEY, 400, "invalid_request_error", "context_management",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_it_refuses_what_a_strict_endpoint_refuses(what: str) -> None:
    body, headers, status, kind, words = REFUSED[what]
    with FakeFlawed(window=2_000) as server:
        answer = post(server, body, headers)
    assert (answer.status_code, answer.json()["error"]["type"]) == (status, kind)
    assert words in answer.json()["error"]["message"]


def test_what_else_it_has() -> None:
    with FakeFlawed() as server, httpx2.Client(base_url=server.url, headers=KEY, trust_env=False) as client:
        assert client.head("/").status_code == 200
        listed = client.get("/v1/models?limit=1000").json()
        assert [model["id"] for model in listed["data"]] == [*MODELS]
        assert client.get(f"/v1/models/{MODELS[0]}").json()["id"] == MODELS[0]
        assert client.get("/v1/models/other").status_code == 404
        counted = client.post("/v1/messages/count_tokens", json={"model": MODELS[0], "messages": [prompts.user(LONG)]})
        assert 2_000 < counted.json()["input_tokens"] < 4_000
        assert client.post("/v1/other", json={}).status_code == 404


def test_a_flaw_that_is_not_in_the_table_is_an_error() -> None:
    with pytest.raises(AssertionError, match="no-such-flaw"):
        FakeFlawed("no-such-flaw")
