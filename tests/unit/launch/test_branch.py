"""The branch, read from git's files, in checkouts that git itself has made."""

import os
import subprocess
from pathlib import Path

import pytest

from cc_launcher.launch import branch
from tests.support import require_tool

WHO = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "protocol.file.allow=always", "-c", "init.defaultBranch=main")


def git(directory: Path, *arguments: str) -> str:
    directory.mkdir(parents=True, exist_ok=True)
    environment = {"PATH": os.environ["PATH"], "HOME": str(directory), "GIT_CONFIG_NOSYSTEM": "1"}
    argv = [require_tool("git"), *WHO, *arguments]
    return subprocess.run(
        argv, cwd=directory, env=environment, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    made = tmp_path / "checkout"
    git(made, "init", "-q")
    git(made, "commit", "-q", "--allow-empty", "-m", "one")
    return made


def test_the_branch_of_a_checkout_also_below_its_top(checkout: Path) -> None:
    assert branch.of(str(checkout)) == "main"
    git(checkout, "checkout", "-q", "-b", "topic/with-a/slash")
    below = checkout / "a" / "b"
    below.mkdir(parents=True)
    assert branch.of(f"{below}/") == "topic/with-a/slash"


def test_packed_refs_change_nothing(checkout: Path) -> None:
    git(checkout, "pack-refs", "--all")
    assert branch.of(str(checkout)) == "main"


def test_a_branch_without_a_commit(tmp_path: Path) -> None:
    git(tmp_path / "new", "init", "-q", "-b", "trunk")
    assert branch.of(str(tmp_path / "new")) == "trunk"


def test_a_detached_head_is_a_short_hash(checkout: Path) -> None:
    git(checkout, "checkout", "-q", "--detach")
    assert branch.of(str(checkout)) == git(checkout, "rev-parse", "--short=7", "HEAD")


def test_a_worktree_has_a_branch_of_its_own(checkout: Path, tmp_path: Path) -> None:
    git(checkout, "worktree", "add", "-q", "-b", "other", str(tmp_path / "tree"))
    assert (branch.of(str(tmp_path / "tree")), branch.of(str(checkout))) == ("other", "main")


def test_a_submodule_has_its_own_too(checkout: Path, tmp_path: Path) -> None:
    git(tmp_path / "outer", "init", "-q", "-b", "outside")
    git(tmp_path / "outer", "submodule", "--quiet", "add", str(checkout), "inner")
    assert (tmp_path / "outer" / "inner" / ".git").is_file()
    assert branch.of(str(tmp_path / "outer" / "inner")) == "main"
    assert branch.of(str(tmp_path / "outer")) == "outside"


@pytest.mark.parametrize(
    "head",
    [b"", b"\0" * 50, b"ref: ", b"ref: refs/heads/.invalid\n", b"g" * 40, b"abc", b"\xff\xfe", b"x" * 1_000_000],
)
def test_an_odd_head_is_no_branch(tmp_path: Path, head: bytes) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_bytes(head)
    assert branch.of(str(tmp_path)) == ""


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    os.mkfifo(tmp_path / ".git" / "HEAD")  # which somebody's archive may hold
    assert branch.of(str(tmp_path)) == ""
    for place in ("relative", "", "/nonexistent/x", "/a\0b", "/" + "d/" * 5000):
        assert branch.of(place) == ""


@pytest.mark.parametrize("said", [b"gitdir: ../nowhere\n", b"nonsense", b"gitdir:", b""])
def test_a_link_that_leads_nowhere(tmp_path: Path, said: bytes) -> None:
    (tmp_path / ".git").write_bytes(said)
    assert branch.of(str(tmp_path)) == ""
