"""A file that others write too: nothing of theirs is lost, and whoever never stops is told of."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from cc_launcher.core.errors import IN_THE_WAY, INVALID, CcError
from cc_launcher.files import swap

OURS = b" ours"


def read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def with_ours(old: bytes | None) -> bytes:
    return (old or b"").replace(OURS, b"") + OURS


@pytest.fixture
def file(tmp_path: Path) -> Path:
    directory = tmp_path / "place"
    directory.mkdir()
    return directory / "file"


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """What another program does right before each of our last looks, one after the other."""
    to_do: list[Callable[[], object]] = []
    look = swap._is_as_seen

    def late(path: Path, reading: swap.Read, seen: swap._Seen) -> bool:
        if to_do:
            to_do.pop(0)()
        return look(path, reading, seen)

    monkeypatch.setattr(swap, "_is_as_seen", late)
    return to_do


def only(file: Path) -> bool:
    """Whether nothing is left beside it, such as a temporary file."""
    return {path.name for path in file.parent.iterdir()} <= {file.name}


def appends(file: Path, text: bytes) -> Callable[[], object]:
    return lambda: file.write_bytes((read(file) or b"") + text)


def replaces(file: Path, content: bytes) -> Callable[[], object]:
    def put() -> None:
        other = file.with_name("other")
        other.write_bytes(content)
        other.replace(file)

    return put


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755])
def test_where_nobody_else_writes_it_is_changed_with_its_rights(file: Path, mode: int) -> None:
    file.write_bytes(b"old")
    file.chmod(mode)
    assert swap.change(file, read, with_ours)
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode), only(file)) == (b"old ours", mode, True)
    before = file.stat()
    assert not swap.change(file, read, with_ours)
    assert file.stat() == before


def test_one_that_is_not_there_is_made_for_its_owner_alone(file: Path) -> None:
    assert swap.change(file, read, with_ours)
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode), only(file)) == (OURS, 0o600, True)


def test_one_is_removed(file: Path) -> None:
    file.write_bytes(b"old")
    assert swap.change(file, read, lambda _: None)
    assert not file.exists()
    assert not swap.change(file, read, lambda _: None)


def test_a_link_stays(file: Path, tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.write_bytes(b"old")
    file.symlink_to(real)
    assert swap.change(file, read, with_ours)
    assert (file.is_symlink(), real.read_bytes(), only(file)) == (True, b"old ours", True)


@pytest.mark.parametrize("how", [appends, replaces], ids=["into it", "another one in its place"])
@pytest.mark.parametrize("times", [1, 2])
def test_what_others_write_meanwhile_is_kept(
    file: Path, looks: list[Callable[[], object]], how: Callable[[Path, bytes], Callable[[], object]], times: int
) -> None:
    file.write_bytes(b"old")
    looks += [how(file, f" theirs{number}".encode()) for number in range(times)]
    kept: list[bytes | None] = []
    assert swap.change(file, read, with_ours, kept.append)
    last = b"old" + b"".join(b" theirs%d" % number for number in range(times))
    last = last if how is appends else f" theirs{times - 1}".encode()
    assert file.read_bytes() == last + OURS
    assert (len(kept), kept[-1], only(file)) == (times + 1, last, True)


@pytest.mark.parametrize("how", [appends, replaces], ids=["into it", "another one in its place"])
@pytest.mark.parametrize("made", [with_ours, lambda _: None], ids=["changed", "removed"])
def test_after_three_tries_all_is_as_the_other_one_left_it(
    file: Path,
    looks: list[Callable[[], object]],
    how: Callable[[Path, bytes], Callable[[], object]],
    made: Callable[[bytes | None], bytes | None],
) -> None:
    file.write_bytes(b"old")
    file.chmod(0o640)
    looks += [how(file, f" theirs{number}".encode()) for number in range(3)]
    with pytest.raises(CcError) as raised:
        swap.change(file, read, made)
    assert raised.value.code == IN_THE_WAY
    assert "place/file: another program keeps writing to it, so nothing was changed" in raised.value.what
    assert "try again" in raised.value.hint
    assert file.read_bytes() == (b"old theirs0 theirs1 theirs2" if how is appends else b" theirs2")
    assert (looks, only(file)) == ([], True)


def _touched(file: Path, _other: Path) -> None:
    os.utime(file, (1, 1))


def _same_again(file: Path, _other: Path) -> None:
    replaces(file, file.read_bytes())()


def _closed(file: Path, _other: Path) -> None:
    file.chmod(0o600)


def _linked(file: Path, other: Path) -> None:
    other.write_bytes(file.read_bytes())
    file.unlink()
    file.symlink_to(other)


@pytest.mark.parametrize("how", [_touched, _same_again, _closed, _linked])
def test_another_file_with_the_same_content_is_a_difference(
    file: Path, tmp_path: Path, looks: list[Callable[[], object]], how: Callable[[Path, Path], None]
) -> None:
    file.write_bytes(b"old")
    file.chmod(0o644)
    tries: list[bytes | None] = []
    looks.append(lambda: how(file, tmp_path / "other"))
    assert swap.change(file, read, with_ours, tries.append)
    assert (file.read_bytes(), len(tries)) == (b"old ours", 2)
    assert file.is_symlink() == (how is _linked)
    assert how is not _closed or stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_link_that_leads_elsewhere_by_now(file: Path, tmp_path: Path, looks: list[Callable[[], object]]) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for real in (one, two):
        real.write_bytes(real.name.encode())
    file.symlink_to(one)

    def leads_elsewhere() -> None:
        file.unlink()
        file.symlink_to(two)

    looks.append(leads_elsewhere)
    assert swap.change(file, read, with_ours)
    assert (one.read_bytes(), two.read_bytes(), file.is_symlink()) == (b"one", b"two ours", True)


def test_one_that_appears_meanwhile_is_kept(file: Path, looks: list[Callable[[], object]]) -> None:
    looks.append(lambda: file.write_bytes(b"theirs"))
    assert swap.change(file, read, with_ours)
    assert file.read_bytes() == b"theirs ours"


def test_one_that_disappears_meanwhile_is_a_difference(file: Path, looks: list[Callable[[], object]]) -> None:
    file.write_bytes(b"old")
    looks.append(file.unlink)
    assert swap.change(file, read, with_ours)
    assert file.read_bytes() == OURS


def test_one_that_is_to_be_removed_stays_with_what_others_have_put_there(
    file: Path, looks: list[Callable[[], object]]
) -> None:
    file.write_bytes(OURS)
    looks.append(appends(file, b"theirs"))
    assert swap.change(file, read, lambda old: (old or b"").replace(OURS, b"") or None)
    assert file.read_bytes() == b"theirs"


def test_what_was_read_half_written_is_read_again(file: Path) -> None:
    file.write_bytes(b"half")

    def made(old: bytes | None) -> bytes:
        if old == b"half":
            file.write_bytes(b"half and half")
            raise CcError("half of it is missing", code=INVALID)
        return with_ours(old)

    assert swap.change(file, read, made)
    assert file.read_bytes() == b"half and half ours"


def test_what_is_refused_is_left_alone_and_asked_about_once(file: Path) -> None:
    file.write_bytes(b"broken")
    asked: list[bytes | None] = []

    def made(old: bytes | None) -> bytes:
        asked.append(old)
        raise CcError("broken", code=INVALID)

    with pytest.raises(CcError) as raised:
        swap.change(file, read, made)
    assert (raised.value.code, asked, file.read_bytes()) == (INVALID, [b"broken"], b"broken")


def test_what_cannot_be_read_any_more_is_told(file: Path, looks: list[Callable[[], object]]) -> None:
    file.write_bytes(b"old")

    def reading(path: Path) -> bytes | None:
        if path.is_dir():
            raise CcError("not a file", code=IN_THE_WAY)
        return read(path)

    def a_directory() -> None:
        file.unlink()
        file.mkdir()

    looks.append(a_directory)
    with pytest.raises(CcError, match="not a file"):
        swap.change(file, reading, with_ours)
    assert only(file)
