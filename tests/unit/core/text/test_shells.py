"""What differs from one shell of the user's to another: its name, and the line that puts a directory on PATH."""

from pathlib import Path

import pytest

from cc_launcher.core.text import shells
from tests.unit.conftest import in_shell


@pytest.mark.parametrize(
    ("path", "shell"),
    [
        ("/bin/bash", "bash"), ("/usr/local/bin/zsh", "zsh"), ("fish", "fish"), ("/usr/bin/pwsh", "powershell"),
        ("powershell.exe", "powershell"), ("/x/PowerShell.exe", "powershell"), ("/bin/sh", "sh"), ("/bin/dash", "sh"),
        ("/bin/bash5", "sh"), ("/opt/bash/xonsh", "sh"), ("", "sh"),
    ],
)  # fmt: skip
def test_the_shell_that_a_path_names(path: str, shell: str) -> None:
    assert shells.of(path) == shell


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("bash", """echo 'export PATH="$HOME/.local/bin:$PATH"' >> ~/.bashrc"""),
        ("zsh", """echo 'export PATH="$HOME/.local/bin:$PATH"' >> ~/.zshrc"""),
        ("sh", """echo 'export PATH="$HOME/.local/bin:$PATH"' >> ~/.profile"""),
        ("fish", "fish_add_path /home/me/.local/bin"),
    ],
)
def test_a_directory_below_home_is_said_by_home(shell: str, line: str) -> None:
    assert shells.onto_path(shell, "/home/me/.local/bin", "/home/me") == line


@pytest.mark.parametrize("name", ["bin", "a b", "it's", 'say "x"', "$HOME", "back\\slash", "`x`", "{a,b}"])
@pytest.mark.parametrize("shell", ["bash", "zsh", "sh"])
@pytest.mark.parametrize("inside", [True, False], ids=["at home", "elsewhere"])
def test_the_line_does_what_it_says(tmp_path: Path, shell: str, name: str, inside: bool) -> None:  # noqa: FBT001
    """Typed into that shell, its start-up file then has the directory first on PATH."""
    home = tmp_path / "home of me"
    home.mkdir()
    directory = f"{home if inside else tmp_path}/{name}"
    line = shells.onto_path(shell, directory, str(home))
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    runs = {"sh": "dash"}.get(shell, shell)
    in_shell(runs, line, environment)
    (file,) = home.iterdir()
    said = in_shell(runs, f'. "{file}"; printf "%s" "$PATH"', environment)
    assert said.decode() == f"{directory}:/usr/bin:/bin"


def test_a_directory_that_only_begins_like_home_is_none_below_it() -> None:
    line = shells.onto_path("bash", "/home/melissa/bin", "/home/me")
    assert line == """echo 'export PATH="/home/melissa/bin:$PATH"' >> ~/.bashrc"""
