"""The user's own profile files are made, replaced and removed whole, and only as valid ones."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cc_launcher.core.errors import IN_THE_WAY, INVALID, NO_SUCH, USAGE, CcError
from cc_launcher.files import places, user_profiles

VALID = 'extends = "zai"\n'


@pytest.fixture
def directory(home: Path) -> Path:
    """Where the user's profiles are, not made yet."""
    return home / "config" / "profiles"


def write(directory: Path, text: str = VALID, name: str = "mine") -> Path:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = directory / f"{name}.toml"
    path.write_text(text)
    path.chmod(0o600)
    return path


def test_a_text_is_checked_as_if_it_were_the_file(directory: Path) -> None:
    write(directory, 'label = "old"\nextends = "zai"\n')
    found = user_profiles.check("mine", 'label = "new"\nextends = "zai"\n', "shown.toml")
    assert found.label == "new"
    assert str(found.origin("label")) == "shown.toml:1"
    assert user_profiles.check("new", 'extends = "mine"\n', "new.toml").label == "old"  # and its base as it is


def test_a_text_that_names_itself_means_the_catalogs(directory: Path) -> None:
    write(directory, "garbage", "zai")
    assert user_profiles.check("zai", 'extends = "zai"\nlabel = "x"\n', "zai.toml").provider == "zai"


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", "A", ".a", "a..b", "x" * 65, "a\n", "a\0b"])
def test_what_cannot_be_a_name_is_no_file(directory: Path, name: str) -> None:
    for act in (user_profiles.create, user_profiles.replace):
        with pytest.raises(CcError, match="no profile can be named") as caught:
            act(name, VALID)
        assert caught.value.code == USAGE
    with pytest.raises(CcError) as caught:
        user_profiles.read(name)
    assert caught.value.code == NO_SUCH
    assert not directory.exists()


def test_a_new_profile_is_its_owners_alone(directory: Path) -> None:
    path = user_profiles.create("mine", VALID)
    assert (path, path.read_text()) == (directory / "mine.toml", VALID)
    assert (path.stat().st_mode & 0o777, directory.stat().st_mode & 0o777) == (0o600, 0o700)
    assert user_profiles.read("mine") == VALID


def test_an_invalid_text_is_written_nowhere(directory: Path) -> None:
    with pytest.raises(CcError, match=r"mine\.toml:1: unknown key foo"):
        user_profiles.create("mine", "foo = 1\n")
    assert not directory.exists()
    path = write(directory)
    with pytest.raises(CcError, match=r"mine\.toml:1: unknown key foo"):
        user_profiles.replace("mine", "foo = 1\n")
    assert path.read_text() == VALID


def test_what_is_there_is_never_overwritten(directory: Path) -> None:
    path = write(directory, "old")
    with pytest.raises(CcError, match="exists already") as caught:
        user_profiles.create("mine", VALID)
    assert (caught.value.code, path.read_text()) == (IN_THE_WAY, "old")
    path.unlink()
    path.symlink_to("nothing.toml")
    with pytest.raises(CcError, match="exists already"):
        user_profiles.create("mine", VALID)
    assert not (directory / "nothing.toml").exists()


def test_a_link_is_written_through_and_keeps_the_mode_of_its_file(directory: Path, home: Path) -> None:
    target = home / "dotfiles"
    target.write_text(VALID)
    target.chmod(0o640)
    write(directory).unlink()
    (directory / "link.toml").symlink_to(target)
    (directory / "mine.toml").symlink_to("link.toml")
    user_profiles.replace("mine", f'{VALID}label = "x"\n')
    assert target.read_text() == f'{VALID}label = "x"\n'
    assert target.stat().st_mode & 0o777 == 0o640
    assert (directory / "mine.toml").readlink() == Path("link.toml")
    assert (directory / "link.toml").readlink() == target


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, OSError])
def test_an_interrupted_replacement_leaves_the_old_file_and_nothing_else(
    directory: Path, monkeypatch: pytest.MonkeyPatch, interrupt: type[BaseException]
) -> None:
    path = write(directory)

    def stop(_handle: int) -> None:
        raise interrupt

    monkeypatch.setattr("cc_launcher.files.atomic.os.fsync", stop)
    with pytest.raises((KeyboardInterrupt, CcError)):
        user_profiles.replace("mine", f'{VALID}label = "x"\n')
    assert path.read_text() == VALID
    assert list(directory.iterdir()) == [path]


@pytest.mark.parametrize(
    ("name", "code", "what", "hint"),
    [
        ("zai", USAGE, "a provider of the catalog and cannot be changed", "cc add zai makes"),
        ("mien", NO_SUCH, "no profile of yours is named mien", "did you mean mine?"),
        ("qqqqqq", NO_SUCH, "no profile of yours is named qqqqqq", "cc list-profiles"),
    ],
)
def test_what_is_none_of_the_users_is_told(directory: Path, name: str, code: int, what: str, hint: str) -> None:
    write(directory)
    with pytest.raises(CcError) as caught:
        user_profiles.read(name)
    assert caught.value.code == code
    assert what in caught.value.what
    assert hint in caught.value.hint


def test_a_users_profile_with_a_providers_name_is_the_users(directory: Path) -> None:
    write(directory, name="zai")
    assert user_profiles.read("zai") == VALID


def test_who_extends_a_profile(directory: Path) -> None:
    write(directory, name="base")
    write(directory, 'extends = "base"\n', "child")
    write(directory, 'extends = "child"\n', "grandchild")
    write(directory, name="other")
    write(directory, "broken", "broken")
    assert user_profiles.extending("base") == ["child", "grandchild"]
    assert user_profiles.extending("grandchild") == []


def test_who_extends_a_provider_extends_no_profile_of_its_name(directory: Path) -> None:
    write(directory, name="zai")  # it extends the catalog's, not itself
    assert user_profiles.extending("zai") == []
    write(directory, name="other")  # which takes the user's zai for its base
    assert user_profiles.extending("zai") == ["other"]


def test_a_profile_is_removed_and_of_a_link_only_the_link(directory: Path, home: Path) -> None:
    path = write(directory)
    user_profiles.delete("mine")
    assert not path.exists()
    target = home / "target"
    target.write_text(VALID)
    path.symlink_to(target)
    user_profiles.delete("mine")
    assert not path.is_symlink()
    assert target.exists()
    with pytest.raises(CcError, match="No such file or directory") as caught:
        user_profiles.delete("mine")
    assert caught.value.code == IN_THE_WAY


def test_a_directory_in_which_others_can_write_is_refused(directory: Path) -> None:
    directory.mkdir(parents=True)
    directory.chmod(0o777)
    with pytest.raises(CcError, match="other users can write it") as caught:
        user_profiles.create("mine", VALID)
    assert caught.value.code == INVALID
    assert not places.user_path("mine").exists()
    assert os.listdir(directory) == []
