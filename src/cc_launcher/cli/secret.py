"""`cc secret`: for now, only what a sealed launch's helper calls. The work is done on the launch path."""

from typing import Annotated

import typer

from cc_launcher.secrets import get

app = typer.Typer(help="Read a secret.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `get` a command of its own, although it is the only one."""


@app.command("get")
def command(
    reference: Annotated[
        str, typer.Option("--reference", help="where the secret is kept, such as keyring:zai", show_default=False)
    ],
    *,
    reveal: Annotated[bool, typer.Option("--reveal", help="also to a terminal")] = False,
) -> int:
    """Print the secret that a reference names, and nothing else."""
    return get.main(["--reference", reference, *(["--reveal"] if reveal else [])])
