"""Which settings files count in a directory, rule by rule. tests/client/ holds the rules to the client itself."""

import codecs
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cc_launcher.claude import project_files
from cc_launcher.claude.project_files import of_project

LOCAL, PROJECT = ".claude/settings.local.json", ".claude/settings.json"
BLANKS = "\t\n\v\f\r \xa0\u1680\u2000\u2003\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
NO_BLANKS = "\x1c\x1d\x1e\x1f\x85\u180e\u200b"  # to Python, some of them are


def tops(directory: Path | str) -> list[str]:
    """The directories whose local file counts besides the directory's own."""
    files = of_project(str(directory)).files
    assert files[:2] == (("project", f"{directory}/{PROJECT}"), ("local", f"{directory}/{LOCAL}"))
    assert {scope for scope, _ in files[2:]} <= {"local"}
    return [path.removesuffix(f"/{LOCAL}") for _, path in files[2:]]


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def work_tree(root: Path, text: str | bytes, name: str = "w", common: str | bytes = "../..\n") -> Path:
    """A directory with this `.git`, beside a checkout that knows a work tree of this name."""
    write(root / "main" / ".git" / "worktrees" / name / "commondir", common)
    return write(root / "top" / ".git", text).parent


def test_nothing_above_but_the_directory_itself_where_there_is_no_top(tmp_path: Path) -> None:
    assert tops(tmp_path) == []
    assert of_project(str(tmp_path)).deciding[:2] == (f"{tmp_path}/.git", f"{tmp_path.parent}/.git")
    assert of_project(str(tmp_path)).deciding[-1].lstrip("/") == ".git"


@pytest.mark.parametrize("depth", [0, 1, 2, 30, 90])
def test_the_top_is_the_nearest_at_or_above_the_directory(tmp_path: Path, depth: int) -> None:
    (tmp_path / ".git").mkdir()
    top = tmp_path / "top"
    (top / ".git").mkdir(parents=True)
    below = top.joinpath(*["x"] * depth)
    below.mkdir(parents=True, exist_ok=True)
    assert tops(below) == ([str(top)] if depth else [])
    assert f"{tmp_path}/.git" not in of_project(str(below)).deciding  # nobody looks there


MARKS: dict[str, tuple[Callable[[Path], object], bool]] = {
    "a directory": (Path.mkdir, True),
    "an empty file": (Path.touch, True),
    "a file of anything": (lambda path: path.write_text("anything"), True),
    "a pipe": (os.mkfifo, False),
    "a link to nothing": (lambda path: path.symlink_to("nowhere"), False),
    "a link to itself": (lambda path: path.symlink_to(path), False),
    "a link to a device": (lambda path: path.symlink_to("/dev/zero"), False),
}


@pytest.mark.parametrize("mark", MARKS)
def test_what_makes_a_top(tmp_path: Path, mark: str) -> None:
    make, is_top = MARKS[mark]
    below = tmp_path / "top" / "below"
    below.mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    make(tmp_path / "top" / ".git")
    assert tops(below) == [str(tmp_path / "top" if is_top else tmp_path)]


def test_above_a_link_as_mark_it_goes_on(tmp_path: Path) -> None:
    below = tmp_path / "top" / "below"
    below.mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    (tmp_path / "top" / ".git").symlink_to(tmp_path / ".git")
    assert tops(below) == [str(tmp_path / "top"), str(tmp_path)]


def test_a_work_tree_shares_the_files_of_its_checkout(tmp_path: Path) -> None:
    place = tmp_path / "main" / ".git" / "worktrees" / "w"
    top = work_tree(tmp_path, f"gitdir: {place}\n")
    (top / "below").mkdir()
    found = tops(top / "below")
    assert found == [str(top), str(tmp_path / "main" / ".git"), str(tmp_path / "main")]
    assert f"{place}/commondir" in of_project(str(top)).deciding


def test_a_work_tree_of_a_bare_repository(tmp_path: Path) -> None:
    place = tmp_path / "bare.git" / "worktrees" / "w"
    write(place / "commondir", "../..")
    top = write(tmp_path / "top" / ".git", f"gitdir: {place}").parent
    assert str(tmp_path / "bare.git") in tops(top)


def test_a_submodule_is_a_top_and_shares_nothing(tmp_path: Path) -> None:
    write(tmp_path / ".git" / "modules" / "x" / "HEAD", "ref: refs/heads/x")
    below = write(tmp_path / "x" / ".git", "gitdir: ../.git/modules/x\n").parent / "below"
    below.mkdir()
    assert tops(below) == [str(tmp_path / "x")]


