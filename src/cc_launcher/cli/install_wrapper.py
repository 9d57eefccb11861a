"""`cc install-wrapper`: scripts that do what `cc run` does, under a name of their own."""

import os
from pathlib import Path
from typing import Annotated

import typer

from cc_launcher.actions import states, wrapping
from cc_launcher.cli import render
from cc_launcher.core.errors import IN_THE_WAY, USAGE, CcError
from cc_launcher.core.profile.state import NOT_NEEDED
from cc_launcher.core.text import shells
from cc_launcher.core.wrapper.mark import Wrapper
from cc_launcher.files import guard, wrappers
from cc_launcher.launch import paths


def command(
    profile: Annotated[str, typer.Argument(help="a profile or provider: cc list-profiles", show_default=False)] = "",
    *,
    name: Annotated[
        str, typer.Option("--name", help="name of the script; default: claude-PROFILE", show_default=False)
    ] = "",
    directory: Annotated[
        str, typer.Option("--dir", help="where to put it; default: ~/.local/bin", show_default=False)
    ] = "",
    model: Annotated[str, typer.Option("--model", "-m", help="the model to start on", show_default=False)] = "",
    mode: Annotated[
        list[str] | None,
        typer.Option("--mode", metavar="FLAG=PROFILE[:MODEL]", help="a flag of the script", show_default=False),
    ] = None,
    sealed: Annotated[bool, typer.Option("--sealed", help="keep the secret out of the session's environment")] = False,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="also on a model without tools, or with too small a window")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="one for each profile that is ready to use")] = False,
    refresh: Annotated[bool, typer.Option("--refresh", help="rewrite those whose profile has changed")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="move a file that is in the way to a backup beside it")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="print the script, or what would be done")] = False,
) -> None:
    """Write a script that starts Claude Code on a profile. It works without cc if the key's store has its own command.

    With --mode, `claude-zai --local` starts another profile or model than `claude-zai` does.

    cc install-wrapper zai
    cc install-wrapper zai --mode local=ollama --mode big=openrouter:glm-5.3
    cc install-wrapper --all

    --refresh with a name rewrites that one alone.
    """
    modes = wrapping.parse_modes(mode or [])
    of_one = bool(name or model or modes)
    _validate(profile, refresh=refresh, every=every, of_one=of_one, chosen=of_one or every or sealed or anyway)
    if refresh:
        _refresh(profile, force=force, dry_run=dry_run)
        return
    place = Path(os.path.abspath(os.path.expanduser(directory))) if directory else Path(paths.home()) / ".local" / "bin"
    wanted = (
        [Wrapper(f"claude-{ready}", ready, sealed=sealed, anyway=anyway) for ready in _ready()]
        if every
        else [Wrapper(name or f"claude-{profile}", profile, model, sealed, modes, anyway)]
    )
    if not wanted:
        render.talk("no profile is ready to use: cc list-profiles shows what each one needs")
        return
    failed: CcError | None = None
    for wrapper in wanted:
        try:
            _install(wrapper, place / wrapper.name, force=force, dry_run=dry_run, briefly=every)
        except CcError as error:
            if not every:
                raise
            render.talk(f"{wrapper.name}: {error.what}")
            failed = error
    _note_about_path(place)
    if failed is not None:
        raise CcError("not all wrappers were installed", failed.hint, code=failed.code)


def _validate(profile: str, *, refresh: bool, every: bool, of_one: bool, chosen: bool) -> None:
    """Refuse what does not go together: a profile or all of them, what is for one alone, and what a script has."""
    if refresh and chosen:
        raise CcError(
            "--refresh writes each script as it was asked for", "leave the other options out, or --refresh", code=USAGE
        )
    if not refresh and (every == bool(profile) or (every and of_one)):
        raise CcError("cc install-wrapper: which profile?", "name one, or --all, or --refresh", code=USAGE)


def _install(wrapper: Wrapper, path: Path, *, force: bool, dry_run: bool, briefly: bool) -> None:
    wrapping.check_name(wrapper.name, path, force=force)
    text, said = wrapping.written(wrapper)
    if dry_run:
        render.script(text)
        return
    backup = wrappers.install(path, text, force=force)
    if backup is not None:
        render.talk(f"what was there is now {guard.shown(backup)}")
    render.talk(f"{wrapper.name}: written to {guard.shown(path)}")
    if not briefly:
        for line in said:
            render.talk(line)


def _refresh(name: str, *, force: bool, dry_run: bool) -> None:
    """Rewrite the wrappers of ours whose text would be another one today."""
    found = [one for one in wrappers.installed() if one.wrapper and name in {"", one.wrapper.name, one.wrapper.profile}]
    if not found:
        render.talk("there are no wrappers yet: cc install-wrapper PROFILE makes one")
    stuck = []
    for one in found:
        if one.wrapper is None:
            continue
        try:
            text = wrapping.text_of(one.wrapper)
            if text == one.text:
                continue
            if not dry_run:
                wrappers.install(one.path, text, force=force)
            render.talk(f"{one.wrapper.name}: {'would be ' if dry_run else ''}rewritten ({guard.shown(one.path)})")
        except CcError as error:
            render.talk(f"{one.wrapper.name}: {error.what}")
            stuck.append(error)
    if stuck:
        raise CcError("not all wrappers were rewritten", stuck[0].hint, code=stuck[0].code or IN_THE_WAY)


def _ready() -> list[str]:
    """The profiles that are ready, also those of whose key nobody knows yet: the launch reads it."""
    return [
        row.name
        for row in states.rows()
        if row.ready and (row.own or row.state.key != NOT_NEEDED)  # or it is no sign that anybody wants it
    ]


def _note_about_path(place: Path) -> None:
    """How to put the directory on PATH, if it is not there."""
    on_path = os.environ.get("PATH", "").split(os.pathsep)
    if any(paths.same(entry, str(place)) for entry in on_path if entry):
        return
    line = shells.onto_path(shells.of(os.environ.get("SHELL", "")), str(place), paths.home())
    render.talk(f"{guard.shown(place)} is not on PATH. To put it there: {line}")
