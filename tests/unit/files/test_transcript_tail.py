"""The two ends of a transcript."""

from __future__ import annotations

from pathlib import Path

from cc_launcher.files import transcript_tail


def test_it_is_found_by_its_session(tmp_path: Path) -> None:
    file = tmp_path / "projects" / "-a-[b]" / "id.jsonl"
    file.parent.mkdir(parents=True)
    file.write_text("one\ntwo\n")
    assert transcript_tail.path_of(str(tmp_path), "id") == str(file)
    assert transcript_tail.lines(str(file)) == [b"one", b"two"]
    for strange in ("", "other", "../id", "*"):
        assert transcript_tail.path_of(str(tmp_path), strange) == ""


def test_of_what_is_not_there_nothing_is_told(tmp_path: Path) -> None:
    assert transcript_tail.lines(str(tmp_path / "gone")) == []
    assert transcript_tail.first_time(str(tmp_path / "gone")) == 0.0


def test_when_it_began(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    file.write_text('{"type":"x"}\n{"timestamp":"2026-11-29T11:40:06.233Z"}\n{"timestamp":"2027-01-01T00:00:00Z"}\n')
    assert transcript_tail.first_time(str(file)) == 1795952406.233
    file.write_text('{"timestamp":"soon"}')
    assert transcript_tail.first_time(str(file)) == 0.0


def test_of_a_large_one_the_end_is_read(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    file.write_bytes(b"x" * 5_000_000 + b"\nlast\n")
    assert transcript_tail.lines(str(file))[-1] == b"last"
