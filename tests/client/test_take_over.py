"""Taking a session over with the real client: there and back, what goes over each wire, what is refused, who is asked.

What of a history another provider refuses is in test_take_over_matrix.py.
"""

from __future__ import annotations

import base64
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.client import harness
from tests.client.stage import A_TASK, KINDS, OLD_READY, PATIENCE, READY, Stage
from tests.fakes.fake_provider import ErrorReply, FakeProvider
from tests.fakes.fake_refusing import IMAGES, PLAY, FakeRefusing
from tests.support import wait_until

OLDER, NEWEST = "2.1.220", "2.1.332"
KIND = KINDS["token"]
FIRST, SECOND, THIRD = "the first thing that was said", "the second thing", "and the third"
PRIVATE = "compat.private = true\n"
REFUSED, USAGE = 77, 2
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
both = pytest.mark.parametrize("version", [OLDER, NEWEST])


class Pair:
    """A home with two profiles, each at a provider of its own."""

    def __init__(self, stage: Stage, other: FakeProvider) -> None:
        self.stage, self.a, self.b = stage, stage.ours, other
        harness.seed_home(stage.home, trust=[stage.work])
        stage.profile(KIND)
        self.profiles = stage.home / ".config" / "cc-launcher" / "profiles"
        text = (self.profiles / "own.toml").read_text()
        self.profiles.joinpath("other.toml").write_text(text.replace(self.a.url, other.url).replace('"v/', '"w/'))

    def cc(self, *words: str) -> harness.Ended:
        return self.stage.cc(*words)

    def ok(self, *words: str) -> str:
        """Run it, and see it end well; what it said."""
        ended = self.cc(*words)
        assert ended.returncode == 0, ended
        return ended.stderr

    def answered(self, *words: str) -> str:
        """The session that this run of `-p` went on with."""
        ended = self.cc(*words, "--output-format", "json")
        assert ended.returncode == 0, ended
        return str(json.loads(ended.stdout)["session_id"])

    def begin(self) -> str:
        return self.answered("run", "own", "-p", FIRST)

    def allow(self) -> None:
        self.ok("take-over", "--allow", "own", "other")
        self.ok("take-over", "--allow", "other", "own")

    def sessions(self, *more: str) -> list[dict[str, Any]]:
        ended = self.cc("sessions", "--json", *more)
        assert ended.returncode == 0, ended
        found: list[dict[str, Any]] = json.loads(ended.stdout)["data"]
        return found

    def left(self) -> list[dict[str, Any]]:
        """What cc doctor says of sessions that left their profile."""
        found = json.loads(self.cc("doctor", "--json").stdout)["data"]["findings"]
        return [one for one in found if one["code"] == "session-left"]

    def transcript(self, session: str) -> Path:
        (found,) = self.stage.home.glob(f".claude/projects/*/{session}.jsonl")
        return found


def heard(provider: FakeProvider) -> list[str]:
    """Which of the three things the last request to it held; and forget its requests."""
    assert provider.messages
    body = json.dumps(provider.messages[-1].body)
    provider.requests.clear()
    return [said for said in (FIRST, SECOND, THIRD) if said in body]


@pytest.fixture
def pair(stage: Stage) -> Iterator[Pair]:
    with FakeProvider() as other:
        yield Pair(stage, other)


@both
def test_there_and_back_with_all_that_was_said(pair: Pair) -> None:
    session = pair.begin()
    assert heard(pair.a) == [FIRST]
    refused = pair.cc("take-over", "other", "-p", SECOND)
    assert (refused.returncode, pair.b.requests) == (REFUSED, [])
    assert "cc take-over --allow own other" in refused.stderr
    pair.allow()
    before = pair.transcript(session).read_bytes()

    assert pair.answered("take-over", "other", session[:6], "-p", SECOND) == session
    assert heard(pair.b) == [FIRST, SECOND]
    assert pair.a.requests == []
    assert pair.transcript(session).read_bytes().startswith(before)
    assert [(row["session"], row["profile"], row["model"]) for row in pair.sessions()] == [(session, "other", "w/main")]

    assert pair.answered("take-over", "--back", "-p", THIRD) == session
    assert heard(pair.a) == [FIRST, SECOND, THIRD]
    assert pair.b.requests == []
    assert [(row["session"], row["profile"]) for row in pair.sessions()] == [(session, "own")]
    assert pair.cc("take-over", "own").returncode == USAGE
    assert pair.stage.secret not in json.dumps(pair.sessions())


