"""The directory of an isolated profile shares what was chosen, as links, and nothing of the user's is lost."""

from pathlib import Path

import pytest

from cc_launcher.core.errors import CcError
from cc_launcher.files import isolated


@pytest.fixture
def ordinary(tmp_path: Path) -> Path:
    made = tmp_path / "ordinary"
    (made / "skills").mkdir(parents=True)
    (made / "CLAUDE.md").write_text("x")
    return made


def test_what_is_shared_is_linked_and_the_rest_is_apart(tmp_path: Path, ordinary: Path) -> None:
    directory = tmp_path / "data" / "isolated" / "mine"
    isolated.prepare(directory, ("skills", "CLAUDE.md", "agents"), ordinary)
    assert {path.name: path.readlink() for path in directory.iterdir()} == {
        name: ordinary / name for name in ("skills", "CLAUDE.md", "agents")
    }
    assert directory.stat().st_mode & 0o777 == 0o700


def test_what_is_no_longer_shared_loses_its_link_alone(tmp_path: Path, ordinary: Path) -> None:
    directory = tmp_path / "mine"
    isolated.prepare(directory, ("skills", "CLAUDE.md"), ordinary)
    isolated.prepare(directory, ("CLAUDE.md",), ordinary)
    assert [path.name for path in directory.iterdir()] == ["CLAUDE.md"]
    assert (ordinary / "skills").is_dir()


@pytest.mark.parametrize("share", [("skills", "agents", "CLAUDE.md"), ()])
def test_what_is_the_users_own_stays_whatever_is_shared(tmp_path: Path, ordinary: Path, share: tuple[str, ...]) -> None:
    directory = tmp_path / "mine"
    (directory / "skills").mkdir(parents=True)
    (directory / "CLAUDE.md").write_text("own")
    (directory / "agents").symlink_to("/elsewhere")
    isolated.prepare(directory, share, ordinary)
    assert (directory / "CLAUDE.md").read_text() == "own"
    assert not (directory / "skills").is_symlink()
    assert (directory / "agents").readlink() == Path("/elsewhere")


def test_a_directory_that_others_can_write_is_refused(tmp_path: Path, ordinary: Path) -> None:
    directory = tmp_path / "mine"
    directory.mkdir()
    directory.chmod(0o770)
    with pytest.raises(CcError, match="other users can write it"):
        isolated.prepare(directory, (), ordinary)
