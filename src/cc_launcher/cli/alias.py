"""`cc alias`: a name in the shell for each profile."""

import sys
from typing import Annotated

import typer

from cc_launcher.actions.shell_aliases import DEFAULT_PREFIX, lines, the_shell


def command(
    profiles: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PROFILE]…", help="default: every profile that is ready", show_default=False),
    ] = None,
    *,
    shell: Annotated[
        str, typer.Option("--shell", "-s", help="bash, zsh, fish or powershell; default: yours", show_default=False)
    ] = "",
    prefix: Annotated[str, typer.Option("--prefix", help="what each name begins with")] = DEFAULT_PREFIX,
) -> None:
    """Print a shell alias for each profile.

    eval "$(cc alias)"
    cc alias zai deepseek --shell fish | source
    """
    sys.stdout.write("".join(f"{line}\n" for line in lines(profiles or [], the_shell(shell), prefix)))
