"""`cc init`: completion for a shell, to be evaluated when it starts, and the line that makes it last."""

import sys
from typing import Annotated

import typer

from cc_launcher.actions import shell_aliases, states
from cc_launcher.cli import render
from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.text import completion_scripts, rc_line
from cc_launcher.files import foreign, guard, rc_files, wrappers


def command(
    shell: Annotated[str, typer.Argument(help="bash, zsh or fish; default: yours", show_default=False)] = "",
    *,
    with_aliases: Annotated[
        bool, typer.Option("--aliases", help="also an alias for each profile that is ready")
    ] = False,
    install: Annotated[
        bool, typer.Option("--install", help="make it permanent: add one line to your shell's start-up file")
    ] = False,
    uninstall: Annotated[bool, typer.Option("--uninstall", help="remove that line again")] = False,
) -> None:
    """Print completion for a shell: commands, options, profiles, models, wrappers and their modes.

    With --install, each new shell has it. By hand, the line for bash goes into ~/.bashrc, the one for zsh into
    ~/.zshrc, the one for fish into ~/.config/fish/config.fish.

    cc init bash --install
    eval "$(cc init zsh)"
    cc init fish | source

    For bash without the time that it takes at each start:
    `cc init bash >~/.local/share/bash-completion/completions/cc`
    """
    meant = shell_aliases.the_shell(shell)
    if meant not in completion_scripts.SHELLS:
        raise CcError(
            f"cc init: cc has no completion for {shell or 'this shell'}",
            f"there is one for {', '.join(completion_scripts.SHELLS)}",
            code=USAGE,
        )
    if install and uninstall:
        raise CcError("--install and --uninstall do not go together", "cc help init", code=USAGE)
    if install:
        _install(meant, with_aliases=with_aliases)
    elif uninstall:
        _uninstall(meant)
    else:
        _print(meant, with_aliases=with_aliases)


def _print(shell: str, *, with_aliases: bool) -> None:
    states.rows()  # which remembers the models of each profile, for completion
    scripts = [found.path.name for found in wrappers.installed()]
    sys.stdout.write(completion_scripts.render(shell, shell_aliases.own(), sorted(set(scripts))))
    if with_aliases:
        sys.stdout.write("".join(f"{line}\n" for line in shell_aliases.lines([], shell, shell_aliases.DEFAULT_PREFIX)))
    if sys.stdout.isatty():  # somebody reads this, and no shell
        file = guard.shown(rc_files.path(shell))
        render.talk(f"to have it in each new {shell}: cc init {shell} --install (one line in {file})")


def _install(shell: str, *, with_aliases: bool) -> None:
    file = rc_files.path(shell)
    shown = guard.shown(file)
    if number := rc_line.by_hand(foreign.text_to_change(file)):
        render.talk(f"{shown}:{number}: your own line starts it already; nothing was changed")
        return
    wanted = rc_line.line(shell, shell_aliases.own(), ["--aliases"] if with_aliases else [])
    done = rc_files.put_in(file, wanted)
    if not done.changed:
        render.talk(f"{shown}: the line is there already")
        return
    backup = f"; the backup is {guard.shown(done.backup)}" if done.backup else ""
    render.talk(f"{shown}: each new {shell} completes cc now{backup}")
    render.talk(f"in this shell, too: {_at_once(shell)}")
    render.talk(f"to take it out: cc init {shell} --uninstall")


def _at_once(shell: str) -> str:
    return "cc init fish | source" if shell == "fish" else f'eval "$(cc init {shell})"'


def _uninstall(shell: str) -> None:
    files = [file for file, _ in rc_files.all_with_ours() if file == rc_files.path(shell)]
    for file in files:
        done = rc_files.take_out(file)
        backup = f"; the backup is {guard.shown(done.backup)}" if done.backup else ""
        what = "is removed: nothing else was in it" if done.removed else "our line is out"
        render.talk(f"{guard.shown(file)}: {what}{backup}")
    if files:
        return
    file = rc_files.path(shell)
    number = rc_line.by_hand(foreign.text_to_change(file))
    stays = f"; line {number} is your own, and stays" if number else ""
    render.talk(f"{guard.shown(file)}: our line is not there{stays}")
