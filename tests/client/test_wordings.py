"""What the client makes of refusals: the cases of which core/probe/wordings.py was made, tried on the client again."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.core.probe.client_request import BETA
from cc_launcher.core.probe.wordings import recovers_from
from tests.client.capture import FOUND, PLAIN, PROMPT, search_tools
from tests.client.stage import Stage
from tests.fakes.fake_provider import Request

MEASURED = json.loads((Path(__file__).parents[1] / "data" / "refusals.json").read_text(encoding="utf-8"))
CONTEXT, SYSTEM = "context_management: Extra inputs are not permitted", "role 'system' is not supported"


def has(part: str, request: Request, message: str = "") -> bool:
    """Whether this part is in the request: of the betas, one that the message names, or any that can be turned off."""
    body, betas = request.body, request.headers.get(BETA, "")
    named = re.search(r"[a-z-]+-\d{4}-?\d\d-?\d\d", message)
    there = {
        "thinking": body.get("thinking", {}).get("type") == "adaptive",
        "effort": "output_config" in body,
        "context-management": "context_management" in body,
        "betas": (named[0] if named else "context-management-") in betas,
        "system-role": any(said["role"] == "system" for said in body["messages"]),
        "tool-search": any("defer_loading" in tool for tool in body["tools"]),
        "tool-reference": "tool_reference" in json.dumps(body["messages"]),
        "caching": "cache_control" in json.dumps([body["system"], body["messages"]]),
    }
    return bool(there[part])


def error(status: int, message: str) -> tuple[int, Any]:
    return status, {"type": "error", "error": {"type": "invalid_request_error", "message": message}}


@pytest.mark.parametrize(
    "case", MEASURED["refused"], ids=lambda case: f"{case['part']} {case['status']} {case['message']}"
)
def test_a_refused_part(stage: Stage, case: dict[str, Any]) -> None:
    stage.profile(PLAIN)

    def refuse(request: Request) -> tuple[int, Any] | None:
        if not request.is_for("/v1/messages") or not has(case["part"], request, case["message"]):
            return None
        return error(case["status"], case["message"])

    stage.ours.also = refuse
    ended = stage.launch(PLAIN, "-p", PROMPT)

    refused = sum(has(case["part"], request, case["message"]) for request in stage.ours.messages)
    assert (ended.returncode == 0, refused) == (case["recovers"], case["refused"]), ended


@pytest.mark.parametrize("case", MEASURED["too_long"], ids=lambda case: f"{case['status']} {case['message']}")
def test_a_prompt_that_is_too_long(stage: Stage, case: dict[str, Any]) -> None:
    stage.profile(PLAIN)
    stage.ours.also = lambda request: error(case["status"], case["message"]) if request.is_for("/v1/messages") else None

    ended = stage.launch(PLAIN, "-p", PROMPT)

    assert ended.returncode == 1
    assert ended.stdout.startswith("Prompt is too long") is case["too_long"], ended


def test_a_session_recovers_from_one_refusal_after_the_other_and_keeps_to_it(stage: Stage) -> None:
    refusals = [
        ("effort", "This model does not support the effort parameter."),
        ("thinking", "adaptive thinking is not supported on this model"),
        ("context-management", CONTEXT),
        ("system-role", SYSTEM),
        ("tool-reference", "bad request"),
    ]
    given: list[str] = []
    stage.profile(PLAIN)
    stage.ours.script = search_tools

    def refuse(request: Request) -> tuple[int, Any] | None:
        if not request.is_for("/v1/messages"):
            return None
        for part, message in refusals:
            if has(part, request):
                assert recovers_from(part, 400, message)
                given.append(part)
                return error(400, message)
        return None

    stage.ours.also = refuse
    ended = stage.launch(PLAIN, "-p", PROMPT)

    assert (ended.returncode, ended.stdout) == (0, "pong\n"), (ended, given)
    once = [part for part in given if part != "tool-reference"]
    assert once == [part for part, _ in refusals[:-1]]
    last = stage.ours.messages[-1].body
    assert {tool["name"] for tool in last["tools"]} >= set(FOUND)
