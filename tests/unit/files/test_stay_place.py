"""The directory of a launch beside which we wait: gone with it, or at the next one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cc_launcher.core.plan.stay import MARK, PROMPT
from cc_launcher.files import our_directories, stay_place


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CC_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_it_is_the_owners_alone_and_goes_with_the_launch(cache: Path) -> None:
    with stay_place.Place() as place:
        assert place.path.is_relative_to(cache / "stay")
        assert place.path.stat().st_mode & 0o777 == 0o700
        assert our_directories.cache() == [cache / "stay"]
        (place.path / PROMPT).write_text("{}")
    assert list((cache / "stay").iterdir()) == []


def test_a_mark_is_taken_once(cache: Path) -> None:
    assert cache
    with stay_place.Place() as place:
        assert place.taken_mark() == b""
        (place.path / MARK).write_bytes(b"x")
        (place.path / PROMPT).write_bytes(b"y")
        assert (place.taken_mark(), place.taken_mark()) == (b"x", b"")
        assert (place.prompt(), place.prompt()) == (b"y", b"y")


def test_what_is_left_of_who_was_killed_goes_and_what_lives_stays(cache: Path) -> None:
    left = cache / "stay" / "1-abc"
    left.mkdir(parents=True)
    (left / PROMPT).write_text("secret plans")
    with stay_place.Place() as place:
        stay_place.sweep()
        assert sorted((cache / "stay").iterdir()) == [place.path]
    stay_place.sweep()
    assert not list((cache / "stay").iterdir())


def test_where_nothing_was_ever_nothing_is_swept(cache: Path) -> None:
    stay_place.sweep()
    assert not cache.exists()


def test_a_child_that_lives_on_keeps_no_lock(cache: Path) -> None:
    """What is forked closes it when it becomes the client."""
    with stay_place.Place() as place:
        assert not os.get_inheritable(place._lock)
    assert cache
