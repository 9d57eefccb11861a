"""Places that the environment, or a tool's own file, names instead of the usual ones: those are looked at as well."""

import json
import os
from dataclasses import dataclass

from cc_launcher.core.importing.readers import shells
from cc_launcher.files import foreign_looks

# The usual directory, below the home, and the variable that names another one.
_VARIABLES = {".claude": "CLAUDE_CONFIG_DIR", ".config": "XDG_CONFIG_HOME", ".local/share": "XDG_DATA_HOME"}
_ZSH = "ZDOTDIR"
_CC_SWITCH = ".cc-switch"
# Where cc-switch keeps that it keeps its files elsewhere (Tauri's directory for data).
_APP_PATHS = tuple(
    f"{directory}/com.ccswitch.desktop/app_paths.json"
    for directory in (".local/share", ".config", "Library/Application Support")
)


@dataclass(frozen=True)
class Root:
    """Another place for a usual directory. `home` is the one that its links must stay in."""

    before: str  # the usual directory, or nothing for the home itself
    directory: str
    base: str
    only: tuple[str, ...] = ()  # of the home itself: these files alone

    def holds(self, pattern: str) -> bool:
        """Whether this file would be there."""
        return pattern in self.only if self.only else pattern.startswith(f"{self.before}/")

    def real(self, pattern: str) -> str:
        """Where this file is."""
        return os.path.join(self.directory, pattern.removeprefix(f"{self.before}/"))

    def usual(self, path: str) -> str:
        """What readers call it."""
        inside = os.path.relpath(path, self.directory)
        return f"{self.before}/{inside}" if self.before else inside

    def shown(self, path: str, home: str) -> str:
        """What people call it."""
        return path.removeprefix(f"{home}/")


def roots(home: str) -> list[Root]:
    """Those that there are."""
    found = []
    for before, variable in _VARIABLES.items():
        found += _root(home, before, os.environ.get(variable, ""))
    found += _root(home, "", os.environ.get(_ZSH, ""), shells.OF_ZSH)
    for path in _APP_PATHS:
        found += _root(home, _CC_SWITCH, _named(foreign_looks.look(home, path).text))
    return found


def _named(text: str) -> str:
    try:
        about = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return ""
    named = about.get("app_config_dir_override") if isinstance(about, dict) else ""
    return named if isinstance(named, str) else ""


def _root(home: str, before: str, directory: str, only: tuple[str, ...] = ()) -> list[Root]:
    """A directory that is named whole, and is not the usual one."""
    whole = os.path.normpath(f"{home}{directory[1:]}" if directory.startswith("~/") else directory or ".")
    if not os.path.isabs(whole) or "\0" in whole or whole == os.path.normpath(os.path.join(home, before)):
        return []
    inside = whole.startswith(f"{home}/")
    return [Root(before, whole, home if inside else whole, only)]