@both
@pytest.mark.parametrize("words", [("-c",), ("--continue",), ("-r", "{}"), ("--resume={}",)])
def test_cc_run_on_another_profile_is_the_same(pair: Pair, words: tuple[str, ...]) -> None:
    session = pair.begin()
    line = ("run", "other", *(word.format(session) for word in words), "-p", SECOND)
    refused = pair.cc(*line)
    assert (refused.returncode, pair.b.requests) == (REFUSED, [])
    pair.allow()
    assert pair.answered(*line) == session
    assert heard(pair.b) == [FIRST, SECOND]
    again = pair.cc("run", "other", *line[2:])  # from a cached plan, and nobody new sees it
    assert (again.returncode, "gets all of it" in again.stderr) == (0, False)
    assert pair.cc("run", "own", "-p", THIRD, "--resume", session).returncode == 0
    assert heard(pair.a) == [FIRST, SECOND, THIRD]


@both
def test_the_client_goes_on_with_what_was_judged(pair: Pair) -> None:
    """`-c` in a terminal leaves out the sessions of -p: what is asked about is what the client then opens."""
    pair.allow()
    with pair.stage.session(KIND) as terminal:
        terminal.wait_for(READY, OLD_READY, timeout=PATIENCE)
        pair.stage.type(terminal, A_TASK)
        terminal.wait_for("pong", timeout=PATIENCE)
        terminal.wait_for_quiet()
    typed = pair.sessions()[0]["session"]
    time.sleep(0.1)
    printed = pair.begin()
    pair.stage.forget()
    argv = [sys.executable, "-m", "cc_launcher", "run", "other", "-c", "one more thing"]
    with harness.Terminal(argv, pair.stage.environment, pair.stage.work) as terminal:
        wait_until(lambda: any(A_TASK in json.dumps(one.body) for one in pair.b.messages), "the request")
        terminal.wait_for_quiet()
    assert [row["session"] for row in pair.sessions()][:2] == [typed, printed]
    assert FIRST not in json.dumps([one.body for one in pair.b.messages])


@both
def test_it_is_asked_once_on_a_terminal_and_the_session_is_there(pair: Pair) -> None:
    session = pair.begin()
    argv = [sys.executable, "-m", "cc_launcher", "take-over", "other", session, "-p", SECOND]
    for answer, code in (("n", REFUSED), ("y", 0)):
        with harness.Conversation(argv, pair.stage.environment, pair.stage.work) as terminal:
            terminal.answer("(asked once)", f"{answer}\r")
            assert terminal.ends() == code
        assert bool(pair.b.requests) is (code == 0)
    assert heard(pair.b) == [FIRST, SECOND]
    argv[5] = pair.begin()
    with harness.Conversation(argv, pair.stage.environment, pair.stage.work) as terminal:
        assert terminal.ends() == 0
        assert b"(asked once)" not in terminal.written


@pytest.mark.parametrize("version", [NEWEST])
def test_what_is_private_leaves_only_with_a_word(pair: Pair) -> None:
    own = pair.profiles / "own.toml"
    own.write_text(PRIVATE + own.read_text())
    session = pair.begin()
    for words in (("take-over", "other"), ("run", "other", "-p", "hi", "-c"), ("run", "other", "--resume", session)):
        refused = pair.cc(*words)
        assert (refused.returncode, "own is private" in refused.stderr) == (REFUSED, True)
    assert pair.cc("take-over", "--allow", "own", "other").returncode == USAGE
    argv = [sys.executable, "-m", "cc_launcher", "take-over", "other", "last", "-p", SECOND]
    for typed, code in (("y", REFUSED), ("own", REFUSED), ("other", 0)):
        with harness.Conversation(argv, pair.stage.environment, pair.stage.work) as terminal:
            terminal.answer("type other", f"{typed}\r")
            assert terminal.ends() == code
        assert bool(pair.b.requests) is (code == 0)
    assert heard(pair.b) == [FIRST, SECOND]


