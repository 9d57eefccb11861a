"""The mark of a launch in transcripts of the real client: where it stands, and what it leaves alone."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.core.plan import session_mark
from tests.client import harness
from tests.client.stage import A_TASK, KINDS, PATIENCE, PROMPT, Stage, first
from tests.client.wrapped import Wrapped
from tests.fakes.fake_provider import call
from tests.support import wait_until

CURRENT = harness.CURRENT
KIND = KINDS["token"]
PRICED = """
[models."v/main"]
context = 200000
prices = { input = 1, output = 2, cache_read = 0.1, cache_write = 1 }
"""
FORGED = session_mark.in_pins(session_mark.setting(session_mark.line("other", "zai", "h")))
STREAM = ("-p", "--verbose", "--output-format", "stream-json")
# What is of one session alone.
_LOOSE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{64}|cc_version=[^;]*;|cch=[0-9a-f]+;")


@pytest.fixture
def two(stage: Stage) -> Stage:
    """Two profiles, `own` and `other`, at one provider."""
    stage.profile(KIND, tables=PRICED)
    profiles = stage.home / ".config" / "cc-launcher" / "profiles"
    (profiles / "other.toml").write_text((profiles / "own.toml").read_text())
    harness.seed_home(stage.home, trust=[stage.work])
    return stage


def said(stage: Stage) -> list[tuple[str, str]]:
    """What hooks have said according to the transcripts: why they ran, and the profile."""
    found = []
    for path in sorted(stage.home.glob(".claude/projects/*/*.jsonl"), key=lambda path: path.stat().st_mtime_ns):
        for line in map(json.loads, path.read_text().splitlines()):
            attachment = line.get("attachment") or {}
            if attachment.get("type") == "hook_success" and attachment["stderr"].startswith("cc {"):
                mark = json.loads(attachment["stderr"].removeprefix("cc "))
                assert mark["host"] == "127.0.0.1"
                found.append((attachment["hookName"].removeprefix("SessionStart:"), mark["profile"]))
    return found


def rows(stage: Stage, *options: str) -> list[dict[str, Any]]:
    """What `cc usage` says of them."""
    done = stage.cc("usage", "--json", *options)
    assert done.returncode == 0, done
    found: list[dict[str, Any]] = json.loads(done.stdout)["data"]["rows"]
    return sorted(found, key=lambda row: str(row["profile"]))


def session_of(ended: harness.Ended) -> str:
    assert ended.returncode == 0, ended
    return str(json.loads(ended.stdout)["session_id"])


def alike(stage: Stage) -> list[str]:
    """The requests so far, but for what is of one session alone; and forget them."""
    found = [_LOOSE.sub("", json.dumps(request.body)) for request in stage.ours.messages]
    stage.forget()
    return found


@pytest.mark.parametrize("version", harness.KEEPS_MARKS)
def test_two_profiles_in_one_session_are_two_rows_and_a_fork_is_its_own(two: Stage) -> None:
    session = session_of(two.launch(KIND, "-p", "hi", "--output-format", "json"))
    assert said(two) == [("startup", "own")]
    again = session_of(two.cc("run", "other", "-p", "hi", "--resume", session, "--output-format", "json"))
    assert again == session
    assert said(two) == [("startup", "own"), ("resume", "other")]
    assert [(row["profile"], row["session"], row["requests"]) for row in rows(two)] == [
        ("other", session, 1),
        ("own", session, 1),
    ]

    fork = ("--resume", session, "--fork-session", "--output-format", "json")
    forked = session_of(two.launch(KIND, "-p", "hi", *fork))
    found = rows(two)
    assert [(row["profile"], row["session"], row["requests"]) for row in found if row["session"] == forked] == [
        ("own", forked, 1)
    ]
    assert len(found) == 3
    exact = "estimate" if two.version == harness.KEEPS_MARKS[0] else "exact"  # that one tells too little output
    assert {(row["attribution"], row["basis"]) for row in found} == {("marked", exact)}
    assert [(row["profile"], row["host"]) for row in rows(two, "--by", "profile,host")] == [
        ("other", "127.0.0.1"),
        ("own", "127.0.0.1"),
    ]
    assert "cc {" not in json.dumps([request.body for request in two.ours.messages])


@pytest.mark.parametrize("version", [harness.KEEPS_MARKS[0], CURRENT])
def test_nothing_of_it_is_in_a_request_or_in_what_is_printed(two: Stage) -> None:
    without = ("--settings", '{"disableAllHooks":true}')
    for form in ("text", "json"):
        marked = two.launch(KIND, "-p", "hi", "--output-format", form)
        requests = alike(two)
        plain = two.launch(KIND, "-p", "hi", "--output-format", form, *without)
        assert requests == alike(two)
        assert (marked.returncode, marked.stderr) == (plain.returncode, plain.stderr)
        if form == "text":
            assert marked.stdout == plain.stdout == "pong\n"
        else:
            assert json.loads(marked.stdout).keys() == json.loads(plain.stdout).keys()
    assert said(two) == [("startup", "own")] * 2


@pytest.mark.parametrize("version", [harness.KEEPS_MARKS[0], CURRENT])
@pytest.mark.parametrize("more", [(), ("--input-format", "stream-json")])
def test_a_stream_begins_as_without_it(two: Stage, more: tuple[str, ...]) -> None:
    prompt = json.dumps({"type": "user", "message": {"role": "user", "content": "hi"}}) + "\n"
    argv = [two.client, *STREAM, *more, *(() if more else ("hi",))]
    cc_run = [sys.executable, "-m", "cc_launcher", "run", "own", *argv[1:]]
    ended = harness.run(cc_run, two.environment, two.work, prompt if more else "", timeout=PATIENCE)
    assert ended.returncode == 0, ended
    kinds = [(event["type"], event.get("subtype")) for event in map(json.loads, ended.stdout.splitlines())]
    assert kinds == [("system", "init"), ("assistant", None), ("result", "success")]
    assert said(two) == []
    assert "SessionStart" not in "".join(transcripts(two))
    requests = alike(two)
    without = [*argv[:1], "--settings", '{"disableAllHooks":true}', *argv[1:]]
    assert harness.run([*cc_run[:5], *without[1:]], two.environment, two.work, prompt if more else "").returncode == 0
    assert requests == alike(two)
    # The session whose hooks ran is known; of the other one, two profiles could have served the model.
    found = sorted((str(row["profile"]), row["attribution"], row["requests"]) for row in rows(two))
    assert found == [("None", "none", 1), ("own", "marked", 1)]


def test_a_stream_that_another_profile_goes_on_with_is_two_rows(two: Stage) -> None:
    first_one = json.loads(two.launch(KIND, *STREAM, "hi").stdout.splitlines()[0])["session_id"]
    time.sleep(1)  # a mark apart from the transcript is of a second
    assert two.cc("run", "other", *STREAM, "--resume", first_one, "hi").returncode == 0
    time.sleep(1)
    assert two.launch(KIND, "--resume", first_one, "-p", "hi").returncode == 0
    assert [(row["profile"], row["session"], row["requests"]) for row in rows(two)] == [
        ("other", first_one, 1),
        ("own", first_one, 2),
    ]


def test_a_session_in_a_terminal_with_clear_and_compaction(two: Stage) -> None:
    with two.session(KIND) as terminal:
        two.wait_until_ready(terminal)
        assert "cc {" not in terminal.screen()
        two.type(terminal, A_TASK)
        terminal.wait_for("pong", timeout=PATIENCE)
        two.type(terminal, "/compact")
        wait_until(lambda: ("compact", "own") in said(two), "a mark after the compaction")
        two.type(terminal, "/clear")
        terminal.wait_for_quiet()
        two.type(terminal, "once more")
        wait_until(lambda: ("clear", "own") in said(two), "a mark after /clear")
        wait_until(lambda: len({line["sessionId"] for line in answers(two)}) == 2, "an answer after /clear")
        assert "cc {" not in terminal.screen()
        assert "SessionStart" not in terminal.screen()
        two.type(terminal, "/exit")
        assert terminal.wait(PATIENCE) == 0
    assert {why for why, _ in said(two)} == {"startup", "compact", "clear"}
    found = rows(two)
    assert {row["profile"] for row in found} == {"own"}
    assert len({row["session"] for row in found}) == 2


def test_a_subagent_is_its_parents(two: Stage) -> None:
    two.ours.script = first(call("Agent", subagent_type="general-purpose", prompt="look", description="x"))
    session = session_of(two.launch(KIND, "-p", PROMPT, "--output-format", "json"))
    (row,) = rows(two)
    assert (row["profile"], row["session"], row["requests"]) == ("own", session, len(two.ours.messages))
    assert row["requests"] > 2


def test_hooks_of_the_user_and_of_the_project_run_beside_it(two: Stage) -> None:
    kept = two.elsewhere / "ran"
    for place in ("user", "project"):
        two.settings(place, {"hooks": {"SessionStart": [own_hook(f"echo {place} >>{kept}")]}})
    given = json.dumps({"hooks": {"SessionStart": [own_hook(f"echo given >>{kept}")]}})
    assert two.launch(KIND, "-p", "hi", "--settings", given).returncode == 0
    assert sorted(kept.read_text().split()) == ["given", "project", "user"]
    assert said(two) == [("startup", "own")]


def own_hook(command: str) -> dict[str, Any]:
    return {"hooks": [{"type": "command", "command": command}]}


@pytest.mark.parametrize("how", ["disableAllHooks", "--bare", "--safe-mode"])
def test_without_hooks_there_is_no_mark_and_a_guess_is_called_one(two: Stage, how: str) -> None:
    (two.home / ".config" / "cc-launcher" / "profiles" / "other.toml").unlink()
    if how == "disableAllHooks":
        two.settings("user", {how: True})
    ended = two.launch(KIND, *([how] if how.startswith("-") else []), "-p", "hi")
    assert ended.returncode == 0, ended
    assert said(two) == []
    (row,) = rows(two)
    assert row["attribution"] in {"guessed", "none"}
    assert row["basis"] != "exact"


def test_a_project_that_names_another_profile_is_not_believed(two: Stage) -> None:
    two.settings("project", {"hooks": FORGED})
    assert two.launch(KIND, "-p", "hi").returncode == 0
    assert len([line for line in transcripts(two) if "hook_success" in line]) == 2
    assert [(row["profile"], row["attribution"], row["basis"]) for row in rows(two)] == [(None, "none", "unknown")]


def answers(stage: Stage) -> list[dict[str, Any]]:
    return [line for line in map(json.loads, transcripts(stage)) if line["type"] == "assistant"]


def transcripts(stage: Stage) -> list[str]:
    return [line for path in stage.home.glob(".claude/projects/*/*.jsonl") for line in path.read_text().splitlines()]


def test_a_wrapper_has_it_too(two: Stage) -> None:
    wrapped = Wrapped(two)
    assert wrapped.launch("-p", "hi").stdout == "pong\n"
    assert said(two) == [("startup", "own")]
    streamed = wrapped.launch(*STREAM, "hi")
    assert json.loads(streamed.stdout.splitlines()[0])["subtype"] == "init"
    assert said(two) == [("startup", "own")]
    assert [(row["profile"], row["attribution"], row["requests"]) for row in rows(two)] == [("own", "marked", 1)] * 2
    assert not wrapped.handed_over


@pytest.mark.parametrize("version", [harness.OLDEST, harness.BEFORE_MARKS])
def test_a_client_that_would_not_keep_it_is_started_as_before(two: Stage) -> None:
    shown = two.cc("run", "--dry-run", "--json", "own", "-p", "hi")
    assert "SessionStart" not in shown.stdout
    assert two.launch(KIND, "-p", "hi").stdout.strip() == "pong"
    assert "cc {" not in "".join(transcripts(two))


def test_cc_use_writes_it_beside_the_users_hooks_and_takes_it_out_again(two: Stage) -> None:
    subprocess.run(["git", "init", "-q", str(two.work)], check=True, env=two.environment)
    (two.work / ".gitignore").write_text("settings.local.json\n")
    ran = two.elsewhere / "ran"
    local = {"hooks": {"SessionStart": [own_hook(f"echo mine >>{ran}")], "Stop": [own_hook(f"echo stop >>{ran}")]}}
    two.settings("local", local)
    before = two.settings_path("local").read_bytes()

    assert two.cc("use", "own").returncode == 0
    assert two.cc("use", "own").returncode == 0  # again: there is still one
    assert two.settings_path("local").read_text().count("cc {") == 1
    plain = harness.run([two.client, "-p", "hi"], two.environment, two.work, timeout=PATIENCE)
    assert plain.stdout == "pong\n", plain
    assert said(two) == [("startup", "own")]
    assert sorted(ran.read_text().split()) == ["mine", "stop"]
    # A launch of another profile in this project has its own mark, and only that one.
    assert two.cc("run", "other", "-p", "hi", "--continue").returncode == 0
    assert said(two) == [("startup", "own"), ("resume", "other")]
    assert [(row["profile"], row["attribution"]) for row in rows(two)] == [("other", "marked"), ("own", "marked")]

    changed = json.loads(two.settings_path("local").read_text())
    assert two.cc("use", "--off").returncode == 0
    assert two.settings_path("local").read_bytes() == before
    # What came since stays, wherever in the list it was put.
    assert two.cc("use", "own").returncode == 0
    changed = json.loads(two.settings_path("local").read_text())
    changed["hooks"]["SessionStart"].insert(0, own_hook("echo since"))
    two.settings("local", changed)
    assert two.cc("use", "--off").returncode == 0
    local["hooks"]["SessionStart"].insert(0, own_hook("echo since"))
    assert json.loads(two.settings_path("local").read_text()) == local


def test_what_a_team_shares_marks_nothing(two: Stage) -> None:
    assert two.cc("use", "own", "--shared").returncode == 0
    assert "hooks" not in json.loads(two.settings_path("project").read_text())


def test_where_every_launch_is_marked_a_pinned_one_and_a_sealed_one_are(stage: Stage) -> None:
    for name in ("none", "sealed", "key"):
        stage.profile(KINDS[name])
        assert stage.launch(KINDS[name], "-p", "hi").stdout == "pong\n"
    assert [profile for _, profile in said(stage)] == ["own"] * 3


def test_the_file_of_a_kept_plan_has_it(two: Stage) -> None:
    for _ in range(2):
        assert two.launch(KIND, "-p", "hi").returncode == 0
    assert two.launch(KIND, "-p", "hi", cached=True).stdout == "pong\n"
    cached = two.launch(KIND, *STREAM, "hi", cached=True)
    assert json.loads(cached.stdout.splitlines()[0])["subtype"] == "init"
    assert said(two) == [("startup", "own")] * 3
    assert Path(two.home / ".cache").is_dir()
