"""Write what a team deploys: the files of an engine's configuration, into a directory of theirs."""

import os
from pathlib import Path

from cc_launcher.actions import gateway
from cc_launcher.core.errors import IN_THE_WAY, USAGE, CcError
from cc_launcher.core.gateway import deployed
from cc_launcher.core.gateway.description import Gateway
from cc_launcher.core.text import printable
from cc_launcher.core.text.nearest import did_you_mean
from cc_launcher.files import atomic, engine_files, profiles


def rendered(name: str, way: str) -> tuple[Gateway, dict[str, str]]:
    """The gateway of this profile, and the files by their names."""
    if way not in deployed.WAYS:
        hint = did_you_mean(way, list(deployed.WAYS)) or "cc gateway render --for compose PROFILE"
        raise CcError(f"--for takes {', '.join(deployed.WAYS)}", hint, code=USAGE)
    found = gateway.described(profiles.load(name))
    return found, deployed.files(found, way, engine_files.hooks())


def write(files: dict[str, str], directory: Path, *, force: bool) -> None:
    """Write them all, or none where one of them is somebody's, and is not as it would be written."""
    taken = [name for name, text in files.items() if not force and not _is_free(directory / name, text)]
    if taken:
        shown = printable(str(directory))
        hint = "--force replaces them; or choose another directory"
        what = f"{shown}: there already, and not as cc would write it: {', '.join(taken)}"
        raise CcError(what, hint, code=IN_THE_WAY)
    atomic.directory(directory, 0o755)
    for name, text in files.items():
        atomic.write(directory / name, text.encode(), 0o644)


def _is_free(path: Path, text: str) -> bool:
    """Whether nothing is there, or the very same."""
    if not os.path.lexists(path):
        return True
    try:
        return path.is_file() and not path.is_symlink() and path.read_bytes() == text.encode()
    except OSError:
        return False
