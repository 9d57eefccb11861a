"""`cc doctor --fix` shows, asks, fixes, and can be undone byte for byte."""

from __future__ import annotations

import json
import os
import shlex
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.core.errors import CcError
from cc_launcher.core.text.entry_points import FORMERLY, MAIN
from cc_launcher.files import atomic, gateway_places, swap
from tests.client.harness import Terminal
from tests.doctor.conftest import DoctorMachine
from tests.support import require_tool

# Shell files as people have them: what is to be fixed in each, and how each one has to look afterwards.
SHELL_FILES: dict[str, tuple[str, str, str]] = {
    "an export": (
        ".bashrc",
        "# mine\nexport ANTHROPIC_BASE_URL=https://x # c\nexport PATH=$PATH:/a\n",
        "# mine\n: # (cc doctor) export ANTHROPIC_BASE_URL=https://x # c\nexport PATH=$PATH:/a\n",
    ),
    "the only command of a body": (
        ".zshrc",
        "if true; then\n\texport ANTHROPIC_MODEL=b\nfi\nf() {\n ANTHROPIC_MODEL=x\n}\n",
        "if true; then\n\t: # (cc doctor) export ANTHROPIC_MODEL=b\nfi\nf() {\n : # (cc doctor) ANTHROPIC_MODEL=x\n}\n",
    ),
    "behind an and": (
        ".profile",
        "true &&\n  export ANTHROPIC_MODEL=x\n",
        "true &&\n  : # (cc doctor) export ANTHROPIC_MODEL=x\n",
    ),
    "over several lines": (
        ".zshenv",
        'export ANTHROPIC_CUSTOM_HEADERS="$(a)\nb: c"\nX=1\n',
        ': # (cc doctor) export ANTHROPIC_CUSTOM_HEADERS="$(a)\n# b: c"\nX=1\n',
    ),
    "no line end, and one of Windows": (
        ".bash_profile",
        "export ANTHROPIC_MODEL=x\r\ndeclare -x ANTHROPIC_BASE_URL=y",
        ": # (cc doctor) export ANTHROPIC_MODEL=x\r\n: # (cc doctor) declare -x ANTHROPIC_BASE_URL=y",
    ),
    "fish": (
        ".config/fish/conf.d/x.fish",
        "set -gx ANTHROPIC_BASE_URL https://x\nset -x FOO 1\n",
        "# (cc doctor) set -gx ANTHROPIC_BASE_URL https://x\nset -x FOO 1\n",
    ),
    "PowerShell": (
        ".config/powershell/profile.ps1",
        '$env:ANTHROPIC_BASE_URL = "https://x"\n$x = 1\n',
        '# (cc doctor) $env:ANTHROPIC_BASE_URL = "https://x"\n$x = 1\n',
    ),
    "environment.d": (
        ".config/environment.d/x.conf",
        "ANTHROPIC_BASE_URL=https://x\nA=1\n",
        "# (cc doctor) ANTHROPIC_BASE_URL=https://x\nA=1\n",
    ),
    "two on a line": (
        ".bashrc",
        "export ANTHROPIC_BASE_URL=https://x ANTHROPIC_MODEL=m\n",
        ": # (cc doctor) export ANTHROPIC_BASE_URL=https://x ANTHROPIC_MODEL=m\n",
    ),
}
# What shares its line with something else is left to its owner.
LEFT_ALONE = [
    "export ANTHROPIC_BASE_URL=https://x PATH=$PATH:/a\n",
    "[ -f x ] && export ANTHROPIC_BASE_URL=https://x\n",
    "export ANTHROPIC_BASE_URL=https://x; echo hi\n",
    "if true; then export ANTHROPIC_BASE_URL=https://x; fi\n",
    "foo \\\n; export ANTHROPIC_BASE_URL=x; \\\n  bar\n",
]


def backups(machine: DoctorMachine) -> list[Path]:
    return sorted(machine.home.rglob("*.cc-backup-*"))


