"""A limit, or an outage, in the middle: what the client tries, what it says at the end, and what a hook is told of it.

What takes minutes (the client's own retries) is measured by hand: `python tests/client/retries.py`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.client.levers import (
    AS_JSON,
    AT_ONCE,
    CLIENTS,
    NEW,
    RATE_LIMIT,
    Pair,
    main_loop,
    noted,
    noting,
)
from tests.client.stage import PATIENCE
from tests.fakes.fake_provider import ErrorReply, say
from tests.support import wait_until

CREDIT = "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade."
ZAI = "Insufficient balance or no resource package. Please recharge."  # claude-code#9201, with 429
OPENROUTER = "This request requires more credits, or fewer max_tokens."
EVENTS = ("StopFailure", "Stop", "Notification", "SessionEnd", "UserPromptSubmit")
RETRIES = "CLAUDE_CODE_MAX_RETRIES"

# The status, the error's type, the words; then what the hook is told, the requests, and how the answer begins.
ANSWERS = (
    (401, "authentication_error", "invalid x-api-key", "authentication_failed", 1, "Not logged in"),
    (403, "permission_error", "forbidden", "authentication_failed", 1, "Failed to authenticate. API Error: 403"),
    (402, "billing_error", CREDIT, "billing_error", 1, "Credit balance is too low"),
    (400, "invalid_request_error", CREDIT, "billing_error", 1, "Credit balance is too low"),
    # What others say without these very words is nothing that the client knows.
    (402, "unknown_error", "Insufficient Balance", "unknown", 1, "API Error: 402 Insufficient Balance"),
    (402, "api_error", OPENROUTER, "unknown", 1, f"API Error: 402 {OPENROUTER}"),
    (429, "rate_limit_error", RATE_LIMIT, "rate_limit", 1, "API Error: Request rejected (429)"),
    (429, "1113", ZAI, "rate_limit", 1, "API Error: Request rejected (429)"),
    (404, "not_found_error", "model: x", "model_not_found", 2, "There's an issue with the selected model"),
    (500, "api_error", "Internal server error", "server_error", 1, "API Error: 500"),
    (503, "api_error", "Service unavailable", "server_error", 1, "API Error: 503"),
    (529, "overloaded_error", "Overloaded", "server_error", 1, "API Error: 529"),
)


def notes(pair: Pair, *events: str) -> None:
    """Hooks of the user's own."""
    path = pair.stage.elsewhere / "notes"
    pair.stage.settings("user", {"hooks": {event: [noting(path, f"own-{event}")] for event in events}})


def heard(pair: Pair) -> list[tuple[str, Mapping[str, Any]]]:
    return noted(pair.stage.elsewhere / "notes")


def pinned(pair: Pair, **hooks: Any) -> str:
    """A hook of somebody who starts the client: in `--settings`, which cc joins with its own."""
    path = pair.stage.elsewhere / "notes"
    return json.dumps({"hooks": {"StopFailure": [noting(path, "pinned") | hooks]}})


@CLIENTS
@pytest.mark.parametrize(("status", "kind", "words", "error", "requests", "result"), ANSWERS)
def test_what_is_said_of_each(
    pair: Pair, status: int, kind: str, words: str, error: str, requests: int, result: str
) -> None:
    pair.a.script = lambda _: ErrorReply(status, words, kind)
    notes(pair, *EVENTS)

    for _ in range(5):  # with -p, the client may be gone before its hooks are done: see the test of that
        pair.forget()
        answer = pair.asked("a", "hi", options=AT_ONCE)
        if any(name == "own-StopFailure" for name, _ in heard(pair)):
            break

    assert len(pair.a.messages) == requests
    assert answer["returncode"] == 1
    assert answer["result"].startswith(result)
    # A program that goes by `subtype` takes this for an answer.
    assert (answer["is_error"], answer["subtype"]) == (True, "success")
    assert (answer["api_error_status"], answer["terminal_reason"]) == (status, "api_error")
    told = dict(heard(pair))["own-StopFailure"]
    assert told["error"] == error
    assert told["last_assistant_message"].startswith(result)
    assert "own-Stop" not in dict(heard(pair))


