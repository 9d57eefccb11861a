"""A provider that fails in the middle of `-p`, with the real client: who answers, and what is printed."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from cc_launcher.core.sessions import consent
from tests.client.stage import Stage
from tests.client.stayed import (
    BUDGET,
    BUSY,
    CREDIT,
    GO_ON,
    KEY,
    LIMIT,
    MODEL,
    NEWEST,
    OLDER,
    PROMPT,
    Chain,
    chain,
    result,
)
from tests.fakes.fake_provider import ErrorReply, call
from tests.support import wait_until

BOTH = pytest.mark.parametrize("version", [NEWEST, OLDER])


@pytest.fixture
def version() -> str:
    return NEWEST


def nothing_is_left(three: Chain) -> None:
    assert three.left() == []
    wait_until(lambda: not three.processes(), "the end of what was started")
    three.check_secrets()


def goes_on(lines: list[str]) -> bool:
    """Whether the prompt is there once, and then only that it goes on: an older client adds that by itself, too."""
    return lines[0] == PROMPT and len(lines) > 1 and {*lines[1:]} == {GO_ON}


@BOTH
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (LIMIT, "own: rate limited (429); it says: Rate limit reached for requests; on to other (v/other)"),
        (CREDIT, "own: out of credit (402); it says: Insufficient Balance; on to other (v/other)"),
        (BUSY, "own: the provider has a problem of its own (529); it says: Overloaded"),
    ],
)
def test_the_next_profile_answers_the_prompt_once(three: Chain, fault: ErrorReply, words: str) -> None:
    three.models["own"].fails = fault
    ended = three.run("-p", PROMPT)
    assert (ended.returncode, ended.stdout) == (0, "answer of other\n"), ended
    assert words in ended.stderr
    assert "To go back later: cc take-over --back" in ended.stderr
    assert len(three.requests("own")) <= 3
    assert len(three.requests("other")) == 1
    assert goes_on(three.wire("other"))
    assert three.requests("third") == []
    nothing_is_left(three)


@BOTH
def test_what_was_done_before_the_limit_is_not_done_again(three: Chain) -> None:
    three.models["own"].fails, three.models["own"].tools = LIMIT, 2
    three.models["other"].fails, three.models["other"].tools = LIMIT, 3
    ended = three.run("-p", PROMPT, "--allowedTools", "Bash")
    assert (ended.returncode, ended.stdout) == (0, "answer of third\n"), ended
    assert three.ran() == ["own0", "own1", "other2"]
    assert goes_on(three.wire("third"))
    nothing_is_left(three)


def test_silence_moves_on(three: Chain) -> None:
    done = threading.Event()
    three.models["own"].fails, three.models["own"].silent = LIMIT, lambda: (done.wait(60), None)[1]
    path = three.stage.home / ".config" / "cc-launcher" / "profiles" / "own.toml"
    path.write_text(path.read_text().replace('timeout = "20s"', 'timeout = "2s"'))
    try:
        ended = three.run("-p", PROMPT)
    finally:
        done.set()
    assert (ended.returncode, ended.stdout) == (0, "answer of other\n"), ended
    assert "own: no answer; it says: Request timed out" in ended.stderr
    nothing_is_left(three)


def test_a_provider_that_hangs_up_moves_on(three: Chain) -> None:
    def hangs_up(body: Any) -> Any:
        if body.get("tools"):
            raise ConnectionResetError  # the handler's thread ends, and with it the connection
        return three.models["own"](body)

    three.providers["own"].script = hangs_up
    ended = three.run("-p", PROMPT)
    assert (ended.returncode, ended.stdout) == (0, "answer of other\n"), ended
    assert "own: no answer" in ended.stderr


@pytest.mark.parametrize("fault", [KEY, MODEL, BUDGET])
def test_what_a_person_has_to_fix_stops(three: Chain, fault: ErrorReply) -> None:
    three.models["own"].fails = fault
    ended = three.run("-p", PROMPT)
    assert ended.returncode == 1, ended
    assert ended.stdout.strip()
    assert "on to" not in ended.stderr
    assert three.requests("other") == []
    nothing_is_left(three)


def test_a_limit_of_the_users_own_stops_and_says_the_same(three: Chain) -> None:
    three.models["own"].fails, three.models["own"].tools = LIMIT, 5
    arguments = ("-p", PROMPT, "--allowedTools", "Bash", "--max-budget-usd", "0.0001")
    ended = three.run(*arguments)
    plain = three.stage.cc("run", "own", *arguments)
    assert (ended.returncode, ended.stdout) == (plain.returncode, plain.stdout) == (1, plain.stdout), (ended, plain)
    assert "Exceeded USD budget (0.0001)" in ended.stdout
    assert three.requests("other") == []


def test_a_limit_of_turns_stops_and_says_the_same(three: Chain) -> None:
    three.models["own"].fails, three.models["own"].tools = LIMIT, 5
    arguments = ("-p", PROMPT, "--allowedTools", "Bash", "--max-turns", "1")
    ended = three.run(*arguments)
    plain = three.stage.cc("run", "own", *arguments)
    assert (ended.returncode, ended.stdout) == (plain.returncode, plain.stdout), (ended, plain)
    assert three.requests("other") == []


@pytest.mark.parametrize("more", [(), ("--verbose",)])
def test_json_is_that_of_the_last_one(three: Chain, more: tuple[str, ...]) -> None:
    three.models["own"].fails = LIMIT
    ended = three.run("-p", PROMPT, "--output-format", "json", *more)
    whole = json.loads(ended.stdout)
    answer = whole[-1] if more else whole
    assert (ended.returncode, answer["is_error"], answer["result"]) == (0, False, "answer of other"), ended


def test_where_all_fail_the_last_answer_is_printed_with_its_exit_code(three: Chain) -> None:
    for name in three.NAMES:
        three.models[name].fails = CREDIT
    ended = three.run("-p", PROMPT, "--output-format", "json")
    assert ended.returncode == 1, ended
    assert (result(ended)["is_error"], result(ended)["api_error_status"]) == (True, 402)
    assert [len(three.requests(name)) for name in three.NAMES] == [1, 1, 1]
    nothing_is_left(three)


@BOTH
def test_of_a_stream_the_failed_result_is_held_back(three: Chain) -> None:
    three.models["own"].fails, three.models["own"].tools = LIMIT, 1
    three.models["other"].tools = 0
    ended = three.run("-p", PROMPT, "--output-format", "stream-json", "--verbose", "--allowedTools", "Bash")
    assert ended.returncode == 0, ended
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    kinds = [f"{line['type']} {line.get('subtype', '')}".strip() for line in lines]
    assert kinds.count("system init") == 2
    assert [line["result"] for line in lines if line["type"] == "result"] == ["answer of other"]
    assert kinds[-1] == "result success"
    assert {line["session_id"] for line in lines if "session_id" in line} == {lines[-1]["session_id"]}
    assert three.ran() == ["own0"]


def test_a_stream_ends_with_the_failure_where_nobody_gets_over_it(three: Chain) -> None:
    three.models["own"].fails = KEY
    ended = three.run("-p", PROMPT, "--output-format", "stream-json", "--verbose")
    assert ended.returncode == 1, ended
    last = json.loads(ended.stdout.splitlines()[-1])
    assert (last["type"], last["is_error"]) == ("result", True)


def test_what_is_piped_is_asked_once(three: Chain) -> None:
    three.models["own"].fails = LIMIT
    text = "a very long log\n" * 20_000
    ended = three.run("-p", PROMPT, stdin=text)
    assert (ended.returncode, ended.stdout) == (0, "answer of other\n"), ended
    for name in ("own", "other"):
        raw = three.requests(name)[-1].raw.decode()
        assert raw.count("a very long log") == 20_000
    nothing_is_left(three)


def test_a_prompt_that_is_piped_goes_on_too(three: Chain) -> None:
    three.models["own"].fails = LIMIT
    ended = three.run("-p", stdin=PROMPT)
    assert (ended.returncode, ended.stdout) == (0, "answer of other\n"), ended
    assert goes_on(three.wire("other"))


def test_without_a_failure_all_is_as_without_it(three: Chain) -> None:
    for more in ((), ("--output-format", "json")):
        ended = three.run("-p", PROMPT, *more)
        plain = three.stage.cc("run", "own", "-p", PROMPT, *more)
        assert ended.returncode == plain.returncode == 0
        if more:
            assert result(ended)["result"] == result(plain)["result"]
        else:
            assert ended.stdout == plain.stdout
    assert len(three.requests("own")) == 4
    ours, theirs = (request.body["messages"] for request in three.requests("own")[:1] + three.requests("own")[2:3])
    assert len(ours) == len(theirs)


def test_a_running_session_goes_on_with_its_history(three: Chain) -> None:
    """After ten turns."""
    session = "11111111-2222-4333-8444-555555555555"
    three.models["own"].turns, three.models["own"].fails = 10, LIMIT
    for turn in range(10):
        which = ("--resume", session) if turn else ("--session-id", session)
        assert three.run("-p", f"turn {turn}", *which).stdout == "answer of own\n"
    ended = three.run("-p", PROMPT, "--resume", session)
    assert (ended.returncode, ended.stdout) == (0, "answer of other\n"), ended
    assert goes_on(three.wire("other"))
    assert three.requests("other")[0].raw.count(b"answer of own") == 10


@pytest.mark.parametrize(
    "more", [("--no-session-persistence",), ("--input-format", "stream-json", "--output-format", "stream-json")]
)
def test_what_nobody_could_go_on_with_is_refused_before_anything_is_sent(three: Chain, more: tuple[str, ...]) -> None:
    ended = three.run("-p", PROMPT, *more)
    assert (ended.returncode, ended.stdout) == (2, ""), ended
    assert f"--stay does not go with {more[0]}" in ended.stderr
    assert [provider.requests for provider in three.providers.values()] == [[], [], []]


def test_without_consent_nothing_is_sent_and_the_command_is_named(stage: Stage) -> None:
    with chain(stage, agreed=False) as three:
        ended = three.run("-p", PROMPT)
        assert (ended.returncode, ended.stdout) == (77, ""), ended
        assert "cc take-over --allow own other" in ended.stderr
        assert [provider.requests for provider in three.providers.values()] == [[], [], []]


def test_the_profile_may_say_it_itself(stage: Stage) -> None:
    with chain(stage, in_session=True) as three:
        three.models["own"].fails = LIMIT
        ended = three.run("-p", PROMPT, by_flag=False)
        assert (ended.returncode, ended.stdout) == (0, "answer of other\n"), ended
        three.models["own"].fails = KEY
        alone = three.run("-p", PROMPT, "--no-session-persistence", by_flag=False)
        assert alone.returncode == 1, alone
        assert "in_session does not work here: --no-session-persistence" in alone.stderr


def thinking(body: Any) -> list[dict[str, Any]] | ErrorReply:
    """A FAKE model that thinks and signs it, runs a command, and is then at its limit."""
    if not body.get("tools"):
        return [{"type": "text", "text": "a title"}]
    if any("tool_result" in str(message["content"]) for message in body["messages"]):
        return LIMIT
    signed = {"type": "thinking", "thinking": "hidden thoughts", "signature": "c2lnbmVkIGJ5IG93bg=="}
    return [signed, call("Bash", command="echo own0 >>ran", description="count")]


def test_what_the_next_one_would_refuse_goes_on_as_a_copy(three: Chain) -> None:
    """The same name of a model at both: its signed thinking would be sent to the other provider."""
    for name in ("own", "other"):
        path = three.stage.home / ".config" / "cc-launcher" / "profiles" / f"{name}.toml"
        path.write_text(path.read_text().replace(f'main = "v/{name}"', 'main = "v/same"'))
    three.providers["own"].script = thinking
    ended = three.run("-p", PROMPT, "--allowedTools", "Bash", "--output-format", "json")
    assert (ended.returncode, result(ended)["result"]) == (0, "answer of other"), ended
    assert b"c2lnbmVkIGJ5IG93bg==" in three.requests("own")[1].raw
    assert len(three.requests("other")) == 1
    assert b"c2lnbmVkIGJ5IG93bg==" not in three.requests("other")[0].raw
    assert goes_on(three.wire("other"))
    assert three.ran() == ["own0"]
    first, second = sorted(
        (three.stage.home / ".claude" / "projects").rglob("*.jsonl"), key=lambda path: path.stat().st_mtime
    )
    assert second.stem == result(ended)["session_id"]
    assert b"c2lnbmVkIGJ5IG93bg==" in first.read_bytes()


def test_another_model_of_the_same_provider_comes_first(three: Chain) -> None:
    """`fallback_model`: the client goes on with it by itself, and so nothing has failed."""
    path = three.stage.home / ".config" / "cc-launcher" / "profiles" / "own.toml"
    path.write_text(f'fallback_model = "v/spare"\n{path.read_text()}[models."v/spare"]\n')

    def busy(body: Any) -> list[dict[str, Any]] | ErrorReply:
        return [{"type": "text", "text": "answer of the spare one"}] if body["model"] == "v/spare" else BUSY

    def script(body: Any) -> list[dict[str, Any]] | ErrorReply:
        return busy(body) if body.get("tools") else [{"type": "text", "text": "a title"}]

    three.providers["own"].script = script
    ended = three.run("-p", PROMPT)
    assert (ended.returncode, ended.stdout) == (0, "answer of the spare one\n"), ended
    assert three.requests("other") == []
    three.providers["own"].script = lambda body: BUSY if body.get("tools") else [{"type": "text", "text": "a title"}]
    ended = three.run("-p", PROMPT)
    assert (ended.returncode, ended.stdout) == (0, "answer of other\n"), ended
    assert {request.body["model"] for request in three.requests("own")} == {"v/own", "v/spare"}


def test_what_was_seen_elsewhere_before_goes_nowhere_without_a_word(stage: Stage) -> None:
    """A session of another launch, on a host of which nobody was asked."""
    with chain(stage) as three:
        session = "11111111-2222-4333-8444-555555555555"
        assert three.stage.cc("run", "third", "-p", "hi", "--session-id", session).returncode == 0
        path = three.stage.home / ".local" / "share" / "cc-launcher" / "consents.json"
        hosts = [three.providers[name].host for name in three.NAMES]
        given = [(hosts[2], hosts[0]), (hosts[0], hosts[1])]
        path.write_bytes(consent.encode(consent.Consent(*pair, 1.0) for pair in given))
        for provider in three.providers.values():
            provider.requests.clear()
        argv = ("run", "--fallback", "other", "--stay", "own", "-p", PROMPT, "--resume", session)
        ended = three.stage.cc(*argv)
        assert (ended.returncode, ended.stdout) == (77, ""), ended
        assert "cc take-over --allow third other" in ended.stderr
        assert three.requests("own") == three.requests("other") == []


def test_take_over_back_knows_where_it_came_from(three: Chain) -> None:
    three.models["own"].fails = LIMIT
    assert three.run("-p", PROMPT).stdout == "answer of other\n"
    three.models["own"].fails = None
    shown = three.stage.cc("take-over", "--back", "--dry-run", "--json")
    assert shown.returncode == 0, shown
    assert json.loads(shown.stdout)["data"]["profile"] == "own", shown.stdout
