"""`cc exec`: how its line is read. What comes of it is tests/faults/test_exec_program.py's."""

from __future__ import annotations

import json

import pytest

from cc_launcher.cli import app
from cc_launcher.cli.exec_program import parsed
from cc_launcher.core.errors import USAGE, CcError


@pytest.mark.parametrize(
    ("line", "flags", "profile", "word", "command"),
    [
        ("zai -- a", [], "zai", None, ["a"]),
        ("zai glm-5.3 -- a b", [], "zai", "glm-5.3", ["a", "b"]),
        (
            "--sealed zai --anyway m -- a --sealed -- b",
            ["--sealed", "--anyway"],
            "zai",
            "m",
            ["a", "--sealed", "--", "b"],
        ),
        ("--dry-run --json zai -- claude -p hi", ["--dry-run", "--json"], "zai", None, ["claude", "-p", "hi"]),
        ("- -- a", [], "-", None, ["a"]),
    ],
)
def test_a_line(line: str, flags: list[str], profile: str, word: str | None, command: list[str]) -> None:
    request, found = parsed(line.split())
    assert (request.flags, request.profile, request.word, found) == (flags, profile, word, command)


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("", "cc exec PROFILE [MODEL] -- COMMAND"),
        ("--", "cc exec PROFILE [MODEL] -- COMMAND"),
        ("zai", "cc exec zai -- COMMAND"),
        ("zai python agent.py", "cc exec zai -- COMMAND"),
        ("zai --", "cc exec zai -- COMMAND"),
        ("zai m --", "cc exec zai m -- COMMAND"),
        ("zai a b -- c", "cc exec PROFILE [MODEL] -- COMMAND"),
        ("--seal zai -- a", "--sealed"),
        ("--env=A=b zai -- a", "options of the command go behind --"),
        ("--json zai -- a", "cc exec --dry-run --json"),
    ],
)
def test_what_is_wrong_with_a_line(line: str, hint: str) -> None:
    with pytest.raises(CcError) as caught:
        app.cli(["exec", *line.split()])
    assert caught.value.code == USAGE
    assert hint in caught.value.hint


def test_help_is_for_us_only_before_the_dashes(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.cli(["exec", "zai", "--help"]) == 0
    assert "usage: cc exec [OPTIONS] PROFILE [MODEL] -- COMMAND…" in capsys.readouterr().out
    with pytest.raises(CcError):
        app.cli(["exec", "nosuch", "--", "a", "--help"])


def test_an_error_is_json_where_json_is_wanted_of_us(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CcError):
        app.cli(["exec", "--dry-run", "--json", "nosuch", "--", "a"])
    found = json.loads(capsys.readouterr().out)
    assert (found["command"], found["status"]) == ("exec", "error")
    with pytest.raises(CcError):
        app.cli(["exec", "nosuch", "--", "a", "--json"])
    assert capsys.readouterr().out == ""
