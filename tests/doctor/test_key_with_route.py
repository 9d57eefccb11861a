"""`cc doctor --fix` never takes an address away and leaves its key behind: they move together, or not at all."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.cli import doctor_fix
from cc_launcher.core.doctor import belongs
from cc_launcher.core.doctor.findings import Fix
from cc_launcher.core.profile import variables
from cc_launcher.files import atomic, profiles
from cc_launcher.secrets import keep
from tests.client.harness import Terminal
from tests.doctor.conftest import DoctorMachine
from tests.support import SYSTEM_PATH, missing

ZAI = "https://api.z.ai/api/anthropic"
NO_KEYRING = ("no keyring is running here", "start one")
DELETED = "(cc doctor)"


@pytest.fixture(autouse=True)
def _no_profile(machine: DoctorMachine) -> None:
    (machine.config / "profiles" / "mine.toml").unlink()


def a_pair(machine: DoctorMachine, address: str = ZAI, key: str = "") -> str:
    return f"A=1\nexport ANTHROPIC_BASE_URL={address}\nexport ANTHROPIC_AUTH_TOKEN='{key or machine.key}'\nB=2\n"


def profile_of(machine: DoctorMachine, name: str) -> str:
    return (machine.config / "profiles" / f"{name}.toml").read_text()


def no_route_without_key(*paths: Path) -> None:
    """What must never be: the address is gone from the files, and a key that went there is still set."""
    active = [
        line
        for path in paths
        for line in path.read_text().splitlines()
        if not line.lstrip(": \t").startswith("#") and "ANTHROPIC_" in line
    ]
    routes = any("BASE_URL" in line for line in active)
    keys = any("AUTH_TOKEN" in line or "API_KEY" in line for line in active)
    assert routes or not keys


def test_an_address_and_its_key_move_into_a_profile(machine: DoctorMachine) -> None:
    path = machine.file(".bashrc", a_pair(machine), 0o644)
    before = path.read_bytes()
    kept = machine.root / "chosen"

    said = machine.run("doctor", "--fix", "--yes", "--keep-in", f"file:{kept}")

    lines = path.read_text().splitlines()
    assert lines[0] == "A=1"
    assert lines[1] == f": # {DELETED} export ANTHROPIC_BASE_URL={ZAI}"
    assert lines[2] == f": # {DELETED} ANTHROPIC_AUTH_TOKEN is kept as the secret of zai"
    assert lines[3] == "B=2"
    assert kept.read_text() == f"{machine.key}\n"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert 'extends = "zai"' in profile_of(machine, "zai")
    assert profiles.load("zai").profile.base_url == ZAI
    assert machine.key not in said.out + said.err
    assert said.code == 0
    assert "cc run zai" in said.err
    assert machine.run("doctor", "--undo").code == 0
    assert path.read_bytes() == before
    assert path.stat().st_mode & 0o777 == 0o644


def test_both_move_out_of_a_settings_file(machine: DoctorMachine) -> None:
    path = machine.settings({"env": {"ANTHROPIC_BASE_URL": ZAI, "ANTHROPIC_AUTH_TOKEN": machine.key, "FOO": "1"}})
    before = path.read_bytes()
    said = machine.run("doctor", "--fix", "--yes", "--keep-in", f"file:{machine.root}/chosen")
    assert json.loads(path.read_text()) == {"env": {"FOO": "1"}}
    assert (machine.root / "chosen").read_text().strip() == machine.key
    assert machine.key not in said.out + said.err
    assert machine.run("doctor", "--undo").code == 0
    assert path.read_bytes() == before


def test_without_a_place_for_the_key_nothing_is_changed(machine: DoctorMachine) -> None:
    machine.patch.setattr(keep, "keyring_trouble", lambda: NO_KEYRING)
    path = machine.file(".bashrc", a_pair(machine))
    said = machine.run("doctor", "--fix", "--yes")
    assert path.read_text() == a_pair(machine)
    assert "cc doctor --fix --yes --keep-in pass:cc-launcher/zai" in said.err
    assert "can read" in said.err  # what a file means is said
    assert not (machine.config / "profiles" / "zai.toml").exists()
    assert said.code == 1


def test_our_own_file_is_taken_only_where_somebody_says_so(machine: DoctorMachine) -> None:
    machine.patch.setattr(keep, "keyring_trouble", lambda: NO_KEYRING)
    machine.file(".bashrc", a_pair(machine))
    assert machine.run("doctor", "--fix", "--yes", "--keep-in", "file").code == 0
    (kept,) = [path for path in (machine.root / "data" / "keys").iterdir() if path.is_file()]
    assert kept.read_text().strip() == machine.key
    assert kept.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("place", ["op://a/b/c", "nonsense", "file:relative"])
def test_a_place_that_cc_cannot_write_is_refused(machine: DoctorMachine, place: str) -> None:
    path = machine.file(".bashrc", a_pair(machine))
    said = machine.run("doctor", "--fix", "--yes", "--keep-in", place)
    assert path.read_text() == a_pair(machine)
    assert "--keep-in" in said.err


def test_one_statement_that_sets_both_goes_as_a_whole(machine: DoctorMachine) -> None:
    path = machine.file(".zshrc", f"export ANTHROPIC_BASE_URL={ZAI} ANTHROPIC_AUTH_TOKEN={machine.key}\n")
    machine.run("doctor", "--fix", "--yes", "--keep-in", f"file:{machine.root}/chosen")
    assert machine.key not in path.read_text()
    assert path.read_text().startswith(": #")
    assert (machine.root / "chosen").read_text().strip() == machine.key


def test_the_models_that_went_with_it_are_those_of_the_profile(machine: DoctorMachine) -> None:
    models = "export ANTHROPIC_MODEL='glm-5.2[1m]'\nexport ANTHROPIC_DEFAULT_HAIKU_MODEL=glm-5.3-flash\n"
    path = machine.file(".bashrc", a_pair(machine) + models)
    machine.run("doctor", "--fix", "--yes", "--keep-in", f"file:{machine.root}/chosen")
    tiers = profiles.load("zai").profile.tiers
    assert (tiers.main, tiers.haiku) == ("glm-5.2", "glm-5.3-flash")
    assert all(line.startswith((": #", "A=", "B=")) for line in path.read_text().splitlines())


TOKEN = "export ANTHROPIC_AUTH_TOKEN="
NO_PROVIDER = {
    "an unknown address": "export ANTHROPIC_BASE_URL=https://llm.example.com\n" + TOKEN + "sk-12345678\n",
    "another provider's key": f"export ANTHROPIC_BASE_URL={ZAI}\nexport ANTHROPIC_AUTH_TOKEN=sk-or-v1-12345678\n",
    "two keys": f"export ANTHROPIC_BASE_URL={ZAI}\n{TOKEN}sk-123456\nexport ANTHROPIC_API_KEY=b2345678\n",
    "a cloud": "export CLAUDE_CODE_USE_BEDROCK=1\nexport ANTHROPIC_API_KEY=sk-12345678\n",
    "a placeholder": "export ANTHROPIC_BASE_URL=http://localhost:11434\nexport ANTHROPIC_AUTH_TOKEN=ollama\n",
    "headers": f"export ANTHROPIC_BASE_URL={ZAI}\nexport ANTHROPIC_CUSTOM_HEADERS='x-key: 12345678'\n",
}


@pytest.mark.parametrize("kind", NO_PROVIDER)
def test_what_fits_no_provider_is_commented_out_together(machine: DoctorMachine, kind: str) -> None:
    path = machine.file(".bashrc", NO_PROVIDER[kind])
    said = machine.run("doctor", "--fix", "--yes")
    assert path.read_text() == "".join(f": # {DELETED} {line}\n" for line in NO_PROVIDER[kind].splitlines())
    assert "together" in said.err + said.out
    assert list((machine.config / "profiles").iterdir()) == []
    assert machine.run("doctor", "--undo").code == 0
    assert path.read_text() == NO_PROVIDER[kind]


def test_an_address_and_a_key_in_two_files_go_together_and_the_key_first(machine: DoctorMachine) -> None:
    route = machine.file(".profile", f"export ANTHROPIC_BASE_URL={ZAI}\n")
    key = machine.settings({"env": {"ANTHROPIC_AUTH_TOKEN": machine.key}})
    written: list[Path] = []
    write = atomic.write

    def seen(place: Path, *more: object, **named: object) -> bool:
        written.append(place)
        return write(place, *more, **named)  # type: ignore[arg-type]  # it is passed on as it came

    machine.patch.setattr(atomic, "write", seen)
    assert machine.run("doctor", "--fix", "--yes", "--keep-in", f"file:{machine.root}/chosen").code == 0
    assert json.loads(key.read_text()) == {"env": {}}
    assert route.read_text().startswith(": #")
    assert written.index(key) < written.index(route)


@pytest.mark.parametrize(
    "line",
    [
        "[ -f x ] && export ANTHROPIC_AUTH_TOKEN={key}\n",
        "export ANTHROPIC_AUTH_TOKEN={key} PATH=$PATH:/a\n",
        "if true; then export ANTHROPIC_AUTH_TOKEN={key}; fi\n",
    ],
    ids=["behind a test", "beside PATH", "in an if"],
)
def test_where_one_cannot_be_taken_out_the_other_stays(machine: DoctorMachine, line: str) -> None:
    text = f"export ANTHROPIC_BASE_URL={ZAI}\n{line.format(key=machine.key)}"
    path = machine.file(".bashrc", text)
    said = machine.run("doctor", "--fix", "--yes", "--keep-in", f"file:{machine.root}/chosen")
    assert path.read_text() == text
    assert "together: with the address gone, plain claude sends ANTHROPIC_AUTH_TOKEN" in said.out
    assert machine.key not in said.out + said.err


def test_a_key_that_only_this_shell_has_keeps_the_address_where_it_is(machine: DoctorMachine) -> None:
    machine.patch.setenv("ANTHROPIC_AUTH_TOKEN", machine.key)
    path = machine.file(".bashrc", f"export ANTHROPIC_BASE_URL={ZAI}\n")
    machine.run("doctor", "--fix", "--yes")
    assert path.read_text() == f"export ANTHROPIC_BASE_URL={ZAI}\n"


def test_a_key_that_another_variable_holds_stays_there(machine: DoctorMachine) -> None:
    text = f'export ZAI_API_KEY=$(cat /k)\nexport ANTHROPIC_BASE_URL={ZAI}\n{TOKEN}"$ZAI_API_KEY"\n'
    path = machine.file(".bashrc", text)
    machine.run("doctor", "--fix", "--yes")
    lines = path.read_text().splitlines()
    assert lines[0] == text.splitlines()[0]
    assert all(line.startswith(": #") for line in lines[1:])
    assert "secret" not in profile_of(machine, "zai")  # the profile looks at that variable by itself


def test_a_key_that_is_asked_of_a_command_is_asked_by_the_profile(machine: DoctorMachine) -> None:
    machine.file(".bashrc", f"export ANTHROPIC_BASE_URL={ZAI}\nexport ANTHROPIC_AUTH_TOKEN=$(pass show zai)\n")
    machine.run("doctor", "--fix", "--yes")
    assert profiles.load("zai").profile.secret == "cmd:sh -c 'pass show zai'"


def test_the_helper_of_a_settings_file_is_asked_by_the_profile(machine: DoctorMachine) -> None:
    path = machine.settings({"apiKeyHelper": "pass show zai", "env": {"ANTHROPIC_BASE_URL": ZAI}})
    machine.run("doctor", "--fix", "--yes")
    assert json.loads(path.read_text()) == {"env": {}}
    assert profiles.load("zai").profile.secret == "cmd:sh -c 'pass show zai'"


def test_a_profile_of_the_users_with_this_address_gets_the_key(machine: DoctorMachine) -> None:
    machine.secret.unlink()
    machine.profile('base_url = "https://llm.example.com"\nauth = "bearer"\ntiers.main = "m"', "work")
    path = machine.file(".bashrc", a_pair(machine, "https://llm.example.com"))
    assert machine.run("doctor", "--fix", "--yes").code == 0
    assert machine.secret.read_text().strip() == machine.key
    assert machine.key not in path.read_text()
    assert [place.name for place in (machine.config / "profiles").iterdir()] == ["work.toml"]


def test_of_a_profile_of_the_users_too_the_place_can_be_said(machine: DoctorMachine) -> None:
    machine.patch.setattr(keep, "keyring_trouble", lambda: NO_KEYRING)
    machine.profile('base_url = "https://llm.example.com" # mine\nauth = "bearer"\ntiers.main = "m"', "work", secret="")
    text = a_pair(machine, "https://llm.example.com")
    path = machine.file(".bashrc", text)
    machine.run("doctor", "--fix", "--yes")
    assert path.read_text() == text
    assert machine.run("doctor", "--fix", "--yes", "--keep-in", "file").code == 0
    assert (machine.root / "data" / "keys" / "work").read_text().strip() == machine.key
    assert "# mine" in profile_of(machine, "work")
    assert machine.key not in path.read_text()


def test_another_key_is_never_replaced_and_gets_a_profile_of_its_own(machine: DoctorMachine) -> None:
    machine.profile('extends = "zai"', "zai")
    other = "another-key-of-the-user"
    machine.file(machine.secret, f"{other}\n")
    machine.file(".bashrc", a_pair(machine))
    machine.run("doctor", "--fix", "--yes", "--keep-in", f"file:{machine.root}/chosen")
    assert machine.secret.read_text() == f"{other}\n"
    assert (machine.root / "chosen").read_text().strip() == machine.key
    assert 'extends = "zai"' in profile_of(machine, "zai-2")


def test_a_key_that_cannot_be_kept_leaves_no_profile_and_both_lines(machine: DoctorMachine) -> None:
    path = machine.file(".bashrc", a_pair(machine))
    machine.file("blocked", "")
    machine.run("doctor", "--fix", "--yes", "--keep-in", f"file:{machine.home}/blocked/key")
    assert path.read_text() == a_pair(machine)
    assert list((machine.config / "profiles").iterdir()) == []


def test_a_dry_run_changes_nothing(machine: DoctorMachine) -> None:
    path = machine.file(".bashrc", a_pair(machine))
    said = machine.run("doctor", "--fix", "--dry-run")
    assert "would move ANTHROPIC_BASE_URL and ANTHROPIC_AUTH_TOKEN together" in said.err
    assert path.read_text() == a_pair(machine)
    assert machine.key not in said.out + said.err


def test_both_lines_have_one_fix_and_it_is_asked_for_once(machine: DoctorMachine) -> None:
    machine.file(".bashrc", a_pair(machine))
    said = machine.run("doctor", "--fix", "--dry-run")
    assert said.err.count("would move") == 1


@pytest.mark.parametrize(("keys", "moved"), [("f\ry\r", True), ("n\r", False), ("f\rn\r", False), ("\x03", False)])
def test_on_a_terminal_the_place_is_asked_for_and_a_file_is_never_the_default(
    machine: DoctorMachine,
    keys: str,
    moved: bool,  # noqa: FBT001
) -> None:
    path = machine.file(".bashrc", a_pair(machine))
    argv: list[str | Path] = [sys.executable, "-m", "cc_launcher", "doctor", "--fix"]
    with Terminal(argv, {**os.environ, "TERM": "xterm-256color"}, machine.work) as terminal:
        terminal.wait_for("Keep the key in a file")
        first, rest = keys[0], keys[1:]
        terminal.send(first + rest[:1])
        if len(rest) > 1:
            terminal.wait_for("Move ANTHROPIC_BASE_URL")
            terminal.send(rest[1:])
        code = terminal.wait()
        screen = terminal.screen()
    assert machine.key not in screen
    assert (path.read_text() != a_pair(machine)) is moved
    assert (machine.root / "data" / "keys" / "zai").exists() is moved
    assert code == (-2 if keys == "\x03" else 0 if moved else 1)  # by the signal, as a shell expects it
    no_route_without_key(path)


@pytest.mark.parametrize("own", [False, True], ids=["a provider's", "a profile's of the user"])
def test_a_key_alone_goes_where_it_is_said_too(machine: DoctorMachine, own: bool) -> None:  # noqa: FBT001
    machine.patch.setattr(keep, "keyring_trouble", lambda: NO_KEYRING)
    if own:
        machine.profile('extends = "zai" # mine', "zai", secret="")
    path = machine.file(".bashrc", f"export ZAI_API_KEY={machine.key}\n")
    said = machine.run("doctor", "--fix", "--yes")
    assert path.read_text() == f"export ZAI_API_KEY={machine.key}\n"
    assert "--keep-in file" in said.err
    assert machine.run("doctor", "--fix", "--yes", "--keep-in", "file").code == 0
    assert machine.key not in path.read_text()
    assert (machine.root / "data" / "keys" / "zai").read_text().strip() == machine.key
    assert profiles.load("zai").profile.secret is not None
    assert ("# mine" in profile_of(machine, "zai")) is own


def test_what_is_written_meanwhile_stops_it_before_anything_is_lost(machine: DoctorMachine) -> None:
    path = machine.file(".bashrc", a_pair(machine))
    put = keep.put

    def late(*more: object) -> None:
        put(*more)  # type: ignore[arg-type]  # it is passed on as it came
        path.write_text(a_pair(machine, key="sk-another-of-the-user"))

    machine.patch.setattr(keep, "put", late)
    said = machine.run("doctor", "--fix", "--yes", "--keep-in", f"file:{machine.root}/chosen")
    assert "has changed in the meantime" in said.err
    assert path.read_text() == a_pair(machine, key="sk-another-of-the-user")


BASH = shutil.which("bash", path=SYSTEM_PATH)
LINES = (
    "export ANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic\n",
    "export ANTHROPIC_BASE_URL=https://llm.example.com\n",
    "ANTHROPIC_BASE_URL=https://x.example.com; export ANTHROPIC_BASE_URL\n",
    "export ANTHROPIC_AUTH_TOKEN={key}\n",
    "export ANTHROPIC_API_KEY=$(echo {key})\n",
    "[ -n x ] && export ANTHROPIC_API_KEY={key}\n",
    "export ANTHROPIC_AUTH_TOKEN=$ZAI_API_KEY\n",
    "export ZAI_API_KEY={key}\n",
    "export ANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic ANTHROPIC_AUTH_TOKEN={key}\n",
    "export ANTHROPIC_MODEL=glm-5.2 ANTHROPIC_CUSTOM_HEADERS='x: {key}'\n",
    "export CLAUDE_CODE_USE_BEDROCK=1\n",
    "alias c='ANTHROPIC_AUTH_TOKEN={key} claude'\n",
)
SETTINGS = (
    "ANTHROPIC_BASE_URL",
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_MODEL",
    "CLAUDE_CODE_USE_VERTEX",
)


def followed(machine: DoctorMachine) -> dict[str, str]:
    """What plain `claude` would have in a new shell: as a real one reads its files, with the settings above it."""
    script = f". {machine.home}/.profile; . {machine.home}/.bashrc; env -0"
    clean = {"PATH": "/usr/bin:/bin", "HOME": str(machine.home)}
    told = subprocess.run(
        [BASH or missing("bash is not installed"), "--norc", "-c", script],
        env=clean,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    shell = dict(line.partition("=")[::2] for line in told.split("\0") if line)
    settings = json.loads((machine.home / ".claude" / "settings.json").read_text())
    helper = {belongs.HELPER: settings[belongs.HELPER]} if belongs.HELPER in settings else {}
    return {name: value for name, value in (shell | settings.get("env", {}) | helper).items() if value}


@pytest.mark.parametrize("number", range(24))
def test_whatever_is_agreed_to_no_key_loses_its_address(machine: DoctorMachine, number: int) -> None:
    chance = random.Random(f"issue 16, {number}")
    for name in (".profile", ".bashrc"):
        lines = chance.sample(LINES, chance.randint(0, 4))
        machine.file(name, "".join(line.format(key=machine.key) for line in lines))
    names = chance.sample(SETTINGS, chance.randint(0, 3))
    value = {"ANTHROPIC_BASE_URL": ZAI, "ANTHROPIC_MODEL": "glm-5.2"}
    settings: dict[str, object] = {"env": {name: value.get(name, machine.key) for name in names}}
    if chance.random() < 0.2:
        settings[belongs.HELPER] = "pass show zai"
    machine.settings(settings)
    before = followed(machine)
    real = doctor_fix._all

    def some(fixes: list[Fix], *more: Any, **named: Any) -> int:
        return real([fix for fix in fixes if chance.random() < 0.7], *more, **named)

    machine.patch.setattr(doctor_fix, "_all", some)
    said = machine.run("doctor", "--fix", "--yes", "--keep-in", "file")

    after = followed(machine)
    routes = set(variables.ROUTING.names)
    left = belongs.FOLLOWS.intersection(after)
    if routes.intersection(before) and not routes.intersection(after):
        assert not left, (before, after, said)
    assert machine.key not in said.out + said.err


def test_a_file_of_two_scopes_has_each_fault_once(machine: DoctorMachine) -> None:
    machine.settings({"env": {"ANTHROPIC_BASE_URL": "https://x.example.com", "ANTHROPIC_MODEL": "m"}})
    machine.patch.chdir(machine.home)
    said = machine.doctor()
    assert len(said.of("settings-routing")) == 1
    assert len(said.of("settings-model")) == 1
    assert machine.run("doctor", "--fix", "--yes").code == 0


def test_a_link_to_another_shell_file_has_each_fault_once(machine: DoctorMachine) -> None:
    machine.file(".bashrc", "export ANTHROPIC_MODEL=x\n")
    (machine.home / ".bash_profile").symlink_to(".bashrc")
    assert len(machine.doctor().of("shell-model")) == 1


def test_a_machine_without_a_keyring_is_told_so(machine: DoctorMachine) -> None:
    said = machine.run("doctor")  # no profile: there is no bus here, and no keyring
    assert "nothing is wrong" not in said.out
    assert "1 note" in said.out
    assert "keyring" in said.out
    assert said.code == 0
    machine.profile('extends = "zai"')  # whose key is in a file
    assert "nothing is wrong" in machine.run("doctor").out
