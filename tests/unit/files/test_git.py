"""A file with what is one's own is written only where git leaves it alone: asked of the real git, or without one."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from cc_launcher.core.errors import IN_THE_WAY, CcError
from cc_launcher.files import excludes, git
from cc_launcher.launch import process
from tests.support import require_tool
from tests.unit.conftest import refuse_unless_ignored

INSIDE = ".claude/settings.local.json"


@pytest.fixture(params=["with git", "without git"])
def repository(tmp_path: Path, home: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    require_tool("git")
    made = tmp_path / "project"
    subprocess.run(["git", "init", "-q", str(made)], check=True, env={"HOME": str(home), "PATH": "/usr/bin:/bin"})
    if request.param == "without git":
        empty = tmp_path / "empty"
        empty.mkdir()
        monkeypatch.setenv("PATH", str(empty))
    return made


def refused(file: Path) -> CcError:
    with pytest.raises(CcError) as raised:
        refuse_unless_ignored(file)
    assert raised.value.code == IN_THE_WAY
    return raised.value


def by_hand(error: CcError) -> None:
    """Do what the hint says."""
    command = error.hint.partition(" keeps it out of commits")[0]
    subprocess.run(["/bin/sh", "-c", command], check=True, cwd="/", env={"PATH": "/usr/bin:/bin"})


@pytest.mark.parametrize("kind", ["plain", "no info", "odd"])
def test_one_that_is_not_ignored_is_refused_with_the_command_that_ignores_it(repository: Path, kind: str) -> None:
    file = repository / ("a [b] * it's\\?" if kind == "odd" else "") / INSIDE
    if kind == "no info":
        shutil.rmtree(repository / ".git" / "info")
    error = refused(file)
    assert "git would commit it" in error.what
    by_hand(error)
    if kind != "odd" or process.on_path("git"):  # what is odd is never taken for ignored without git
        refuse_unless_ignored(file)


def test_a_further_work_tree_and_a_submodule_have_it_where_git_looks(
    repository: Path, tmp_path: Path, home: Path
) -> None:
    at = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    who = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "protocol.file.allow=always"]

    def run_git(place: Path, *words: str) -> None:
        subprocess.run(["/usr/bin/git", *who, "-C", str(place), *words], check=True, env=at, capture_output=True)

    run_git(repository, "commit", "--allow-empty", "-m", "x")
    run_git(repository, "worktree", "add", str(tmp_path / "tree"))
    other = tmp_path / "other"
    other.mkdir()
    run_git(other, "init", "-q")
    run_git(other, "submodule", "add", str(repository), "part")
    for place, exclude in (
        (tmp_path / "tree", repository / ".git" / "info" / "exclude"),
        (other / "part", other / ".git" / "modules" / "part" / "info" / "exclude"),
    ):
        missing = git.unignored(place / INSIDE)
        assert missing is not None
        assert missing.file.resolve() == exclude.resolve()
        excludes.add(place / INSIDE, missing)
        assert git.unignored(place / INSIDE) is None
        excludes.take_out(place / INSIDE)


@pytest.mark.parametrize("line", [f"/{INSIDE}", INSIDE, "settings.local.json", ".claude/", f"**/{INSIDE}", ".claude"])
def test_one_that_is_ignored_is_not(repository: Path, line: str) -> None:
    (repository / ".gitignore").write_text(f"# mine\n{line}\n")
    refuse_unless_ignored(repository / INSIDE)


def test_nor_where_the_client_has_seen_to_that(repository: Path, home: Path) -> None:
    ignore = home / ".config" / "git" / "ignore"
    ignore.parent.mkdir(parents=True)
    ignore.write_text(f"**/{INSIDE}\n")
    refuse_unless_ignored(repository / INSIDE)
    refuse_unless_ignored(repository / "part" / INSIDE)


def test_a_line_that_takes_it_back_counts(repository: Path) -> None:
    (repository / ".gitignore").write_text(f"settings.local.json\n!{INSIDE}\n")
    refused(repository / INSIDE)


def test_one_that_is_tracked_is_refused(repository: Path, home: Path) -> None:
    file = repository / INSIDE
    file.parent.mkdir()
    file.write_text("{}")
    at = ["/usr/bin/git", "-C", str(repository)]
    subprocess.run([*at, "add", "-f", INSIDE], check=True, env={"HOME": str(home), "PATH": "/usr/bin:/bin"})
    (repository / ".gitignore").write_text("settings.local.json\n")
    assert "git tracks it" in refused(file).what


def test_below_the_top_the_line_has_the_whole_path(repository: Path) -> None:
    assert f" /a/b/{INSIDE} >> " in refused(repository / "a" / "b" / INSIDE).hint
    (repository / ".gitignore").write_text(f"/a/b/{INSIDE}\n")
    refuse_unless_ignored(repository / "a" / "b" / INSIDE)
    refused(repository / "a" / INSIDE)


def test_outside_of_a_repository_there_is_nobody_to_ask(tmp_path: Path) -> None:
    refuse_unless_ignored(tmp_path / INSIDE)


def test_a_repository_that_git_does_not_know_is_refused(tmp_path: Path) -> None:
    require_tool("git")
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / ".git").write_text("nonsense")
    assert "git cannot say" in refused(tmp_path / "odd" / INSIDE).what


def test_a_repositorys_own_programs_are_not_run(repository: Path, tmp_path: Path) -> None:
    trap = tmp_path / "sprung"
    monitor = tmp_path / "monitor"
    monitor.write_text(f"#!/bin/sh\n: >{trap}\n")
    monitor.chmod(0o755)
    with (repository / ".git" / "config").open("a") as config:
        config.write(f"[core]\n\tfsmonitor = {monitor}\n\thooksPath = {tmp_path}\n")
    refused(repository / INSIDE)
    assert not trap.exists()


def test_another_repository_in_the_environment_is_not_asked(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / ".gitignore").write_text("settings.local.json\n")
    monkeypatch.setenv("GIT_DIR", "/nonexistent")
    refuse_unless_ignored(repository / INSIDE)


def test_files_of_a_repository_that_never_end_are_not_waited_for(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(home))  # no git there
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    os.mkfifo(tmp_path / ".gitignore")
    refused(tmp_path / INSIDE)
    (tmp_path / ".gitignore").unlink()
    (tmp_path / ".gitignore").write_text(f"/{INSIDE}\n")
    refuse_unless_ignored(tmp_path / INSIDE)
    os.mkfifo(tmp_path / ".git" / "index")
    assert "git tracks it" in refused(tmp_path / INSIDE).what
