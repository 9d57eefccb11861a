"""The client's request: whole, as knobs change it, and in parts. That it is the client's is shown in tests/client."""

import itertools
import json
import re
from typing import Any

import pytest

from cc_launcher.core.probe.client_request import BETA, Body, ClientRequest, parts, shaped
from cc_launcher.core.profile.knobs import KNOBS
from cc_launcher.files import captured_request

CAPTURED = captured_request.read()
SMALL = ClientRequest(
    {"anthropic-version": "2023-06-01"},
    {"model": "m", "max_tokens": 64, "system": "Be short.", "messages": [{"role": "user", "content": "hi"}]},
)
EVERY = [combination for length in range(3) for combination in itertools.combinations(KNOBS, length)] + [tuple(KNOBS)]


def said(value: Any) -> str:
    return json.dumps(value)


def test_without_knobs_it_is_what_was_captured() -> None:
    asked = shaped(CAPTURED, "example/model", (), 32_000)
    assert asked.headers == CAPTURED["headers"]
    assert said(asked.body) == said(CAPTURED["body"])


def test_model_and_length_are_the_callers() -> None:
    body = shaped(CAPTURED, "other", (), 500).body
    assert (body["model"], body["max_tokens"]) == ("other", 500)


@pytest.mark.parametrize("knobs", EVERY, ids=lambda knobs: ",".join(knobs) or "none")
def test_a_knob_takes_out_what_it_says(knobs: tuple[str, ...]) -> None:
    before = said(CAPTURED)
    headers, body = shaped(CAPTURED, "m", knobs, 32_000)

    assert said(CAPTURED) == before
    text, betas = said(body), headers[BETA]
    roles = [message["role"] for message in body["messages"]]
    gone = {
        "no-betas": "context_management" not in body and "defer_loading" not in text and "management-" not in betas,
        "no-thinking": "thinking" not in body,
        "no-adaptive-thinking": body.get("thinking", {}).get("type") != "adaptive",
        "no-effort": "output_config" not in body and "effort-" not in betas,
        "no-tool-search": "defer_loading" not in text and "advanced-tool-use-" not in betas,
        "no-system-role": roles == ["user"],
        "no-context-management": "context_management" not in body and "context-management-" not in betas,
        "no-caching": "cache_control" not in text,
        "stable-prompt": "billing" not in text,
    }
    assert {knob for knob in gone if knob in knobs and not gone[knob]} == set()
    if not knobs:
        assert not any(gone.values())


@pytest.mark.parametrize("knob", ["slow-start", "no-retry-unstreamed", "private"])
def test_the_other_knobs_change_nothing_of_a_request(knob: str) -> None:
    assert shaped(CAPTURED, "m", [knob], 64) == shaped(CAPTURED, "m", [], 64)


def test_a_private_session_has_one_tool_less_among_all() -> None:
    names = [tool["name"] for tool in shaped(CAPTURED, "m", ["no-tool-search"], 64).body["tools"]]
    private = [tool["name"] for tool in shaped(CAPTURED, "m", ["no-tool-search", "private"], 64).body["tools"]]
    assert set(names) - set(private) == {"DesignSync"}


@pytest.mark.parametrize(("max_tokens", "budget"), [(32_000, 31_999), (8192, 8191), (128_000, 127_999), (1000, 1024)])
def test_the_budget_for_thinking(max_tokens: int, budget: int) -> None:
    thinking = shaped(CAPTURED, "m", ["no-adaptive-thinking"], max_tokens).body["thinking"]
    assert thinking == {"budget_tokens": budget, "type": "enabled", "display": "omitted"}


@pytest.mark.parametrize("name", parts(CAPTURED))
def test_a_part_is_what_its_knob_takes_out(name: str) -> None:
    part = parts(CAPTURED)[name]
    assert part.knob in KNOBS
    before = said(SMALL)

    asked = part.add(SMALL)

    assert said(SMALL) == before
    assert asked != SMALL
    assert asked.body.keys() >= SMALL.body.keys()
    assert asked.body["messages"][0]["role"] == "user"
    # Each field, tool and beta that it brings is one that the client sends, and none that it leaves out with the knob.
    whole = shaped(CAPTURED, "m", (), 32_000)
    without = shaped(CAPTURED, "m", [part.knob], 32_000)
    for key in asked.body.keys() - SMALL.body.keys() - {"tools", "thinking"}:
        assert asked.body[key] == whole.body[key]
        assert key not in without.body
    brought = set(asked.headers.get(BETA, "").split(",")) - {""}
    assert brought <= set(whole.headers[BETA].split(","))
    assert not brought or not brought <= set(without.headers[BETA].split(","))


def test_what_each_part_brings() -> None:
    def with_part(name: str) -> Body:
        return parts(CAPTURED)[name].add(SMALL).body

    assert with_part("thinking")["thinking"]["type"] == "adaptive"
    budget = with_part("thinking-budget")
    assert budget["thinking"]["type"] == "enabled"
    assert budget["max_tokens"] - budget["thinking"]["budget_tokens"] == SMALL.body["max_tokens"]
    assert with_part("effort")["output_config"] == {"effort": "high"}
    assert with_part("context-management")["context_management"]["edits"]
    assert "thinking" in with_part("context-management")
    caching = with_part("caching")
    assert "cache_control" in caching["system"][-1]
    assert "cache_control" in caching["messages"][-1]["content"][-1]
    assert [message["role"] for message in with_part("system-role")["messages"]] == ["user", "system"]
    assert [("defer_loading" in tool, tool["name"]) for tool in with_part("tool-search")["tools"]] == [
        (False, "ToolSearch"),
        (True, "DeferredToolPlaceholder"),
    ]
    found = with_part("tool-reference")
    assert [message["role"] for message in found["messages"]] == ["user", "assistant", "user"]
    referenced = [block["tool_name"] for block in found["messages"][-1]["content"][0]["content"]]
    assert set(referenced) < {tool["name"] for tool in found["tools"] if tool.get("defer_loading")}
    assert "cache_control" not in said(found)


def test_parts_can_be_put_together() -> None:
    asked = SMALL
    for part in parts(CAPTURED).values():
        if part.knob != "no-thinking":
            asked = part.add(asked)
    assert set(CAPTURED["body"]) - {"metadata", "stream"} <= set(asked.body)
    assert len(set(asked.headers[BETA].split(","))) == len(CAPTURED["headers"][BETA].split(","))


def test_nothing_of_a_person_or_a_machine_is_shipped() -> None:
    text = json.dumps(CAPTURED, ensure_ascii=False)
    assert not re.search(r"/tmp|/home|/root|/Users|sk-|[Bb]earer|127\.0\.0\.1|localhost", text)
    assert set(re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}", text)) == {"00000000-0000"}
    assert {"authorization", "x-api-key", "host", "content-length"} & set(CAPTURED["headers"]) == set()
    longest = max(re.findall(r'"(?:description|text)": "([^"]*)"', text), key=len)
    assert len(longest) < 80
