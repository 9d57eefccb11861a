"""The copy of a session stands beside it, whole or not at all, and the original is only read."""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.core.errors import IN_THE_WAY, INVALID, CcError
from cc_launcher.core.sessions import clean, obstacles
from cc_launcher.core.sessions.obstacles import Obstacles, Target
from cc_launcher.files import session_copy
from tests.unit.core.sessions.told import OLD, PICTURE, assistant, text, thinking, user, written

LINES = written(user("1", None, [PICTURE]), assistant("2", "1", thinking()), assistant("3", "2", text("hi")))


@pytest.fixture
def transcript(tmp_path: Path) -> Path:
    path = tmp_path / "-work" / f"{OLD}.jsonl"
    path.parent.mkdir()
    path.write_bytes(b"".join(LINES))
    os.utime(path, ns=(1_000_000_000, 1_000_000_007))
    return path


def in_the_way(path: Path, **more: Any) -> Obstacles:
    with path.open("rb") as lines:
        return obstacles.found(lines, Target("m", **more))


def test_it_is_beside_the_original_which_is_only_read(transcript: Path) -> None:
    before = transcript.read_bytes(), transcript.stat().st_mtime_ns
    new = session_copy.make(transcript, in_the_way(transcript, images=False))
    assert (transcript.read_bytes(), transcript.stat().st_mtime_ns) == before
    copy = transcript.with_name(f"{new}.jsonl")
    assert sorted(transcript.parent.iterdir()) == sorted([transcript, copy])
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    lines = [json.loads(line) for line in copy.read_text().splitlines()]
    assert [line.get("uuid") for line in lines] == [None, "1", "3"]
    assert {line["sessionId"] for line in lines} == {new}
    assert not in_the_way(copy, images=False).needs_copy


def test_images_stay_where_only_thinking_is_in_the_way(transcript: Path) -> None:
    new = session_copy.make(transcript, in_the_way(transcript))
    assert b'"image"' in transcript.with_name(f"{new}.jsonl").read_bytes()


def test_a_line_that_was_torn_off_at_the_end_is_left_out(transcript: Path) -> None:
    transcript.write_bytes(b"".join(LINES) + b'{"parentUuid":"3","ty')
    new = session_copy.make(transcript, in_the_way(transcript))
    assert len(transcript.with_name(f"{new}.jsonl").read_bytes().splitlines()) == 3


def test_what_a_client_writes_while_it_is_copied_is_not_in_it(
    transcript: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = clean.gone

    def and_more(lines: Iterable[bytes], without: Collection[str]) -> clean.Gone:
        found = gone(lines, without)
        with transcript.open("ab") as file:
            file.writelines(written(assistant("4", "3", thinking()), assistant("5", "4", text("late"))))
        return found

    before = in_the_way(transcript)
    monkeypatch.setattr(clean, "gone", and_more)
    new = session_copy.make(transcript, before)
    lines = [json.loads(line) for line in transcript.with_name(f"{new}.jsonl").read_text().splitlines()]
    assert [line.get("uuid") for line in lines] == [None, "1", "3"]


def test_a_full_disk_leaves_nothing(transcript: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = in_the_way(transcript)
    with monkeypatch.context() as broken:
        broken.setattr(os, "write", full)
        with pytest.raises(CcError, match="No space left") as caught:
            session_copy.make(transcript, before)
    assert caught.value.code == IN_THE_WAY
    assert list(transcript.parent.iterdir()) == [transcript]


def test_what_a_killed_one_has_left_goes_with_the_next_one(transcript: Path) -> None:
    old, fresh = (transcript.with_name(f".{OLD}.jsonl.{number}") for number in ("0" * 16, "1" * 16))
    for path in (old, fresh):
        path.write_bytes(b"x")
    os.utime(old, (0, 0))
    session_copy.make(transcript, in_the_way(transcript))
    assert (old.exists(), fresh.exists()) == (False, True)


def test_a_link_a_directory_and_a_pipe_are_refused(transcript: Path) -> None:
    link, directory, pipe = (transcript.with_name(name) for name in ("link.jsonl", "directory.jsonl", "pipe.jsonl"))
    link.symlink_to(transcript)
    directory.mkdir()
    os.mkfifo(pipe)
    before = sorted(transcript.parent.iterdir())
    for path in (link, directory, pipe, transcript.with_name("gone.jsonl")):
        with pytest.raises(CcError) as caught:
            session_copy.make(path, Obstacles(refused=("thinking",)))
        assert caught.value.code == IN_THE_WAY
    assert sorted(transcript.parent.iterdir()) == before


def test_somebody_elses_file_is_refused(transcript: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(CcError, match="another user"):
        session_copy.make(transcript, Obstacles(refused=("thinking",)))


def test_what_cannot_go_on_is_not_copied(transcript: Path) -> None:
    with pytest.raises(CcError, match="no message") as caught:
        session_copy.make(transcript, Obstacles(cannot="no message is in it"))
    assert caught.value.code == INVALID
    assert list(transcript.parent.iterdir()) == [transcript]
