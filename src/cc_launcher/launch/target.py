"""The target: the real client on PATH, never a script that would bring us back here."""

import os

from cc_launcher.core.errors import NOT_EXECUTABLE, NOT_FOUND, CcError
from cc_launcher.core.text import printable
from cc_launcher.launch import process

INSTALL = "npm install -g @anthropic-ai/claude-code, or CC_CLAUDE=/PATH"


def locate(configured: str = "") -> str:
    """The client's absolute path: the environment's override, the configured one, the first on PATH, or our own."""
    if process.is_handed():
        return process.named()  # judged already, and not to be taken for another one by its links
    given = process.named() or configured
    if given:
        if "/" not in given and os.sep not in given:
            # A bare name is looked up like any command: not in the directory one happens to stand in.
            named = process.on_path(given)
            if not named:
                _refuse_relative(given)
            given = named or f"/nonexistent/{given}"
        return _checked(os.path.expanduser(given))
    found = process.client_found()
    if found is None:
        _refuse_relative("claude")
        there = filter(os.path.isabs, process.find("claude", os.environ.get("PATH", os.defpath), os.F_OK))
        blocked = next(there, "")
        if blocked and not os.access(blocked, os.X_OK):
            return _checked(blocked)  # which says so
        raise CcError("claude is not installed, or not on PATH", INSTALL, code=NOT_FOUND)
    return found


def _refuse_relative(name: str) -> None:
    """Refuse a program that is there, but another one in each directory."""
    why = process.only_relative(name, client=name == "claude")
    if why:
        raise CcError(why, f"{process.WHOLE_PATH}, or CC_CLAUDE=/PATH", code=NOT_FOUND)


def _checked(path: str) -> str:
    shown = printable(path)
    if not os.path.exists(path):
        raise CcError(
            f"{shown}: there is no claude there",
            f"remove the setting (CC_CLAUDE, or `claude` in config.toml), or {INSTALL}",
            code=NOT_FOUND,
        )
    if not os.path.isfile(path) or not os.access(path, os.X_OK):
        raise CcError(f"{shown}: not an executable program", "chmod +x it, or name the right file", code=NOT_EXECUTABLE)
    if process.leads_back(path):
        raise CcError(
            f"{shown}: a script that starts cc again",
            "name the real claude",
            code=NOT_EXECUTABLE,
        )
    return os.path.abspath(path)
