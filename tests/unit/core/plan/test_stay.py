"""What is pinned where we wait beside the client, and its arguments when a session goes on elsewhere."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.core.errors import CcError
from cc_launcher.core.plan import Plan, stay

_TEXTS = ("profile", "label", "model", "protection", "target", "judged", "mark", "mark_apart", "memory", "managed")
PLAN = Plan(
    **dict.fromkeys(Plan.__slots__, ()) | dict.fromkeys((*_TEXTS, "direct"), "") | {"set": {"A": "b"}, "pins": "{}"}
)
PINS = '{"hooks":{"UserPromptSubmit":[{"hooks":[]}]},"env":{"A":"b"}}'


def test_the_hooks_stand_beside_others_and_the_environment_stays_last() -> None:
    pins = json.loads(stay.marking(PLAN.but(pins=PINS), "/a place").pins)
    assert [*pins] == ["hooks", "env"]
    assert len(pins["hooks"]["UserPromptSubmit"]) == 2
    assert len(pins["hooks"]["StopFailure"]) == 1


def _run(place: Path, event: str, said: bytes) -> None:
    pins = json.loads(stay.marking(PLAN.but(pins=PINS), str(place)).pins)
    command = pins["hooks"][event][-1]["hooks"][0]["command"]
    ended = subprocess.run(["/bin/sh", "-c", command], input=said, capture_output=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")


def test_a_hook_writes_down_what_it_is_told_for_the_owner_alone(tmp_path: Path) -> None:
    place = tmp_path / "it's here"
    place.mkdir()
    _run(place, "StopFailure", b'{"a": "b"}')
    _run(place, "UserPromptSubmit", b"x" * 200_000)
    assert {path.name: path.stat().st_mode & 0o777 for path in place.iterdir()} == {"failed": 0o600, "prompt": 0o600}
    assert (place / "failed").read_bytes() == b'{"a": "b"}'
    assert len((place / "prompt").read_bytes()) == 200_000


def test_a_hook_says_nothing_where_the_directory_is_gone(tmp_path: Path) -> None:
    _run(tmp_path / "gone", "StopFailure", b"{}")


def test_a_client_that_is_not_the_last_gives_up_soon() -> None:
    plan = stay.impatient(PLAN.but(pins=PINS))
    assert plan.set[stay.RETRIES] == stay.FEW
    assert json.loads(plan.pins)["env"][stay.RETRIES] == stay.FEW
    assert stay.impatient(PLAN.but(pins="")).pins == ""


def test_the_users_own_retries_stay() -> None:
    plan = PLAN.but(set={**PLAN.set, stay.RETRIES: "7"})
    assert stay.impatient(plan) == plan


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (["-p", "hi"], "text"),
        (["-p", "--output-format", "json"], "json"),
        (["-p", "--output-format=stream-json"], "stream-json"),
        (["-p", "--", "--output-format=json"], "text"),
    ],
)
def test_how_the_answer_is_wanted(given: list[str], wanted: str) -> None:
    assert stay.printing(given).asked == wanted
    assert stay.printing(given).is_held == (wanted != "stream-json")


@pytest.mark.parametrize(
    ("given", "held"),
    [
        (["-p", "hi", "--allowedTools", "Bash"], ["-p", "hi", "--allowedTools", "Bash"]),
        (["-p", "--output-format", "text", "hi"], ["-p", "hi"]),
        (["--output-format=json", "-p", "--", "--output-format=text"], ["-p", "--", "--output-format=text"]),
    ],
)
def test_it_is_asked_for_json_and_every_word_stays_where_it_was(given: list[str], held: list[str]) -> None:
    assert stay.held_back(given) == ["--output-format", "json", *held]


@pytest.mark.parametrize(
    ("given", "left"),
    [
        (["fix it"], []),
        (
            ["-p", "fix it", "--allowedTools", "Bash", "Edit", "--verbose"],
            ["-p", "--allowedTools", "Bash", "Edit", "--verbose"],
        ),
        (["--session-id", "x", "--model", "m", "--fallback-model=n", "fix it"], []),
        (["--resume", "id", "fix it"], ["--resume", "id"]),
        (["-d", "api", "-n", "my name", "fix it"], ["-d", "api", "-n", "my name"]),
        (["--system-prompt", "-", "fix it"], ["--system-prompt", "-"]),
        (["-c", "--", "-p is a prompt"], ["-c"]),
    ],
)
def test_a_session_goes_on_with_the_options_and_without_the_prompt(given: list[str], left: list[str]) -> None:
    assert stay.resumed(given, "go on") == [*left, "--", "go on"]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (["-p", "--no-session-persistence"], "--no-session-persistence"),
        (["--input-format", "stream-json"], "--input-format stream-json"),
        (["--input-format=stream-json"], "--input-format stream-json"),
        (["--input-format", "text"], ""),
        (["--bg", "x"], "--bg"),
        (["--system-prompt", "--bg"], ""),
        (["--", "--bg"], ""),
    ],
)
def test_where_nobody_could_go_on(given: list[str], reason: str) -> None:
    assert stay.elsewhere(given) == reason
    if reason:
        with pytest.raises(CcError, match="--stay does not go with"):
            stay.refuse(given)
    else:
        stay.refuse(given)


def test_whether_it_answers_once() -> None:
    assert stay.prints(["-p", "x"])
    assert not stay.prints(["x", "--", "-p"])


def test_both_files_have_their_names() -> None:
    names: Any = {stay.MARK, stay.PROMPT}
    assert len(names) == 2
