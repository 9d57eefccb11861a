"""What an answer to the shortest message means, and what of it is shown."""

from __future__ import annotations

import json

import pytest

from cc_launcher.core.errors import CcError
from cc_launcher.core.plan import first_answer
from cc_launcher.core.plan.first_answer import (
    CREDIT,
    DOWN,
    FAULT,
    KEY,
    LIMITED,
    MODEL,
    MOVED,
    ODD,
    PASSED,
    SILENT,
    UNSENDABLE,
    Answer,
    Unavailable,
    Verdict,
    judge,
    refusal,
)
from tests.unit.conftest import CANARY

MESSAGE = json.dumps({"type": "message", "content": [{"type": "text", "text": "I have no credit, model not found"}]})


def error(message: str, kind: str = "api_error") -> str:
    return json.dumps({"type": "error", "error": {"type": kind, "message": message}})


CASES = [
    (200, MESSAGE, PASSED),
    (200, '{"content": [], "model": "x"}', PASSED),
    (200, 'event: message_start\ndata: {"type": "message_start"}\n\n', PASSED),
    (200, "", ODD),
    (200, "<html>Welcome</html>", ODD),
    (200, "[]", ODD),
    (200, '{"code": 500, "msg": "404 NOT_FOUND", "success": false}', ODD),
    (200, '{"base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}}', CREDIT),
    (200, error("Unknown Model, please check the model code."), MODEL),
    (301, "", MOVED),
    (302, "out of credit", MOVED),
    (304, "", MOVED),
    (401, error("invalid x-api-key", "authentication_error"), KEY),
    (401, error("no credit on this key"), KEY),
    (403, error("forbidden"), KEY),
    (403, error("insufficient permissions for this model"), KEY),
    (403, error("This request needs other credentials"), KEY),
    (403, error("The free quota has been exhausted", "AllocationQuota.FreeTierOnly"), CREDIT),
    (402, "", CREDIT),
    (402, error("Insufficient Balance"), CREDIT),
    (400, error("Your credit balance is too low to access the Anthropic API."), CREDIT),
    (400, '{"error": {"code": "Arrearage", "message": "Access denied"}}', CREDIT),
    (
        429,
        '{"error": {"code": "1113", "message": "Insufficient balance or no resource package. Please recharge."}}',
        CREDIT,
    ),
    (429, '{"error": {"code": "1113", "message": "\\u4f59\\u989d\\u4e0d\\u8db3"}}', CREDIT),
    (429, '{"error": {"code": "insufficient_quota", "message": "Check your plan"}}', CREDIT),
    (429, error("Number of requests has exceeded your rate limit", "rate_limit_error"), LIMITED),
    (429, error("Quota of 60 requests per minute is used up"), LIMITED),
    (429, "", LIMITED),
    (404, error("model: glm-9", "not_found_error"), MODEL),
    (404, "<html>nginx</html>", MODEL),
    (400, error("Model Not Exist", "invalid_request_error"), MODEL),
    (400, error("glm-9 is not a valid model ID"), MODEL),
    (400, error("litellm.BadRequestError: Invalid model name passed in model=glm-9."), MODEL),
    (400, error("The supported API model names are a or b, but you passed glm-9."), MODEL),
    (400, error("The model `glm-9` does not exist or you do not have access to it."), MODEL),
    (400, '{"error": {"code": "model_not_found", "message": "no"}}', MODEL),
    (422, '{"detail": [{"msg": "unknown model glm-9"}]}', MODEL),
    (400, error("max_tokens: must be at least 16"), ODD),
    (400, error("this model needs a system prompt of a coding agent"), ODD),
    (422, '{"detail": [{"msg": "field required"}]}', ODD),
    (405, "", ODD),
    (413, "", ODD),
    (418, error("model not found"), ODD),
    (407, "", DOWN),
    (408, "", SILENT),
    (500, error("out of credit"), FAULT),
    (503, "", FAULT),
    (529, error("Overloaded", "overloaded_error"), FAULT),
]


@pytest.mark.parametrize(("status", "text", "kind"), CASES)
def test_what_an_answer_means(status: int, text: str, kind: str) -> None:
    said = judge(Answer(status, text))
    assert (said.kind, said.status) == (kind, status)
    assert kind == PASSED or str(status) in said.words


