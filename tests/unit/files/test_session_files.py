"""The transcripts that one can go on with: which there are, of which project, and what is seen of them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from cc_launcher.files import open_sessions, session_files

ONE, TWO = (f"{letter * 8}-0000-4000-8000-000000000000" for letter in "ab")


@pytest.fixture
def projects(home: Path) -> Path:  # noqa: ARG001 - it is where our own directories are
    return Path(os.environ["HOME"]) / ".claude" / "projects"


def put(projects: Path, project: str, name: str, *lines: object, age: int = 0) -> Path:
    path = projects / project / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    os.utime(path, (1_000_000 - age,) * 2)
    return path


def test_the_sessions_of_a_project_come_newest_first(projects: Path) -> None:
    put(projects, "-src-a", f"{ONE}.jsonl", age=5)
    put(projects, "-src-a", f"{TWO}.jsonl")
    put(projects, "-src-a", "agent-12345.jsonl")
    put(projects, "-src-a", f"{ONE}.jsonl.bak")
    put(projects, "-src-b", f"{ONE}.jsonl", age=9)
    (projects / "-src-a" / "cccccccc-0000-4000-8000-000000000000.jsonl").symlink_to("/etc/passwd")
    (projects / "-src-a" / "dddddddd-0000-4000-8000-000000000000.jsonl").mkdir()
    assert [file.id for file in session_files.of_project("/src/a")] == [TWO, ONE]
    assert [Path(file.path).parent.name for file in session_files.every()] == ["-src-a", "-src-a", "-src-b"]
    assert session_files.of_project("/work") == []


def test_a_project_is_named_as_the_client_names_it() -> None:
    assert session_files.project_name("/home/a_b/x.y z") == "-home-a-b-x-y-z"
    assert session_files.project_name("/ä/😀") == "-----"


def test_a_long_project_has_a_sum_behind_its_name(projects: Path) -> None:
    long = "/" + "x" * 250
    put(projects, session_files.project_name(long)[:200] + "-1a2b3c", f"{ONE}.jsonl")
    assert [file.id for file in session_files.of_project(long)] == [ONE]


def test_the_path_of_a_transcript_is_one_and_nothing_else_is(projects: Path) -> None:
    path = put(projects, "-src-a", f"{ONE}.jsonl")
    found = session_files.at(str(path))
    assert found is not None
    assert (found.id, found.config) == (ONE, str(projects.parent))
    assert session_files.at(str(path.with_name("other.jsonl"))) is None
    assert session_files.at(str(projects)) is None


def test_both_ends_of_a_long_one_are_seen(projects: Path) -> None:
    first = {"type": "user", "uuid": "u", "message": {"content": "the beginning"}, "cwd": "/src/a"}
    filler = [{"type": "attachment", "attachment": "x" * 1000}] * 200
    last = {"type": "custom-title", "customTitle": "at the end"}
    path = put(projects, "-src-a", f"{ONE}.jsonl", first, *filler, last)
    found = session_files.at(str(path))
    assert found is not None
    seen = session_files.look(found)
    assert (seen.title, seen.cwd, seen.thread) == ("at the end", "/src/a", "u")
    path.unlink()
    assert not session_files.look(found).begun
    assert list(session_files.lines(str(path))) == []


def test_a_first_line_that_is_longer_than_a_piece_is_found_all_the_same(projects: Path) -> None:
    first = {"type": "user", "uuid": "u", "message": {"content": "x" * 200_000}}
    path = put(projects, "-src-a", f"{ONE}.jsonl", first, {"type": "mode"})
    found = session_files.at(str(path))
    assert found is not None
    assert session_files.look(found).thread == "u"


def told(**more: object) -> str:
    stat = Path(f"/proc/{os.getpid()}/stat").read_text().rpartition(")")[2].split()
    return json.dumps({"pid": os.getpid(), "sessionId": ONE, "procStart": stat[19]} | more)


@pytest.mark.parametrize(
    ("content", "is_open"),
    [
        (told(), True),
        (told(pidDomain="linux:x:" + os.readlink("/proc/self/ns/pid")), True),
        (told(pidDomain="linux:x:pid:[1]"), False),  # of a container
        (told(procStart="1"), False),  # another process has this number now
        (told(pid=2**22 + 5), False),
        (told(pid=True), False),
        (told(pid="7"), False),
        (told(sessionId=None), False),
        ("[]", False),
        ("{", False),
        ("", False),
    ],
    ids=range(11),  # in the text is the number of this process, which is another one in each of pytest's
)
def test_a_session_is_open_while_the_process_that_says_so_is_there(projects: Path, content: str, is_open: bool) -> None:  # noqa: FBT001 - of a table
    directory = projects.parent / "sessions"
    directory.mkdir(parents=True)
    (directory / "7.json").write_text(content)
    (directory / "7.abc.key").write_text(told())
    assert open_sessions.pids() == ({ONE: os.getpid()} if is_open else {})
