"""The official client from npm, for who has none, and only when asked: in a directory of ours, or where npm puts it."""

import os
import shutil
from pathlib import Path

from cc_launcher.core.errors import NOT_FOUND, CcError
from cc_launcher.files import atomic, lock
from cc_launcher.launch import helper, process

PACKAGE = "@anthropic-ai/claude-code"
GLOBALLY = f"npm install -g {PACKAGE}"
_DEADLINE = 900.0  # it is 200 MB, and some lines are slow


def installed() -> str:
    """The client that was installed before, or nothing."""
    found = process.own_client()
    return found if os.access(found, os.X_OK) else ""


def place() -> Path:
    """Our own place for it."""
    return Path(process.own_client()).parents[2]


def npm() -> str:
    """The npm of this machine, or nothing."""
    return process.on_path("npm")


def install() -> str:
    """Install the newest client in our own place. Half an installation never has the final name. Returns its path."""
    final = place()
    atomic.directory(final.parent)
    with lock.alone(final.parent):
        if found := installed():
            return found  # somebody else was quicker
        unfinished = final.with_name(f"{final.name}.{os.getpid()}")
        try:
            atomic.directory(unfinished)
            _run("--prefix", str(unfinished), PACKAGE)
            shutil.rmtree(final, ignore_errors=True)
            unfinished.rename(final)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    if not (found := installed()):
        raise CcError(f"npm installed {PACKAGE}, but it contains no claude", "install it by hand", code=NOT_FOUND)
    return found


def install_globally() -> str:
    """Have npm install it where it installs for everybody, and return its path."""
    _run("-g", PACKAGE)
    if not (found := process.client_on_path()):
        hint = "put npm's directory on PATH: `npm prefix -g` prints the one above it"
        raise CcError(f"npm installed {PACKAGE}, but claude is not on PATH", hint, code=NOT_FOUND)
    return found


def _run(*arguments: str) -> None:
    command = (npm(), "install", "--no-audit", "--no-fund", "--loglevel=error", *arguments)
    try:
        helper.read(command, "npm install", _DEADLINE, helper.Manner(listen=True, alone=True, tidy=True))
    except helper.HelperFailed as bad:
        raise CcError(
            f"npm could not install {PACKAGE} (exit code {bad.status})",
            f"{GLOBALLY} shows why",
            code=NOT_FOUND,
            details=tuple(bad.said.strip().splitlines()[-5:]),
        ) from None
