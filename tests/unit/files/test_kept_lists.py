"""Live lists of models, as they are kept."""

import os
from pathlib import Path

import pytest

from cc_launcher.core.models.listing import Listed
from cc_launcher.files import kept_lists

URL = "https://h/v1/models"
LISTED = [Listed("a/b", "A B", 200_000, 8192, 0.5, 1.5, tools=True), Listed("c", tools=False)]
NOW = 1_800_000_000.0


@pytest.fixture
def kept(home: Path) -> Path:
    """A list that was asked for just NOW."""
    kept_lists.write("mine", URL, LISTED)
    path = home / "cache" / "models" / "mine"
    os.utime(path.with_name(".mine.asked"), (NOW, NOW))
    return path


@pytest.mark.parametrize(
    ("later", "age", "fresh"),
    [(0, 0, True), (3600, 3600, True), (86_399, 86_399, True), (86_401, 86_401, False), (-30, 0, True)],
)
@pytest.mark.usefixtures("kept")
def test_a_list_is_fresh_for_a_day(later: float, age: float, fresh: bool) -> None:  # noqa: FBT001
    found = kept_lists.read("mine", URL, NOW + later)
    assert found is not None
    assert (found.listed, found.age, found.is_fresh) == (LISTED, age, fresh)


@pytest.mark.usefixtures("kept")
def test_a_list_from_the_future_is_not_fresh() -> None:
    found = kept_lists.read("mine", URL, NOW - 3600)
    assert found is not None
    assert not found.is_fresh


@pytest.mark.usefixtures("kept")
def test_a_list_is_for_its_profile_and_its_address() -> None:
    assert kept_lists.read("mine", "https://other/v1/models", NOW) is None
    assert kept_lists.read("other", URL, NOW) is None


def test_what_cannot_be_trusted_is_no_list(kept: Path) -> None:
    kept.chmod(0o640)
    assert kept_lists.read("mine", URL, NOW) is None
    kept.chmod(0o600)
    kept.parent.chmod(0o755)
    assert kept_lists.read("mine", URL, NOW) is None
    kept.parent.chmod(0o700)
    target = kept.with_name("elsewhere")
    kept.rename(target)
    kept.symlink_to(target)
    assert kept_lists.read("mine", URL, NOW) is None
    kept.unlink()
    kept.mkdir()
    assert kept_lists.read("mine", URL, NOW) is None


def test_a_list_without_its_time_is_none(kept: Path) -> None:
    kept.with_name(".mine.asked").unlink()
    assert kept_lists.read("mine", URL, NOW) is None


def test_a_cache_that_cannot_be_written_is_no_error(home: Path) -> None:
    (home / "cache").write_text("in the way")
    kept_lists.write("mine", URL, LISTED)
    kept_lists.failed("mine")
    kept_lists.forget("mine")
    assert kept_lists.read("mine", URL, NOW) is None


def test_a_failure_is_remembered_for_a_while(home: Path) -> None:
    assert not kept_lists.has_just_failed("mine", NOW)
    kept_lists.failed("mine")
    os.utime(home / "cache" / "models" / ".mine.failed", (NOW, NOW))
    assert kept_lists.has_just_failed("mine", NOW + 300)
    assert not kept_lists.has_just_failed("mine", NOW + 900)
    assert not kept_lists.has_just_failed("mine", NOW - 900)


def test_what_is_forgotten_is_gone(kept: Path) -> None:
    kept_lists.failed("mine")
    kept_lists.forget("mine")
    assert list(kept.parent.iterdir()) == []