@CLIENTS
@pytest.mark.parametrize("retries", [0, 1, 2])
def test_so_many_retries_are_one_request_more(pair: Pair, retries: int) -> None:
    pair.a.script = lambda _: ErrorReply(429, RATE_LIMIT, "rate_limit_error")
    answer = pair.asked("a", "hi", options=("--env", f"{RETRIES}={retries}"))
    assert (answer["api_error_status"], len(pair.a.messages)) == (429, retries + 1)


@CLIENTS
def test_a_limit_that_is_said_to_last_is_not_tried_again(pair: Pair) -> None:
    """As a subscription's is said: by its own headers, with the client's own count of retries."""
    pair.a.headers = {
        "retry-after": "3600",
        "anthropic-ratelimit-unified-status": "rejected",
        "anthropic-ratelimit-unified-reset": "4102444800",
    }
    pair.a.script = lambda _: ErrorReply(429, RATE_LIMIT, "rate_limit_error")
    answer = pair.asked("a", "hi")
    assert (answer["api_error_status"], len(pair.a.messages)) == (429, 1)


@CLIENTS
def test_a_key_that_is_refused_is_named_where_the_launch_is_sealed(pair: Pair) -> None:
    """Where the launch is hosted, "Not logged in" is said, and leads nowhere."""
    pair.a.script = lambda _: ErrorReply(401, "invalid x-api-key", "authentication_error")
    answer = pair.asked("a", "hi", options=("--sealed", *AT_ONCE))
    assert answer["api_error_status"] == 401
    assert "Not logged in" not in answer["result"]


@CLIENTS
def test_what_the_hook_is_given_and_who_is_heard_beside_it(pair: Pair) -> None:
    """On a terminal, where the client stays until the hooks are done."""
    pair.a.script = lambda _: ErrorReply(429, RATE_LIMIT, "rate_limit_error")
    notes(pair, *EVENTS)
    settings = pinned(pair, matcher="rate_limit")

    with pair.session("a", "--settings", settings, options=AT_ONCE) as terminal:
        pair.stage.type(terminal, "please fix it")
        wait_until(lambda: {"pinned", "own-StopFailure"} <= dict(heard(pair)).keys(), "both hooks")
        terminal.wait_for_quiet()

    assert [name for name, _ in heard(pair)].count("pinned") == 1
    told = dict(heard(pair))["pinned"]
    assert told == dict(heard(pair))["own-StopFailure"]
    assert set(told) == {
        "session_id",
        "transcript_path",
        "cwd",
        "prompt_id",
        "effort",
        "hook_event_name",
        "error",
        "last_assistant_message",
    }
    assert (told["hook_event_name"], told["error"]) == ("StopFailure", "rate_limit")
    assert told["session_id"] == dict(heard(pair))["own-UserPromptSubmit"]["session_id"]
    assert dict(heard(pair))["own-UserPromptSubmit"]["prompt"] == "please fix it"
    assert not {"own-Stop", "own-Notification", "own-SessionEnd"} & dict(heard(pair)).keys()


@CLIENTS
def test_a_matcher_is_of_the_error(pair: Pair) -> None:
    pair.a.script = lambda _: ErrorReply(529, "Overloaded", "overloaded_error")
    notes(pair, "StopFailure")
    settings = pinned(pair, matcher="rate_limit|billing_error")
    with pair.session("a", "--settings", settings, options=AT_ONCE) as terminal:
        pair.stage.type(terminal, "please fix it")
        wait_until(lambda: bool(heard(pair)), "a hook")
        terminal.wait_for_quiet()
    assert [name for name, _ in heard(pair)] == ["own-StopFailure"]


_SPEAKS = """\
echo '{"systemMessage":"IS-SPOKEN","continue":false,"stopReason":"IS-SPOKEN"}'
echo IS-SPOKEN >&2
{ echo IS-SPOKEN >/dev/tty; } 2>/dev/null && tty=open || tty=closed
echo "spoke {\\"tty\\":\\"$tty\\"}" >>NOTES
exit 2
"""


