"""`cc version`."""

import platform
from typing import Annotated

import typer

from cc_launcher import __version__
from cc_launcher.claude import installed_version, this_machine
from cc_launcher.cli import render
from cc_launcher.core.errors import CcError


def command(*, as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False) -> None:
    """Print the versions: ours, the client's, Python's.

    cc version
    cc version --json
    """
    try:
        path, _ = this_machine.client()
        found = installed_version.of(path)
        client = f"{'.'.join(map(str, found)) if found else 'of unknown version'} ({path})"
        line = f"claude {client}"
    except CcError as error:
        client = line = error.what
    if as_json:
        render.envelope("version", {"cc": __version__, "claude": client, "python": platform.python_version()})
        return
    render.out(f"cc {__version__}")
    render.out(line)
    render.out(f"python {platform.python_version()}")
