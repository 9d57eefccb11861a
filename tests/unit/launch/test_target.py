"""The client that is launched: the real one, never a script that would bring us back here."""

import os
from pathlib import Path

import pytest

from cc_launcher.core.errors import NOT_EXECUTABLE, NOT_FOUND, CcError
from cc_launcher.launch import process, target

REAL = b"\x7fELF cc run zai"  # a binary may hold any text
SCRIPT = b'#!/bin/sh\nexec node "$0.js" "$@"\n'
LEAD_BACK = {
    "our wrapper": b"#!/bin/sh\n# cc-launcher wrapper 1: zai\nexec /usr/bin/claude\n",
    "a script that calls cc": b'#!/bin/sh\nexec cc run zai "$@"\n',
    "a script that calls cc-launcher": b'#!/usr/bin/env bash\nx=1\ncc-launcher run zai -- "$@"\n',
}


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Three directories on PATH."""
    directories = [tmp_path / name for name in ("one", "two", "three")]
    for directory in directories:
        directory.mkdir()
    monkeypatch.setenv("PATH", ":".join(map(str, directories)))
    return directories


def program(directory: Path, content: bytes = REAL, mode: int = 0o755, name: str = "claude") -> str:
    file = directory / name
    file.write_bytes(content)
    file.chmod(mode)
    return str(file)


def refused(configured: str = "") -> CcError:
    with pytest.raises(CcError) as caught:
        target.locate(configured)
    return caught.value


@pytest.mark.parametrize("content", [REAL, SCRIPT], ids=["a binary", "a script"])
def test_the_first_on_path_is_the_target(path: list[Path], content: bytes) -> None:
    expected = program(path[1], content)
    program(path[2])
    assert target.locate() == expected


@pytest.mark.parametrize("script", LEAD_BACK)
def test_what_leads_back_to_us_is_skipped(path: list[Path], script: str) -> None:
    program(path[0], LEAD_BACK[script])
    expected = program(path[1])
    assert target.locate() == expected
    assert process.client_on_path() == expected


@pytest.mark.parametrize("script", LEAD_BACK)
def test_what_leads_back_to_us_is_no_target_either_when_it_is_the_only_one(path: list[Path], script: str) -> None:
    program(path[0], LEAD_BACK[script])
    error = refused()
    assert (error.what, error.code) == ("claude is not installed, or not on PATH", NOT_FOUND)


def test_a_link_to_our_wrapper_is_skipped_too(path: list[Path], tmp_path: Path) -> None:
    wrapper = program(tmp_path, LEAD_BACK["our wrapper"], name="claude-zai")
    (path[0] / "claude").symlink_to(wrapper)
    expected = program(path[1])
    assert target.locate() == expected


def test_what_is_no_program_is_skipped(path: list[Path]) -> None:
    (path[0] / "claude").mkdir()
    program(path[1], mode=0o644)
    expected = program(path[2])
    assert target.locate() == expected


def test_nothing_on_path_is_told_with_how_to_install_it(path: list[Path]) -> None:
    (path[0] / "claude").symlink_to("/nonexistent")
    error = refused()
    assert (error.what, error.code) == ("claude is not installed, or not on PATH", NOT_FOUND)
    assert "npm install -g @anthropic-ai/claude-code" in error.hint


def test_a_file_that_is_no_program_is_told_when_it_is_all_there_is(
    path: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = program(path[1], mode=0o644)
    # The superuser may run nothing that is executable for nobody, but asks access() for more than the mode.
    monkeypatch.setattr(os, "access", lambda name, mode: mode == os.F_OK and str(name) == found)
    error = refused()
    assert (error.what, error.code) == (f"{found}: not an executable program", NOT_EXECUTABLE)


@pytest.mark.parametrize("by", ["CC_CLAUDE", "the configuration"])
def test_the_user_can_name_another_one(
    path: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    program(path[0])
    expected = program(tmp_path, name="my-claude")
    if by == "CC_CLAUDE":
        monkeypatch.setenv("CC_CLAUDE", expected)
        assert target.locate("/also/configured") == expected
    else:
        assert target.locate(expected) == expected


def test_a_named_one_may_stand_in_the_home_or_be_relative(home: Path, tmp_path: Path) -> None:
    in_home = program(home)
    assert target.locate("~/claude") == in_home
    here = program(tmp_path, name="my-claude")
    assert target.locate("./my-claude") == here


@pytest.mark.parametrize(
    ("make", "what", "code"),
    [
        (None, "there is no claude there", NOT_FOUND),
        ({"mode": 0o644}, "not an executable program", NOT_EXECUTABLE),
        ("directory", "not an executable program", NOT_EXECUTABLE),
        ({"content": LEAD_BACK["our wrapper"]}, "a script that starts cc again", NOT_EXECUTABLE),
        ({"content": LEAD_BACK["a script that calls cc"]}, "a script that starts cc again", NOT_EXECUTABLE),
    ],
    ids=["missing", "not executable", "a directory", "our wrapper", "a script that calls cc"],
)
@pytest.mark.parametrize("by", ["CC_CLAUDE", "the configuration"])
def test_a_named_one_that_does_not_serve_is_an_error_and_nothing_else_is_taken(
    path: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str, make: object, what: str, code: int
) -> None:
    program(path[0])
    named = tmp_path / "named"
    if make == "directory":
        named.mkdir()
    elif isinstance(make, dict):
        program(tmp_path, name="named", **make)
    if by == "CC_CLAUDE":
        monkeypatch.setenv("CC_CLAUDE", str(named))
    error = refused("" if by == "CC_CLAUDE" else str(named))
    assert error.what.startswith(f"{named}: {what}")
    assert error.code == code


def test_a_name_that_could_steer_a_terminal_is_shown_harmless() -> None:
    assert refused("/\x1b[2J").what.startswith("/\\x1b[2J: ")


def test_what_cannot_be_read_leads_nowhere() -> None:
    assert not process.leads_back("/nonexistent")
    assert not process.leads_back("/")