TEXTS: dict[str, str | bytes] = {
    "relative": "gitdir: ../main/.git/worktrees/w",
    "without a blank": "gitdir:../main/.git/worktrees/w",
    "a detour": "gitdir: ../nowhere/../main/.git/worktrees/w",
    "slashes": "gitdir: ..//main/.git/./worktrees/w/",
    "a mark of UTF-8": codecs.BOM_UTF8 + b"gitdir: ../main/.git/worktrees/w\n",
    "UTF-16": codecs.BOM_UTF16_LE + "gitdir: ../main/.git/worktrees/w\n".encode("utf-16-le"),
    "blanks for ever": "gitdir:" + " " * 200_000 + "../main/.git/worktrees/w" + "\n" * 200_000,
    **{f"blank {ord(blank):x}": f"{blank}gitdir:{blank}../main/.git/worktrees/w{blank}" for blank in BLANKS},
}


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_that_leads_to_a_checkout(tmp_path: Path, text: str) -> None:
    assert str(tmp_path / "main") in tops(work_tree(tmp_path, TEXTS[text]))


@pytest.mark.parametrize("letter", NO_BLANKS)
def test_what_is_no_blank_to_the_client_belongs_to_the_name(tmp_path: Path, letter: str) -> None:
    text = f"gitdir: ../main/.git/worktrees/w{letter}\n"
    assert str(tmp_path / "main") in tops(work_tree(tmp_path, text, name=f"w{letter}"))


NOWHERE: dict[str, str | bytes] = {
    "too short": "gitdir",
    "other letters": "GITDIR: ../main/.git/worktrees/w",
    "later on": "x gitdir: ../main/.git/worktrees/w",
    "no name": "gitdir: ../main/.git/worktrees/\0",
    "nothing": "gitdir:",
    "a second line": "gitdir: ../main/.git/worktrees/w\nx",
    "too long": "gitdir: " + "x" * 5000,
    "half a letter": b"\xff\xfe\xff",
}


@pytest.mark.parametrize("text", NOWHERE)
def test_a_text_that_leads_nowhere(tmp_path: Path, text: str) -> None:
    assert tops(work_tree(tmp_path, NOWHERE[text])) == []


def test_by_its_letters_and_by_its_links(tmp_path: Path) -> None:
    top = work_tree(tmp_path, "gitdir: link/../w\n")
    (tmp_path / "main" / ".git" / "worktrees" / "x").mkdir()
    (top / "link").symlink_to(tmp_path / "main" / ".git" / "worktrees" / "x")
    write(top / "w" / "commondir", "/far/.git")
    assert {str(tmp_path / "main"), "/far"} <= set(tops(top))


@pytest.mark.parametrize(
    ("common", "to"),
    [("../..", "main"), ("../../\n", "main"), ("..", "main/.git"), ("../../../../other/.git", "other"),
     ("../../../../other", "other"), ("", "main/.git/worktrees/w"), (".", "main/.git/worktrees"),
     ("../..\nx", "main/.git/worktrees/..\nx"), ("\ufeff../..\u2003", "main"), (" " * 100_000 + "../..", "main")],
)  # fmt: skip
def test_where_the_checkout_is(tmp_path: Path, common: str, to: str) -> None:
    top = work_tree(tmp_path, "gitdir: ../main/.git/worktrees/w", common=common)
    assert str(tmp_path / to) in tops(top)


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_what_is_no_file_says_nothing(tmp_path: Path, make: Callable[[Path], object]) -> None:
    top = work_tree(tmp_path, "gitdir: ../main/.git/worktrees/w")
    place = tmp_path / "main" / ".git" / "worktrees" / "w" / "commondir"
    place.unlink()
    make(place)
    assert tops(top) == []
    assert str(place) in of_project(str(top)).deciding


ODD = {"e\u0301": "\xe9", "\u212a": "K", "x\udcff": "x\ufffd", "\udce9e\u0301": "\ufffd\xe9"}


@pytest.mark.parametrize("name", ODD)
def test_what_an_older_client_takes_a_name_for_counts_too(tmp_path: Path, name: str) -> None:
    here, taken = f"{tmp_path}/{name}", f"{tmp_path}/{ODD[name]}"
    for place in (here, taken):
        os.makedirs(f"{place}/below")
    os.mkdir(f"{taken}/.git")
    paths = [path for _, path in of_project(f"{here}/below").files]
    assert {f"{taken}/below/{PROJECT}", f"{taken}/below/{LOCAL}", f"{taken}/{LOCAL}"} <= set(paths)
    assert f"{taken}/.git" in of_project(f"{here}/below").deciding
    assert {f"{here}/.mcp.json", f"{taken}/.mcp.json"} <= set(project_files.mcp_files(f"{here}/below"))


def test_a_text_with_bytes_that_are_none_leads_where_the_client_is_led(tmp_path: Path) -> None:
    top = work_tree(tmp_path, b"gitdir: ../main/.git/worktrees/w\xff", name="w\ufffd")
    assert str(tmp_path / "main") in tops(top)


def test_plain_names_are_taken_for_nothing_else(tmp_path: Path) -> None:
    assert len(of_project(f"{tmp_path}/\xe9").files) == 2  # it is put together already
