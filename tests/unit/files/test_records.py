"""The file of what is remembered: for its owner alone, never an error, and no lost note where two write at once."""

from __future__ import annotations

import multiprocessing
import os
import stat
from pathlib import Path

import pytest

from cc_launcher.core.profile.remembered import Records
from cc_launcher.files import plan_cache, records
from cc_launcher.launch import planfile
from tests.unit.conftest import last_worked
from tests.unit.launch.test_planfile import plan

KEY = "keyring:zai"


@pytest.fixture
def file(home: Path) -> Path:
    return home / "data" / "records.json"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time as the test has it."""
    now = [1000.0]
    monkeypatch.setattr("time.time", lambda: now[0])
    return now


def put(home: Path, *names: str) -> None:
    directory = home / "config" / "profiles"
    directory.mkdir(parents=True, mode=0o700)
    for name in names:
        (directory / f"{name}.toml").touch(0o600)


def test_what_is_noted_is_known(file: Path, clock: list[float]) -> None:
    assert records.read() == Records()
    records.note_kept(KEY)
    records.note_accepted("zai", KEY)
    assert records.read().is_accepted("zai", KEY)
    records.note_kept(KEY)
    assert not records.read().is_accepted("zai", KEY)
    clock[0] = 2000.0
    records.note_seen(["pass:a", KEY])
    assert records.read().secrets == {KEY: (True, 1000.0), "pass:a": (True, 2000.0)}
    records.note_gone(KEY)
    assert records.read().secrets[KEY] == (False, 2000.0)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_nothing_is_written_where_nothing_is_new(file: Path) -> None:
    records.note_seen([KEY])
    before = file.stat().st_ino
    records.note_seen([KEY])
    assert file.stat().st_ino == before


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"{", b'{"version": 1}', b"[" * 200_000])
def test_a_damaged_file_is_an_empty_one_and_the_next_note_mends_it(file: Path, content: bytes) -> None:
    file.parent.mkdir(mode=0o700)
    file.write_bytes(content)
    assert records.read() == Records()
    assert last_worked() == ""
    records.note_kept(KEY)
    assert records.read().secrets[KEY].there


@pytest.mark.skipif(os.name == "nt", reason="rights are of POSIX")
def test_what_others_could_have_written_is_not_believed(file: Path, tmp_path: Path) -> None:
    records.note_kept(KEY)
    file.chmod(0o622)
    assert records.read() == Records()
    elsewhere = tmp_path / "elsewhere"
    file.chmod(0o600)
    file.rename(elsewhere)
    file.symlink_to(elsewhere)
    assert records.read() == Records()
    file.unlink()
    os.mkfifo(file)
    assert records.read() == Records()


def test_that_nothing_can_be_written_is_no_error(home: Path) -> None:
    (home / "data").touch()
    records.note_kept(KEY)
    records.note_launched("zai", "", [KEY])
    assert records.read() == Records()


def _note(number: int) -> None:
    records.note_seen([f"pass:{number}"])


def test_two_at_once_lose_nothing() -> None:
    with multiprocessing.get_context("fork").Pool(4) as pool:
        pool.map(_note, range(40), chunksize=1)
    assert len(records.read().secrets) == 40


def test_the_last_that_worked_is_the_newest_launch_cached_or_not(home: Path, clock: list[float]) -> None:
    put(home, "mine")
    assert last_worked() == ""
    records.note_launched("zai", "glm-5.3")
    assert last_worked() == "zai glm-5.3"
    key = ("v", "mine", "", "")
    plan_cache.store(plan(), key, {}, from_path=False)
    os.utime(planfile.path_of(key), (2000, 2000))
    assert last_worked() == "mine"
    clock[0] = 3000.0
    records.note_launched("zai", "")
    assert last_worked() == "zai"
    assert [launch.profile for launch in records.launches()] == ["zai", "mine"]
    records.note_launched("removed-since", "")
    assert last_worked() == "zai"


def test_with_a_profile_its_launches_are_forgotten() -> None:
    records.note_launched("zai", "", [KEY])
    records.forget("zai")
    assert records.launches() == []
    assert records.read().secrets[KEY].there
