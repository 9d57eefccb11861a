"""What the client makes of refusals. The table was measured on it; tests/client/test_wordings.py tries it again."""

import json
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.core.probe import wordings
from cc_launcher.core.probe.client_request import parts
from cc_launcher.files import captured_request

MEASURED = json.loads((Path(__file__).parents[3] / "data" / "refusals.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "case", MEASURED["refused"], ids=lambda case: f"{case['part']} {case['status']} {case['message']}"
)
def test_refusals_are_judged_as_the_client_takes_them(case: dict[str, Any]) -> None:
    assert wordings.recovers_from(case["part"], case["status"], case["message"]) is case["recovers"]


@pytest.mark.parametrize("case", MEASURED["too_long"], ids=lambda case: f"{case['status']} {case['message']}")
def test_too_long_is_what_the_client_takes_for_it(case: dict[str, Any]) -> None:
    assert wordings.is_too_long(case["message"], case["status"]) is case["too_long"]


def test_each_wording_was_measured() -> None:
    recovered = [case for case in MEASURED["refused"] if case["recovers"]]
    for part, known in wordings.RECOVERS.items():
        for wording in known:
            if part != "tool-reference":  # which no request has before a tool was found
                assert any(case["part"] == part and wording.words.search(case["message"]) for case in recovered), (
                    wording
                )
    for words in (*wordings._TOO_LONG, *wordings._ANTHROPICS):
        assert any(words in case["message"].lower() and case["too_long"] for case in MEASURED["too_long"]), words


def test_the_parts_are_those_of_the_request() -> None:
    assert set(wordings.RECOVERS) <= set(parts(captured_request.read()))


@pytest.mark.parametrize("part", ["caching", "thinking-budget", "no such part"])
def test_from_some_refusals_no_words_help(part: str) -> None:
    assert not wordings.recovers_from(part, 400, "Extra inputs are not permitted")


@pytest.mark.parametrize("status", [401, 403, 429, 529])
def test_other_errors_are_no_refusals_of_a_part(status: int) -> None:
    assert not wordings.recovers_from("tool-search", status, "bad request")
    assert not wordings.is_too_long("prompt is too long", status)


def test_too_long_is_no_refusal_of_a_part() -> None:
    assert not wordings.recovers_from("tool-search", 400, "maximum context length is 8192 tokens")
