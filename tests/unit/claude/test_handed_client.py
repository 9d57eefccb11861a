"""A client in front of the arguments: what counts as one, what is refused, and what stays a prompt."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cc_launcher.claude import handed_client
from cc_launcher.core.errors import NOT_EXECUTABLE, REFUSED, TIMED_OUT, USAGE, CcError
from cc_launcher.files import guard
from cc_launcher.launch import planfile, process, target
from cc_launcher.launch.request import Request

SOMEBODY = 4242  # the number of a user that is not there


def program(path: Path, text: str = "a binary") -> Path:
    """A file that can be started, for the user alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for parent in path.parents:
        if parent.name.startswith("home"):
            break
        parent.chmod(0o755)
    path.write_text(text)
    path.chmod(0o755)
    return path


def package(path: Path, name: str = "@anthropic-ai/claude-code") -> None:
    path.mkdir(parents=True, exist_ok=True)
    (path / "package.json").write_text(json.dumps({"name": name, "version": "2.1.300"}))


@pytest.fixture
def project(home: Path) -> Path:
    made = home / "project"
    made.mkdir()
    return made


@pytest.fixture
def extension(home: Path) -> Path:
    """Where an editor has its own client; with all that a path may have in it."""
    return home / "ext ensions" / "anthropic.claude-code" / 'it\'s "new"\n'


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """What is handed over in a test is so for no other."""
    yield
    process._handed.clear()


def refused(*words: object, directory: Path, code: int = REFUSED) -> str:
    """Why this is refused. It says what to do, and shows nothing that a terminal would follow."""
    with pytest.raises(CcError) as bad:
        handed_client.of([str(word) for word in words], str(directory))
    assert bad.value.code == code
    assert bad.value.hint
    assert "nothing was started" in bad.value.what
    assert "\n" not in bad.value.what + bad.value.hint
    return bad.value.what


@pytest.mark.parametrize("rest", [[], ["-p", "hi"], ["--", "/x/claude", ""]])
def test_a_client_is_taken_off_the_words(extension: Path, project: Path, rest: list[str]) -> None:
    client = program(extension / "claude")
    found = handed_client.of([str(client), *rest], str(project))
    assert found == (str(client), "", rest, process.identity(str(client)))


def test_the_names_by_which_it_is_installed(home: Path, project: Path) -> None:
    """npm's own file is `claude.exe` on each system, and the installer's has the number of its version."""
    package(home / "lib" / "claude-code")
    npm = program(home / "lib" / "claude-code" / "bin" / "claude.exe")
    native = program(home / ".local" / "share" / "claude" / "versions" / "2.1.332")
    link = home / "claude"
    link.symlink_to(native)
    for path in (npm, native, link):
        assert handed_client.of([str(path)], str(project)) is not None, path


def test_a_script_of_the_package_is_handed_over_with_its_node(home: Path, project: Path) -> None:
    package(home / "lib" / "claude-code")
    script = home / "lib" / "claude-code" / "cli.js"
    script.write_text("//")  # node needs no leave to execute it
    node = program(home / "node" / "node")
    found = handed_client.of([str(node), str(script), "-p", "hi"], str(project))
    assert found is not None
    assert found[:3] == (str(script), str(node), ["-p", "hi"])
    node.chmod(0o644)
    assert "not executable" in refused(node, script, directory=project, code=NOT_EXECUTABLE)


def test_a_script_of_another_package_is_refused(home: Path, project: Path) -> None:
    package(home / "lib" / "other", "other")
    script = home / "lib" / "other" / "cli.js"
    script.write_text("//")
    assert "@anthropic-ai/claude-code" in refused(program(home / "node"), script, directory=project)


def test_what_is_no_client_stays_a_prompt(home: Path, project: Path) -> None:
    program(home / "bin" / "other")
    program(home / "bin" / "node")
    program(home / "lib" / "bin" / "claude.exe")  # of no package
    program(home / "versions" / "2.1.332")  # of something else
    program(home / "claude" / "versions" / "notes")
    (home / "dir" / "claude").mkdir(parents=True)
    os.chdir(home)
    program(home / "claude-zai")
    for words in (
        [],
        [""],
        ["hi"],
        ["-p", str(home / "bin" / "other")],
        ["claude"],
        ["./bin/claude"],
        [str(home / "bin" / "other")],
        [str(home / "nothing" / "claude")],
        [str(home / "dir" / "claude")],
        [str(home / "bin" / "node")],
        [str(home / "bin" / "node"), "cli.js"],
        [str(home / "bin" / "node"), str(home / "nothing" / "cli.js")],
        [str(home / "bin" / "other" / "claude")],
        ["/review what is said in /etc/claude"],
        [f"/{'long ' * 2000}/claude"],
        [str(home / "lib" / "bin" / "claude.exe")],
        [str(home / "versions" / "2.1.332")],
        [str(home / "claude" / "versions" / "notes")],
    ):
        assert handed_client.of(words, str(project)) is None, words


