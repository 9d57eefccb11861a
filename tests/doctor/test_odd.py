"""`cc doctor` over odd files, and never a secret in what it says."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.doctor.conftest import DoctorMachine

FILES = (
    ".bashrc",
    ".config/fish/conf.d/x.fish",
    ".config/powershell/profile.ps1",
    ".config/environment.d/x.conf",
    ".config/python_keyring/keyringrc.cfg",
    ".claude/settings.json",
    "work/.env",
    "work/.claude/settings.json",
    "work/.claude/settings.local.json",
    "../managed/x.json",
    "../config/profiles/odd.toml",
)
MORE = ("work/.git", "../config/config.toml", ".bash_profile")
GIT = ("work/.git/config", "work/.git/index", "work/.git/commondir")
ODD: dict[str, Callable[[Path], object]] = {
    "a link to what never ends": lambda path: path.symlink_to("/dev/zero"),
    "a link to nothing": lambda path: path.symlink_to("/nonexistent"),
    "a link to itself": lambda path: path.symlink_to(path),
    "a pipe": os.mkfifo,
    "a directory": lambda path: path.mkdir(),
    "empty": lambda path: path.write_bytes(b""),
    "zeros": lambda path: path.write_bytes(bytes(3_000_000)),
    "no text": lambda path: path.write_bytes(bytes(range(256)) * 20),
    "UTF-16": lambda path: path.write_bytes('\ufeff{"env": {"ANTHROPIC_BASE_URL": "x"}}'.encode("utf-16-le")),
    "nested without end": lambda path: path.write_text("[" * 100_000),
    "an object without end": lambda path: path.write_text('{"a":' * 50_000),
    "one quote": lambda path: path.write_text("export A='" + "x\n" * 1000),
    "steering": lambda path: path.write_text('{"env": {"ANTHROPIC_\x1b[2J": 1}, "model": "\x1b[31mred"}'),
    "no rights": lambda path: os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0)),
    "many lines": lambda path: path.write_text("export ANTHROPIC_MODEL=x\n" * 30),
}


@pytest.mark.parametrize("names", [FILES, MORE, (*GIT, "work/.claude/settings.json")], ids=["files", "more", "git"])
@pytest.mark.parametrize("odd", ODD)
def test_no_odd_file_is_a_crash_or_hangs(machine: DoctorMachine, odd: str, names: tuple[str, ...]) -> None:
    if GIT[0] in names:
        machine.file("work/.git/HEAD", "ref: refs/heads/main\n")  # or it is no checkout, and nobody looks there
    for name in names:
        path = machine.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        ODD[odd](path)
    for args in (("doctor", "--json"), ("doctor", "--fix", "--yes")):
        said = machine.run(*args)
        assert said.code in {0, 1}, said
        assert "\x1b" not in said.out + said.err
        assert "a bug" not in said.err


CANARY_LINES = (
    "export ANTHROPIC_AUTH_TOKEN={0}",
    "ANTHROPIC_API_KEY='{0}' claude",
    'alias glm="ANTHROPIC_AUTH_TOKEN={0} claude"',
    "glm() {{ ANTHROPIC_AUTH_TOKEN={0} claude; }}",
    "export ANTHROPIC_BASE_URL=https://me:{0}@x",
    "export ANTHROPIC_BASE_URL=https://x # {0}",
    "export ANTHROPIC_MODEL={0}",
    'export ANTHROPIC_CUSTOM_HEADERS="Authorization: Bearer\n {0}"',
    "export ANTHROPIC_CUSTOM_HEADERS=$(echo {0})",
    "export ZAI_API_KEY={0} ANTHROPIC_MODEL=x",
    "export ANTHROPIC_MODEL=$(curl -H {0}) # x",
    "declare -x ANTHROPIC_MODEL=a\\\n{0}",
    "ZAI_API_KEY={0}; export ZAI_API_KEY",
)


@pytest.mark.parametrize(
    "args", [("--json",), ("--verbose",), ("--fix", "--dry-run"), ("--fix", "--yes")], ids=" ".join
)
def test_no_secret_is_in_what_is_said(machine: DoctorMachine, args: tuple[str, ...]) -> None:
    key = machine.key
    machine.file(".bashrc", "\n".join(line.format(key) for line in CANARY_LINES) + "\n")
    machine.file(".config/fish/config.fish", f"set -gx ANTHROPIC_BASE_URL {key}\nset -gx ANTHROPIC_API_KEY {key}\n")
    machine.file(".config/powershell/profile.ps1", f'$env:ANTHROPIC_BASE_URL = "{key}"\n$env:ZAI_API_KEY="{key}"\n')
    machine.file("work/.env", f"ANTHROPIC_API_KEY={key}\n")
    for name in (".claude/settings.json", "work/.claude/settings.local.json"):
        content = {
            "env": {"ANTHROPIC_AUTH_TOKEN": key, "ANTHROPIC_BASE_URL": f"https://{key}", "FOO": key},
            "apiKeyHelper": f"echo {key}",
            "permissions": {"allow": [f"Bash(curl {key})"]},
            "availableModels": [key],
        }
        machine.file(name, json.dumps(content))
    machine.patch.setenv("ANTHROPIC_API_KEY", key)
    for profile in ([], ["mine"]):
        said = machine.run("doctor", *profile, *args)
        assert said.code == 1
        assert key not in said.out + said.err
        assert key[-12:] not in said.out + said.err


def test_what_cc_use_wrote_is_no_finding_and_what_looks_like_it_is(machine: DoctorMachine) -> None:
    machine.program("bin/git", "#!/bin/sh\nexit 0\n")  # nothing is committed here
    assert machine.run("use", "mine").code == 0
    path = machine.work / ".claude" / "settings.local.json"
    content = path.read_bytes()
    assert b"ANTHROPIC_BASE_URL" in content
    assert machine.doctor().code == 0
    assert machine.run("use", "--off").code == 0
    machine.file(path, content)  # the same, from a stranger
    assert machine.doctor().of("settings-routing")[0]["level"] == "warning"
    machine.cloned(".claude/settings.local.json")
    assert machine.doctor().of("settings-stranger")[0]["level"] == "problem"


def test_a_settings_file_that_only_the_client_can_read_is_judged_all_the_same(machine: DoctorMachine) -> None:
    machine.file(".claude/settings.json", '\ufeff{"env": {"ANTHROPIC_BASE_URL": "x"}}'.encode("utf-16-le"))
    said = machine.doctor()
    assert said.of("settings-routing")[0]["level"] == "problem"
    assert not said.of("settings-routing")[0]["fixable"]
    assert said.of("settings-broken")[0]["level"] == "warning"


def test_whose_key_it_is_is_not_guessed_where_requests_go_elsewhere(machine: DoctorMachine) -> None:
    machine.file(".bashrc", f"export ANTHROPIC_API_KEY={machine.key}\n")
    assert machine.doctor().of("secret-clear")[0]["fixable"]
    machine.file(".bashrc", f"export ANTHROPIC_API_KEY={machine.key}\nexport ANTHROPIC_BASE_URL=https://x\n")
    said = machine.doctor().of("secret-clear")[0]
    assert "together" in said["hint"]
    machine.run("doctor", "--fix", "--yes")
    lines = (machine.home / ".bashrc").read_text().splitlines()
    assert all(line.startswith(": # (cc doctor) export") for line in lines)  # kept for nobody
