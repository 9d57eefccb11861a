"""`cc gateway render`: what a team deploys."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cc_launcher.actions import gateway_render
from cc_launcher.cli import render


def command(
    profile: Annotated[str, typer.Argument(help="a profile with [gateway], or a provider with OpenAI's API alone")],
    *,
    way: Annotated[
        str, typer.Option("--for", metavar="WAY", help="compose, bifrost or litellm", show_default=False)
    ] = "compose",
    out: Annotated[
        str,
        typer.Option("--out", metavar="DIR", help="write them there; default: print them", show_default=False),
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="write over files that are there")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> None:
    """Write what a team deploys for a gateway: the engine's configuration, and what is around it.

    cc gateway render --for compose --out team groq
    cc gateway render --for litellm mistral
    cc gateway render --for bifrost --json xai

    No secret is written: each has a variable, and variables.env.example names them. compose adds Postgres, Redis,
    health checks and a Prometheus to the engine that the profile names. What an engine cannot say is refused by name.
    The other end, for those who use it, is `cc add NAME --gateway URL`.
    """
    found, files = gateway_render.rendered(profile, way)
    if out:
        gateway_render.write(files, Path(out).absolute(), force=force)
    if as_json:
        told = {"profile": profile, "for": way, "notes": list(found.notes), "directory": out}
        render.envelope("gateway render", told | {"files": files})
        return
    for note in found.notes:
        render.talk(note)
    if out:
        for name in files:
            render.out(f"{out}/{name}")
        render.talk("fill in variables.env.example, as variables.env; nothing here was started")
        return
    for number, (name, text) in enumerate(files.items()):
        sys.stdout.write(("\n" if number else "") + f"==> {name} <==\n{text}")
