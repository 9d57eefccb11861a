"""An alias means its command, in the shell that it is written for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cc_launcher.core.text import alias_lines, shells
from tests.support import require_tool, run

PLACES = ["plain", "a b", "it's", 'a"b', "$HOME", "`id`", "a\\b", "a\nb", "é😀", "#x", "~", "-x", "%s", "!!"]


def tell(directory: Path) -> Path:
    """A program that tells its arguments."""
    directory.mkdir(parents=True)
    program = directory / "cc"
    program.write_text('#!/bin/sh\nfor word do printf "<%s>" "$word"; done\n')
    program.chmod(0o755)
    return program


def said(shell: str, tmp_path: Path, lines: str, call: str) -> str:
    script = tmp_path / "script"
    script.write_text(f"{lines}\n{call}\n")
    before = {"bash": ["-O", "expand_aliases"], "zsh": ["-f"], "fish": ["--no-config"]}
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    result = run([require_tool(shell), *before.get(shell, []), script], environment, tmp_path)
    assert (result.code, result.err) == (0, b""), result
    return result.out.decode()


@pytest.mark.parametrize("name", ["claude-zai", "x.y_z-1", "9", "claude-x.y"])
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "dash", "busybox", "mksh"])
def test_an_alias_means_its_command_with_what_follows(tmp_path: Path, shell: str, name: str) -> None:
    program = tell(tmp_path / "bin")
    written = alias_lines.render(shell, name, [str(program), "run", "zai"])
    if shell == "busybox":
        shell_script = tmp_path / "script"
        shell_script.write_text(f"{written}\n{name} 'a b' \"c'\"\n")
        result = run([require_tool("busybox"), "sh", shell_script], {"PATH": os.environ["PATH"]}, tmp_path)
        assert result.out == b"<run><zai><a b><c'>"
        return
    assert said(shell, tmp_path, written, f"{name} 'a b' \"c'\"") == "<run><zai><a b><c'>"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_command_may_be_anywhere(tmp_path: Path, shell: str) -> None:
    for number, place in enumerate(PLACES):
        program = tell(tmp_path / str(number) / place)
        written = alias_lines.render(shell, "claude-x", [str(program), "run", "x", place])
        assert said(shell, tmp_path, written, "claude-x a") == f"<run><x><{place}><a>", place


def test_powershell_gets_a_function() -> None:
    written = alias_lines.render("powershell", "claude-x", ["/o'b/cc", "run", "x"])
    assert written == "function claude-x { & '/o''b/cc' 'run' 'x' @args }"


@pytest.mark.parametrize(
    ("path", "shell"),
    [
        ("/bin/bash", "bash"),
        ("/usr/local/bin/zsh", "zsh"),
        ("fish", "fish"),
        ("pwsh", "powershell"),
        ("/opt/PowerShell.exe", "powershell"),
        ("/bin/dash", "sh"),
        ("", "sh"),
    ],
)
def test_the_users_shell_is_known_by_its_path(path: str, shell: str) -> None:
    assert shells.of(path) == shell


@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "dash"])
def test_the_line_puts_a_directory_on_path_for_good(tmp_path: Path, shell: str, *, inside: bool) -> None:
    """Typed once, and seen by the next shell."""
    program = require_tool(shell)
    show = {
        "bash": ["--norc", "-c", '. ~/.bashrc; printf %s "$PATH"'],
        "zsh": ["-f", "-c", '. ~/.zshrc; printf %s "$PATH"'],
        "fish": ["-c", "printf %s (string join : $PATH)"],
        "dash": ["-c", '. ~/.profile; printf %s "$PATH"'],
    }
    for number, place in enumerate(place for place in PLACES if "\n" not in place):
        home = tmp_path / f"home-{number}"
        directory = (home if inside else tmp_path / f"elsewhere-{number}") / place
        home.mkdir()
        directory.mkdir(parents=True)
        line = shells.onto_path(shell if shell != "dash" else "sh", str(directory), str(home))
        environment = {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        assert run([program, "-c", line], environment, tmp_path).code == 0
        found = run([program, *show[shell]], environment, tmp_path)
        assert found.out.decode().split(":")[0] == str(directory), (line, found)
