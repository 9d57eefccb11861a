"""`cc uninstall-wrapper`: remove a script of ours, and nothing else."""

import os
from pathlib import Path
from typing import Annotated

import typer

from cc_launcher.actions import wrapping
from cc_launcher.cli import render
from cc_launcher.core.errors import NO_SUCH, USAGE, CcError
from cc_launcher.core.text.nearest import did_you_mean
from cc_launcher.files import guard, wrappers
from cc_launcher.launch import paths


def command(
    name: Annotated[str, typer.Argument(help="name of the wrapper: cc list-wrappers", show_default=False)],
    *,
    directory: Annotated[
        str, typer.Option("--dir", help="its directory, if there are several", show_default=False)
    ] = "",
    force: Annotated[
        bool, typer.Option("--force", help="also remove one that was edited by hand; it is moved to a backup")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would be removed, and remove nothing")] = False,
) -> None:
    """Remove a wrapper. A file that is not ours stays; a backup of what was there before comes back.

    cc uninstall-wrapper claude-zai
    cc uninstall-wrapper claude-zai --dry-run
    """
    path = _path(name, directory)
    if dry_run:
        render.talk(f"{name}: {guard.shown(path)} would be removed")
        return
    for line in wrapping.removed(path, force=force):
        render.talk(line)


def _path(name: str, directory: str) -> Path:
    if directory:
        return Path(os.path.abspath(os.path.expanduser(directory))) / name
    found = [one.path for one in wrappers.installed() if one.path.name == name]
    if len(found) > 1:
        places = ", ".join(guard.shown(path.parent) for path in found)
        raise CcError(f"{name} is in several places: {places}", "say which: --dir", code=USAGE)
    usual = Path(paths.home()) / ".local" / "bin" / name
    if not found and not os.path.lexists(usual):
        known = [one.path.name for one in wrappers.installed()]
        hint = did_you_mean(name, known) or "cc list-wrappers shows the ones there are"
        raise CcError(f"no wrapper is named {name}", hint, code=NO_SUCH)
    return found[0] if found else usual
