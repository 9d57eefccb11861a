"""`cc config`: where our files are."""

from typing import Annotated

import typer

from cc_launcher.cli import render
from cc_launcher.files import places, user_config

app = typer.Typer(help="Where the configuration is.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `path` a command of its own, although it is the only one."""


@app.command("path")
def path(*, as_json: Annotated[bool, typer.Option("--json", help="all places, for programs")] = False) -> None:
    """Print the directory of the configuration: `config.toml`, and your profiles in `profiles/`.

    cc config path
    cc config path --json

    --json adds the catalog, the cache and the data directory. `config.toml` holds what is the same for every profile,
    such as `claude = "/opt/claude/bin/claude"`, the client to launch.
    """
    if as_json:
        found = {"config": places.config(), "file": str(user_config.path()), "profiles": str(places.user_directory())}
        found |= {"catalog": str(places.catalog_directory()), "cache": places.cache(), "data": places.data()}
        render.envelope("config path", found)
        return
    render.out(places.config())
