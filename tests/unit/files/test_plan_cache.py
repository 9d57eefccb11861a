"""Plans are kept for the launch path, and that this fails is never an error."""

import errno
import os
from pathlib import Path

import pytest

from cc_launcher.core.plan import Plan
from cc_launcher.files import atomic, plan_cache
from cc_launcher.launch import planfile
from tests.unit.launch.test_planfile import KEY, plan


def keep(made: Plan, key: tuple[str, ...] = KEY) -> None:
    plan_cache.store(made, key, {}, from_path=False)


def test_what_is_kept_is_found_again() -> None:
    made = plan(label="kept")
    keep(made)
    assert planfile.load(KEY) == made
    keep(plan(label="newer"))
    found = planfile.load(KEY)
    assert found is not None
    assert found.label == "newer"


def test_the_oldest_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_cache, "KEPT", 3)
    keys = [("v", str(number)) for number in range(5)]
    for age, key in enumerate(keys):
        keep(plan(), key)
        os.utime(planfile.path_of(key), ns=(age, age))
    keep(plan(), ("v", "newest"))
    assert [planfile.load(key) is not None for key in (*keys, ("v", "newest"))] == [False] * 3 + [True] * 3
    assert len(list(Path(planfile.path_of(KEY)).parent.iterdir())) == 3


def test_what_an_interrupted_write_left_is_let_go_with_the_old_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_cache, "KEPT", 1)
    directory = Path(planfile.path_of(KEY)).parent
    atomic.directory(directory)
    (directory / ".0123.abcd").touch()
    os.utime(directory / ".0123.abcd", ns=(0, 0))
    keep(plan())
    assert [path.name for path in directory.iterdir()] == [Path(planfile.path_of(KEY)).name]


def test_a_plan_says_when_it_was_launched_last() -> None:
    assert list(plan_cache.launches()) == []
    for age, key in ((5, ("v", "mine", "m", "")), (7, ("v", "zai", "", ""))):
        keep(plan(), key)
        os.utime(planfile.path_of(key), (age, age))
    (Path(planfile.path_of(KEY)).parent / ".0123.abcd").touch()
    assert sorted(plan_cache.launches()) == [("mine", "m", 5.0), ("zai", "", 7.0)]


@pytest.mark.parametrize(
    "in_the_way", ["a file in the cache's place", "a directory in the plan's place", "a full disk"]
)
def test_that_a_plan_cannot_be_kept_is_no_error(home: Path, monkeypatch: pytest.MonkeyPatch, in_the_way: str) -> None:
    if in_the_way == "a file in the cache's place":
        (home / "cache").touch()
    elif in_the_way == "a directory in the plan's place":
        Path(planfile.path_of(KEY)).mkdir(parents=True)
    else:

        def full(*_: object) -> int:
            raise OSError(errno.ENOSPC, "full")

        monkeypatch.setattr(os, "write", full)
    keep(plan())
    monkeypatch.undo()
    monkeypatch.setenv("CC_CACHE_DIR", str(home / "cache"))
    assert planfile.load(KEY) is None


def test_a_cache_that_others_can_enter_is_not_trusted() -> None:
    Path(planfile.path_of(KEY)).parent.mkdir(parents=True, mode=0o755)
    keep(plan())
    assert planfile.load(KEY) is None