@both
def test_a_session_that_a_client_has_open_is_refused_with_its_process(pair: Pair) -> None:
    pair.allow()
    with pair.stage.session(KIND) as terminal:
        terminal.wait_for(READY, OLD_READY, timeout=PATIENCE)
        pair.stage.type(terminal, A_TASK)
        terminal.wait_for("pong", timeout=PATIENCE)
        terminal.wait_for_quiet()
        (row,) = pair.sessions()
        refused = pair.cc("take-over", "other", "-p", SECOND)
        assert refused.returncode == REFUSED
        assert f"(process {row['open_in']})" in refused.stderr
        assert Path(f"/proc/{row['open_in']}/cmdline").read_bytes().count(b"claude")
    # A client that was killed leaves its file behind.
    assert list(pair.stage.home.glob(".claude/sessions/*.json"))
    assert [row["open_in"] for row in pair.sessions()] == [None]
    assert pair.answered("take-over", "other", "-p", SECOND) == row["session"]


@both
def test_a_session_that_plain_claude_went_on_with_is_found_and_taken_back(pair: Pair) -> None:
    session = pair.begin()
    time.sleep(0.1)
    plain = {**pair.stage.environment, "ANTHROPIC_BASE_URL": pair.b.url, "ANTHROPIC_AUTH_TOKEN": "x"}
    argv: list[str | Path] = [pair.stage.client, "-p", SECOND, "--resume", session, "--model", "claude-opus-5-5"]
    assert harness.run(argv, plain, pair.stage.work, timeout=PATIENCE).returncode == 0
    (left,) = pair.left()
    assert left["hint"] == f"cc take-over own {session[:8]}"
    assert FIRST not in json.dumps(left)
    refused = pair.cc("take-over", "own", session[:8], "-p", THIRD)
    assert (refused.returncode, "--allow claude own" in refused.stderr) == (REFUSED, True)
    pair.ok("take-over", "--allow", "claude", "own")
    assert pair.answered("take-over", "own", session[:8], "-p", THIRD) == session
    assert heard(pair.a) == [FIRST, SECOND, THIRD]
    assert [one["level"] for one in pair.left()] == ["ok"]


@both
def test_in_a_project_that_uses_a_profile_the_clients_own_hint_leads_right(pair: Pair) -> None:
    pair.stage.ours.requests.clear()
    pair.ok("use", "own")
    argv: list[str | Path] = [pair.stage.client, "-p", FIRST, "--output-format", "json"]
    session = json.loads(harness.run(argv, pair.stage.environment, pair.stage.work).stdout)["session_id"]
    hint: list[str | Path] = [pair.stage.client, "--resume", session, "-p", SECOND]
    assert harness.run(hint, pair.stage.environment, pair.stage.work).returncode == 0
    assert heard(pair.a) == [FIRST, SECOND]
    assert [row["profile"] for row in pair.sessions()] == ["own"]
    assert [one["level"] for one in pair.left()] == ["ok"]


@pytest.mark.parametrize("version", [NEWEST])
def test_titles_are_what_the_client_shows(pair: Pair) -> None:
    with pair.stage.session(KIND) as terminal:
        pair.stage.wait_until_ready(terminal) if pair.stage.is_current else terminal.wait_for(READY, timeout=PATIENCE)
        pair.stage.type(terminal, A_TASK)
        terminal.wait_for("pong", timeout=PATIENCE)
        wait_until(lambda: [one["title"] for one in pair.sessions()] == [A_TASK], "the prompt in its file")
        pair.stage.type(terminal, "/rename the login page")
        terminal.wait_for("Session renamed", timeout=PATIENCE)
        terminal.wait_for_quiet()
    session = pair.sessions()[0]
    assert session["title"] == "the login page"
    pair.allow()
    pair.stage.forget()
    assert pair.answered("run", "other", "-p", SECOND, "--resume", "the login page") == session["session"]
    assert A_TASK in json.dumps(pair.b.messages[-1].body)


