"""The official client from npm, in a directory of ours: for who has none, and only when asked."""

import os
import shutil
from pathlib import Path

from cc_launcher.core.errors import NOT_FOUND, CcError
from cc_launcher.files import atomic, lock, places
from cc_launcher.launch import helper, process

PACKAGE = "@anthropic-ai/claude-code"
_DEADLINE = 900.0  # it is 200 MB, and some lines are slow
_PLACE = "client"


def installed() -> str:
    """The client that was installed before, or nothing."""
    found = _directory() / "node_modules" / ".bin" / "claude"
    return str(found) if os.access(found, os.X_OK) else ""


def npm() -> str:
    """The npm of this machine, or nothing."""
    return process.on_path("npm")


def install() -> str:
    """Install the newest client, and return its path. Half an installation never has the final name."""
    place = _directory()
    atomic.directory(place.parent)
    with lock.alone(place.parent):
        if found := installed():
            return found  # somebody else was quicker
        unfinished = place.with_name(f"{_PLACE}.{os.getpid()}")
        try:
            atomic.directory(unfinished)
            command = (npm(), "install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", str(unfinished))
            helper.read(
                (*command, PACKAGE), "the client from npm", _DEADLINE, helper.Manner(listen=True, alone=True, tidy=True)
            )
            shutil.rmtree(place, ignore_errors=True)
            unfinished.rename(place)
        except helper.HelperFailed as bad:
            raise CcError(
                f"npm could not install {PACKAGE} (exit code {bad.status})",
                f"npm install -g {PACKAGE} shows why",
                code=NOT_FOUND,
                details=tuple(bad.said.strip().splitlines()[-5:]),
            ) from None
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    if not (found := installed()):
        raise CcError(f"npm installed {PACKAGE}, but there is no claude in it", "install it by hand", code=NOT_FOUND)
    return found


def _directory() -> Path:
    return Path(places.cache()) / _PLACE