@CLIENTS
def test_it_can_say_nothing_and_the_session_goes_on(pair: Pair) -> None:
    pair.a.script = lambda _: ErrorReply(429, RATE_LIMIT, "rate_limit_error")
    script = pair.stage.elsewhere / "speaks"
    script.write_text(_SPEAKS.replace("NOTES", str(pair.stage.elsewhere / "notes")))
    hook = {"hooks": [{"type": "command", "command": f"sh {script}"}]}
    settings = json.dumps({"hooks": {"StopFailure": [hook]}})
    with pair.session("a", "--settings", settings, options=AT_ONCE) as terminal:
        pair.stage.type(terminal, "please fix it")
        wait_until(lambda: bool(heard(pair)), "the hook")
        terminal.wait_for_quiet()
        assert heard(pair) == [("spoke", {"tty": "closed"})]
        assert "IS-SPOKEN" not in terminal.screen()
        pair.a.script = lambda _: [say("well again")]
        pair.stage.type(terminal, "and now")
        terminal.wait_for("well again", timeout=PATIENCE)


@pytest.mark.parametrize("version", [NEW])
def test_with_p_the_client_does_not_wait_for_it(pair: Pair) -> None:
    """So a mark that a hook leaves is nothing to rely on there: the JSON is."""
    pair.a.script = lambda _: ErrorReply(429, RATE_LIMIT, "rate_limit_error")
    path = pair.stage.elsewhere / "late"
    hook = {"hooks": [{"type": "command", "command": f"sleep 20; echo late >{path}"}]}
    settings = json.dumps({"hooks": {"StopFailure": [hook]}})
    ended = pair.run("a", "--settings", settings, "-p", "hi", *AS_JSON, options=AT_ONCE)
    assert ended.returncode == 1
    wait_until(lambda: not pair.processes(), "the end of the hook")
    assert not path.exists()


@CLIENTS
def test_with_p_the_end_of_the_session_is_told_with_no_reason(pair: Pair) -> None:
    pair.a.script = lambda _: ErrorReply(429, RATE_LIMIT, "rate_limit_error")
    notes(pair, "SessionEnd")
    pair.asked("a", "hi", options=AT_ONCE)
    assert [(name, told["reason"]) for name, told in heard(pair)] == [("own-SessionEnd", "other")]


# Another model first, then another profile


@CLIENTS
def test_another_model_in_the_session_and_another_profile_before_it(pair: Pair) -> None:
    """`fallback_model` is the client's, for each request; `--fallback` is ours, before the client is there."""
    pair.profile("a", "model-a", 'fallback_model = "second-a"')
    pair.profile("b", "model-b", 'fallback_model = "second-b"')
    pair.a.script = lambda body: (
        ErrorReply(529, "Overloaded", "overloaded_error")
        if body.get("tools") and body["model"] == "model-a"
        else [say("x")]
    )
    pair.b.script = pair.a.script
    answer = pair.asked("a", "hi", options=("--fallback", "b"))
    assert answer["returncode"] == 0
    assert [request.body["model"] for request in main_loop(pair.a)][-1] == "second-a"
    assert pair.b.messages == []


@CLIENTS
def test_where_the_whole_provider_is_down_the_next_profile_has_its_own_model_to_go_on_with(pair: Pair) -> None:
    pair.profile("a", "model-a", 'fallback_model = "second-a"')
    pair.profile("b", "model-b", 'fallback_model = "second-b"')
    pair.a.script = lambda _: ErrorReply(529, "Overloaded", "overloaded_error")
    pair.b.script = lambda body: (
        ErrorReply(529, "Overloaded", "overloaded_error")
        if body.get("tools") and body["model"] == "model-b"
        else [say("b answers")]
    )
    answer = pair.asked("a", "hi", options=("--fallback", "b"))
    assert (answer["returncode"], answer["result"]) == (0, "b answers")
    assert main_loop(pair.a) == []
    assert [request.body["model"] for request in main_loop(pair.b)][-1] == "second-b"
    pair.check_secrets()
