"""Programs on PATH: a relative entry is another directory wherever one stands, and what is in it is never run."""

from __future__ import annotations

import errno
import ntpath
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from cc_launcher.actions import wrapping
from cc_launcher.claude import examine, install
from cc_launcher.core.errors import NOT_EXECUTABLE, NOT_FOUND, REFUSED, USAGE, CcError
from cc_launcher.launch import compiler, helper, process, start, target
from cc_launcher.secrets import mcp_server, programs
from tests.unit.conftest import refuse_unless_ignored

ENTRIES = {".": ".", "": "'' (an empty one)", "node_modules/.bin": "node_modules/.bin", "./tools": "./tools"}
HINT = "write the whole path of that directory in PATH"


@pytest.fixture(params=ENTRIES)
def entry(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A relative entry first on PATH, in a directory where it leads somewhere."""
    where = tmp_path / "repository"
    (where / request.param).mkdir(parents=True)
    (tmp_path / "bin").mkdir()
    monkeypatch.chdir(where)
    monkeypatch.setenv("PATH", f"{request.param}:{tmp_path / 'bin'}")
    monkeypatch.setattr(process, "_told", set())
    return str(request.param)


def program(directory: Path | str, name: str, text: str = "#!/bin/sh\necho here\n", mode: int = 0o755) -> str:
    path = Path(directory) / name
    path.write_text(text)
    path.chmod(mode)
    return str(path)


def planted(entry: str, name: str) -> None:
    program(entry or ".", name, "#!/bin/sh\necho planted\n")


def whole(tmp_path: Path, name: str) -> str:
    return program(tmp_path / "bin", name)


def became(monkeypatch: pytest.MonkeyPatch, *argv: str) -> str:
    """What an MCP server's entry becomes."""
    monkeypatch.setattr(process, "become", lambda program, _argv, _environment: program)
    monkeypatch.setattr(start, "inherited", dict)
    return str(mcp_server.main(["exec", "--", *argv]))


LOOKUPS: dict[str, tuple[str, Callable[[pytest.MonkeyPatch], str | None]]] = {
    "the client": ("claude", lambda _: target.locate()),
    "the client, on a cached launch": ("claude", lambda _: process.client_on_path()),
    "a client by its name": ("my-claude", lambda _: target.locate("my-claude")),
    "a helper": ("pass", lambda _: helper.located("pass", "mine: secret")),
    "an MCP server": ("npx", lambda patch: became(patch, "npx")),
    "npm": ("npm", lambda _: install.npm()),
}


@pytest.mark.parametrize("what", LOOKUPS)
def test_the_next_absolute_one_is_used_and_that_is_said_once(
    entry: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    name, look_up = LOOKUPS[what]
    planted(entry, name)
    expected = whole(tmp_path, name)
    assert [look_up(monkeypatch), look_up(monkeypatch)] == [expected, expected]
    article = "an" if name[0] in "aeiou" else "a"
    assert capsys.readouterr().err == (
        f"cc: PATH has the relative entry {ENTRIES[entry]}, where {article} {name} is: skipped; {expected} is used\n"
    )


@pytest.mark.parametrize("what", LOOKUPS)
def test_nothing_is_said_where_nothing_was_skipped(
    entry: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    name, look_up = LOOKUPS[what]
    expected = whole(tmp_path, name)
    assert look_up(monkeypatch) == expected
    program(entry or ".", name, mode=0o644)  # no program
    assert look_up(monkeypatch) == expected
    planted(entry, name)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{entry}")  # it comes later anyway
    assert look_up(monkeypatch) == expected
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("what", ["the client", "a client by its name", "an MCP server"])
def test_where_there_is_no_other_the_entry_is_named(entry: str, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    name, look_up = LOOKUPS[what]
    planted(entry, name)
    with pytest.raises(CcError) as caught:
        look_up(monkeypatch)
    error = caught.value
    assert error.what == f"{name} is only in the relative PATH entry {ENTRIES[entry]}, which is not looked at"
    assert error.hint == (f"{HINT}, or CC_CLAUDE=/PATH" if "client" in what else HINT)
    assert error.code == NOT_FOUND


def test_a_helper_that_only_a_relative_entry_has_is_as_none(entry: str, capsys: pytest.CaptureFixture[str]) -> None:
    planted(entry, "op")
    with pytest.raises(helper.HelperMissing, match="mine: secret: command op not found") as caught:
        helper.located("op", "mine: secret")
    assert caught.value.code == REFUSED
    assert capsys.readouterr().err == (
        f"cc: PATH has the relative entry {ENTRIES[entry]}, where an op is: skipped; there is no other\n"
    )
    assert process.client_on_path() is None


def test_npm_that_only_a_relative_entry_has_is_as_none(entry: str) -> None:
    planted(entry, "npm")
    assert install.npm() == ""


def test_a_helper_that_was_looked_up_when_the_plan_was_made(
    entry: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    planted(entry, "pass")
    found = whole(tmp_path, "pass")
    assert programs.found().commands["pass"] == found
    elsewhere = program(tmp_path, "pass")
    assert helper.located(elsewhere, "mine") == elsewhere  # which PATH has nothing to do with
    assert capsys.readouterr().err == ""
    assert [helper.located(found, "mine"), helper.located(found, "mine")] == [found, found]
    assert capsys.readouterr().err == (
        f"cc: PATH has the relative entry {ENTRIES[entry]}, where a pass is: skipped; {found} is used\n"
    )


def test_a_store_has_no_command_that_only_a_relative_entry_has(entry: str) -> None:
    planted(entry, "pass")
    assert "pass" not in programs.found().commands


def test_git_of_a_repository_is_not_asked_about_it(
    entry: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sprung = tmp_path / "sprung"
    trap = f"#!/bin/sh\n: >{sprung}\n"
    file = tmp_path / "repository" / ".claude" / "settings.local.json"
    (tmp_path / "repository" / ".git").mkdir()
    (tmp_path / "repository" / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    program(entry or ".", "git", trap)
    with pytest.raises(CcError) as caught:
        refuse_unless_ignored(file)
    what = f"git is only in the relative PATH entry {ENTRIES[entry]}, which is not looked at"
    assert (caught.value.what, caught.value.hint, caught.value.code) == (what, HINT, NOT_FOUND)
    assert "there is no other" in capsys.readouterr().err
    # With another one, that is asked: it says that the file is ignored, and not tracked.
    asked = program(tmp_path / "bin", "git", '#!/bin/sh\ncase "$*" in *ls-files*) exit 1 ;; esac\n')
    process._told.clear()
    refuse_unless_ignored(file)
    assert f"where a git is: skipped; {asked} is used" in capsys.readouterr().err
    assert not sprung.exists()


def test_our_own_wrapper_there_is_skipped_without_a_word(
    entry: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program(entry or ".", "claude", '#!/bin/sh\nexec cc run zai "$@"\n')
    with pytest.raises(CcError, match="claude is not installed, or not on PATH"):
        target.locate()
    expected = whole(tmp_path, "claude")
    assert target.locate() == expected
    assert capsys.readouterr().err == ""


def test_a_client_that_nobody_may_run_is_still_told(entry: str, tmp_path: Path) -> None:
    program(entry or ".", "claude", mode=0o644)
    with pytest.raises(CcError, match="claude is not installed"):
        target.locate()
    blocked = program(tmp_path / "bin", "claude", mode=0o644)
    with pytest.raises(CcError) as caught:
        target.locate()
    assert (caught.value.what, caught.value.code) == (f"{blocked}: not an executable program", NOT_EXECUTABLE)


def test_a_client_that_is_named_by_a_relative_path_is_the_users_choice(
    entry: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted(entry, "claude")
    whole(tmp_path, "claude")
    relative = os.path.join(".", entry, "claude")
    assert target.locate(relative) == os.path.abspath(relative)
    monkeypatch.setenv("CC_CLAUDE", relative)
    assert target.locate() == os.path.abspath(relative)


def test_the_doctor_asks_no_client_of_a_relative_entry(entry: str, tmp_path: Path) -> None:
    sprung = tmp_path / "sprung"
    program(entry or ".", "claude", f"#!/bin/sh\n: >{sprung}\n")
    assert examine.clients().on_path == ()
    found = program(tmp_path / "bin", "claude", "#!/bin/sh\necho 2.1.329\n")
    assert [client.path for client in examine.clients().on_path] == [found]
    assert not sprung.exists()


def test_a_wrapper_is_made_of_no_program_of_a_relative_entry(entry: str, tmp_path: Path) -> None:
    planted(entry, "cat")
    assert wrapping._program("cat") == ""
    found = whole(tmp_path, "cat")
    assert wrapping._program("cat") == found
    planted(entry, "claude-zai")
    wrapping.check_name("claude-zai", tmp_path / "scripts" / "claude-zai", force=False)


def test_the_compiler_is_looked_up_as_ever(entry: str, tmp_path: Path) -> None:
    planted(entry, "cc")
    whole(tmp_path, "cc")
    assert compiler.candidates() == [os.path.abspath(f"{entry or '.'}/cc"), str(tmp_path / "bin" / "cc")]


def test_several_are_named_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(process, "_told", set())
    monkeypatch.setenv("PATH", f"a:/nonexistent:b\x1b[2J:a:c:{tmp_path / 'bin'}")
    for directory in ("a", "b\x1b[2J", "bin", "c"):
        (tmp_path / directory).mkdir()
    for directory in ("a", "b\x1b[2J"):
        program(directory, "claude")
    with pytest.raises(CcError) as caught:
        target.locate()
    assert caught.value.what == "claude is only in the relative PATH entries a, b\\x1b[2J, which are not looked at"
    process._told.clear()
    found = whole(tmp_path, "claude")
    assert target.locate() == found
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"cc: PATH has the relative entries a, b\\x1b[2J, where a claude is: skipped; {found} is used"
    )


def test_an_empty_path_leads_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    program(tmp_path, "claude")
    with pytest.raises(CcError, match=r"only in the relative PATH entry '' .an empty one., which is not"):
        target.locate()


def test_paths_of_windows_are_told_apart_too(monkeypatch: pytest.MonkeyPatch) -> None:
    there = {"./claude", "tools/claude", "C:\\Program Files\\claude/claude"}
    monkeypatch.setattr(process, "_told", set())
    monkeypatch.setattr(os, "pathsep", ";")
    monkeypatch.setattr(os.path, "isabs", ntpath.isabs)
    monkeypatch.setattr(os.path, "isfile", there.__contains__)
    monkeypatch.setattr(os, "access", lambda *_: True)
    monkeypatch.setenv("PATH", ".;tools;C:\\Windows;C:\\Program Files\\claude")
    assert process.on_path("claude") == "C:\\Program Files\\claude/claude"
    monkeypatch.setenv("PATH", ".;tools;C:\\Windows")
    assert process.on_path("claude") == ""
    assert "PATH entries ., tools, which" in process.only_relative("claude")


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [
        (errno.ENOENT, NOT_FOUND, "/x/claude: not found, or its interpreter is missing"),
        (errno.E2BIG, USAGE, "the arguments and the environment are too long for this system"),
        (errno.EACCES, NOT_EXECUTABLE, "/x/claude: Permission denied"),
        (errno.ENOEXEC, NOT_EXECUTABLE, "/x/claude: Exec format error"),
        (errno.ETXTBSY, NOT_EXECUTABLE, "/x/claude: Text file busy"),
    ],
)
def test_a_program_that_cannot_be_become_is_told_and_nothing_goes_on(
    monkeypatch: pytest.MonkeyPatch, number: int, code: int, said: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "execve", refuse)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with pytest.raises(CcError) as caught:
        process.become("/x/claude", ["claude", "sk-not-to-be-said"], {"A": "sk-not-to-be-said"})
    assert (caught.value.what, caught.value.code) == (said, code)
    assert caught.value.hint
    assert "sk-not-to-be-said" not in repr(caught.value)
