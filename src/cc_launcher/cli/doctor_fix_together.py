"""`cc doctor --fix` on an address and its key: they go out of their files together, into a profile of the user's."""

import sys
from dataclasses import replace
from pathlib import Path

import typer

from cc_launcher.actions import fixing, key_with_route
from cc_launcher.actions.key_with_route import FILE, KEYRING, Moved
from cc_launcher.cli import render
from cc_launcher.core.doctor import repair
from cc_launcher.core.doctor.findings import Bundle, Fix
from cc_launcher.core.errors import REFUSED, CcError
from cc_launcher.files import backups, foreign, guard, places
from cc_launcher.secrets import keep

_FILE, _NOWHERE = "f", "n"


def move(fix: Fix, run: str, *, yes: bool, dry_run: bool, keep_in: str) -> bool:
    """Show it, ask, and do it: all of it or nothing."""
    assert fix.bundle is not None  # noqa: S101 - such a fix has one
    bundle = fix.bundle
    moved: Moved | None = None
    before = {path: foreign.text_to_change(Path(path)) for path in dict.fromkeys(part.path for part in bundle.parts)}
    if bundle.profile or bundle.provider:
        key = bundle.key
        raw = repair.raw_in(key, before[key.path]) if key is not None else ""
        value = repair.secret_in(key, before[key.path]) if key is not None else ""
        moved = key_with_route.prepared(bundle, raw, value)
    parts = tuple(replace(part, profile=moved.name) if moved else part for part in bundle.parts)
    if not _show(parts, before):
        return False  # an earlier fix has done it
    if moved:
        render.talk(_becomes(bundle, moved))
    if dry_run:
        render.talk(f"would {fix.does}")
        return False
    asks = moved is not None and key_with_route.goes_to_keyring(moved)
    place = place_for(moved.name, yes=yes, keep_in=keep_in) if moved and asks else ""
    if not yes and not typer.confirm(f"{fix.does[0].upper()}{fix.does[1:]}?", err=True):
        return False
    if yes:
        render.talk(fix.does)
    for line in key_with_route.made(bundle, moved, place) if moved else []:
        render.talk(line)
    for path, text in before.items():
        _write(Path(path), [part for part in parts if part.path == path], text, run)
    if moved:
        render.talk(f"{moved.name} goes on where plain claude went: cc run {moved.name}")
    return True


def _show(parts: tuple[Fix, ...], before: dict[str, str]) -> bool:
    """What changes, file by file."""
    any_change = False
    for path, old in before.items():
        text = old
        render.talk(f"{guard.shown(Path(path))}:")
        for part in parts:
            if part.path == path and (after := fixing.fixed(part, text)) != text:
                any_change = True
                for line in repair.shown(part, text, after):
                    sys.stderr.write(f"  {line}\n")
                text = after
    return any_change


def _becomes(bundle: Bundle, moved: Moved) -> str:
    if not moved.is_new:
        return f"{moved.name} is a profile of yours; {'it gets the key' if moved.key else 'it has this key already'}"
    how = "the command that asks for it" if moved.reference.startswith("cmd:") else moved.reference
    key = "" if moved.key else f"; its key comes from {how}" if how else f"; its key comes from {bundle.repeats}"
    return f"{moved.name} will be a profile of yours for {bundle.profile or bundle.provider}{key}"


def place_for(name: str, *, yes: bool, keep_in: str) -> str:
    """Where the key of a profile goes; nothing: to the keyring.

    It is found out before anything is changed, and a plain file needs a yes of its own.
    """
    if keep_in:
        return key_with_route.place_of(name, keep_in)
    trouble = keep.keyring_trouble()
    if trouble is None:
        render.talk("its key will be kept in the keyring")
        return ""
    file = guard.shown(places.key_file(name))
    in_pass = f"pass:cc-launcher/{name}"
    render.talk(f"the keyring cannot be used: {trouble[0]}")
    if yes or not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise CcError(
            f"{name}: there is no place to keep its key, so nothing was changed",
            f"cc doctor --fix --yes --keep-in {in_pass}, or --keep-in file ({file}, which programs that run as you "
            "can read)",
            code=REFUSED,
        )
    render.talk(f"file: {file}, only you can read it, and so can every program that runs as you")
    answer = typer.prompt(
        f"Keep the key in a file [{_FILE}], in another place such as {in_pass}, or leave all as it is [{_NOWHERE}]",
        default=_NOWHERE,
        err=True,
    ).strip()
    if answer == _NOWHERE:
        raise CcError(f"{name}: nothing was changed", "cc doctor --fix asks again")
    return key_with_route.place_of(name, {_FILE: FILE}.get(answer, answer or KEYRING))


def _write(path: Path, parts: list[Fix], before: str, run: str) -> None:
    """All changes of a file at once, so that it never has the one without the other."""

    def made(now: bytes) -> bytes:
        old, text = before, now.decode("utf-8", "surrogateescape")
        for part in parts:
            text = fixing.fixed_now(part, old, text)
            old = fixing.fixed(part, old)
        return foreign.encoded(text)

    backup = backups.change(path, made, run)
    if backup is not None:
        held = f"{guard.shown(backup)}, which may hold the key: delete it when all is well"
        render.talk(f"{guard.shown(path)}: done; the backup is {held}")