@pytest.mark.parametrize(
    ("retry_after", "kind", "words"),
    [
        ("30", LIMITED, "rate limited (429), to be tried again in 30 s"),
        (" 0030 ", LIMITED, "rate limited (429), to be tried again in 30 s"),
        (
            "Wed, 21 Oct 2026 07:28:00 GMT",
            LIMITED,
            "rate limited (429), to be tried again after Wed, 21 Oct 2026 07:28:00 GMT",
        ),
        ("\x1b[2J", LIMITED, "rate limited (429), to be tried again after \\x1b[2J"),
        ("9" * 5000, LIMITED, f"rate limited (429), to be tried again in {'9' * 40} s"),
        ("", CREDIT, "out of credit (429)"),
    ],
)
def test_a_quota_that_comes_back_is_a_limit(retry_after: str, kind: str, words: str) -> None:
    said = judge(Answer(429, error("your quota is used up"), retry_after))
    assert (said.kind, said.words) == (kind, words)


@pytest.mark.parametrize(
    ("kind", "code", "moves_on"),
    [
        (KEY, 77, False),
        (UNSENDABLE, 77, False),
        (MODEL, 66, False),
        (MOVED, 69, False),
        (CREDIT, 77, True),
        (LIMITED, 75, True),
        (FAULT, 69, True),
        (SILENT, 75, True),
        (DOWN, 69, True),
    ],
)
def test_which_code_each_has_and_which_may_be_better_elsewhere(kind: str, code: int, moves_on: bool) -> None:  # noqa: FBT001
    wrong = refusal("mine", Verdict(kind, "words", 400, "no"), "glm", "https://h/{key}", key_hint="cmd:{x}")
    assert (wrong.code, isinstance(wrong, Unavailable)) == (code, moves_on)
    assert wrong.what.startswith("mine: ")
    assert wrong.what.endswith("; it says: no")
    assert wrong.hint


def test_an_unknown_model_is_named_with_its_address() -> None:
    wrong = refusal("mine", judge(Answer(404)), "glm-9", "https://h/{key}", key_hint="")
    assert wrong.what == "mine: glm-9 is not served under https://h/{key} (404)"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (error("no"), "no"),
        (error("a\n\tb   c"), "a b c"),
        (error("\x1b[31mred\u202e"), "\\x1b[31mred\\u202e"),
        (error("x" * 500), "x" * 160 + "…"),
        ('{"error": "no"}', "no"),
        ('{"message": "no"}', "no"),
        ('{"detail": [{"msg": "no", "loc": []}]}', "no"),
        ('{"errors": [{"message": "no"}]}', "no"),
        ('{"error": {"type": "no"}}', "no"),
        ('{"base_resp": {"status_msg": "no"}}', "no"),
        ('{"odd": {"words": "no"}}', "no"),
        ("no", "no"),
        ("<html>no</html>", ""),
        ("{}", ""),
        ("[1, 2]", ""),
        ("", ""),
        ("[" * 100_000, "[" * 160 + "…"),
    ],
)
def test_what_a_provider_says_is_shown_in_part(text: str, shown: str) -> None:
    assert judge(Answer(400, text)).said == shown


ECHOES = [
    f"Incorrect API key provided: {CANARY}.",
    f"{CANARY[:12]}… is no key",
    f"…{CANARY[-10:]} is no key",
    f"{CANARY}{CANARY} {CANARY[1:-1]}",
    f"{'x' * 150}{CANARY}",
]


@pytest.mark.parametrize("text", ECHOES)
def test_no_longer_part_of_a_secret_is_shown(text: str) -> None:
    for answer in (
        error(text),
        text,
        json.dumps({"error": text}).replace(CANARY[:3], f"\\u{ord(CANARY[0]):04x}{CANARY[1:3]}"),
    ):
        said = judge(Answer(401, answer), ["", CANARY]).said
        assert "(not shown)" in said or len(said) == 161
        assert not any(CANARY[at : at + 8] in said for at in range(len(CANARY) - 7))


def test_a_short_secret_is_hidden_where_it_stands_whole() -> None:
    assert judge(Answer(401, "abc is no key"), ["abc"]).said == "(not shown) is no key"


@pytest.mark.parametrize("text", ["model " * 12_000, "a" * 65_536, "model: " + "x " * 30_000, CANARY[:7] * 9_000])
def test_no_answer_takes_long_to_judge(text: str) -> None:
    """A pattern that goes back and forth would take minutes, and this test its limit."""
    assert judge(Answer(400, text), [CANARY]).kind == ODD


def test_what_passed_is_not_quoted() -> None:
    assert judge(Answer(200, MESSAGE)) == Verdict(PASSED, "", 200)


def test_the_faults_have_their_words() -> None:
    assert judge(Answer(fault=DOWN, detail="ConnectError")).words == "cannot be reached (ConnectError)"
    assert judge(Answer(fault=SILENT, detail="3 seconds")).words == "no answer within 3 seconds"
    assert "cannot be sent" in judge(Answer(fault=UNSENDABLE)).words
    assert isinstance(refusal("m", judge(Answer(fault=DOWN)), "", "", key_hint=""), CcError)
    assert set(first_answer.CODES) >= first_answer.MOVES_ON
