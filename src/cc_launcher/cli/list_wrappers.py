"""`cc list-wrappers`: the scripts there are, and whether they still do what `cc run` does."""

import os
from typing import Annotated, Any

import typer

from cc_launcher.actions import wrapping
from cc_launcher.cli import render
from cc_launcher.core.errors import CcError
from cc_launcher.files import guard, wrappers
from cc_launcher.launch import process


def command(*, as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False) -> None:
    """List the wrappers: name, profile, modes, and whether each is up to date.

    cc list-wrappers
    cc list-wrappers --json
    """
    rows = [_row(found) for found in wrappers.installed()]
    if as_json:
        render.envelope("list-wrappers", rows)
        return
    if not rows:
        render.talk("there are no wrappers yet: cc install-wrapper PROFILE makes one")
        return
    cells = [(row["name"], row["profile"], " ".join(row["modes"]), row["state"], row["path"]) for row in rows]
    render.table(("wrapper", "profile", "modes", "state", "file"), cells)


def _row(found: wrappers.Found) -> dict[str, Any]:
    wrapper = found.wrapper
    name, profile = (found.path.name, wrapper.profile) if wrapper else (found.path.name, "")
    modes, state = _state(found)
    return {"name": name, "profile": profile, "modes": modes, "state": state, "path": guard.shown(found.path)}


def _state(found: wrappers.Found) -> tuple[list[str], str]:
    """The flags of a wrapper, and what is to be said of it."""
    if found.wrapper is None or found.state == wrappers.EDITED:
        return [], found.state
    try:
        ways = wrapping.ways_of(found.wrapper)
        changed = wrapping.text_of(found.wrapper) != found.text
    except CcError as error:
        return [f"--{flag}" for flag in found.wrapper.modes], error.what
    return [f"--{way.flag}" for way in ways[1:]], _fault(found, changed=changed) or "up to date"


def _fault(found: wrappers.Found, *, changed: bool) -> str:
    target = wrapping.target_of(found)
    if not os.access(target, os.X_OK):
        return f"target missing: {target}"
    if changed:
        return "profile changed since (cc install-wrapper --refresh)"
    first = next(iter(process.find(found.path.name, os.environ.get("PATH", os.defpath))), "")
    if not first:
        return "up to date, not on PATH"
    return "" if os.path.samefile(first, found.path) else f"shadowed by {first}"
