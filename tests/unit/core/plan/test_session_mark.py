"""What marks a session's transcript: a constant line, in the pins of every client that writes it down."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.core.plan import client, session_mark
from cc_launcher.core.usage import marker, transcript
from cc_launcher.core.usage.found import Found
from tests.unit.conftest import plan_of

PROFILE = 'auth = "bearer"\nsecret = "file:~/key"\ntiers.main = "m"\nbase_url = "{}"\n'


def said_by(command: str, **variables: str) -> tuple[str, str]:
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True, env=variables)
    return done.stdout, done.stderr


def command_of(hooks: dict[str, list[dict[str, list[dict[str, str]]]]]) -> str:
    ((event, (hook,)),) = hooks.items()
    assert event == "SessionStart"
    (one,) = hook["hooks"]
    assert one["type"] == "command"
    return one["command"]


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://host.example/v/{account}", "host.example"),
        ("https://host.example:8443/a", "host.example"),
        ("http://127.0.0.1:4000", "127.0.0.1"),
    ],
)
def test_the_mark_is_one_line_on_stderr_with_the_host_and_no_address(address: str, host: str) -> None:
    plan = plan_of(PROFILE.format(address.replace("{account}", "x")))
    assert plan.mark in plan.pins
    command = command_of(json.loads(plan.pins)["hooks"])
    out, line = said_by(command)
    assert out == ""
    attachment = {"hookName": "SessionStart:startup", "stderr": line, "stdout": out, "command": command}
    assert marker.read(7, "s", attachment) == marker.Marker(7, "s", "mine", "mine", host, begins=True)
    assert len(plan.mark) < 250


@pytest.mark.parametrize("name", ["it's", 'a"b', "$(id)", "`id`", "a\\b", "ü", "%s\n"])
def test_a_name_is_said_as_it_is_whatever_is_in_it(name: str) -> None:
    command = command_of(session_mark.in_pins(session_mark.setting(session_mark.line("p", name, "h"))))
    _, line = said_by(command)
    assert json.loads(line.removeprefix("cc "))["provider"] == name
    assert line.isascii()


def test_a_client_that_would_not_write_it_down_is_not_asked_to() -> None:
    older = plan_of(PROFILE.format("https://h"), version=client.KEEPS_MARKS.lacking)
    assert older.mark == ""
    assert "hooks" not in json.loads(older.pins)
    assert plan_of(PROFILE.format("https://h"), version=client.KEEPS_MARKS.since).mark
    assert plan_of(PROFILE.format("https://h"), version=None).mark  # nobody knows: it may well be a new one


def test_in_a_settings_file_it_is_silent_in_the_launches_of_others() -> None:
    mark = session_mark.setting(session_mark.line("own", "zai", "h"))
    command = command_of(session_mark.in_file(mark, "own"))
    assert said_by(command, CC_PROFILE="own") == ("", 'cc {"v":1,"profile":"own","provider":"zai","host":"h"}\n')
    assert said_by(command, CC_PROFILE="other") == said_by(command) == ("", "")


PROMPT = json.dumps({"session_id": "s-1", "cwd": "/x", "prompt": 'say "session_id":"no"'}, separators=(",", ":"))


def apart(file: Path, **of_machine: Any) -> str:
    """The command of a session whose every event is printed."""
    plan = plan_of(PROFILE.format("https://h.example"), marks=str(file), **of_machine)
    ((event, (hook,)),) = session_mark.in_pins(plan.mark_apart).items()
    assert event == "UserPromptSubmit"
    command: str = hook["hooks"][0]["command"]
    return command


@pytest.mark.parametrize("shell", ["sh", "bash", "dash"])
@pytest.mark.parametrize("end", ["", "\n"])
def test_apart_from_the_transcript_each_prompt_is_a_line_that_is_read_like_one_of_it(
    tmp_path: Path, shell: str, end: str
) -> None:
    file = tmp_path / "it's a $(id)" / "marks.jsonl"
    for _ in range(2):
        done = subprocess.run(
            [shell, "-c", apart(file)], input=PROMPT + end, capture_output=True, text=True, check=True
        )
        assert (done.stdout, done.stderr) == ("", "")
    assert file.stat().st_mode & 0o777 == 0o600
    assert "say" not in file.read_text()
    found = Found()
    transcript.read(file.read_bytes(), found)
    now = time.time() * 1000
    assert [mark[1:] for mark in found.markers] == [("s-1", "mine", "mine", "h.example", False)] * 2
    assert all(now - 60_000 < mark.time <= now for mark in found.markers)


def test_where_nothing_can_be_written_the_prompt_goes_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place in (tmp_path / "file" / "below" / "marks.jsonl", tmp_path):
        done = subprocess.run(["sh", "-c", apart(place)], input=PROMPT, capture_output=True, text=True, check=True)
        assert (done.stdout, done.stderr) == ("", "")


def test_where_nobody_says_where_nothing_is_written() -> None:
    assert session_mark.in_pins(plan_of(PROFILE.format("https://h")).mark_apart) == {"SessionStart": []}
    assert plan_of(PROFILE.format("https://h"), version=client.KEEPS_MARKS.lacking).mark_apart == ""
