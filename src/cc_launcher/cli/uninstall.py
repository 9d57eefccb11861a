"""`cc uninstall`: everything of ours on this machine, listed, and taken out when told to."""

import sys
from itertools import groupby
from typing import Annotated, Any

import typer

from cc_launcher.actions import leaving
from cc_launcher.actions.leaving import KEYS, PROFILES, Item
from cc_launcher.cli import render
from cc_launcher.core.errors import OK, USAGE, CcError
from cc_launcher.core.text import printable
from cc_launcher.launch import report

_HEADINGS = (
    "this goes",
    "this stays, unless you say --keys",
    "this stays, unless you say --profiles",
    "this stays: it is not ours to take",
)
_WIDTH = len("status line")
_UV, _PIPX = "uv tool uninstall cc-launcher", "pipx uninstall cc-launcher"


def command(
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="do not ask; keys and profiles stay")] = False,
    keys: Annotated[bool, typer.Option("--keys", help="remove the keys, too, and backups that may hold one")] = False,
    profiles: Annotated[bool, typer.Option("--profiles", help="remove your own profiles, too")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="list it, and change nothing")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> int:
    """List everything of cc on this machine, and take it out when told to.

    Only what is ours goes, and what we replaced comes back. Keys and your own profiles stay unless you say so.

    cc uninstall
    cc uninstall --dry-run
    cc uninstall --yes --keys

    A run that was stopped is finished by the next one. What you have edited or written yourself stays, and is named. In
    the end it says how to remove the program.
    """
    items = leaving.inventory()
    if dry_run or (as_json and not yes):
        _list(items, as_json=as_json)
        return OK
    if not as_json:
        _list(items, as_json=False)
    going = _agreed(items, yes=yes or not any(item.take for item in items), keys=keys, profiles=profiles)
    done, errors = _take(items, going)
    if as_json:
        render.envelope("uninstall", _as_data(items, done, errors), errors)
    else:
        _say_left(items, going)
        render.talk(f"cc itself is still installed; to remove it: {program()}")
    return max((error.code for error in errors.values()), default=OK)


def program() -> str:
    """The command that removes the program: as it was installed, where that can be told."""
    prefix = sys.prefix.replace("\\", "/")
    if "/uv/tools/" in prefix:
        return _UV
    if "/pipx/" in prefix:
        return _PIPX
    return f"{_UV} (or {_PIPX}, as you installed it)"


def _list(items: list[Item], *, as_json: bool) -> None:
    if as_json:
        render.envelope("uninstall", _as_data(items, {}, {}))
        return
    if not items:
        render.talk("cc has left nothing on this machine except the program itself")
        return
    if not sys.stdout.isatty():
        render.table((), [(item.kind, item.what, item.path, _fate(item)) for item in items])
        return
    for fate, group in groupby(sorted(items, key=_order), key=_order):
        render.heading(_HEADINGS[fate])
        for item in group:
            why = f": {item.why}" if item.take is None else ""
            render.out(f"  {item.kind:<{_WIDTH}}  {item.path}, {item.what}{why}")


def _fate(item: Item) -> str:
    """For a program that reads lines."""
    if item.take is None:
        return f"stays: {item.why}"
    return f"stays, unless you say --{item.asked}" if item.asked else "goes"


def _order(item: Item) -> int:
    return 3 if item.take is None else {KEYS: 1, PROFILES: 2}.get(item.asked, 0)


def _agreed(items: list[Item], *, yes: bool, keys: bool, profiles: bool) -> set[str]:
    """What may go: everything is asked for before anything is done."""
    agreed = {""} | ({KEYS} if keys else set()) | ({PROFILES} if profiles else set())
    if yes:
        return agreed
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise CcError(
            "cc uninstall asks first, and there is no terminal to ask on; nothing was changed",
            "cc uninstall --yes",
            code=USAGE,
        )
    if any(item.take and not item.asked for item in items) and not typer.confirm("Remove what goes?", err=True):
        raise CcError("nothing was changed", "cc uninstall --dry-run lists it again")
    questions = {
        KEYS: "Remove the keys, too, and the backups that may contain one? This cannot be undone",
        PROFILES: "Remove your own profiles, too?",
    }
    for kind, question in questions.items():
        there = any(item.take and item.asked == kind for item in items)
        if there and kind not in agreed and typer.confirm(question, err=True):
            agreed.add(kind)
    return agreed


def _take(items: list[Item], going: set[str]) -> tuple[dict[str, str], dict[str, CcError]]:
    """Do it, one by one. What fails stops nothing else."""
    done: dict[str, str] = {}
    errors: dict[str, CcError] = {}
    for item in items:
        if item.take is None or item.asked not in going:
            continue
        try:
            said = item.take()
        except CcError as error:
            errors[_about(item)] = error
            report.say(error)
            continue
        done[_about(item)] = said
        if said:
            render.talk(said)
    try:
        keys_stay = any(item.kind == "key" and _about(item) not in done for item in items)
        if said := leaving.clear_state(keys_stay=keys_stay, profiles_stay=PROFILES not in going):
            render.talk(said)
    except CcError as error:
        errors["state"] = error
        report.say(error)
    return done, errors


def _about(item: Item) -> str:
    return f"{item.kind} {item.path} {item.what}"


def _say_left(items: list[Item], going: set[str]) -> None:
    """What stays, and what would remove it."""
    for item in items:
        if item.take is None:
            render.talk(f"stays: {item.kind} {item.what} ({item.path}): {item.why}")
    for kind, what in ((KEYS, "keys and backups"), (PROFILES, "your own profiles")):
        left = [item for item in items if item.take and item.asked == kind]
        if left and kind not in going:
            paths = ", ".join(dict.fromkeys(item.path for item in left))
            render.talk(f"stays: {what} ({paths}): cc uninstall --yes --{kind} removes them")


def _as_data(items: list[Item], done: dict[str, str], errors: dict[str, CcError]) -> dict[str, Any]:
    def fate(item: Item) -> str:
        if _about(item) in errors:
            return "failed"
        if _about(item) in done:
            return "removed"
        return "stays" if item.take is None or item.asked else "goes"

    return {
        "items": [
            {
                "kind": item.kind,
                "what": printable(item.what),
                "path": printable(item.path),
                "fate": fate(item),
                "option": f"--{item.asked}" if item.asked else None,
                "why": printable(item.why) or None,
            }
            for item in items
        ],
        "program": program(),
    }
