"""The git work trees in which tasks change files."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from cc_launcher.core.errors import CcError
from cc_launcher.files import worktrees
from tests.support import require_tool

GIT = ("git", "-c", "user.name=x", "-c", "user.email=x@localhost", "-c", "init.defaultBranch=main")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    require_tool("git")
    monkeypatch.setenv("CC_DATA_DIR", str(tmp_path / "data"))
    for name, value in {
        "HOME": str(tmp_path),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
    }.items():
        monkeypatch.setenv(name, value)
    root = tmp_path / "work"
    (root / "inside").mkdir(parents=True)
    (root / "inside" / "a.txt").write_text("one\n")
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "first")):
        git(root, *words)
    return root


def git(root: Path, *words: str) -> str:
    return subprocess.run([*GIT, *words], cwd=root, check=True, capture_output=True, text=True).stdout


def test_what_is_changed_there_is_a_commit_on_a_branch(repository: Path) -> None:
    tree, inside = worktrees.make(str(repository / "inside"), "zai")
    assert inside == f"{tree.path}/inside"
    assert worktrees.is_held(tree)
    (Path(inside) / "a.txt").write_text("two\n")
    (Path(inside) / "new.txt").write_text("new\n")
    changes = worktrees.settle(tree, "make it two")
    assert "inside/a.txt" in changes.stat
    assert "2 files changed" in changes.stat
    assert not changes.unseen
    assert git(repository, "log", "--format=%s%n%an", tree.branch, "-1") == "zai: make it two\ncc ask\n"
    assert (repository / "inside" / "a.txt").read_text() == "one\n"
    assert git(repository, "status", "--porcelain") == ""
    assert worktrees.known() == [tree]
    assert not worktrees.is_held(tree)
    assert not worktrees.is_merged(tree)
    git(repository, "merge", "-q", tree.branch)
    assert worktrees.is_merged(tree)
    worktrees.remove(tree)
    assert worktrees.known() == []
    assert git(repository, "branch", "--list", "cc-ask/*") == ""
    assert git(repository, "worktree", "list").count("\n") == 1


def test_without_changes_nothing_is_left(repository: Path) -> None:
    tree, _ = worktrees.make(str(repository), "zai")
    changes = worktrees.settle(tree, "look")
    assert changes.stat == ""
    assert not os.path.exists(tree.path)
    assert worktrees.known() == []
    assert git(repository, "branch", "--list", "cc-ask/*") == ""


def test_what_is_in_no_commit_is_not_seen_and_that_is_known(repository: Path) -> None:
    (repository / "loose.txt").write_text("x")
    tree, _ = worktrees.make(str(repository), "zai")
    assert not (Path(tree.path) / "loose.txt").exists()
    assert worktrees.settle(tree, "look").unseen


def test_the_programs_of_a_repository_stay_out_of_it(repository: Path, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    for name in ("post-checkout", "pre-commit", "post-commit", "commit-msg"):
        hook = repository / ".git" / "hooks" / name
        hook.write_text(f"#!/bin/sh\ntouch {ran}\n")
        hook.chmod(0o755)
    git(repository, "config", "core.fsmonitor", f"touch {ran}; false")
    tree, _ = worktrees.make(str(repository), "zai")
    (Path(tree.path) / "new.txt").write_text("x")
    assert worktrees.settle(tree, "x").stat
    assert not ran.exists()


def test_what_a_task_writes_in_the_place_of_git_is_not_followed(repository: Path, tmp_path: Path) -> None:
    tree, _ = worktrees.make(str(repository), "zai")
    ran, lure = tmp_path / "ran", tmp_path / "lure"
    git(tmp_path, "init", "-q", str(lure))
    git(lure, "config", "filter.x.clean", f"touch {ran}; cat")
    (Path(tree.path) / ".git").write_text(f"gitdir: {lure}/.git\n")
    (Path(tree.path) / ".gitattributes").write_text("* filter=x\n")
    (Path(tree.path) / "new.txt").write_text("x")
    assert "new.txt" in worktrees.settle(tree, "x").stat
    assert not ran.exists()


def test_what_a_killed_task_has_left_is_seen_before_it_is_removed(repository: Path) -> None:
    tree, _ = worktrees.make(str(repository), "zai")
    (Path(tree.path) / "new.txt").write_text("x")
    assert worktrees.stat_of(tree) == ""
    worktrees.settled(tree)
    assert worktrees.stat_of(tree) == "1 file changed, 1 insertion(+)"


def test_outside_git_and_before_the_first_commit_there_is_none(repository: Path, tmp_path: Path) -> None:
    with pytest.raises(CcError, match="no git repository"):
        worktrees.make(str(tmp_path), "zai")
    empty = tmp_path / "empty"
    git(tmp_path, "init", "-q", str(empty))
    with pytest.raises(CcError, match="no commit yet"):
        worktrees.make(str(empty), "zai")
    assert worktrees.known() == []
    assert repository.exists()


def test_one_whose_repository_is_gone_can_be_removed(repository: Path, tmp_path: Path) -> None:
    tree, _ = worktrees.make(str(repository), "zai")
    repository.rename(tmp_path / "elsewhere")
    worktrees.remove(tree)
    assert not os.path.exists(tree.path)
    assert worktrees.known() == []


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"name": "x"}', "null"])
def test_what_is_no_record_of_ours_is_passed_over(repository: Path, content: str) -> None:
    tree, _ = worktrees.make(str(repository), "zai")
    tree.file.with_name("odd.json").write_text(content)
    assert worktrees.known() == [tree]
