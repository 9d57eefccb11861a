"""Which session asked which, and in which session a tool was called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cc_launcher.files import asked, session_of_call
from cc_launcher.files.asked import Asked

PARENT, CHILD, OTHER = (f"{number}0000000-aaaa-bbbb-cccc-000000000000" for number in (1, 2, 3))


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "claude"))


def test_tasks_stand_under_the_session_that_asked() -> None:
    late, early = Asked(CHILD, PARENT, "zai", 20, "done"), Asked(OTHER, PARENT, "ollama", 10, "limit")
    for one in (late, early):
        asked.record(one)
    assert asked.of(PARENT) == [early, late]
    assert asked.parent_of(CHILD) == PARENT
    assert asked.of(CHILD) == []
    assert asked.parent_of(PARENT) == ""


def test_what_is_no_session_is_no_path() -> None:
    asked.record(Asked("../../x", PARENT, "zai", 1, "done"))
    asked.record(Asked(CHILD, "../x", "zai", 1, "done"))
    assert not asked.root().exists()
    assert asked.of("../..") == []
    assert asked.parent_of("../..") == ""


@pytest.mark.parametrize("content", ["", "{}", "5", '{"profile": 1, "time": 2, "ending": "x"}'])
def test_a_file_that_is_no_record_is_passed_over(content: str) -> None:
    asked.record(Asked(CHILD, PARENT, "zai", 1, "done"))
    (asked.root() / "runs" / PARENT / f"{OTHER}.json").write_text(content)
    assert [one.session for one in asked.of(PARENT)] == [CHILD]


def test_a_call_is_found_in_the_newest_transcripts(tmp_path: Path) -> None:
    work = tmp_path / "my.work"
    work.mkdir()
    name = "".join(letter if letter.isalnum() else "-" for letter in str(work))
    project = tmp_path / "claude" / "projects" / name
    inside = project / OTHER / "subagents"
    inside.mkdir(parents=True)
    for path, session, number in (
        (project / "a.jsonl", PARENT, "toolu_1"),
        (inside / "agent-1.jsonl", OTHER, "toolu_2"),
    ):
        path.write_text("no json toolu_1\n" + json.dumps({"sessionId": session, "x": [number]}) + "\n")
    assert session_of_call.found("toolu_1", str(work)) == PARENT
    assert session_of_call.found("toolu_2", str(work)) == OTHER
    assert session_of_call.found("toolu_3", str(work)) == ""
    assert session_of_call.found("", str(work)) == ""
    assert session_of_call.found("toolu_1", str(tmp_path)) == ""