@pytest.mark.parametrize("kind", SHELL_FILES)
def test_a_line_is_commented_out_and_put_back(machine: DoctorMachine, kind: str) -> None:
    name, before, after = SHELL_FILES[kind]
    path = machine.file(name, before, 0o644)

    said = machine.run("doctor", "--fix", "--yes")

    assert path.read_bytes() == after.encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert said.code == 0
    (backup,) = backups(machine)
    assert backup.parent == path.parent
    assert backup.read_bytes() == before.encode()
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert machine.run("doctor", "--undo").code == 0
    assert path.read_bytes() == before.encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert backups(machine) == []


@pytest.mark.parametrize("shell", ["sh", "bash", "zsh"])
def test_a_mended_file_is_still_a_script(shell: str) -> None:
    files = [name for name in SHELL_FILES if SHELL_FILES[name][0].startswith(".") and "/" not in SHELL_FILES[name][0]]
    script = "\n".join(SHELL_FILES[name][2] for name in files if "Windows" not in name)
    checked = subprocess.run([require_tool(shell), "-n"], input=script, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize("line", LEFT_ALONE)
def test_a_line_that_does_more_is_left_alone(machine: DoctorMachine, line: str) -> None:
    path = machine.file(".bashrc", line)
    said = machine.run("doctor", "--fix", "--yes")
    assert path.read_text() == line
    assert "ANTHROPIC_BASE_URL is set" in said.out
    assert said.code == 1


SETTINGS = {
    "pretty": '{\n  "model": "glm-5.3",\n  "env": {\n    "FOO": "1",\n    "ANTHROPIC_BASE_URL": "https://x"\n  }\n}\n',
    "on one line": '{"env":{"ANTHROPIC_BASE_URL":"https://x","FOO":"1"},"model":"glm-5.3"}',
    "with a byte order mark, tabs and CRLF": '\ufeff{\r\n\t"env" : {\r\n\t\t"ANTHROPIC_MODEL": "x"\r\n\t},\r\n'
    '\t"a": [1]\r\n}',
}


@pytest.mark.parametrize("kind", SETTINGS)
def test_a_key_of_a_settings_file_is_taken_out_and_put_back(machine: DoctorMachine, kind: str) -> None:
    before = SETTINGS[kind].encode()
    path = machine.file(".claude/settings.json", before, 0o640)
    assert machine.run("doctor", "--fix", "--yes").code == 0
    left = json.loads(path.read_bytes().decode("utf-8-sig"))
    assert "model" not in left
    assert set(left["env"]) <= {"FOO"}
    assert path.read_bytes().startswith(b"\xef\xbb\xbf") == before.startswith(b"\xef\xbb\xbf")
    machine.run("doctor", "--undo")
    assert path.read_bytes() == before
    assert backups(machine) == []


def test_files_of_projects_and_administrators_are_never_changed(machine: DoctorMachine) -> None:
    text = '{"env": {"ANTHROPIC_BASE_URL": "https://x"}}'
    files = [machine.file("work/.claude/settings.json", text), machine.file(machine.managed / "x.json", text)]
    files += [
        machine.file("work/.env", "ANTHROPIC_BASE_URL=x\n"),
        machine.file("work/.envrc", "export ANTHROPIC_MODEL=x\n"),
    ]
    before = [path.read_bytes() for path in files]
    machine.run("doctor", "--fix", "--yes")
    assert [path.read_bytes() for path in files] == before


def test_a_status_line_of_before_is_written_as_today(machine: DoctorMachine) -> None:
    own = "date '+%H:%M from cc_launcher.launch.entry'"
    old = f"python -P -c 'from {FORMERLY} import main; raise SystemExit(main())' statusline --after {shlex.quote(own)}"
    path = machine.settings({"statusLine": {"type": "command", "command": old, "padding": 0}, "model": "opus"})
    said = machine.run("doctor", "--fix", "--yes")
    assert "done; the backup is" in said.err
    written = json.loads(path.read_text())["statusLine"]
    assert written == {"type": "command", "command": old.replace(FORMERLY, MAIN, 1), "padding": 0}
    assert own in shlex.split(written["command"])  # what is the user's own stays as it is
    assert "settings-old-line" not in machine.run("doctor").out
    assert machine.run("doctor", "--undo").code == 0
    assert json.loads(path.read_text())["statusLine"]["command"] == old


def test_a_key_moves_to_where_its_profile_keeps_it(machine: DoctorMachine) -> None:
    machine.secret.unlink()
    path = machine.file(".bashrc", f'A=1\nexport ZAI_API_KEY="{machine.key}"\n')
    machine.profile('extends = "zai"')

    said = machine.run("doctor", "--fix", "--yes")

    assert machine.secret.read_text() == f"{machine.key}\n"
    assert path.read_text() == "A=1\n: # (cc doctor) ZAI_API_KEY is kept as the secret of mine\n"
    assert machine.key not in said.out + said.err
    assert "delete it when all is well" in said.err  # the backup, which has it
    assert said.code == 0
    assert machine.run("doctor", "--undo").code == 0
    assert path.read_text() == f'A=1\nexport ZAI_API_KEY="{machine.key}"\n'
    assert machine.secret.exists()


def test_a_key_in_settings_moves_to_the_profile_that_is_named(machine: DoctorMachine) -> None:
    machine.secret.unlink()
    path = machine.settings({"env": {"ANTHROPIC_AUTH_TOKEN": machine.key, "FOO": "1"}})
    before = path.read_bytes()
    machine.run("doctor", "--fix", "--yes")
    assert path.read_bytes() == before  # nobody has said whose it is
    assert machine.run("doctor", "mine", "--fix", "--yes").code == 0
    assert json.loads(path.read_text()) == {"env": {"FOO": "1"}}
    assert machine.secret.read_text() == f"{machine.key}\n"


@pytest.mark.parametrize(
    ("kept", "there"), [("another-secret", 1), ("", 1)], ids=["another one is kept already", "it cannot be kept"]
)
def test_a_key_that_cannot_move_stays_where_it_is(machine: DoctorMachine, kept: str, there: int) -> None:
    machine.file(machine.secret, f"{kept}\n")
    if not kept:
        machine.profile('extends = "zai"', secret=f"file:{machine.bin}/cc/x")
    path = machine.file(".bashrc", f"export ZAI_API_KEY={machine.key}\n")
    said = machine.run("doctor", "--fix", "--yes")
    assert path.read_text() == f"export ZAI_API_KEY={machine.key}\n"
    assert said.code == there
    assert machine.key not in said.out + said.err
    assert backups(machine) == []


def test_the_same_key_is_taken_out_where_it_is_kept_already(machine: DoctorMachine) -> None:
    path = machine.file(".bashrc", f"export ZAI_API_KEY={machine.key}\n")
    assert machine.run("doctor", "--fix", "--yes").code == 0
    assert machine.key not in path.read_text()


def test_rights_and_a_base_url_are_mended(machine: DoctorMachine) -> None:
    path = machine.profile('extends = "zai" # c\nbase_url = "https://x.example.com/v1/"  # mine')
    before = path.read_text()
    path.chmod(0o666)
    machine.run("doctor", "--fix", "--yes")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert machine.run("doctor", "--fix", "--yes").code == 0
    assert path.read_text() == before.replace("/v1/", "")


def test_a_link_stays_a_link(machine: DoctorMachine) -> None:
    real = machine.file("dotfiles/bashrc", "export ANTHROPIC_MODEL=x\n")
    (machine.home / ".bashrc").symlink_to(real)
    machine.run("doctor", "--fix", "--yes")
    assert (machine.home / ".bashrc").is_symlink()
    assert real.read_text().startswith(": #")
    assert [backup.parent for backup in backups(machine)] == [machine.home]
    machine.run("doctor", "--undo")
    assert (machine.home / ".bashrc").is_symlink()
    assert real.read_text() == "export ANTHROPIC_MODEL=x\n"


def test_in_a_repository_the_backup_is_not_put_beside_the_file(machine: DoctorMachine) -> None:
    machine.file("work/.git/HEAD", "ref: refs/heads/main\n")
    path = machine.project({"model": "glm-5.3"}, "settings.local.json")
    before = path.read_bytes()
    machine.run("doctor", "--fix", "--yes")
    assert json.loads(path.read_text()) == {}
    assert backups(machine) == []
    assert machine.run("doctor", "--undo").code == 0
    assert path.read_bytes() == before


def test_what_was_changed_since_is_not_undone(machine: DoctorMachine) -> None:
    path = machine.file(".bashrc", "export ANTHROPIC_MODEL=x\n")
    machine.run("doctor", "--fix", "--yes")
    path.write_text("mine\n")
    said = machine.run("doctor", "--undo")
    assert said.code == 73
    assert path.read_text() == "mine\n"
    assert len(backups(machine)) == 1


def test_nothing_to_undo_is_said(machine: DoctorMachine) -> None:
    assert machine.run("doctor", "--undo").code == 2


def test_a_dry_run_shows_and_changes_nothing(machine: DoctorMachine) -> None:
    path = machine.file(".bashrc", "export ANTHROPIC_BASE_URL=https://x\n")
    said = machine.run("doctor", "--fix", "--dry-run")
    assert "-export ANTHROPIC_BASE_URL=…" in said.err
    assert "would comment out" in said.err
    assert path.read_text() == "export ANTHROPIC_BASE_URL=https://x\n"
    assert backups(machine) == []


@pytest.mark.parametrize(
    "args", [["--yes"], ["--dry-run"], ["--fix", "--undo"], ["--json", "--fix"], ["--fix"]], ids=" ".join
)
def test_options_that_do_not_go_together_are_refused(machine: DoctorMachine, args: list[str]) -> None:
    path = machine.file(".bashrc", "export ANTHROPIC_BASE_URL=https://x\n")
    assert machine.run("doctor", *args).code == 2  # the last: nobody is there to answer
    assert path.read_text() == "export ANTHROPIC_BASE_URL=https://x\n"


@pytest.mark.parametrize(("answer", "changed"), [("y", True), ("n", False)])
def test_on_a_terminal_each_change_is_asked_for(machine: DoctorMachine, answer: str, changed: bool) -> None:  # noqa: FBT001
    path = machine.file(".bashrc", "export ANTHROPIC_BASE_URL=https://x\n")
    argv: list[str | Path] = [sys.executable, "-m", "cc_launcher", "doctor", "--fix"]
    with Terminal(argv, {**os.environ, "TERM": "xterm-256color"}, machine.work) as terminal:
        terminal.wait_for("Comment out what sets ANTHROPIC_BASE_URL?")
        terminal.send(f"{answer}\r")
        assert terminal.wait() == (0 if changed else 1)
    assert path.read_text().startswith(":") is changed


def test_no_backup_is_left_where_a_file_cannot_be_written(machine: DoctorMachine) -> None:
    path = machine.file(".bashrc", "export ANTHROPIC_MODEL=x\n")
    write = atomic.write

    def full(place: Path, content: bytes, *more: Any, **named: Any) -> bool:
        if place == path:
            raise CcError("the disk is full", code=73)
        return write(place, content, *more, **named)

    machine.patch.setattr(atomic, "write", full)
    said = machine.run("doctor", "--fix", "--yes")
    assert "the disk is full" in said.err
    assert path.read_text() == "export ANTHROPIC_MODEL=x\n"
    assert backups(machine) == []
    assert machine.run("doctor", "--undo").code == 2


def test_what_a_change_brings_to_light_is_mended_in_the_same_run(machine: DoctorMachine) -> None:
    path = machine.settings({"env": {"ANTHROPIC_BASE_URL": "https://x"}, "model": "glm-5.3"})
    before = path.read_bytes()
    assert not machine.doctor().of("settings-left-model")[0]["fixable"]
    machine.run("doctor", "--fix", "--yes")
    assert json.loads(path.read_text()) == {"env": {}}
    assert machine.run("doctor", "--undo").code == 0
    assert path.read_bytes() == before


def meanwhile(machine: DoctorMachine, what: Callable[[], object]) -> None:
    """Another program does something right before the last look at the file."""
    look, left = swap._is_as_seen, [what]

    def late(*args: Any) -> bool:
        if left:
            left.pop()()
        return look(*args)

    machine.patch.setattr(swap, "_is_as_seen", late)


def test_what_somebody_writes_elsewhere_in_the_file_meanwhile_is_kept(machine: DoctorMachine) -> None:
    path = machine.file(".bashrc", "export ANTHROPIC_MODEL=x\n")
    meanwhile(machine, lambda: path.write_text("export ANTHROPIC_MODEL=x\nA=1\n"))
    assert machine.run("doctor", "--fix", "--yes").code == 0
    assert path.read_text() == ": # (cc doctor) export ANTHROPIC_MODEL=x\nA=1\n"
    assert machine.run("doctor", "--undo").code == 0
    assert path.read_text() == "export ANTHROPIC_MODEL=x\nA=1\n"


def test_what_the_client_writes_into_its_settings_meanwhile_is_kept(machine: DoctorMachine) -> None:
    path = machine.settings({"model": "glm-5.3"})
    meanwhile(machine, lambda: path.write_text('{"model": "glm-5.3", "permissions": {"allow": ["Bash(ls)"]}}'))
    assert machine.run("doctor", "--fix", "--yes").code == 0
    assert json.loads(path.read_text()) == {"permissions": {"allow": ["Bash(ls)"]}}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("export ANTHROPIC_MODEL=x\n", "# new\nexport ANTHROPIC_MODEL=x\n"),
        ("export ANTHROPIC_MODEL=x\n", "export ANTHROPIC_MODEL=y\n"),
        ("export ANTHROPIC_MODEL=x\n", ""),
    ],
    ids=["moved to another line", "of another value", "gone"],
)
def test_nothing_is_done_but_what_was_agreed_to(machine: DoctorMachine, before: str, after: str) -> None:
    path = machine.file(".bashrc", before)
    meanwhile(machine, lambda: path.write_text(after))
    said = machine.run("doctor", "--fix", "--yes")
    assert "~/.bashrc has changed in the meantime" in said.err
    assert path.read_text() == after
    assert backups(machine) == []


