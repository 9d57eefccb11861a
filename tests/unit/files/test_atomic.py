"""A file is written whole or not at all, and what was there stays until then."""

import errno
import fcntl
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.core.errors import IN_THE_WAY, CcError
from cc_launcher.files import atomic


def left_in(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir() if path.is_file()}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    directory = tmp_path / "place"
    directory.mkdir()
    return directory


@pytest.mark.parametrize("content", [b"", b"new", b"\0\xff" * 100_000])
@pytest.mark.parametrize("mode", [0o600, 0o755])
def test_a_file_has_the_content_and_the_mode_that_were_asked_for(place: Path, content: bytes, mode: int) -> None:
    before = os.umask(0o077)
    try:
        atomic.write(place / "file", content, mode)
    finally:
        os.umask(before)
    assert left_in(place) == {"file": content}
    assert stat.S_IMODE((place / "file").stat().st_mode) == mode


def test_without_a_mode_it_is_for_its_owner_alone(place: Path) -> None:
    before = os.umask(0)
    try:
        atomic.write(place / "file", b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((place / "file").stat().st_mode) == 0o600


def test_a_file_is_replaced_and_not_written_into(place: Path) -> None:
    (place / "file").write_bytes(b"old")
    (place / "second-name").hardlink_to(place / "file")
    atomic.write(place / "file", b"new")
    assert left_in(place) == {"file": b"new", "second-name": b"old"}


def test_a_link_is_replaced_and_not_followed(place: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"victim")
    (place / "file").symlink_to(victim)
    atomic.write(place / "file", b"new")
    assert victim.read_bytes() == b"victim"
    assert not (place / "file").is_symlink()


def test_a_link_at_the_temporary_name_is_not_followed(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"victim")
    monkeypatch.setattr(os, "urandom", lambda length: b"\7" * length)
    (place / f".file.{'07' * 8}").symlink_to(victim)
    with pytest.raises(CcError):
        atomic.write(place / "file", b"new")
    assert victim.read_bytes() == b"victim"
    assert not (place / "file").exists()


def test_short_writes_are_continued(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: write(handle, bytes(data)[:3]))
    atomic.write(place / "file", b"0123456789")
    assert left_in(place) == {"file": b"0123456789"}


def failing(number: int) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> Any:
        raise OSError(number, os.strerror(number))

    return fail


def failing_close(handle: int) -> None:
    os.closerange(handle, handle + 1)
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def second_write_fails() -> Callable[[int, Any], int]:
    write, calls = os.write, []

    def some(handle: int, data: Any) -> int:
        calls.append(handle)
        if len(calls) > 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(handle, bytes(data)[:2])

    return some


FAULTS: dict[str, tuple[object, str, Any, str]] = {
    "opening": (os, "open", failing(errno.EROFS), "Read-only file system"),
    "writing": (os, "write", failing(errno.ENOSPC), "No space left on device"),
    "writing the rest": (os, "write", second_write_fails(), "No space left on device"),
    "setting the mode": (os, "fchmod", failing(errno.EPERM), "Operation not permitted"),
    "syncing": (os, "fsync", failing(errno.EIO), "Input/output error"),
    "closing": (os, "close", failing_close, "Input/output error"),
    "replacing": (Path, "replace", failing(errno.EXDEV), "cross-device link"),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("before", [b"old", None], ids=["over an old file", "where there was none"])
def test_whatever_fails_the_old_file_is_intact_and_nothing_else_is_left(
    place: Path, monkeypatch: pytest.MonkeyPatch, fault: str, before: bytes | None
) -> None:
    if before is not None:
        (place / "file").write_bytes(before)
    owner, name, fail, told = FAULTS[fault]
    with monkeypatch.context() as broken:
        broken.setattr(owner, name, fail)
        with pytest.raises(CcError) as caught:
            atomic.write(place / "file", b"new content")
    assert left_in(place) == ({} if before is None else {"file": before})
    assert caught.value.code == IN_THE_WAY
    assert caught.value.what.startswith(f"{place}/file: cannot be written: ")
    assert told in caught.value.what


def test_an_interrupt_leaves_no_part_behind_either(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    (place / "file").write_bytes(b"old")
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", interrupted)
        with pytest.raises(KeyboardInterrupt):
            atomic.write(place / "file", b"new")
    assert left_in(place) == {"file": b"old"}


@pytest.mark.parametrize("before", [b"old", None], ids=["over an old file", "where there was none"])
def test_at_the_last_moment_it_can_still_be_left_alone(place: Path, before: bytes | None) -> None:
    if before is not None:
        (place / "file").write_bytes(before)
    there: list[dict[str, bytes]] = []

    def unless() -> bool:
        there.append(left_in(place))
        return len(there) == 1

    assert atomic.write(place / "file", b"new", unless=unless) is False
    assert left_in(place) == ({} if before is None else {"file": before})
    assert b"new" in there[0].values()  # all but the rename was done
    assert atomic.write(place / "file", b"new", unless=unless) is True
    assert left_in(place) == {"file": b"new"}


def test_who_cannot_say_whether_leaves_no_part_behind_either(place: Path) -> None:
    def unless() -> bool:
        raise KeyboardInterrupt

    (place / "file").write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt):
        atomic.write(place / "file", b"new", unless=unless)
    assert left_in(place) == {"file": b"old"}


def test_a_directory_that_cannot_be_synced_is_no_failure(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fsync = os.fsync

    def only_files(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "no")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", only_files)
    atomic.write(place / "file", b"new")
    assert left_in(place) == {"file": b"new"}


@pytest.fixture
def on_a_mac(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """As on macOS, of which nothing runs here but our own lines: what was asked of each open file."""
    asked: list[int] = []
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(fcntl, "fcntl", lambda _handle, what: asked.append(what))
    return asked


def test_on_a_mac_the_drive_itself_is_told_to_keep_it(
    place: Path, monkeypatch: pytest.MonkeyPatch, on_a_mac: list[int]
) -> None:
    monkeypatch.setattr(os, "fsync", failing(errno.EIO))  # which would do less there, and is not asked
    atomic.write(place / "file", b"new")
    assert left_in(place) == {"file": b"new"}
    assert on_a_mac == [51, 51]  # F_FULLFSYNC: of the file, and of its directory


@pytest.mark.parametrize("number", [errno.ENOTSUP, errno.EINVAL, errno.ENOTTY])
def test_on_a_mac_a_file_system_without_that_does_what_it_can(
    place: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(fcntl, "fcntl", failing(number))
    monkeypatch.setattr(os, "fsync", synced.append)
    atomic.write(place / "file", b"new")
    assert left_in(place) == {"file": b"new"}
    assert len(synced) == 2


def test_on_a_mac_a_drive_that_fails_is_no_file_system_without_that(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "file").write_bytes(b"old")
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(fcntl, "fcntl", failing(errno.EIO))
    with pytest.raises(CcError):
        atomic.write(place / "file", b"new")
    assert left_in(place) == {"file": b"old"}


@pytest.mark.parametrize("in_the_way", ["a directory", "no directory"])
def test_what_is_in_the_way_stays(place: Path, in_the_way: str) -> None:
    target = place / "file"
    if in_the_way == "a directory":
        target.mkdir()
    else:
        target = place / "missing" / "file"
    with pytest.raises(CcError) as caught:
        atomic.write(target, b"new")
    assert caught.value.code == IN_THE_WAY
    assert left_in(place) == {}


def test_no_handle_is_left_open(place: Path) -> None:
    before = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0
    for _ in range(3):
        atomic.write(place / "file", b"x")
    after = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0
    assert after == before


def test_a_directory_is_made_for_its_owner_alone_with_all_above_it(tmp_path: Path) -> None:
    atomic.directory(tmp_path / "a" / "b")
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700


def test_a_directory_that_is_there_stays_as_it_is(place: Path) -> None:
    place.chmod(0o755)
    atomic.directory(place)
    assert stat.S_IMODE(place.stat().st_mode) == 0o755


def test_a_file_in_the_place_of_a_directory_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    for path in (tmp_path / "a", tmp_path / "a" / "b"):
        with pytest.raises(CcError, match="cannot be made") as caught:
            atomic.directory(path)
        assert caught.value.code == IN_THE_WAY


def test_the_directories_above_are_for_their_owner_alone_too(place: Path) -> None:
    """What is read from the one above, such as where wrappers are, is not trusted where others can enter it."""
    before = os.umask(0o022)
    try:
        atomic.directory(place / "ours" / "below" / "it")
    finally:
        os.umask(before)
    for made in ("ours", "ours/below", "ours/below/it"):
        assert stat.S_IMODE((place / made).stat().st_mode) == 0o700
