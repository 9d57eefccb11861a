"""Imports and `--undo` killed at a few moments, each time others: `python -m tests.importers.kills` has many more."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.importers import kills
from tests.thinning import seed

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("kind", ["store", "file"])
def test_killed_somewhere(kind: str, tmp_path: Path) -> None:
    """Which moment this is, the commit decides: the same commit has the same one."""
    dice = random.Random(f"{seed(ROOT)} {kind}")
    most = kills.steps(tmp_path / "whole", kind)
    assert kills.killed(tmp_path / "one", kind, dice, most)


def test_killed_while_the_store_has_the_key_already(tmp_path: Path) -> None:
    """The key is there, its profile is not: a second import takes it over, and one `--undo` removes it."""
    scene = kills.Scene(tmp_path / "one", "store")
    assert scene.run("import", store="after 3") == -1  # it was looked for, looked for again before it was put, and put
    assert scene.profiles() == {}
    assert len(scene.keys()) == 1
    scene.run("import")
    scene.check_profiles(all_of_them=True)
    assert len(list((scene.root / "data" / "imports").glob("*.json"))) == 1, "what was stopped is over now"
    scene.run("undo")
    scene.check_nothing_is_left()


def test_what_a_killed_store_left_behind_is_written_over(tmp_path: Path) -> None:
    scene = kills.Scene(tmp_path / "one", "store")
    assert scene.run("import", store="after 3") == -1
    [half] = (scene.store / "cc-launcher").iterdir()
    half.write_text("")  # no key: the store was killed, too
    scene.run("import")
    scene.check_profiles(all_of_them=True)
