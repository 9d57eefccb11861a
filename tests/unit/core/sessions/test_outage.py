"""What a failed turn means: each in the words that a client has for it, measured on 2.1.84 to 2.1.332."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from cc_launcher.core.sessions import outage
from cc_launcher.core.sessions.outage import Failure

_SIDE = ". This is a server-side issue, usually temporary — try again in a moment. If it persists, check your gateway."


@pytest.mark.parametrize(
    ("failure", "words", "said"),
    [
        (
            Failure("rate_limit", 429, "API Error: Request rejected (429) · Slow down"),
            "rate limited (429)",
            "Slow down",
        ),
        (Failure("rate_limit", 0, "API Error: Request rejected (429) · Slow down"), "rate limited (429)", "Slow down"),
        (
            Failure("unknown", 0, 'API Error: 429 {"type":"error","error":{"type":"x","message":"Slow down"}}'),
            "rate limited (429)",
            "Slow down",
        ),
        (Failure("unknown", 402, "API Error: 402 Insufficient Balance"), "out of credit (402)", "Insufficient Balance"),
        (Failure("billing_error", 0, "Credit balance is too low"), "out of credit", "Credit balance is too low"),
        (Failure("unknown", 400, "API Error: 400 Your balance is 0"), "out of credit (400)", "Your balance is 0"),
        (
            Failure("server_error", 529, f"API Error: 529 Overloaded{_SIDE}"),
            "the provider has a problem of its own (529)",
            "Overloaded",
        ),
        (Failure("server_error", 0, "Request timed out"), "no answer", "Request timed out"),
        (Failure("", 0, "Request timed out. If the API is slow"), "no answer", "Request timed out. If the API is slow"),
        (
            Failure("server_error", 0, "API Error: Connection refused — a firewall (ECONNREFUSED)"),
            "no answer",
            "Connection refused — a firewall (ECONNREFUSED)",
        ),
        (Failure("rate_limit", 0, "You've hit your limit"), "rate limited", "You've hit your limit"),
    ],
)
def test_what_passes_or_costs_money_moves_on(failure: Failure, words: str, said: str) -> None:
    found = outage.judged(failure)
    assert found is not None
    assert (found.words, found.said) == (words, said)


@pytest.mark.parametrize(
    "failure",
    [
        Failure("authentication_failed", 401, "Failed to authenticate. API Error: 401 invalid x-api-key"),
        Failure("authentication_failed", 0, "Not logged in · Please run /login"),
        Failure("model_not_found", 404, "There's an issue with the selected model (a/main)."),
        Failure("invalid_request", 400, "API Error: 400 max_tokens: must be positive"),
        Failure("unknown", 402, "API Error: 402 cc: the budget is spent (116 %)"),
        Failure("unknown", 400, "API Error: 400 Budget has been exceeded! Current cost: 10.0, Max budget: 5.0"),
        Failure("max_output_tokens", 0, "cut off"),
        Failure("unknown", 0, "something else"),
        Failure(),
    ],
)
def test_what_a_person_has_to_fix_or_has_wanted_stops(failure: Failure) -> None:
    assert outage.judged(failure) is None


@pytest.mark.parametrize(
    ("said", "back"),
    [
        ("You've hit your limit · resets 3pm (UTC)", "at 3pm (UTC)"),
        ("Please try again in 20s.", "in 20s"),
        ("retry after 60 seconds", "after 60 seconds"),
        ("Slow down", ""),
    ],
)
def test_when_it_is_back_is_told_where_the_provider_says_it(said: str, back: str) -> None:
    found = outage.judged(Failure("rate_limit", 429, said))
    assert found is not None
    assert found.back == back


def test_the_line_says_what_happened_and_how_to_get_back() -> None:
    found = outage.Outage("rate limited (429)", "Slow down", "in 20s")
    assert found.line("own", "other (v)") == (
        "own: rate limited (429); it says: Slow down; on to other (v); own is back in 20s. "
        "To go back later: cc take-over --back"
    )
    assert "is back" not in outage.Outage("x", "try again in 20s", "in 20s").line("own", "other")


def test_no_secret_is_in_what_is_said() -> None:
    found = outage.judged(Failure("rate_limit", 429, "key sk-1234567890 is slow"), ["sk-1234567890"])
    assert found is not None
    assert "sk-1234567890" not in found.said


def test_a_mark_is_what_the_client_tells_the_hook() -> None:
    said = {"session_id": "s", "transcript_path": "/t", "error": "rate_limit", "last_assistant_message": "m"}
    mark = outage.mark(json.dumps(said).encode())
    assert mark == outage.Mark("s", "/t", Failure("rate_limit", 0, "m"))
    assert outage.mark(json.dumps(said | {"agent_id": "a"}).encode()) is None
    for bad in (b"", b"[]", b"{", b'{"session_id": 1}'):
        assert outage.mark(bad) is None


def test_a_prompt_is_what_the_other_hook_is_told() -> None:
    assert outage.prompt(b'{"prompt": "fix it"}') == "fix it"
    assert outage.prompt(b"") == ""


@pytest.mark.parametrize(
    ("result", "status"),
    [
        ({"is_error": True, "subtype": "success", "api_error_status": 402, "terminal_reason": "api_error"}, 402),
        ({"is_error": True, "subtype": "success"}, 0),
        ({"is_error": False, "subtype": "success"}, None),
        ({"is_error": True, "subtype": "error_max_turns"}, None),
        ({"is_error": True, "subtype": "success", "terminal_reason": "blocked"}, None),
    ],
)
def test_a_result_says_whether_it_failed(result: dict[str, object], status: int | None) -> None:
    found = outage.of_result(result | {"result": "said"})
    assert found == (None if status is None else Failure("", status, "said"))


def test_the_last_turn_of_a_transcript_decides() -> None:
    failed = {
        "type": "assistant",
        "isApiErrorMessage": True,
        "error": "rate_limit",
        "apiErrorStatus": 429,
        "message": {"content": [{"type": "text", "text": "said"}]},
    }
    user, aside = {"type": "user", "message": {"content": "hi"}}, {"type": "system", "subtype": "api_error"}

    def lines(*entries: Mapping[str, object]) -> list[bytes]:
        return [json.dumps(entry, separators=(",", ":")).encode() for entry in entries]

    assert outage.last_failure(lines(user, failed, aside)) == Failure("rate_limit", 429, "said")
    assert outage.last_failure(lines(failed, user)) is None
    assert outage.last_failure(lines(user, {**failed, "isSidechain": True})) is None
    assert outage.last_failure([b"{", b""]) is None