@pytest.mark.parametrize("version", [NEWEST])
def test_a_wrapper_asks_too(pair: Pair) -> None:
    session = pair.begin()
    pair.ok("install-wrapper", "other")
    wrapper = pair.stage.home / ".local" / "bin" / "claude-other"
    environment = {name: value for name, value in pair.stage.environment.items() if name != "CC_CLAUDE"}
    environment["PATH"] = f"{pair.stage.client.parent}:{environment['PATH']}"
    argv: list[str | Path] = [wrapper, "-p", SECOND, "-r", session]
    assert harness.run(argv, environment, pair.stage.work, timeout=PATIENCE).returncode == REFUSED
    assert pair.b.requests == []
    pair.allow()
    assert harness.run(argv, environment, pair.stage.work, timeout=PATIENCE).returncode == 0
    assert heard(pair.b) == [FIRST, SECOND]


@both
def test_where_both_models_are_called_the_same_it_goes_on_as_a_copy(stage: Stage) -> None:
    with FakeRefusing("a") as a, FakeRefusing("b") as b:
        stage.ours = a
        pair = Pair(stage, b)
        other = pair.profiles / "other.toml"
        other.write_text(other.read_text().replace('"w/', '"v/'))
        session = pair.answered("run", "own", "-p", f"{PLAY} think+first")
        before = pair.transcript(session).read_bytes()
        pair.allow()

        ended = pair.cc("take-over", "other", "-p", f"{PLAY} think+second", "--output-format", "json")
        assert "it goes on as a copy, since its thinking would be refused" in ended.stderr
        copy = json.loads(ended.stdout)["session_id"]
        assert copy != session
        assert (b.refused, len(b.taken)) == ([], 1)
        assert pair.transcript(session).read_bytes() == before
        assert pair.transcript(copy).stat().st_mode & 0o777 == 0o600
        rows = {row["session"]: row for row in pair.sessions()}
        assert {name: row["profile"] for name, row in rows.items()} == {session: "own", copy: "other"}
        assert rows[copy]["thread"] == rows[session]["thread"]

        back = pair.answered("take-over", "--back", session, "-p", f"{PLAY} third")
        assert back not in {session, copy}  # the other's thinking could not come along either
        assert (a.refused, b.refused) == ([], [])
        assert pair.transcript(session).read_bytes() == before
        assert pair.answered("run", "own", "-p", f"{PLAY} fourth", "--resume", session) == session
        assert a.refused == []


@pytest.mark.parametrize("version", [NEWEST])
def test_images_are_left_out_where_somebody_says_so(stage: Stage) -> None:
    with FakeRefusing("a") as a, FakeRefusing("b", images=IMAGES["OpenRouter"]) as b:
        stage.ours = a
        pair = Pair(stage, b)
        picture = stage.work / "picture.png"
        picture.write_bytes(base64.b64decode(DOT))
        session = pair.answered("run", "own", "-p", f"{PLAY} read:{picture} done", "--allowedTools", "Read")
        pair.allow()
        told = pair.cc("take-over", "--dry-run", "other").stderr
        assert "1 image" in told
        assert f"cc take-over --without-images other {session[:8]}" in told
        copy = pair.answered("take-over", "--without-images", "other", session[:8], "-p", f"{PLAY} second")
        assert copy != session
        assert b.refused == []
        assert DOT not in json.dumps(b.taken)
        assert DOT in pair.transcript(session).read_text()


@pytest.mark.parametrize("version", [NEWEST])
def test_who_stands_in_before_a_launch_is_asked_about_too(pair: Pair) -> None:
    session = pair.begin()
    pair.a.script = lambda _: ErrorReply(429, "Insufficient balance or no resource package. Please recharge.")
    line = ("run", "--fallback", "other", "own", "-p", SECOND, "--resume", session)
    refused = pair.cc(*line)
    assert (refused.returncode, "cc take-over --allow own other" in refused.stderr) == (REFUSED, True)
    assert FIRST not in json.dumps([one.body for one in pair.b.requests])
    pair.ok("take-over", "--allow", "own", "other")
    assert pair.answered(*line) == session
    assert heard(pair.b) == [FIRST, SECOND]
