"""What a wrapper cannot judge ends in what `cc run` does; and without cc, in words that say what is missing."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cc_launcher.core.wrapper.mark import Wrapper
from tests.fakes import fake_keyring, fake_store
from tests.fakes.fake_claude import package_around
from tests.shells.scene import GIVEN, KEEPS_ODD_NAMES, SHELLS, WrapperScene
from tests.support import not_here, require_tool

REFUSED = 77
REAL = (sys.executable, "-P", "-m", "cc_launcher")
PROFILE = 'extends = "zai"\nsecret = "file:{file}"\n[modes.local]\nextends = "lan"\n'


@dataclass
class Start:
    """One start of a wrapper."""

    arguments: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=lambda: ["mine", "--"])  # for `cc run`
    more: dict[str, str] = field(default_factory=dict)  # variables
    cwd: Path | None = None


@pytest.fixture
def scene(tmp_path: Path) -> WrapperScene:
    made = WrapperScene(tmp_path)
    made.sandbox.secret_file(b"sk-key\n")
    profile(made)
    made.own = REAL
    return made


def profile(scene: WrapperScene, more: str = "", secret: str = "") -> None:
    text = PROFILE.format(file=scene.sandbox.outside / "secret")
    if secret:
        text = f'extends = "zai"\nsecret = "{secret}"\n'
    path = scene.sandbox.profile("mine", more + text)
    os.utime(path, (1, 1))
    # A gateway, which nobody asks first: there is no Ollama here.
    os.utime(scene.sandbox.profile("lan", 'extends = "ollama"\nkind = "gateway"\n'), (1, 1))


def install(scene: WrapperScene, *, sealed: bool = False) -> None:
    scene.install(Wrapper("claude-mine", "mine", sealed=sealed))


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def later(path: Path) -> None:
    ahead = time.time() + 5
    os.utime(path, (ahead, ahead))


# What cc is left to judge. Each makes its scene, after the wrapper was written.


def _own_settings(_: WrapperScene) -> Start:
    arguments = ["--settings", '{"env": {"FOO": "1"}}', "-p", "x\ny"]
    return Start(arguments, ["mine", "--", *arguments])


def _own_model(_: WrapperScene) -> Start:
    return Start(["--model=glm-4.7"], ["mine", "--", "--model=glm-4.7"])


def _own_fallback_model_in_a_mode(_: WrapperScene) -> Start:
    return Start(["--local", "--fallback-model", "x"], ["lan", "--", "--fallback-model", "x"])


def _another_client(scene: WrapperScene) -> Start:
    other = scene.sandbox.outside / "other"
    other.write_bytes(scene.sandbox.fake.path.read_bytes())
    other.chmod(0o755)
    return Start(more={"CC_CLAUDE": str(other)})


def _models_of_the_project(scene: WrapperScene) -> Start:
    write(scene.sandbox.work / ".claude" / "settings.json", '{"availableModels": ["stranger"]}')
    return Start()


def _models_of_the_project_in_other_letters(scene: WrapperScene) -> Start:
    write(scene.sandbox.work / ".claude" / "settings.json", '{"\\u0061vailableModels": ["stranger"]}')
    return Start()


def _mode_of_the_project(scene: WrapperScene) -> Start:
    write(scene.sandbox.work / ".claude" / "settings.local.json", '{"permissions": {"defaultMode": "plan"}}')
    return Start()


def _mode_at_the_top_of_the_checkout(scene: WrapperScene) -> Start:
    (scene.sandbox.work / ".git").mkdir()
    write(scene.sandbox.work / ".claude" / "settings.local.json", '{"permissions": {"defaultMode": "plan"}}')
    below = scene.sandbox.work / "a" / "b"
    below.mkdir(parents=True)
    return Start(cwd=below)


def _changed_profile(scene: WrapperScene) -> Start:
    profile(scene, 'env = { FOO = "new" }\n')
    later(scene.sandbox.home / ".config" / "cc-launcher" / "profiles" / "mine.toml")
    return Start()


def _new_profile_in_the_place_of_the_catalogs(scene: WrapperScene) -> Start:
    later(scene.sandbox.profile("zai", 'extends = "zai"\nenv = { FOO = "own" }\n'))
    return Start()


def _new_configuration(scene: WrapperScene) -> Start:
    start = _another_client(scene)
    path = write(
        scene.sandbox.home / ".config" / "cc-launcher" / "config.toml", f'claude = "{start.more["CC_CLAUDE"]}"\n'
    )
    path.chmod(0o600)
    later(path)
    return Start()


def _new_settings_of_the_user(scene: WrapperScene) -> Start:
    later(write(scene.sandbox.home / ".claude" / "settings.json", '{"permissions": {"defaultMode": "plan"}}'))
    return Start()


def _another_home(scene: WrapperScene) -> Start:
    home = scene.sandbox.outside / "home"
    home.mkdir()
    return Start(more={"HOME": str(home)})  # where no profile is called so


def _another_configuration_of_the_client(scene: WrapperScene) -> Start:
    directory = scene.sandbox.outside / "client"
    write(directory / "settings.json", '{"permissions": {"defaultMode": "plan"}}')
    return Start(more={"CLAUDE_CONFIG_DIR": str(directory)})


def _client_gone(scene: WrapperScene) -> Start:
    scene.sandbox.fake.path.unlink()
    return Start()


def _client_replaced(scene: WrapperScene) -> Start:
    """By a link to an older file: neither its name nor its time tells."""
    other = scene.sandbox.outside / "old" / "claude"
    other.parent.mkdir()
    scene.sandbox.fake.path.rename(other)
    package_around(other, "2.1.332")
    os.utime(other, (1, 1))
    scene.sandbox.fake.path.symlink_to(other)
    return Start()


def _client_updated(scene: WrapperScene) -> Start:
    """In its place, with an old time, as some unpack packages: the directory of the package tells."""
    path = scene.sandbox.fake.path
    new = path.with_name("new")
    new.write_bytes(path.read_bytes())
    new.chmod(0o755)
    os.utime(new, (1, 1))
    new.replace(path)
    later(path.parent)
    return Start()


def _network_in_odd_letters(_: WrapperScene) -> Start:
    return Start(more={"HTTPS_PROXY": 'http://h/"\\'})


def _own_managed_settings(_: WrapperScene) -> Start:
    arguments = ["--managed-settings", "{}"]
    return Start(arguments, ["mine", "--", *arguments])


def _sessions_for_somebody_elsewhere(_: WrapperScene) -> Start:
    return Start(["remote-control"], ["mine", "--", "remote-control"])


def _mode_of_the_main_checkout(scene: WrapperScene) -> Start:
    main = scene.sandbox.outside / "main"
    place = main / ".git" / "worktrees" / "w"
    write(place / "commondir", "../..\n")
    write(place / "gitdir", f"{scene.sandbox.work}/.git\n")
    write(main / ".claude" / "settings.local.json", '{"permissions": {"defaultMode": "plan"}}')
    write(scene.sandbox.work / ".git", f"gitdir: {place}\n")
    below = scene.sandbox.work / "a"
    below.mkdir()
    return Start(cwd=below)


def _secret_gone(scene: WrapperScene) -> Start:
    (scene.sandbox.outside / "secret").unlink()
    return Start()


def _secret_for_others(scene: WrapperScene) -> Start:
    (scene.sandbox.outside / "secret").chmod(0o644)
    return Start()


def _secret_with_a_carriage_return(scene: WrapperScene) -> Start:
    (scene.sandbox.outside / "secret").write_bytes(b"sk-key\r\n")
    return Start()


def _secret_of_other_letters(scene: WrapperScene) -> Start:
    (scene.sandbox.outside / "secret").write_text("schlüssel\n")
    return Start()


CONDITIONS: dict[Callable[[WrapperScene], Start], int] = {
    _own_settings: 0,
    _own_model: 0,
    _own_fallback_model_in_a_mode: 0,
    _another_client: 0,
    _models_of_the_project: REFUSED,
    _models_of_the_project_in_other_letters: REFUSED,
    _mode_of_the_project: 0,
    _mode_at_the_top_of_the_checkout: 0,
    _changed_profile: 0,
    _new_profile_in_the_place_of_the_catalogs: 0,
    _new_configuration: 0,
    _new_settings_of_the_user: 0,
    _another_home: 66,
    _another_configuration_of_the_client: 0,
    _client_gone: 127,
    _client_replaced: 0,
    _client_updated: 0,
    _network_in_odd_letters: 0,
    _own_managed_settings: 0,
    _sessions_for_somebody_elsewhere: 0,
    _mode_of_the_main_checkout: 0,
    _secret_gone: REFUSED,
    _secret_for_others: REFUSED,
    _secret_with_a_carriage_return: 0,
    _secret_of_other_letters: 0,
}
# With cc gone, these go on: what is written in the script still holds.
HOLDS = {
    _changed_profile,
    _new_profile_in_the_place_of_the_catalogs,
    _new_configuration,
    _new_settings_of_the_user,
}


@pytest.mark.parametrize(("condition", "code"), CONDITIONS.items())
def test_what_a_script_cannot_judge_ends_as_cc_run_does(
    scene: WrapperScene, condition: Callable[[WrapperScene], Start], code: int
) -> None:
    install(scene)
    start = condition(scene)
    environment = scene.sandbox.environment(**start.more)
    by_script = scene.outcome([scene.place, *start.arguments], environment, start.cwd)
    by_cc = scene.outcome(
        [*REAL, "run", *start.words, *([] if "--" in start.words else ["--"])], environment, start.cwd
    )
    assert by_cc.code == code
    assert by_script == by_cc
    assert (by_cc.child is not None) == (code == 0)


WAYS_TO_GO = [("no Python", condition) for condition in CONDITIONS] + [
    (gone, condition) for gone in ("no module", "a module that fails") for condition in (_own_model, _changed_profile)
]


@pytest.mark.parametrize(("gone", "condition"), WAYS_TO_GO)
def test_without_cc_it_says_what_cc_is_needed_for(
    scene: WrapperScene, condition: Callable[[WrapperScene], Start], gone: str
) -> None:
    scene.own = without_cc(scene, gone)
    install(scene)
    start = condition(scene)
    outcome = scene.outcome([scene.place, *start.arguments], scene.sandbox.environment(**start.more), start.cwd)
    if condition in HOLDS:
        assert (outcome.code, outcome.err) == (0, b"")
        assert outcome.child is not None
        return
    assert (outcome.code, outcome.out, outcome.child) == (REFUSED, b"", None)
    first, hint = outcome.err.decode().splitlines()
    assert first.startswith("claude-mine: needs cc for ")
    assert first.endswith(f", and cc is gone (it was {scene.own[0]})")
    assert hint.startswith("hint: install cc again (from its clone: uv tool install .)")


def without_cc(scene: WrapperScene, gone: str) -> tuple[str, ...]:
    """A Python that is not there, or in which cc is not there."""
    if gone == "no Python":
        return ("/nonexistent/python", "-P", "-m", "cc_launcher")
    python = scene.sandbox.outside / "python"
    words = "ModuleNotFoundError: cc_launcher" if gone == "no module" else "SyntaxError: it was upgraded"
    python.write_text(f"#!/bin/sh\necho '{words}' >&2\nexit 1\n")
    python.chmod(0o755)
    return (str(python), "-P", "-m", "cc_launcher")


def test_without_its_python_another_cc_on_path_is_asked(scene: WrapperScene) -> None:
    scene.own = without_cc(scene, "no Python")
    install(scene)
    launcher = scene.sandbox.bin / "cc-launcher"
    launcher.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >\'{scene.handed}\'\n')
    launcher.chmod(0o755)
    outcome = scene.outcome([scene.place, "--model", "x"], scene.sandbox.environment())
    assert (outcome.code, outcome.child) == (0, None)
    assert scene.handed.read_text() == "run\nmine\n--\n--model\nx\n"


@pytest.mark.parametrize("settings", ['{"env": {"FOO": "1"}}', "no JSON"])
def test_a_project_with_no_say_is_no_reason(scene: WrapperScene, settings: str) -> None:
    scene.own = without_cc(scene, "no Python")
    install(scene)
    write(scene.sandbox.work / ".claude" / "settings.json", settings)
    assert scene.outcome([scene.place], scene.sandbox.environment()).child is not None


def test_for_a_sealed_launch_any_settings_of_a_project_are_a_reason(scene: WrapperScene) -> None:
    install(scene, sealed=True)
    assert scene.outcome([scene.place], scene.sandbox.environment()).child is not None
    write(scene.sandbox.work / ".claude" / "settings.json", '{"env": {"HTTPS_PROXY": "http://stranger"}}')
    by_script = scene.outcome([scene.place], scene.sandbox.environment())
    by_cc = scene.outcome([*REAL, "run", "mine", "--sealed", "--"], scene.sandbox.environment())
    assert by_script == by_cc
    assert by_cc.child is not None
    assert b'"HTTPS_PROXY":""' in by_cc.child.arguments[1]


# Stores of which a script can read nothing by itself


@pytest.mark.parametrize(
    "secret",
    ["keyring:zai", "aws-sm:zai#key", "bw:zai#custom", "pass:zai#key"],
    ids=lambda secret: secret.partition(":")[0],
)
def test_a_secret_that_needs_cc_is_read_by_cc(scene: WrapperScene, secret: str) -> None:
    stores = fake_store.install(scene.sandbox.bin)
    stores["aws"].keeps({"zai": '{"key": "sk-key"}'})
    stores["bw"].keeps({"zai": {"fields": [{"name": "custom", "value": "sk-key"}]}})
    stores["pass"].keeps({"zai": "first\nkey: sk-key\n"})
    (scene.sandbox.bin / "secret-tool").unlink()
    scene.sandbox.hide("secret-tool")  # so that the library is asked
    fake_keyring.install(scene.sandbox.outside / "library", "return 'sk-key'")
    environment = scene.sandbox.environment(PYTHONPATH=str(scene.sandbox.outside / "library"), CC_SECRET_TIMEOUT="60")
    profile(scene, secret=secret)
    install(scene)
    by_script = scene.outcome([scene.place], environment)
    by_cc = scene.outcome([*REAL, "run", "mine", "--"], environment)
    assert by_script == by_cc
    assert by_cc.child is not None
    assert by_cc.child.environment[b"ANTHROPIC_AUTH_TOKEN"] == b"sk-key"
    scene.own = without_cc(scene, "no Python")
    install(scene)
    outcome = scene.outcome([scene.place], environment)
    assert (outcome.code, outcome.child) == (REFUSED, None)
    assert f"needs cc for the secret in {secret}" in outcome.err.decode()


# Stores that have a command of their own, and what they keep in these tests
NATIVE: dict[str, tuple[str, dict[str, Any]]] = {
    "op": ("op://dev/zai/key", {"op://dev/zai/key": "sk-key"}),
    "bw": ("bw:zai#password", {"zai": {"login": {"password": "sk-key"}}}),
    "vault": ("vault:secret/zai#key", {"secret/zai": {"key": "sk-key"}}),
    "pass": ("pass:zai", {"zai": "sk-key\nsecond line\n"}),
    "aws": ("aws-sm:zai", {"zai": "sk-key"}),
    "secret-tool": ("keyring:zai", {"zai": "sk-key"}),
}


@pytest.mark.parametrize("shell", SHELLS)
def test_a_store_with_a_command_of_its_own_needs_no_cc(scene: WrapperScene, shell: str) -> None:
    stores = fake_store.install(scene.sandbox.bin)
    scene.own = without_cc(scene, "no Python")
    program = require_tool(SHELLS[shell][0])
    for command, (secret, items) in NATIVE.items():
        stores[command].keeps(items)
        profile(scene, secret=secret)
        install(scene)
        outcome = scene.outcome(
            [program, *SHELLS[shell][1:], scene.place], scene.sandbox.environment(CC_SECRET_TIMEOUT="60")
        )
        assert outcome.code == 0, (secret, outcome)
        assert outcome.child is not None
        assert outcome.child.environment[b"ANTHROPIC_AUTH_TOKEN"] == b"sk-key"
        assert len(stores[command].calls()) == 1


@pytest.mark.parametrize("place", [".config/cc-launcher/profiles/mine.toml", ".claude/settings.json"])
def test_a_file_that_went_since_is_a_change(scene: WrapperScene, place: str) -> None:
    path = write(scene.sandbox.home / ".claude" / "settings.json", '{"permissions": {"defaultMode": "plan"}}')
    os.utime(path, (1, 1))
    install(scene)
    (scene.sandbox.home / place).unlink()
    by_script = scene.outcome([scene.place], scene.sandbox.environment())
    assert by_script == scene.outcome([*REAL, "run", "mine", "--"], scene.sandbox.environment())


def test_the_settings_that_an_isolated_profile_shares_count_from_the_first(scene: WrapperScene) -> None:
    """They are linked into its directory when the script is made, and looked at then."""
    write(scene.sandbox.home / ".claude" / "settings.json", '{"permissions": {"defaultMode": "plan"}}')
    profile(scene, 'isolated = true\nshare = ["settings.json"]\n')
    install(scene)
    by_script = scene.outcome([scene.place], scene.sandbox.environment())
    by_cc = scene.outcome([*REAL, "run", "mine", "--"], scene.sandbox.environment())
    assert by_script == by_cc
    assert by_cc.child is not None
    assert b"--permission-mode" not in by_cc.child.arguments


@pytest.mark.parametrize("shell", SHELLS)
def test_variables_with_odd_names_are_lost_in_some_shells(scene: WrapperScene, shell: str) -> None:
    """No script can change that: dash, busybox and mksh forget what they could not name themselves."""
    if SHELLS[shell] is GIVEN:
        not_here("nothing is known of the shell that was given")
    install(scene)
    odd = {b"X-A": b"1", b"a b": b"2", "nön".encode(): b"3"}
    environment = {os.fsencode(name): os.fsencode(value) for name, value in scene.sandbox.environment().items()}
    child, _ = scene.run(shell, [], environment | odd)
    assert child is not None
    assert (set(odd) <= set(child.environment)) == (shell in KEEPS_ODD_NAMES)