def test_one_inside_the_project_is_refused(home: Path, project: Path, tmp_path: Path) -> None:
    inside = program(project / "node_modules" / ".bin" / "claude")
    outside = home / "claude"
    outside.symlink_to(inside)
    (project / "claude").symlink_to(program(home / "real" / "claude"))
    below = project / "a" / "b"
    below.mkdir(parents=True)
    (tmp_path / "link").symlink_to(project)
    for path in (inside, outside, project / "claude", tmp_path / "link" / "node_modules" / ".bin" / "claude"):
        assert "inside this project" in refused(path, directory=project)
    (project / ".git").mkdir()
    assert "inside this project" in refused(inside, directory=below)  # the top of the checkout counts
    assert handed_client.of([str(home / "real" / "claude")], str(project)) is not None


def test_of_a_work_tree_the_main_checkout_is_the_project_too(home: Path, project: Path) -> None:
    (project / ".git" / "worktrees" / "t").mkdir(parents=True)
    (project / ".git" / "worktrees" / "t" / "commondir").write_text("../..")
    tree = home / "tree"
    tree.mkdir()
    (tree / ".git").write_text(f"gitdir: {project}/.git/worktrees/t")
    assert "inside this project" in refused(program(project / "claude"), directory=tree)


def test_home_is_no_project(home: Path) -> None:
    """An editor without a folder starts it there, and dotfiles may be a checkout."""
    (home / ".git").mkdir()
    client = program(home / ".vscode" / "extensions" / "claude")
    for directory in (home, home.parent):
        assert handed_client.of([str(client)], str(directory)) is not None
    assert handed_client.of([str(client)], "/") is not None


@pytest.mark.parametrize("what", ["file", "directory", "directory above", "link"])
def test_what_is_somebody_elses_is_refused(
    home: Path, project: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = program(home / "a" / "b" / "claude")
    link = home / "claude"
    link.symlink_to(client)
    place = {"file": client, "directory": client.parent, "directory above": home / "a", "link": link}[what]
    if os.geteuid() == 0:
        os.lchown(place, SOMEBODY, SOMEBODY)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: SOMEBODY)
    assert "belongs to another user" in refused(link if what == "link" else client, directory=project)
    assert "belongs to another user" in refused(link, directory=project)


@pytest.mark.parametrize("mode", [0o775, 0o757, 0o1777])
@pytest.mark.parametrize("by", ["path", "link", "link of the directory"])
def test_a_directory_that_others_can_write_is_refused(
    home: Path, project: Path, mode: int, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "is_own_group", lambda _: False)
    client = program(home / "a" / "b" / "claude")
    (home / "claude").symlink_to(client)
    (home / "b").symlink_to(client.parent)
    client.parent.chmod(mode)
    path = {"path": client, "link": home / "claude", "link of the directory": home / "b" / "claude"}[by]
    assert f"{client.parent}, which others can write" in refused(path, directory=project)
    client.parent.chmod(0o755)
    assert handed_client.of([str(path)], str(project)) is not None
    (home / "a").chmod(mode)  # above it, /tmp's kind is none where others take a name away
    if mode & 0o1000:
        assert handed_client.of([str(path)], str(project)) is not None
    else:
        assert "which others can write" in refused(path, directory=project)


def test_a_file_that_others_can_write_is_refused(home: Path, project: Path) -> None:
    client = program(home / "claude")
    client.chmod(0o757)
    assert "can be written by others" in refused(client, directory=project)


