"""The log of a bug: what is in it, and what never is."""

import sys
from pathlib import Path

import pytest

from cc_launcher import __version__
from cc_launcher.files import bug_log
from tests.unit.conftest import CANARY


def fault(message: str = CANARY) -> Exception:
    secret_of_a_frame = message
    try:
        try:
            raise KeyError(secret_of_a_frame)
        except KeyError as cause:
            raise RuntimeError(message) from cause
    except RuntimeError as made:
        return made


def test_versions_the_command_and_where_it_was(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["cc", "run", "--dry-run", f"--env=K={CANARY}", "zai", "--", f"--{CANARY}"])
    shown = bug_log.write(fault())
    assert shown == "~/cache/bug.log"
    text = (home / "cache" / "bug.log").read_text()
    assert f"cc {__version__}, Python {sys.version.split()[0]}" in text
    assert "command: cc run --dry-run --env\n" in text
    assert "test_bug_log.py:" in text
    assert "raise RuntimeError(message) from cause" in text
    assert text.index("builtins.RuntimeError") < text.index("builtins.KeyError")
    assert CANARY not in text
    assert str(home) not in text
    assert (home / "cache" / "bug.log").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        ([], "command: cc \n"),
        (["-c", CANARY], "command: cc …\n"),
        (["secret", "get", CANARY, "--reveal", f"--{CANARY}"], "command: cc secret --reveal --…\n"),
    ],
)
def test_of_a_line_only_what_is_ours(arguments: list[str], command: str) -> None:
    text = bug_log.text(fault(), arguments)
    assert command in text
    assert CANARY not in text


def test_where_nothing_can_be_written_there_is_none(home: Path) -> None:
    (home / "cache").write_text("in the way")
    assert bug_log.write(fault()) == ""
