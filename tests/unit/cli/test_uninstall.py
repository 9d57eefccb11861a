"""`cc uninstall`: everything of ours goes, what was there before comes back, and the next run finishes a killed one.

The files, git and the shells' files are real; the client is a FAKE that writes down how it was started.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from tests.support import Sandbox, console_script, require_tool, run
from tests.unit.cli.scene import CTRL_C, ENTER, IN_THE_WAY, INTERRUPTED, OK, USAGE, CommandScene

OWN_LINE = {"statusLine": {"type": "command", "command": "date '+%H:%M'", "padding": 0}, "model": "opus"}
BEFORE = '{\n  "env": {"FOO": "bar"},\n  "hooks": {"SessionStart": [ {"hooks": []} ]}\n}\n'
# Dies right before the n-th thing that changes a file or a directory, as by kill -9.
DIES = """\
import os, sys
left = int(os.environ.get("CC_TEST_DIES", "0"))
def hook(event, args):
    global left
    writes = event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    if event in ("os.remove", "os.rename", "os.rmdir", "os.mkdir") or writes:
        if str(args[0]).startswith("/dev/"):
            return
        left -= 1
        if left == 0:
            os._exit(137)
        if os.environ.get("CC_TEST_TELLS"):
            sys.stderr.write("STEP\\n")