def test_the_group_of_the_user_alone_is_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where each user has a group, what an editor unpacks can be written by it."""

    class Known:
        pw_gid, pw_name, gr_name = 77, "ann", "ann"
        gr_mem: tuple[str, ...] = ()

    class Databases:
        @staticmethod
        def getpwuid(_: int) -> type[Known]:
            return Known

        @staticmethod
        def getgrgid(_: int) -> type[Known]:
            return Known

    monkeypatch.setattr(guard, "pwd", Databases)
    monkeypatch.setattr(guard, "grp", Databases)
    monkeypatch.setattr(os, "geteuid", lambda: 77)
    assert guard.is_own_group(77)
    assert not guard.is_own_group(78)
    monkeypatch.setattr(Known, "gr_mem", ("bob",))
    assert not guard.is_own_group(77)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(Known, "gr_mem", ())
    assert not guard.is_own_group(77)


def test_what_cannot_be_started_is_refused(home: Path, project: Path) -> None:
    client = program(home / "claude")
    client.chmod(0o644)
    assert "not executable" in refused(client, directory=project, code=NOT_EXECUTABLE)
    (home / "b").mkdir()
    (home / "b" / "claude").symlink_to(home / "nothing")
    assert "a link to nothing" in refused(home / "b" / "claude", directory=project)
    (home / "c").mkdir()
    (home / "c" / "claude").symlink_to(home / "c" / "other")
    (home / "c" / "other").symlink_to(home / "c" / "claude")
    assert "in a circle" in refused(home / "c" / "claude", directory=project)
    (home / "d").mkdir()
    os.mkfifo(home / "d" / "claude", 0o755)
    assert "is not a file" in refused(home / "d" / "claude", directory=project)


def test_a_directory_that_cannot_be_looked_into_is_said(
    home: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = program(home / "a" / "claude")
    if os.geteuid() == 0:  # whom no right holds back

        def lstat(path: object) -> os.stat_result:
            raise PermissionError(13, "Permission denied", str(path))

        monkeypatch.setattr(os, "lstat", lstat)
        monkeypatch.setattr(os.path, "isdir", lambda _: False)
    else:
        client.parent.chmod(0)
    try:
        assert "cannot be looked at: Permission denied" in refused(client, directory=project)
    finally:
        monkeypatch.undo()
        client.parent.chmod(0o755)


def test_a_wrapper_of_ours_is_none(home: Path, project: Path) -> None:
    ours = program(home / "bin" / "claude", '#!/bin/sh\n# cc-launcher wrapper 1 {"name": "claude"}\n')
    assert "starts cc again" in refused(ours, directory=project)


def test_it_is_the_client_of_this_process_and_of_no_other_plan(
    home: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC_CLAUDE", str(program(home / "other" / "claude")))
    request = Request()
    request.profile = "own"
    before = planfile.key_of(request)
    client = program(home / "claude")
    handed = handed_client.of([str(client)], str(project))
    assert handed is not None
    assert handed.is_same
    handed.take(as_part=True)
    assert target.locate(str(home / "configured")) == str(client)
    keys = {before, planfile.key_of(request)}
    handed.take(as_part=False)
    assert len(keys | {planfile.key_of(request)}) == 3
    monkeypatch.setenv("CC_CLAUDE", str(client))
    process._handed.clear()
    assert planfile.key_of(request) not in keys
    assert os.environ["CC_CLAUDE"] == str(client)


def test_another_file_in_its_place_is_not_started(home: Path, project: Path) -> None:
    client = program(home / "claude")
    handed = handed_client.of([str(client)], str(project))
    assert handed is not None
    handed.take(as_part=True)
    assert process.started(str(client), ["-p"]) == (str(client), [str(client), "-p"])
    assert process.started("/other", ["-p"]) == ("/other", ["/other", "-p"])
    program(home / "new").rename(client)
    assert not handed.is_same
    with pytest.raises(CcError, match="replaced") as bad:
        process.started(str(client), [])
    assert bad.value.code == TIMED_OUT


def test_a_script_goes_on_in_its_node(home: Path, project: Path) -> None:
    package(home / "lib" / "claude-code")
    script = home / "lib" / "claude-code" / "cli.js"
    script.write_text("//")
    node = program(home / "node" / "node")
    handed = handed_client.of([str(node), str(script)], str(project))
    assert handed is not None
    handed.take(as_part=True)
    assert process.started(str(script), ["-p"]) == (str(node), [str(node), str(script), "-p"])
    assert target.locate() == str(script)  # which nobody may execute, and need not
    program(home / "new").rename(node)
    with pytest.raises(CcError, match="replaced"):
        process.started(str(script), [])


@pytest.mark.parametrize("what", ["client", "prompt"])
def test_what_a_wrapper_hands_over_becomes_a_launch(
    home: Path, project: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    client = str(home / "nothing" / "claude") if what == "prompt" else str(program(home / "claude"))
    seen: list[list[str]] = []

    def go_on(words: list[str]) -> int:
        seen.append(words)
        return 7

    assert handed_client.main(["own", "--sealed", "--", client, "-p", "--", "hi"], go_on) == 7
    kept = [client] if what == "prompt" else []
    assert seen == [["run", "own", "--sealed", "--", *kept, "-p", "--", "hi"]]
    assert process.named() == ("" if what == "prompt" else client)


def test_what_no_wrapper_calls_is_a_wrong_line() -> None:
    for words in ([], ["own"], ["own", "/x/claude"]):
        with pytest.raises(CcError, match="usage: cc __handed") as bad:
            handed_client.main(words, lambda _: 0)
        assert bad.value.code == USAGE
