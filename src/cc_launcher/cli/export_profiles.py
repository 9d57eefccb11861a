"""`cc export`: print profiles for others, without keys and without commands."""

from typing import Annotated

import typer

from cc_launcher.actions import sharing
from cc_launcher.cli import render


def command(
    names: Annotated[list[str], typer.Argument(help="profiles of yours", show_default=False)],
    *,
    keep_reference: Annotated[
        bool, typer.Option("--keep-reference", help="leave references to 1Password (op://) in")
    ] = False,
) -> None:
    """Print profiles of yours as one document that others import.

    cc export work >work.toml
    cc export work fast --keep-reference | ssh other cc import -

    No key is in it, no reference to a store of yours, no command, and no argument for claude. It is refused where a key
    of yours, or text with the shape of one, would be in it. For CI, editors and containers there is `cc env --format`.
    """
    shared = sharing.made(names, keep_reference=keep_reference)
    for note in shared.notes:
        render.talk(note)
    render.script(shared.text)
