"""What programs get where a command fails: the same envelope, with a word for what it was that stays as it is."""

import json
from typing import Any

import pytest

from cc_launcher.cli import app
from cc_launcher.core.errors import CcError
from tests.unit.conftest import CANARY


def failed(capsys: pytest.CaptureFixture[str], *line: str) -> dict[str, Any]:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever it was, it is told, and raised again
        app.cli(list(line))
    whole: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert (whole["version"], whole["status"], whole["data"]) == (1, "error", None)
    (error,) = whole["errors"]
    if isinstance(caught.value, CcError):
        assert (error["message"], error["hint"], error["exit"]) == (
            caught.value.what,
            caught.value.hint,
            caught.value.code,
        )
    return whole


@pytest.mark.parametrize(
    ("line", "command", "code", "status"),
    [
        ("show nosuch --json", "show", "no-such", 66),
        ("models nosuch --json", "models", "no-such", 66),
        ("env zai --json --reveal --format sh extra more", "env", "usage", 2),
        ("env nosuch --format json", "env", "no-such", 66),
        ("env nosuch --format=json", "env", "no-such", 66),
        ("run --json zai", "run", "usage", 2),
        ("run --dry-run --json nosuch", "run", "no-such", 66),
        ("run nosuch --dry-run --json", "run", "no-such", 66),
        ("run nosuch model --json", "run", "usage", 2),
        ("run --nosuch --json", "run", "usage", 2),
        ("config path --json --nosuch", "config path", "usage", 2),
        ("secret status --json nosuch", "secret status", "no-such", 66),
        ("ls --json --nosuch", "ls", "usage", 2),
    ],
)
def test_an_error_is_one_for_programs_too(
    line: str, command: str, code: str, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = failed(capsys, *line.split())
    assert whole["command"] == command
    assert (whole["errors"][0]["code"], whole["errors"][0]["exit"]) == (code, status)


def test_a_bug_too_and_without_what_it_says(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: list[str]) -> int:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(app, "main", broken)
    whole = failed(capsys, "show", "zai", "--json")
    assert whole["errors"][0]["code"] == "bug"
    assert "please report it, with " in whole["errors"][0]["hint"]
    assert CANARY not in json.dumps(whole)


@pytest.mark.parametrize(
    "line", ["show nosuch", "run nosuch -- --json", "run nosuch -p --json", "run --nosuch -- --json"]
)
def test_nobody_who_did_not_ask_for_it_gets_json(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CcError):
        app.cli(line.split())
    assert capsys.readouterr().out == ""
