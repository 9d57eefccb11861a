"""Profiles come from the catalog and from the user's own directory, and from nowhere else."""

import os
from pathlib import Path

import pytest

from cc_launcher.core.errors import NO_SUCH, CcError
from cc_launcher.files import places, profiles
from tests.unit.conftest import CATALOG

OWN = 'auth = "login"\ntitle = "own"\n'


@pytest.fixture
def directory(home: Path) -> Path:
    made = home / "config" / "profiles"
    made.mkdir(parents=True, mode=0o700)
    return made


def put(directory: Path, name: str, text: str = OWN) -> None:
    path = directory / name
    path.write_text(text)
    path.chmod(0o600)


def test_the_catalog_is_the_repositorys() -> None:
    assert places.catalog_directory() == CATALOG
    assert places.catalog_names() == sorted(path.stem for path in CATALOG.glob("*.toml"))


def test_ones_own_profile_stands_before_the_catalogs(directory: Path) -> None:
    assert profiles.load("zai").title == "Z.ai GLM"
    put(directory, "zai.toml")
    assert profiles.load("zai").title == "own"
    put(directory, "zai.toml", 'extends = "zai"\nlabel = "mine"')
    assert (profiles.load("zai").title, profiles.load("zai").label) == ("Z.ai GLM", "mine")


def test_nothing_is_read_from_the_directory_one_stands_in(tmp_path: Path, directory: Path) -> None:
    for name in ("lure.toml", "profiles/lure.toml", ".cc/lure.toml", "cc-launcher/profiles/lure.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        put(tmp_path, name)
    assert directory.is_dir()
    assert "lure" not in places.known()
    with pytest.raises(CcError, match="no profile named lure"):
        profiles.load("lure")


@pytest.mark.parametrize(
    "name", ["../zai", "a/b", "", ".", "..", "ZAI", "zai\n", "zai.toml/..", "é", "x" * 65, "zai\0"]
)
def test_a_name_outside_of_the_grammar_reaches_no_file(
    directory: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    put(directory.parent, "zai.toml")
    monkeypatch.setattr("cc_launcher.files.guard.read_text", lambda path: pytest.fail(f"read {path}"))
    assert profiles.find(name) is None
    with pytest.raises(CcError, match="no profile can be named") as caught:
        profiles.load(name)
    assert caught.value.code == NO_SUCH
    assert caught.value.what.isprintable()


def test_files_with_names_outside_of_the_grammar_are_not_listed(directory: Path) -> None:
    for name in ("good.toml", "Bad.toml", ".toml", ".hidden.toml", "a b.toml", "notes.txt", "x.toml~", "a..b.toml"):
        put(directory, name)
    (directory / "é.toml").touch()
    assert places.user_names() == ["good"]
    assert "good" in places.known()
    assert "zai" in places.known()


def test_where_letters_are_not_told_apart_a_file_in_other_letters_is_the_profile_that_it_is_opened_as(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on macOS, where `Zai.toml` would be read for zai, and must not be left out of the list. Not run there."""
    for name in ("Zai.toml", "MINE.TOML", "Not Good.toml", "notes.TXT"):
        put(directory, name)
    assert places.user_names() == []
    exists = os.path.lexists
    monkeypatch.setattr(
        os.path, "lexists", lambda path: exists(path) or Path(path).name in {"zai.toml", "mine.toml", "not good.toml"}
    )
    assert places.user_names() == ["mine", "zai"]


def test_a_mistyped_name_suggests_the_nearest(directory: Path) -> None:
    put(directory, "work.toml")
    for typed, meant in (("wrok", "work"), ("opnrouter", "openrouter"), ("DeepSeek", "deepseek")):
        with pytest.raises(CcError) as caught:
            profiles.load(typed)
        assert (caught.value.hint, caught.value.code) == (f"did you mean {meant}?", NO_SUCH)


def test_without_a_directory_there_are_no_profiles_of_ones_own() -> None:
    assert places.user_names() == []


def test_where_the_files_are_shown_from(directory: Path) -> None:
    put(directory, "zai.toml", 'extends = "zai"\n')
    own, base = profiles.load("zai").chain
    assert (own.shown, base.shown) == ("~/config/profiles/zai.toml", "catalog zai.toml")
    assert (own.path, base.path) == (str(directory / "zai.toml"), str(CATALOG / "zai.toml"))
    assert (own.shipped, base.shipped) == (False, True)
