"""The directory of the `claude` of `cc exec`: whose it is, and when what is in it counts as made."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

import pytest

from cc_launcher.core.errors import IN_THE_WAY, CcError
from cc_launcher.core.wrapper.mark import MARK
from cc_launcher.files import guard, places, shims

TEXT = f"#!/bin/sh\n{MARK} 1 {{}} 0\n"


def put(*key: str, text: str = TEXT, begun: int | None = None) -> Path:
    return shims.put(shims.place(key), text, time.time_ns() if begun is None else begun)


def test_a_key_has_one_directory_and_another_key_another_one() -> None:
    assert shims.place(("a", "bc")) == shims.place(("a", "bc"))
    assert len({shims.place(key) for key in (("a", "bc"), ("ab", "c"), ("a", "bc", ""))}) == 3
    assert put("a").parent == shims.place(("a",))


def test_the_script_is_older_than_what_changed_while_it_was_made(tmp_path: Path) -> None:
    begun = time.time_ns()
    profile = tmp_path / "profile"
    profile.write_text("changed just now")
    script = put("a", begun=begun)
    assert profile.stat().st_mtime_ns > script.stat().st_mtime_ns
    assert put("a", begun=begun + 1_000_000_000).stat().st_mtime_ns > begun  # looked at again, and the same
    assert script.read_text() == TEXT


def test_one_is_told_by_its_place_and_by_its_mark(tmp_path: Path) -> None:
    assert shims.is_one(str(put("a").parent))
    for place, text in (("exec/0", "#!/bin/sh\n"), ("bin/0", TEXT)):
        other = tmp_path / place
        other.mkdir(parents=True)
        (other / "claude").write_text(text)
        assert not shims.is_one(str(other))
    assert not shims.is_one("")
    assert not shims.is_one(str(tmp_path / "exec" / "nothing"))


def test_where_no_program_can_be_started_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # as on what is mounted with noexec
    with pytest.raises(CcError) as caught:
        put("a")
    assert caught.value.code == IN_THE_WAY
    assert "noexec" in caught.value.what


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("which", ["script", "directory", "root"])
def test_what_belongs_to_somebody_else_is_not_used(which: str) -> None:
    script = put("a")
    place = {"script": script, "directory": script.parent, "root": script.parent.parent}[which]
    os.chown(place, 1234, 1234)
    if which == "script":  # which is replaced
        assert put("a").stat().st_uid == 0
        return
    with pytest.raises(CcError) as caught:
        put("a")
    assert caught.value.code == IN_THE_WAY


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    directory = put("a").parent
    (directory / "claude").unlink()
    directory.rmdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    directory.symlink_to(elsewhere)
    with pytest.raises(CcError):
        put("a")
    assert list(elsewhere.iterdir()) == []


def test_a_file_in_its_place_is_said() -> None:
    root = shims.place(("a",)).parent
    root.parent.mkdir(parents=True, mode=0o700)
    root.write_text("no directory")
    with pytest.raises(CcError) as caught:
        put("a")
    assert caught.value.code == IN_THE_WAY


def test_where_a_link_leads_tomorrow_is_nothing_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is on PATH has no link in it, which somebody could lead to a program of their own."""
    real = tmp_path / "real"
    real.mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(real)
    monkeypatch.setenv("CC_CACHE_DIR", str(tmp_path / "link"))
    assert put("a").is_relative_to(real)


def test_a_directory_above_that_a_group_can_write_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Path(places.cache())
    put("a")
    cache.chmod(0o770)
    monkeypatch.setattr(guard, "is_own_group", lambda _: True)
    put("a")
    monkeypatch.setattr(guard, "is_own_group", lambda _: False)
    with pytest.raises(CcError, match="others can put programs there"):
        put("a")


def test_one_that_can_only_be_read_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a file system that is mounted so, with the cache in it."""

    def only_read(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    script = put("a")
    before = script.stat().st_mtime_ns
    monkeypatch.setattr(os, "utime", only_read)
    assert put("a", begun=before + 1_000_000_000) == script
    assert script.stat().st_mtime_ns == before


def test_where_no_directory_can_be_made_another_one_is_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CC_CACHE_DIR", str(tmp_path / "file"))
    with pytest.raises(CcError) as caught:
        put("a")
    assert (caught.value.code, caught.value.hint) == (IN_THE_WAY, "name another directory: CC_CACHE_DIR=/PATH")
