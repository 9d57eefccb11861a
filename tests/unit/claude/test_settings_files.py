"""What the client's settings files say that a launch is concerned with: names, never a value."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cc_launcher.claude import settings_files
from cc_launcher.core.plan.machine import SettingsFile
from tests.unit.conftest import CANARY


def test_only_names_are_taken_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    content = {
        "env": {"ANTHROPIC_AUTH_TOKEN": CANARY, "FOO": CANARY},
        "apiKeyHelper": f"echo {CANARY}",
        "permissions": {"defaultMode": "plan", "allow": [CANARY], "env": {"x": 1}},
    }
    path.write_text(json.dumps(content), encoding="utf-8-sig")
    found = settings_files.read(str(path), "user")
    assert found == SettingsFile(
        str(path),
        "user",
        frozenset({"ANTHROPIC_AUTH_TOKEN", "FOO"}),
        frozenset(
            {
                "apiKeyHelper",
                "permissions",
                "permissions.defaultMode",
                "permissions.allow",
                "permissions.env",
                "permissions.env.x",
            }
        ),
    )
    assert CANARY not in repr(found)


@pytest.mark.parametrize("content", ["{}", '{"env": null}', '{"env": ["A"]}', '{"env": "A"}'])
def test_a_file_that_sets_nothing_of_ours(tmp_path: Path, content: str) -> None:
    (tmp_path / "x.json").write_text(content)
    assert settings_files.read(str(tmp_path / "x.json"), "local") == SettingsFile(str(tmp_path / "x.json"), "local")


def test_a_file_that_is_not_there_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "missing.json", tmp_path / "missing" / "x.json", tmp_path / "file" / "x.json"):
        assert settings_files.read(str(path), "user") is None


ODD: dict[str, tuple[Callable[[Path], object], str]] = {
    "no JSON": (lambda path: path.write_text('{"env": {}'), "cannot be read (JSONDecodeError)"),
    "empty": (lambda path: path.write_text(""), "cannot be read (JSONDecodeError)"),
    "no text": (lambda path: path.write_bytes(b'{"a": "\xff"}'), "cannot be read (UnicodeDecodeError)"),
    "a list": (lambda path: path.write_text("[]"), "hold no object"),
    "nested without end": (lambda path: path.write_text("[" * 100_000), "cannot be read (RecursionError)"),
    "a directory": (lambda path: path.mkdir(), "are no file"),
    "a fifo": (os.mkfifo, "are no file"),
    "a link to what never ends": (lambda path: path.symlink_to("/dev/zero"), "are no file"),
    "a link to itself": (lambda path: path.symlink_to(path), "cannot be read (OSError)"),
}


@pytest.mark.parametrize("odd", ODD)
def test_a_file_that_cannot_be_read_is_a_problem_and_no_crash(tmp_path: Path, odd: str) -> None:
    make, problem = ODD[odd]
    path = tmp_path / "settings.json"
    make(path)
    found = settings_files.read(str(path), "project")
    # Two of them the client reads all the same.
    hidden = odd in {"no text", "nested without end"}
    assert found == SettingsFile(str(path), "project", problem=problem, hidden=hidden)


def test_no_depth_of_nesting_is_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    for depth in range(800, 1100, 10):  # from what both the parser and we can follow to what neither can
        path.write_text('{"a":' * depth + "1" + "}" * depth)
        found = settings_files.read(str(path), "project")
        assert found is not None
        assert found.problem in ("", "cannot be read (RecursionError)")


def test_the_files_of_user_and_project(tmp_path: Path) -> None:
    assert settings_files.ordinary_paths("/config", str(tmp_path)) == [
        ("user", "/config/settings.json"),
        ("project", f"{tmp_path}/.claude/settings.json"),
        ("local", f"{tmp_path}/.claude/settings.local.json"),
    ]


def test_below_the_top_of_a_checkout_the_local_file_of_the_top_counts_too(tmp_path: Path) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (tmp_path / ".git").touch()  # a worktree's is a file
    assert settings_files.ordinary_paths("/config", str(below))[3:] == [
        ("local", f"{tmp_path}/.claude/settings.local.json")
    ]
    assert settings_files.ordinary_paths("/config", str(tmp_path))[3:] == []


def test_what_is_there_is_read_with_its_scope(tmp_path: Path) -> None:
    (tmp_path / ".claude").mkdir()
    (tmp_path / ".claude" / "settings.json").write_text('{"model": "x"}')
    (tmp_path / ".claude" / "settings.local.json").write_text("nonsense")
    found = settings_files.ordinary("/nonexistent", str(tmp_path))
    assert [(file.scope, sorted(file.keys), bool(file.problem)) for file in found] == [
        ("project", ["model"], False),
        ("local", [], True),
    ]


def test_an_administrators_files_are_the_one_and_all_parts_of_the_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = tmp_path / "managed-settings.d"
    parts.mkdir()
    (tmp_path / "managed-settings.json").write_text('{"model": "x"}')
    for name in ("b.json", "a.json", ".hidden.json", "notes.txt"):
        (parts / name).write_text("{}")
    monkeypatch.setattr(settings_files, "managed_paths", lambda: [str(tmp_path / "managed-settings.json"), str(parts)])
    names = [Path(file.path).name for file in settings_files.managed()]
    assert names == ["managed-settings.json", "a.json", "b.json"]
    assert {file.scope for file in settings_files.managed()} == {"managed"}


def test_an_administrators_directory_that_cannot_be_listed_is_a_problem_and_no_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(path: str) -> list[str]:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(settings_files, "managed_paths", lambda: [str(tmp_path), str(tmp_path / "missing")])
    monkeypatch.setattr(os, "listdir", denied)
    assert [file.problem for file in settings_files.managed()] == ["are no file"]


def test_the_paths_of_an_administrator_are_absolute() -> None:
    assert all(os.path.isabs(path) for path in settings_files.managed_paths())


def test_the_users_own_status_line_is_known_and_a_projects_is_not(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"statusLine": {"type": "command", "command": "mine"}}')
    for scope, command in (("user", "mine"), ("project", ""), ("local", "")):
        found = settings_files.read(str(path), scope)
        assert found is not None
        assert found.status_line == command
        assert "statusLine" in found.keys
    for odd in ("3", "null", '{"command": 3}', "[]"):
        path.write_text(f'{{"statusLine": {odd}}}')
        found = settings_files.read(str(path), "user")
        assert found is not None
        assert found.status_line == ""


def test_a_status_line_on_the_command_line_is_not_replaced_by_ours() -> None:
    ours = '{"statusLine": {"command": "ours"}, "env": {"A": "1"}}'
    assert json.loads(settings_files.merged('{"statusLine": {"command": "mine"}}', ours)) == {
        "statusLine": {"command": "mine"},
        "env": {"A": "1"},
    }
    assert json.loads(settings_files.merged("{}", ours)) == json.loads(ours)


def test_the_users_hooks_run_beside_ours() -> None:
    ours = '{"hooks": {"SessionStart": ["ours"]}, "env": {}}'
    own = {"hooks": {"SessionStart": ["mine"], "Stop": ["mine"]}}
    joined = json.loads(settings_files.merged(json.dumps(own), ours))
    assert joined["hooks"] == {"SessionStart": ["mine", "ours"], "Stop": ["mine"]}
    for odd in ('{"hooks": {"SessionStart": 3}}', '{"hooks": {}}', "{}"):
        assert json.loads(settings_files.merged(odd, ours))["hooks"]["SessionStart"] == ["ours"]


def test_what_the_user_denies_stays_beside_what_we_deny() -> None:
    ours = '{"permissions":{"deny":["WebSearch"]},"env":{}}'
    own = {"permissions": {"deny": ["Bash"], "allow": ["WebSearch"], "defaultMode": "plan"}}
    assert json.loads(settings_files.merged(json.dumps(own), ours))["permissions"] == {
        "deny": ["Bash", "WebSearch"],
        "allow": ["WebSearch"],
        "defaultMode": "plan",
    }
    for odd in ('{"permissions": 1}', '{"permissions": {"deny": "Bash"}}', "{}"):
        assert json.loads(settings_files.merged(odd, ours))["permissions"]["deny"] == ["WebSearch"]
    assert json.loads(settings_files.merged(json.dumps(own), '{"env":{}}'))["permissions"] == own["permissions"]
