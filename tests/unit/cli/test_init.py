"""`cc init --install`: one line in the rc file that a user expects, and every other byte as it was."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from cc_launcher.core.text import rc_line
from tests.unit.cli.scene import IN_THE_WAY, OK, USAGE, CommandScene

FILES = {"bash": ".bashrc", "zsh": ".zshrc", "fish": ".config/fish/config.fish"}
BEFORE = b"# mine \xff\n\texport A=1"  # no UTF-8, and no end of the last line


def rc(scene: CommandScene, shell: str = "bash") -> Path:
    path = scene.sandbox.home / FILES[shell]
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def backups(scene: CommandScene) -> list[Path]:
    return sorted(scene.sandbox.home.rglob("*.cc-backup-*"))


@pytest.mark.parametrize("shell", FILES)
def test_it_goes_in_once_and_comes_out_again(scene: CommandScene, shell: str) -> None:
    path = rc(scene, shell)
    path.write_bytes(BEFORE)
    path.chmod(0o640)
    said = scene.told(OK, "init", shell, "--install")
    once = path.read_bytes()
    assert once.startswith(BEFORE + b"\n")
    assert once.count(b"\n") == BEFORE.count(b"\n") + 2
    assert os.fsencode(scene.sandbox.cc) in once
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    (backup,) = backups(scene)
    assert backup.read_bytes() == BEFORE
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert backup.name in said
    assert "there already" in scene.told(OK, "init", shell, "--install")
    assert path.read_bytes() == once
    assert "our line is out" in scene.told(OK, "init", shell, "--uninstall")
    assert path.read_bytes() == BEFORE
    assert "is not there" in scene.told(OK, "init", shell, "--uninstall")


@pytest.mark.parametrize("shell", FILES)
def test_a_file_that_was_not_there_is_made_and_removed(scene: CommandScene, shell: str) -> None:
    scene.told(OK, "init", shell, "--install")
    assert rc(scene, shell).read_text().count("\n") == 1
    assert backups(scene) == []
    assert "is removed" in scene.told(OK, "init", shell, "--uninstall")
    assert not rc(scene, shell).exists()


def test_an_empty_file_of_the_users_stays(scene: CommandScene) -> None:
    rc(scene).write_text("")
    scene.told(OK, "init", "bash", "--install")
    scene.told(OK, "init", "bash", "--uninstall")
    assert rc(scene).read_text() == ""


def test_a_link_stays_one_and_the_file_behind_it_is_changed(scene: CommandScene) -> None:
    real = scene.sandbox.home / "dotfiles" / "bashrc"
    real.parent.mkdir()
    real.write_bytes(BEFORE)
    rc(scene).symlink_to("dotfiles/bashrc")
    scene.told(OK, "init", "bash", "--install")
    assert rc(scene).is_symlink()
    assert b"cc init --install" in real.read_bytes()
    scene.told(OK, "init", "bash", "--uninstall")
    assert rc(scene).is_symlink()
    assert real.read_bytes() == BEFORE


@pytest.mark.parametrize("target", ["/nonexistent/bashrc", "/dev/zero", "a-directory"])
def test_a_link_to_what_is_no_file_is_refused(scene: CommandScene, target: str) -> None:
    (scene.sandbox.home / "a-directory").mkdir()
    rc(scene).symlink_to(target)
    assert "hint: look at the file yourself" in scene.told(IN_THE_WAY, "init", "bash", "--install")
    assert os.readlink(rc(scene)) == target


def test_the_users_own_line_is_enough(scene: CommandScene) -> None:
    text = 'a\neval "$(cc init bash)"\n'
    rc(scene).write_text(text)
    assert "~/.bashrc:2: your own line starts it already" in scene.told(OK, "init", "bash", "--install")
    assert "line 2 is your own, and stays" in scene.told(OK, "init", "bash", "--uninstall")
    assert rc(scene).read_text() == text


def test_zsh_has_it_where_its_files_are(scene: CommandScene) -> None:
    place = scene.sandbox.home / "zsh"
    place.mkdir()
    scene.told(OK, "init", "zsh", "--install", ZDOTDIR=str(place))
    assert (place / ".zshrc").exists()
    assert not rc(scene, "zsh").exists()


def test_another_installation_of_cc_has_its_line_replaced(scene: CommandScene) -> None:
    old = rc_line.put_in("a\n", rc_line.line("bash", ["/old/cc"])) + "b\n"
    rc(scene).write_text(old)
    scene.told(OK, "init", "bash", "--install")
    assert "/old/cc" not in rc(scene).read_text()
    scene.told(OK, "init", "bash", "--uninstall")
    assert rc(scene).read_text() == "a\nb\n"


def test_the_users_shell_is_meant_where_none_is_named(scene: CommandScene) -> None:
    scene.told(OK, "init", "--install", SHELL="/usr/bin/zsh")
    assert rc(scene, "zsh").exists()
    scene.told(USAGE, "init", "--install", SHELL="/bin/tcsh")
    scene.told(USAGE, "init", "bash", "--install", "--uninstall")


def test_only_on_a_terminal_it_says_what_makes_it_last(scene: CommandScene) -> None:
    assert scene.run("init", "bash").err == b""  # each new shell would show it
    with scene.on_a_terminal("init", "bash") as session:
        assert session.ends() == OK
    assert "cc init bash --install" in session.text