sys.addaudithook(hook)
"""


def tree(*roots: Path) -> dict[str, tuple[int, bytes]]:
    """Everything below, with its rights and what is in it."""
    found = {}
    for root in roots:
        for path in sorted(root.rglob("*")):
            mode = path.lstat().st_mode
            if path.is_symlink():
                found[str(path)] = (0, os.fsencode(os.readlink(path)))
            else:
                found[str(path)] = (stat.S_IMODE(mode), path.read_bytes() if path.is_file() else b"")
    return found


class Machine:
    """A home in which everything of ours has been used, and how it was before."""

    def __init__(self, scene: CommandScene) -> None:
        require_tool("git")
        self.scene = scene
        home, work = scene.sandbox.home, scene.sandbox.work
        self.roots = (home, work, scene.sandbox.outside)
        for directory in (".claude", ".local/bin", ".config", ".local/share", ".cache", "other/.claude"):
            (home / directory).mkdir(parents=True, exist_ok=True)
        (home / ".claude" / "settings.json").write_text(json.dumps(OWN_LINE, indent=2))
        (home / ".bashrc").write_text("PS1=x")
        (home / ".local" / "bin" / "claude-mine").write_text("#!/bin/sh\necho the user's own\n")
        (home / "other" / ".claude" / "settings.local.json").write_text(BEFORE)
        subprocess.run(["git", "init", "-q", str(work)], check=True, env=scene.environment())
        self.before = tree(*self.roots)
        self.use()
        self.saved = [(root, root.with_name(f"{root.name}-saved")) for root in self.roots]
        for root, copy in self.saved:
            shutil.copytree(root, copy, symlinks=True)

    def restore(self) -> None:
        """Have everything as it was after its use."""
        for root, copy in self.saved:
            shutil.rmtree(root)
            shutil.copytree(copy, root, symlinks=True)

    def use(self) -> None:
        scene, home = self.scene, self.scene.sandbox.home
        keys = home / ".local" / "share" / "cc-launcher" / "keys"
        keys.mkdir(parents=True)
        keys.parent.chmod(0o700)
        self.key = keys / "mine"
        self.key.write_text(f"{scene.key}\n")
        self.key.chmod(0o600)
        scene.profile(secret=f"file:{self.key}")
        scene.profile("isolated = true\n", "apart", secret=f"file:{self.key}")
        scene.run("run", "apart", "-p", "hi")
        for words in (
            ("run", "mine", "-p", "hi"),
            ("install-wrapper", "mine", "--name", "claude-mine", "--force", "--dir", str(home / ".local" / "bin")),
            ("statusline", "--install", "--wrap"),
            ("init", "bash", "--install"),
            ("init", "zsh", "--install"),
            ("ls",),
        ):
            done = scene.run(*words)
            assert done.code == OK, (words, done)
        with scene.on_a_terminal("use", "mine") as session:
            session.answer("Add /.claude/settings.local.json", ENTER)
            assert session.ends() == OK
        done = run([scene.sandbox.cc, "use", "mine"], scene.environment(), home / "other")
        assert done.code == OK, done
        scene.sandbox.fake.take()

    def now(self) -> dict[str, tuple[int, bytes]]:
        return tree(*self.roots)


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return Machine(CommandScene(Sandbox(tmp_path_factory.mktemp("used"))))


@pytest.fixture
def machine(used: Machine) -> Machine:
    used.restore()
    return used


def test_all_of_it_goes_and_what_was_there_before_comes_back(machine: Machine) -> None:
    result = machine.scene.run("uninstall", "--yes", "--keys", "--profiles")
    assert result.code == OK, result
    assert machine.now() == machine.before
    said = result.err.decode()
    assert "uv tool uninstall cc-launcher" in said
    assert "your own status line is back" in said
    assert "what was there before is back" in said
    again = machine.scene.run("uninstall", "--yes", "--keys", "--profiles")
    assert again.code == OK
    assert "nothing on this machine except the program itself" in again.err.decode()
    assert machine.now() == machine.before


def test_keys_and_profiles_stay_unless_it_is_said(machine: Machine) -> None:
    result = machine.scene.run("uninstall", "--yes")
    assert result.code == OK, result
    said = result.err.decode()
    assert "cc uninstall --yes --keys removes them" in said
    assert "cc uninstall --yes --profiles removes them" in said
    assert machine.key.read_text() == f"{machine.scene.key}\n"
    new = {path for path in machine.now() if path not in machine.before}
    home = machine.scene.sandbox.home
    assert {Path(path).name for path in new if Path(path).is_file()} >= {"mine.toml", "apart.toml", "mine"}
    assert not (home / ".cache" / "cc-launcher").exists()
    assert (home / ".local" / "share" / "cc-launcher" / "isolated").is_dir()  # sessions of the user's
    assert {path: at for path, at in machine.now().items() if path in machine.before} == machine.before
    machine.scene.run("uninstall", "--yes", "--keys")
    assert not machine.key.exists()
    machine.scene.run("uninstall", "--yes", "--profiles")
    assert machine.now() == machine.before


@pytest.mark.parametrize("words", [("--dry-run",), ("--json",), ("--dry-run", "--json"), ()], ids=" ".join)
def test_looking_changes_nothing(machine: Machine, words: tuple[str, ...]) -> None:
    there = machine.now()
    result = machine.scene.run("uninstall", *words)
    assert result.code == (OK if words else USAGE)
    assert machine.now() == there
    assert machine.scene.key.encode() not in result.out + result.err
    kinds = {"wrapper", "status line", "project", "completion", "key", "backup", "cache", "state", "profiles"}
    kinds |= {"sessions"}
    if "--json" in words:
        data = json.loads(result.out)["data"]
        assert {item["kind"] for item in data["items"]} == kinds
        assert {item["fate"] for item in data["items"] if item["kind"] in {"key", "profiles"}} == {"stays"}
        assert "uninstall cc-launcher" in data["program"]
    else:
        assert {line.split("\t")[0] for line in result.out.decode().splitlines()} == kinds
    if not words:
        assert "cc uninstall --yes" in result.err.decode()


def test_programs_are_told_what_was_done(machine: Machine) -> None:
    result = machine.scene.run("uninstall", "--yes", "--json")
    items = json.loads(result.out)["data"]["items"]
    fates = {item["kind"]: item["fate"] for item in items}
    assert fates["wrapper"] == fates["cache"] == "removed"
    assert fates["key"] == fates["profiles"] == "stays"


@pytest.mark.parametrize(
    ("answers", "keys", "profiles"),
    [("ynn", False, False), ("yyn", True, False), ("yyy", True, True), ("yny", False, True)],
)
def test_on_a_terminal_keys_and_profiles_have_a_question_of_their_own(
    machine: Machine,
    answers: str,
    keys: bool,  # noqa: FBT001
    profiles: bool,  # noqa: FBT001
) -> None:
    with machine.scene.on_a_terminal("uninstall") as session:
        session.answer("Remove what goes?", answers[0], ENTER)
        session.answer("Remove the keys, too", answers[1], ENTER)
        session.answer("Remove your own profiles, too?", answers[2], ENTER)
        assert session.ends() == OK
    assert machine.key.exists() is not keys
    assert (machine.scene.sandbox.home / ".config" / "cc-launcher").exists() is not profiles
    assert not (machine.scene.sandbox.home / ".cache" / "cc-launcher").exists()


@pytest.mark.parametrize("answered", [0, 1, 2])
def test_ctrl_c_at_any_question_changes_nothing(machine: Machine, answered: int) -> None:
    there = machine.now()
    questions = ("Remove what goes?", "Remove the keys, too", "Remove your own profiles, too?")
    with machine.scene.on_a_terminal("uninstall") as session:
        for question in questions[:answered]:
            session.answer(question, "y", ENTER)
        session.answer(questions[answered], CTRL_C)
        assert session.ends() == INTERRUPTED
    assert machine.now() == there


def test_an_edited_wrapper_stays_and_is_named(machine: Machine) -> None:
    path = machine.scene.sandbox.home / ".local" / "bin" / "claude-mine"
    path.write_text(path.read_text() + "# mine\n")
    said = machine.scene.run("uninstall", "--yes", "--keys", "--profiles").err.decode()
    assert path.read_text().endswith("# mine\n")
    assert "cc uninstall-wrapper claude-mine --force" in said


def test_what_cannot_be_put_back_now_is_put_back_by_the_next_run(machine: Machine) -> None:
    file = machine.scene.sandbox.home / "other" / ".claude" / "settings.local.json"
    ours = file.read_text()
    file.write_text(f"{ours},")
    result = machine.scene.run("uninstall", "--yes", "--keys", "--profiles")
    assert result.code != OK
    assert str(file.name) in result.err.decode()
    assert not (machine.scene.sandbox.home / ".cache" / "cc-launcher").exists()  # the rest is done
    file.write_text(ours)
    machine.scene.run("uninstall", "--yes", "--keys", "--profiles")
    assert machine.now() == machine.before


def test_what_somebody_has_put_into_our_directories_stays(machine: Machine) -> None:
    strange = machine.scene.sandbox.home / ".local" / "share" / "cc-launcher" / "thesis.txt"
    strange.write_text("a year of work")
    machine.scene.run("uninstall", "--yes", "--keys", "--profiles")
    assert strange.read_text() == "a year of work"


def test_a_line_that_the_user_wrote_is_named_and_stays(machine: Machine) -> None:
    file = machine.scene.sandbox.home / ".config" / "fish" / "config.fish"
    file.parent.mkdir()
    file.write_text("cc init fish | source\n")
    said = machine.scene.run("uninstall", "--yes").err.decode()
    assert file.read_text() == "cc init fish | source\n"
    assert "config.fish:1" in said


def test_on_an_empty_machine_there_is_nothing(scene: CommandScene) -> None:
    result = scene.run("uninstall")
    assert (result.code, result.out) == (OK, b"")
    assert "nothing on this machine except the program itself" in result.err.decode()
    assert tree(scene.sandbox.home) == {}


def test_killed_at_any_step_the_next_run_ends_the_same(machine: Machine, tmp_path: Path) -> None:
    scene = machine.scene
    dies = console_script(tmp_path / "dies", before=DIES)
    words: list[str | Path] = [dies, "uninstall", "--yes", "--keys", "--profiles"]
    whole = run(words, scene.environment(CC_TEST_TELLS="1"), scene.sandbox.work)
    assert whole.code == OK, whole
    assert machine.now() == machine.before
    steps = whole.err.count(b"STEP\n")
    assert steps > 30
    chosen = range(1, steps + 1) if os.environ.get("CC_TESTS_ALL") else range(1, steps + 1, 4)
    for step in chosen:
        machine.restore()
        killed = run(words, scene.environment(CC_TEST_DIES=str(step)), scene.sandbox.work)
        assert killed.code == 137, (step, killed)
        done = run([scene.sandbox.cc, *words[1:]], scene.environment(), scene.sandbox.work)
        assert done.code == OK, (step, done)
        assert machine.now() == machine.before, step


def test_a_settings_file_that_is_no_json_does_not_stop_the_rest(machine: Machine) -> None:
    file = machine.scene.sandbox.home / ".claude" / "settings.json"
    file.write_text("{")
    assert machine.scene.run("uninstall", "--yes", "--keys", "--profiles").code in {OK, IN_THE_WAY}
    assert file.read_text() == "{"
    assert not (machine.scene.sandbox.home / ".cache" / "cc-launcher").exists()
