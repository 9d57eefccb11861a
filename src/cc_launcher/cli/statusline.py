"""`cc statusline`: put our line into the client's settings, and take it out again. The line itself is in `launch/`."""

import sys
from typing import Annotated

import typer

from cc_launcher.actions import status_line
from cc_launcher.actions.status_line import KEY
from cc_launcher.claude.this_machine import STATUS_COMMAND
from cc_launcher.cli import render
from cc_launcher.core.errors import IN_THE_WAY, USAGE, CcError
from cc_launcher.core.status import our_command
from cc_launcher.core.status.segments import PRESETS, SEGMENTS
from cc_launcher.core.text import json_edit, printable
from cc_launcher.files import client_settings, guard, status_cache

_WRAP, _REPLACE = "w", "r"
_FORMAT_HELP = f"the segments: {', '.join(PRESETS)}, or a list of {', '.join(SEGMENTS)}"


def command(
    *,
    install: Annotated[bool, typer.Option("--install", help="put the line into your own settings.json")] = False,
    uninstall: Annotated[bool, typer.Option("--uninstall", help="take it out again")] = False,
    wrap: Annotated[
        bool, typer.Option("--wrap", help="with --install: run the status line that you have, too, and show ours below")
    ] = False,
    segments: Annotated[str, typer.Option("--format", metavar="SEGMENTS", help=_FORMAT_HELP, show_default=False)] = "",
    after: Annotated[str, typer.Option("--after", hidden=True)] = "",
    instead_of: Annotated[str, typer.Option("--instead-of", hidden=True)] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would be done")] = False,
) -> None:
    """Print the status line from the JSON that the client passes, or install it.

    To see it in launches alone, no installation is needed: `enabled = true` below [statusline] in config.toml.

    cc statusline --install
    cc statusline --install --wrap
    cc statusline --format provider,context,branch <session.json
    """
    _validate(
        install=install, uninstall=uninstall, shown=bool(wrap or segments), of_the_client=bool(after or instead_of)
    )
    if uninstall:
        _uninstall(dry=dry_run)
    else:
        _install(segments, wrap=wrap, dry=dry_run)


def _validate(*, install: bool, uninstall: bool, shown: bool, of_the_client: bool) -> None:
    """Refuse what does not go together."""
    if install == uninstall:
        raise CcError(
            "cc statusline reads the client's JSON on standard input, and installs with --install",
            "cc statusline --install, or [statusline] enabled = true in config.toml",
            code=USAGE,
        )
    if of_the_client or (uninstall and shown):
        raise CcError("these options cannot be combined", "cc help statusline", code=USAGE)


def _install(segments: str, *, wrap: bool, dry: bool) -> None:
    own = [*STATUS_COMMAND, *(["--format", segments] if segments else [])]
    file = guard.shown(client_settings.path())
    said = ""

    def edited(text: str) -> str:
        nonlocal said
        line = json_edit.get(text, [KEY])
        if line is None:
            said = "your status line is ours now"
            return json_edit.put(text, [KEY], {"type": "command", "command": our_command.around(own, "")})
        theirs = line.get("command") if isinstance(line, dict) else None
        if not isinstance(theirs, str):
            raise CcError(
                f"{file}: {KEY} is not a status line that cc knows", "look at it, and remove it", code=IN_THE_WAY
            )
        if our_command.is_ours(theirs):
            option, theirs = our_command.inside(theirs)
            option = "--after" if wrap and theirs else option
            said = "our status line is there already"
        else:
            option = "--after" if wrap or _asked(file, theirs, dry=dry) == _WRAP else "--instead-of"
            said = "your own line is shown, and ours below" if option == "--after" else "your status line is ours now"
        return json_edit.put(text, [KEY, "command"], our_command.around(own, theirs, option))

    changed = client_settings.change(edited, dry=dry)
    if not dry:
        status_cache.store(None)
    render.talk(f"{file}: {said}{' (not written: --dry-run)' if dry and changed else ''}")
    if changed and not dry:
        render.talk("cc statusline --uninstall puts back what was there")


def _asked(file: str, theirs: str, *, dry: bool) -> str:
    """What to do with the user's own line: never taken away without a question."""
    error = CcError(
        f"{file}: there is a status line of yours: {printable(theirs)[:120]}",
        "cc statusline --install --wrap shows both",
        code=IN_THE_WAY,
    )
    if dry or not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise error
    render.talk(error.what)
    answer = typer.prompt("show both [w], replace it [r], or leave it [n]", default="n", err=True).strip().lower()
    if answer not in {_WRAP, _REPLACE}:
        raise CcError("nothing was changed", "", code=IN_THE_WAY)
    return str(answer)


def _uninstall(*, dry: bool) -> None:
    said, changed = status_line.take_out(dry=dry)
    file = guard.shown(client_settings.path())
    render.talk(f"{file}: {said}{' (not written: --dry-run)' if dry and changed else ''}")
