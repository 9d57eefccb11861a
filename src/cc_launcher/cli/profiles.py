"""`cc list-profiles`: the profiles, and whether each is ready to use."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from cc_launcher.claude.machine import present
from cc_launcher.cli import render
from cc_launcher.core import references
from cc_launcher.core.errors import CcError
from cc_launcher.core.make_plan import default_reference
from cc_launcher.core.models import choose
from cc_launcher.core.resolve import Resolved
from cc_launcher.files import profiles
from cc_launcher.launch import process

READY = "ready"


@dataclass(frozen=True)
class Row:
    """One profile in the list."""

    name: str
    title: str
    host: str
    model: str
    state: str  # READY, or what is missing
    own: bool  # the user's own file, not the catalog's as it is

    @property
    def ready(self) -> bool:
        """Whether a launch would find its secret."""
        return self.state == READY


def command(
    *,
    ready: Annotated[bool, typer.Option("--ready", help="only those that are ready to use")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> None:
    """List the profiles: yours first, then the providers of the catalog."""
    listed = [row for row in rows() if row.ready or not ready]
    if as_json:
        render.envelope("list-profiles", [_as_data(row) for row in listed])
        return
    if not listed:
        render.talk("no profile is ready: cc list-profiles shows what each one needs")
        return
    cells = [(row.name, row.title, row.model, row.state) for row in listed]
    render.table(("profile", "title", "model", "state"), cells)


def rows() -> list[Row]:
    """All profiles, the user's own before the catalog's."""
    own = set(profiles.user_names())
    return [_row(name, own=name in own) for name in sorted(profiles.known(), key=lambda name: (name not in own, name))]


def state(resolved: Resolved) -> str:
    """Whether the secrets are there, without reading them; a keyring is not asked, since it may ask back."""
    profile = resolved.profile
    wanted = list(profile.secret_headers.values())
    if profile.auth in {"bearer", "api-key"}:
        token = profile.secret or default_reference(resolved, present())
        if profile.secret is None and token.startswith("keyring:"):
            return f"needs {' or '.join([*profile.key_env[:1], 'the keyring'])}"
        wanted.append(token)
    unseen = [reference for reference in wanted if not _there(references.parse(reference))]
    if not unseen:
        return READY
    return ", ".join(f"{text} ({'not asked' if text.startswith('keyring:') else 'missing'})" for text in unseen)


def _there(reference: references.Reference) -> bool:
    if reference.store == "env":
        return bool(os.environ.get(reference.name))
    if reference.store == "keyring":
        return False
    if reference.store == "file":
        try:
            found = Path(reference.name).expanduser().stat()
        except OSError:
            return False
        return stat.S_ISREG(found.st_mode) and (os.name == "nt" or not found.st_mode & 0o077)
    program = references.command_of(reference.name)[0]
    return (
        bool(process.find(program, os.environ.get("PATH", os.defpath)))
        if "/" not in program
        else os.access(program, os.X_OK)
    )


def _row(name: str, *, own: bool) -> Row:
    try:
        resolved = profiles.load(name)
        model = _main(resolved)
    except CcError as error:
        return Row(name, "", "", "", f"invalid: {error.what}", own)
    host = (resolved.profile.base_url or "the client's own").removeprefix("https://")
    return Row(name, resolved.title, host, model, state(resolved), own)


def _main(resolved: Resolved) -> str:
    try:
        return choose(resolved.profile, resolved.name, None).main or "the client's own"
    except CcError:
        return "to be named"


def _as_data(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "title": row.title,
        "endpoint": row.host,
        "model": row.model,
        "state": row.state,
        "ready": row.ready,
        "own": row.own,
    }