def test_another_key_than_the_one_that_was_kept_is_not_taken_out(machine: DoctorMachine) -> None:
    machine.secret.unlink()
    path = machine.file(".bashrc", f"export ZAI_API_KEY={machine.key}\n")
    machine.profile('extends = "zai"')
    meanwhile(machine, lambda: path.write_text("export ZAI_API_KEY=sk-another-of-the-user\n"))
    said = machine.run("doctor", "--fix", "--yes")
    assert "has changed in the meantime" in said.err
    assert path.read_text() == "export ZAI_API_KEY=sk-another-of-the-user\n"
    assert machine.secret.read_text() == f"{machine.key}\n"
    assert backups(machine) == []


def test_what_is_left_of_engines_is_removed_and_what_is_used_or_being_made_stays(machine: DoctorMachine) -> None:
    engines = gateway_places.engines()
    for name in ("unfinished.999999999", "1.109.0-older", f"unfinished.{os.getpid()}", "1.110.2-used"):
        (engines / name / "bin").mkdir(parents=True)
    used = machine.file(engines / "1.110.2-used" / "bin" / "python", "#!/bin/sh\n", 0o755)
    machine.file(gateway_places.record(), json.dumps({"python": str(used), "version": "1.110.2"}))
    assert machine.run("doctor", "--fix", "--dry-run").code == 0
    assert len(list(engines.iterdir())) == 4
    said = machine.run("doctor", "--fix", "--yes")
    assert "what nobody used is gone" in said.err
    assert {place.name for place in engines.iterdir()} == {f"unfinished.{os.getpid()}", "1.110.2-used"}
