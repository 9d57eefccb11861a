"""The commands about wrappers: what they refuse, what they write, what they take away and what they say."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cc_launcher.claude import installed_version
from cc_launcher.cli import app, install_wrapper
from cc_launcher.core.wrapper.script import SEALED
from cc_launcher.launch import report
from cc_launcher.secrets import keep
from tests.fakes.fake_claude import package_around
from tests.unit.cli.scene import IN_THE_WAY, INVALID, NO_SUCH, OK, USAGE
from tests.unit.files import test_wrappers as victims
from tests.unit.files.test_wrappers import seen

PROFILE = 'extends = "zai"\nsecret = "file:/nonexistent/secret"\n'


class InstallScene:
    """A home with a FAKE claude and a profile, in which commands run in this process."""

    def __init__(self, home: Path, capture: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self.home = home
        self.place = home / ".local" / "bin"
        self.wrapper = self.place / "claude-mine"
        self.capture = capture
        self.patch = patch
        self.claude = home / "programs" / "claude"
        self.claude.parent.mkdir()
        self.claude.write_text("#!/bin/sh\n")
        self.claude.chmod(0o755)
        package_around(self.claude)
        self.path(self.claude.parent, self.place)
        patch.setattr(installed_version, "of", lambda _: (2, 1, 329))
        self.profile("mine", PROFILE)

    def path(self, *first: Path) -> None:
        self.patch.setenv("PATH", ":".join([*map(str, first), "/usr/bin", "/bin"]))

    def profile(self, name: str, text: str) -> Path:
        path = self.home / "config" / "profiles" / f"{name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o600)
        return path

    def cc(self, *args: str) -> tuple[int, str, str]:
        """The exit code of a command, its data and what it says."""
        try:
            code = app.cli(list(args))
        except Exception as fault:  # noqa: BLE001 - as in entry.main
            code = report.ended_by(fault, str)
        out, err = self.capture.readouterr()
        return code, out, err

    def install(self, *more: str) -> str:
        assert self.cc("install-wrapper", "mine", *more)[0] == OK
        return self.wrapper.read_text()

    def states(self) -> dict[str, str]:
        code, out, _ = self.cc("list-wrappers", "--json")
        assert code == OK
        return {row["name"]: row["state"] for row in json.loads(out)["data"]}


@pytest.fixture
def scene(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> InstallScene:
    return InstallScene(home, capsys, monkeypatch)


# The table: what is at the place, what is done, what it ends with and what becomes of the victim

Make = Callable[[InstallScene], None]


def clean(scene: InstallScene) -> None:
    scene.install()


def stale(scene: InstallScene) -> None:
    scene.install()
    scene.profile("mine", PROFILE + 'env = { FOO = "new" }\n')


def edited(scene: InstallScene) -> None:
    scene.install()
    with scene.wrapper.open("a") as file:
        file.write("echo mine\n")


def victim(make: Callable[[Path], None]) -> Make:
    def made(scene: InstallScene) -> None:
        scene.place.mkdir(parents=True)
        make(scene.wrapper)

    return made


FOREIGN = {
    "foreign file": victim(victims.foreign),
    "directory": victim(victims.directory),
    "pipe": victim(victims.pipe),
    "dangling link": victim(victims.link_to_nothing),
    "link to a foreign file": victim(victims.link_to_a_foreign_file),
}
STATES: dict[str, Make] = {"absent": lambda _: None, "clean": clean, "stale": stale, "edited": edited} | FOREIGN
INSTALL, REFRESH, UNINSTALL = (
    ["install-wrapper", "mine"],
    ["install-wrapper", "--refresh"],
    ["uninstall-wrapper", "claude-mine"],
)
STAYS, WRITTEN, ASIDE, GONE, EDITED_ASIDE = "stays", "written", "aside", "gone", "edited aside"
TABLE: dict[str, dict[str, tuple[int, str]]] = {
    "absent": {
        "install": (OK, WRITTEN),
        "install --force": (OK, WRITTEN),
        "refresh": (OK, STAYS),
        "refresh --force": (OK, STAYS),
        "uninstall": (NO_SUCH, STAYS),
        "uninstall --force": (NO_SUCH, STAYS),
    },
    "clean": {
        "install": (OK, WRITTEN),
        "install --force": (OK, WRITTEN),
        "refresh": (OK, STAYS),
        "refresh --force": (OK, STAYS),
        "uninstall": (OK, GONE),
        "uninstall --force": (OK, GONE),
    },
    "stale": {
        "install": (OK, WRITTEN),
        "install --force": (OK, WRITTEN),
        "refresh": (OK, WRITTEN),
        "refresh --force": (OK, WRITTEN),
        "uninstall": (OK, GONE),
        "uninstall --force": (OK, GONE),
    },
    "edited": {
        "install": (IN_THE_WAY, STAYS),
        "install --force": (OK, ASIDE),
        "refresh": (IN_THE_WAY, STAYS),
        "refresh --force": (OK, ASIDE),
        "uninstall": (IN_THE_WAY, STAYS),
        "uninstall --force": (OK, EDITED_ASIDE),
    },
} | {
    name: {
        "install": (IN_THE_WAY, STAYS),
        "install --force": (OK, ASIDE),
        "refresh": (OK, STAYS),
        "refresh --force": (OK, STAYS),
        "uninstall": (IN_THE_WAY, STAYS),
        "uninstall --force": (IN_THE_WAY, STAYS),
    }
    for name in FOREIGN
}
ACTIONS = {"install": INSTALL, "refresh": REFRESH, "uninstall": UNINSTALL}


@pytest.mark.parametrize(
    ("state", "action"), [(state, action) for state, actions in TABLE.items() for action in actions]
)
def test_whose_file_it_is_decides(scene: InstallScene, state: str, action: str) -> None:
    STATES[state](scene)
    before = seen(scene.home / ".local")
    code, fate = TABLE[state][action]
    verb, *force = action.split(" ")
    ended, out, err = scene.cc(*ACTIONS[verb], *force)
    assert (ended, out) == (code, ""), err
    after = seen(scene.home / ".local")
    today = {"bin/claude-mine": ("-rwxr-xr-x", scene.cc(*INSTALL, "--dry-run", "--force")[1].encode())}
    moved = {STAYS: "", ASIDE: ".cc-backup", EDITED_ASIDE: ".cc-edited"}
    expected = {
        name.replace("bin/claude-mine", f"bin/claude-mine{moved.get(fate, '')}"): what
        for name, what in before.items()
        if fate not in {WRITTEN, GONE} or not name.startswith("bin/claude-mine")
    }
    expected["bin"] = after.get("bin", before.get("bin", ("", b"")))
    if fate in {WRITTEN, ASIDE}:
        expected |= today
    assert {name: what for name, what in expected.items() if what[0]} == after
    if fate == ASIDE:
        assert scene.cc(*UNINSTALL)[0] == OK
        assert seen(scene.home / ".local") == before


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", ["install", "refresh", "uninstall"])
def test_a_dry_run_changes_nothing(scene: InstallScene, state: str, action: str) -> None:
    STATES[state](scene)
    before = seen(scene.home)
    ended, _, err = scene.cc(*ACTIONS[action], "--dry-run")
    assert ended in {OK, IN_THE_WAY, NO_SUCH}, err
    after = {name: what for name, what in seen(scene.home).items() if not name.startswith(("data", "cache"))}
    assert after == {name: what for name, what in before.items() if not name.startswith(("data", "cache"))}


# Names, modes and places


@pytest.mark.parametrize("name", ["../x", "/x", "a/b", "", "-x", "A", "a b", "a..b", ".x", "é", "x" * 65])
def test_a_name_that_is_none_is_refused(scene: InstallScene, name: str) -> None:
    if not name:
        return  # the same as none at all
    code, _, err = scene.cc("install-wrapper", "mine", f"--name={name}")
    assert code == USAGE
    assert "a wrapper cannot be called" in err
    assert not scene.place.exists()


@pytest.mark.parametrize("name", ["claude", "cc", "cc-launcher", "ls", "gcc-x"])
def test_a_name_of_another_command_is_refused_unless_it_is_wanted(scene: InstallScene, name: str) -> None:
    other = scene.claude.parent / "gcc-x"
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    before = seen(scene.claude.parent)
    code, _, err = scene.cc("install-wrapper", "mine", "--name", name)
    assert code == IN_THE_WAY
    assert f"{name} is already another command" in err
    assert not scene.place.exists()
    assert scene.cc("install-wrapper", "mine", "--name", name, "--force")[0] == OK
    assert (scene.place / name).exists()
    assert seen(scene.claude.parent) == before


def test_the_client_itself_is_never_replaced(scene: InstallScene) -> None:
    before = seen(scene.claude.parent)
    code, _, _ = scene.cc("install-wrapper", "mine", "--name", "claude", "--dir", str(scene.claude.parent), "--force")
    assert code == IN_THE_WAY
    assert seen(scene.claude.parent) == before


@pytest.mark.parametrize(
    ("mode", "code"),
    [
        ("model=ollama", INVALID),
        ("resume=ollama", INVALID),
        ("dangerously-skip-permissions=ollama", INVALID),
        ("cc-help=ollama", INVALID),
        ("A=ollama", INVALID),
        ("a b=ollama", INVALID),
        ("--=ollama", USAGE),
        ("local", USAGE),
        ("=ollama", USAGE),
        ("local=", USAGE),
        ("local=ollama:a b", USAGE),
        ("local=no-such-profile", NO_SUCH),
        ("local=../x", NO_SUCH),
        ("local=zai:no-such-model-of-zai", NO_SUCH),
    ],
)
def test_a_mode_that_cannot_be_is_refused(scene: InstallScene, mode: str, code: int) -> None:
    ended, _, err = scene.cc("install-wrapper", "mine", f"--mode={mode}")
    assert ended == code, err
    assert "hint: " in err
    assert not scene.place.exists()


def test_a_mode_of_a_profile_that_cannot_be_is_refused(scene: InstallScene) -> None:
    scene.profile("mine", PROFILE + '[modes.resume]\nmodel = "glm-4.7"\n')
    code, _, err = scene.cc("install-wrapper", "mine")
    assert code == INVALID
    assert "--resume is an option of claude" in err


def test_modes_come_from_the_profile_and_from_the_command_line_which_wins(scene: InstallScene) -> None:
    scene.profile("mine", PROFILE + '[modes.fast]\nmodel = "glm-4.7"\n[modes.local]\nextends = "zai"\n')
    text = scene.install("--mode", "local=ollama", "--mode", "--big=openrouter:glm-5.3", "--model", "glm-5.2")
    assert "'') _cc_run mine glm-5.2 --" in text
    assert "'fast') _cc_run mine glm-4.7 --" in text
    assert "'local') _cc_run ollama --" in text
    assert "'big') _cc_run openrouter glm-5.3 --" in text
    _, out, _ = scene.cc("list-wrappers")
    assert out == "claude-mine\tmine\t--big --fast --local\tup to date\t~/.local/bin/claude-mine\n"


def test_a_sealed_wrapper_is_sealed(scene: InstallScene) -> None:
    text = scene.install("--sealed")
    assert "'') _cc_run mine --sealed --" in text
    assert "apiKeyHelper" in text


def test_what_was_installed_is_said_in_words(scene: InstallScene) -> None:
    _, _, err = scene.cc("install-wrapper", "mine")
    assert "cc: claude-mine starts Claude Code on mine, model glm-5.3\n" in err
    assert "cc: a flag for another profile or model: cc install-wrapper mine --mode FLAG=PROFILE[:MODEL]\n" in err
    _, _, err = scene.cc("install-wrapper", "mine", "--sealed", "--mode", "local=ollama:x:1b")
    assert "cc: claude-mine --local starts Claude Code on ollama, model x:1b\n" in err
    assert f"cc: {SEALED}\n" in err
    assert "FLAG=" not in err
    _, _, err = scene.cc("install-wrapper", "--all", "--force")
    assert "starts Claude Code" not in err


@pytest.mark.parametrize(
    "args",
    [[], ["mine", "--all"], ["--all", "--name", "x"], ["--all", "--model", "x"], ["--all", "--mode", "x=ollama"]],
)
def test_which_profile_has_to_be_clear(scene: InstallScene, args: list[str]) -> None:
    code, _, err = scene.cc("install-wrapper", *args)
    assert code == USAGE
    assert "which profile?" in err


def test_no_such_profile(scene: InstallScene) -> None:
    code, _, err = scene.cc("install-wrapper", "mime")
    assert code == NO_SUCH
    assert "mine" in err


def test_a_second_run_changes_nothing(scene: InstallScene) -> None:
    text = scene.install()
    assert scene.install() == text
    assert sorted(path.name for path in scene.place.iterdir()) == ["claude-mine"]
    assert scene.cc("install-wrapper", "--refresh") == (OK, "", "")


def test_a_dry_run_prints_the_script(scene: InstallScene) -> None:
    code, out, _ = scene.cc("install-wrapper", "mine", "--dry-run")
    assert code == OK
    assert not scene.place.exists()
    assert out == scene.install()


def test_another_directory(scene: InstallScene) -> None:
    directory = scene.home / "a b"
    code, _, err = scene.cc("install-wrapper", "mine", "--dir", str(directory))
    assert code == OK
    assert "claude-mine: written to ~/a b/claude-mine" in err
    assert (directory / "claude-mine").exists()
    assert scene.states() == {"claude-mine": "up to date, not on PATH"}
    assert scene.cc("uninstall-wrapper", "claude-mine")[0] == OK
    assert list(directory.iterdir()) == []


def test_a_wrapper_in_two_directories_is_removed_from_the_one_that_is_named(scene: InstallScene) -> None:
    scene.install()
    scene.install("--dir", "~/other")
    code, _, err = scene.cc("uninstall-wrapper", "claude-mine")
    assert code == USAGE
    assert "is in several places: ~/.local/bin, ~/other" in err
    assert scene.cc("uninstall-wrapper", "claude-mine", "--dir", "~/other")[0] == OK
    assert scene.wrapper.exists()
    assert not (scene.home / "other" / "claude-mine").exists()


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("/bin/bash", """echo 'export PATH="$HOME/.local/bin:$PATH"' >> ~/.bashrc"""),
        ("/bin/zsh", """echo 'export PATH="$HOME/.local/bin:$PATH"' >> ~/.zshrc"""),
        ("/usr/bin/fish", "fish_add_path {place}"),
        ("/bin/ksh", """echo 'export PATH="$HOME/.local/bin:$PATH"' >> ~/.profile"""),
        ("", """echo 'export PATH="$HOME/.local/bin:$PATH"' >> ~/.profile"""),
    ],
)
def test_a_directory_that_is_not_on_path_is_said_with_what_puts_it_there(
    scene: InstallScene, shell: str, line: str
) -> None:
    scene.patch.setenv("SHELL", shell)
    assert "not on PATH" not in scene.cc("install-wrapper", "mine")[2]
    scene.path(scene.claude.parent)
    _, _, err = scene.cc("install-wrapper", "mine")
    assert err.endswith(f"~/.local/bin is not on PATH. To put it there: {line.format(place=scene.place)}\n")


# All of them


def test_all_means_every_profile_whose_secret_is_there(scene: InstallScene) -> None:
    scene.patch.setattr(keep, "in_keyring", lambda _: set())
    secret = scene.home / "secret"
    secret.write_text("sk-key")
    secret.chmod(0o600)
    scene.profile("ready", f'extends = "zai"\nsecret = "file:{secret}"\n')
    scene.profile("broken", "nonsense = 1\n")
    scene.patch.setenv("DEEPSEEK_API_KEY", "sk-key")
    code, _, err = scene.cc("install-wrapper", "--all")
    assert code == OK, err
    assert sorted(path.name for path in scene.place.iterdir()) == ["claude-deepseek", "claude-ready"]


def test_all_goes_on_where_one_cannot_be_installed(scene: InstallScene) -> None:
    scene.patch.setattr(install_wrapper, "_ready", lambda: ["mine", "zai", "ollama"])
    scene.place.mkdir(parents=True)
    (scene.place / "claude-zai").write_text("mine")
    code, _, err = scene.cc("install-wrapper", "--all")
    assert code == IN_THE_WAY
    assert "claude-zai: ~/.local/bin/claude-zai is a file that is not ours; it stays as it is" in err
    assert "not all wrappers were installed" in err
    assert sorted(path.name for path in scene.place.iterdir()) == ["claude-mine", "claude-ollama", "claude-zai"]
    assert (scene.place / "claude-zai").read_text() == "mine"


def test_refresh_rewrites_what_has_changed_and_leaves_the_rest(scene: InstallScene) -> None:
    scene.profile("other", PROFILE)
    scene.install()
    scene.cc("install-wrapper", "other")
    scene.cc("install-wrapper", "ollama")
    scene.profile("mine", PROFILE + 'env = { FOO = "new" }\n')
    (scene.home / "config" / "profiles" / "other.toml").unlink()
    other = (scene.place / "claude-other").read_bytes()
    assert scene.states() == {
        "claude-mine": "profile changed since (cc install-wrapper --refresh)",
        "claude-ollama": "up to date",
        "claude-other": "no profile named other",
    }
    code, _, err = scene.cc("install-wrapper", "--refresh")
    assert code == NO_SUCH
    assert err.splitlines()[:2] == [
        "cc: claude-mine: rewritten (~/.local/bin/claude-mine)",
        "cc: claude-other: no profile named other",
    ]
    assert (scene.place / "claude-other").read_bytes() == other
    assert "export FOO=new" in scene.wrapper.read_text()
    assert scene.states()["claude-mine"] == "up to date"
    assert scene.cc("install-wrapper", "--refresh", "mine") == (OK, "", "")


def test_what_was_put_aside_is_no_wrapper_any_more(scene: InstallScene) -> None:
    edited(scene)
    scene.install("--force")
    assert scene.states() == {"claude-mine": "up to date"}
    assert scene.cc("install-wrapper", "--refresh")[0] == OK


# What a list says


def test_no_wrappers(scene: InstallScene) -> None:
    code, out, err = scene.cc("list-wrappers")
    assert (code, out) == (OK, "")
    assert "there are no wrappers" in err
    assert scene.states() == {}


def test_each_state_is_told(scene: InstallScene) -> None:
    for name in ("edited", "shadowed", "fine"):
        scene.cc("install-wrapper", "mine", "--name", name)
    with (scene.place / "edited").open("a") as file:
        file.write("\n")
    other = scene.claude.parent / "shadowed"
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    assert scene.states() == {"edited": "edited by hand", "fine": "up to date", "shadowed": f"shadowed by {other}"}
    scene.path(scene.claude.parent)
    assert scene.states()["fine"] == "up to date, not on PATH"
    moved = scene.claude.rename(scene.home / "claude")
    scene.path(moved.parent, scene.place)
    assert scene.states()["fine"] == f"target missing: {scene.claude}"


def test_a_list_needs_no_client(scene: InstallScene) -> None:
    scene.install()
    scene.claude.unlink()
    (state,) = scene.states().values()
    assert "claude" in state


# With the profile


def test_remove_takes_the_wrappers_of_a_profile_along(scene: InstallScene) -> None:
    scene.install()
    scene.install("--name", "second", "--dir", "~/other")
    scene.cc("install-wrapper", "ollama", "--mode", "mine=mine")
    code, _, err = scene.cc("remove", "mine", "--yes", "--keep-secret")
    assert code == OK, err
    assert "its wrapper  ~/.local/bin/claude-mine\n" in err
    assert "its wrapper  ~/other/second\n" in err
    assert [path.name for path in scene.place.iterdir()] == ["claude-ollama"]
    assert list((scene.home / "other").iterdir()) == []


def test_remove_leaves_a_wrapper_that_was_edited(scene: InstallScene) -> None:
    edited(scene)
    before = scene.wrapper.read_bytes()
    code, _, err = scene.cc("remove", "mine", "--yes", "--keep-secret")
    assert code == OK
    assert "its wrapper  ~/.local/bin/claude-mine stays: it was edited by hand" in err
    assert scene.wrapper.read_bytes() == before


def test_a_dry_run_of_remove_takes_no_wrapper(scene: InstallScene) -> None:
    text = scene.install()
    assert "its wrapper" in scene.cc("remove", "mine", "--dry-run", "--keep-secret")[2]
    assert scene.wrapper.read_text() == text


# Aliases


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_an_alias_for_each_profile_that_is_named(scene: InstallScene, shell: str) -> None:
    code, out, _ = scene.cc("alias", "mine", "zai", "--shell", shell, "--prefix", "x-")
    assert code == OK
    assert [line.split()[1].partition("=")[0].rstrip(";") for line in out.splitlines()] == ["x-mine", "x-zai"]


@pytest.mark.parametrize("prefix", ["a b", "$(id)", "A", "-", "'", "a/", "é", ";", "a..", "x" * 64])
def test_an_odd_prefix_is_refused(scene: InstallScene, prefix: str) -> None:
    code, out, err = scene.cc("alias", "mine", f"--prefix={prefix}")
    assert (code, out) == (USAGE, "")
    assert "an alias cannot begin with this" in err


def test_a_shell_that_is_not_known_is_refused(scene: InstallScene) -> None:
    code, _, err = scene.cc("alias", "mine", "--shell", "fihs")
    assert code == USAGE
    assert "hint: " in err
    assert "fish" in err


def test_an_alias_of_no_profile_is_refused(scene: InstallScene) -> None:
    code, out, err = scene.cc("alias", "mime")
    assert (code, out) == (NO_SUCH, "")
    assert "mine" in err


def test_without_names_the_profiles_that_are_ready_get_an_alias(scene: InstallScene) -> None:
    scene.patch.setenv("DEEPSEEK_API_KEY", "sk-key")
    code, out, _ = scene.cc("alias", "--shell", "bash")
    assert code == OK
    assert "alias claude-deepseek=" in out
    assert "claude-mine" not in out
    assert os.environ["DEEPSEEK_API_KEY"] not in out
