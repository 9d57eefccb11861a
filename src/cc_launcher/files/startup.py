"""The files that set variables: for every shell of the user's, and in the current directory."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from cc_launcher.core.doctor import belongs
from cc_launcher.core.doctor.examined import ShellFile
from cc_launcher.core.doctor.shell_lines import FISH, PLAIN, POWERSHELL, SH, Assignment, assignments, value
from cc_launcher.files import foreign, guard
from cc_launcher.launch import paths

_SH = (".profile", ".bash_profile", ".bash_login", ".bashrc", ".bash_aliases", ".kshrc", ".cshrc", ".tcshrc", ".login")
_ZSH = (".zshenv", ".zprofile", ".zshrc", ".zlogin")
_POWERSHELL = ("profile.ps1", "Microsoft.PowerShell_profile.ps1")
_MANY = 200  # files in a directory of which each is read


def read(directory: str, beginnings: tuple[str, ...] = ()) -> tuple[ShellFile, ...]:
    """Those that are there, each once: one is often a link to another. `beginnings` are those that keys have."""
    found: dict[str, ShellFile] = {}
    for path, dialect, here in _places(Path(directory)):
        real = os.path.realpath(path)
        if real not in found and (file := _read(path, dialect, beginnings, here=here)):
            found[real] = file
    return tuple(found.values())


def _places(directory: Path) -> Iterator[tuple[Path, str, bool]]:
    home = Path(paths.home())
    config = _xdg_config(home)
    for name in _SH:
        yield home / name, SH, False
    for place in dict.fromkeys([home, Path(os.environ.get("ZDOTDIR") or home)]):
        for name in _ZSH:
            yield place / name, SH, False
    yield config / "fish" / "config.fish", FISH, False
    for path in _listed(config / "fish" / "conf.d", ".fish"):
        yield path, FISH, False
    for place in (config / "powershell", home / "Documents" / "PowerShell", home / "Documents" / "WindowsPowerShell"):
        for name in _POWERSHELL:
            yield place / name, POWERSHELL, False
    for path in _listed(config / "environment.d", ".conf"):
        yield path, PLAIN, False
    if directory != home:
        yield directory / ".envrc", SH, True
        yield directory / ".env", PLAIN, True


def _xdg_config(home: Path) -> Path:
    given = os.environ.get("XDG_CONFIG_HOME", "")
    return Path(given) if os.path.isabs(given) else home / ".config"


def _listed(directory: Path, suffix: str) -> list[Path]:
    try:
        return sorted(path for path in directory.iterdir() if path.name.endswith(suffix))[:_MANY]
    except OSError:
        return []


def _read(path: Path, dialect: str, beginnings: tuple[str, ...], *, here: bool) -> ShellFile | None:
    shown = guard.shown(path)
    try:
        text = foreign.text(path)
    except foreign.Unreadable as bad:
        return ShellFile(str(path), shown, dialect, here, problem=bad.reason)
    if text is None:
        return None
    told = tuple(_told(text, assignment, beginnings) for assignment in assignments(text, dialect))
    return ShellFile(str(path), shown, dialect, here, told)


def _told(text: str, assignment: Assignment, beginnings: tuple[str, ...]) -> Assignment:
    raw = text[assignment.start : assignment.end]
    return replace(assignment, means=belongs.told(assignment.name, raw, value(text, assignment), beginnings))
