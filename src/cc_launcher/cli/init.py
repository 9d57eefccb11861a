"""`cc init`: completion for a shell, to be evaluated when it starts."""

import sys
from typing import Annotated

import typer

from cc_launcher.actions import readiness, shell_aliases
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

    bash, in ~/.bashrc: eval "$(cc init bash)"
    zsh, in ~/.zshrc: eval "$(cc init zsh)"
    fish, in ~/.config/fish/config.fish: cc init fish | source
    """
    meant = shell_aliases.the_shell(shell)
    if meant not in completion_scripts.SHELLS:
        raise CcError(
            f"cc init: no completion for {shell or 'this shell'}",
            f"there is one for {', '.join(completion_scripts.SHELLS)}",
            code=USAGE,
        )
    readiness.rows()  # which remembers the models of each profile, for completion
    scripts = [found.path.name for found in wrappers.installed()]
    sys.stdout.write(completion_scripts.render(meant, shell_aliases.own(), sorted(set(scripts))))
    if with_aliases:
        sys.stdout.write("".join(f"{line}\n" for line in shell_aliases.lines([], meant, shell_aliases.DEFAULT_PREFIX)))
