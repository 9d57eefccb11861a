"""`cc init`: completion for a shell, to be evaluated when it starts."""

import sys
from typing import Annotated

import typer

from cc_launcher.actions import shell_aliases, states
from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.text import completion_scripts
from cc_launcher.files import wrappers


def command(
    shell: Annotated[str, typer.Argument(help="bash, zsh or fish; default: yours", show_default=False)] = "",
    *,
    with_aliases: Annotated[
        bool, typer.Option("--aliases", help="also an alias for each profile that is ready")
    ] = False,
) -> None:
    """Print completion for a shell: commands, options, profiles, models, wrappers and their modes.

    The line for bash goes into ~/.bashrc, the one for zsh into ~/.zshrc, the one for fish into
    ~/.config/fish/config.fish.

    eval "$(cc init bash)"
    eval "$(cc init zsh)"
    cc init fish | source

    For bash without the time that it takes at each start:
    `cc init bash >~/.local/share/bash-completion/completions/cc`
    """
    meant = shell_aliases.the_shell(shell)
    if meant not in completion_scripts.SHELLS:
        raise CcError(
            f"cc init: no completion for {shell or 'this shell'}",
            f"there is one for {', '.join(completion_scripts.SHELLS)}",
            code=USAGE,
        )
    states.rows()  # which remembers the models of each profile, for completion
    scripts = [found.path.name for found in wrappers.installed()]
    sys.stdout.write(completion_scripts.render(meant, shell_aliases.own(), sorted(set(scripts))))
    if with_aliases:
        sys.stdout.write("".join(f"{line}\n" for line in shell_aliases.lines([], meant, shell_aliases.DEFAULT_PREFIX)))
