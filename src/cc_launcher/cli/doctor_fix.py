"""`cc doctor --fix` and `--undo`: each change shown, asked for, and made with a backup."""

import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path

import typer

from cc_launcher.actions import fixing, gateway_install, key_with_route, secret_values
from cc_launcher.cli import doctor_fix_together, questions, render
from cc_launcher.core.doctor import repair
from cc_launcher.core.doctor.findings import MOVE_KEY, RIGHTS, SWEEP, TOGETHER, Finding, Fix
from cc_launcher.core.errors import IN_THE_WAY, REFUSED, USAGE, CcError, Unfit
from cc_launcher.files import backups, foreign, guard, hosts, profiles
from cc_launcher.launch import report, secret_reader
from cc_launcher.secrets import keep


def fix_all(
    findings: list[Finding], again: Callable[[], list[Finding]], *, yes: bool, dry_run: bool, keep_in: str
) -> list[Finding]:
    """Fix what can be fixed and is agreed to; returns what is found afterwards."""
    if not any(finding.fix for finding in findings):
        render.talk("--fix has nothing to change")
        return findings
    if not (yes or dry_run or (sys.stdin.isatty() and sys.stderr.isatty())):
        raise CcError(
            "cc doctor --fix asks before each change, and there is no terminal to ask on",
            "add --yes, or --dry-run",
            code=USAGE,
        )
    run = time.strftime("%Y%m%dT%H%M%S")  # what the backups have in common
    asked: list[Fix] = []
    # A change may bring another one to light: a model that only made sense with the address beside it.
    while fixes := _not_in(asked, findings):
        asked += fixes
        if not _all(fixes, run, yes=yes, dry_run=dry_run, keep_in=keep_in):
            break
        findings = again()
    if any(change.stamp == run for change in backups.last()):
        render.talk("cc doctor --undo puts the files back as they were")
    return findings


def _not_in(asked: list[Fix], findings: list[Finding]) -> list[Fix]:
    """The fixes that nobody was asked about, each once: an address and its key have one for both."""
    fixes = dict.fromkeys(finding.fix for finding in findings if finding.fix is not None)
    return [fix for fix in fixes if fix not in asked]


def _all(fixes: list[Fix], run: str, *, yes: bool, dry_run: bool, keep_in: str) -> int:
    """Go through the fixes, keys first; returns how many were made. One that fails does not stop the others."""
    made = 0
    for fix in sorted(fixes, key=lambda fix: fix.how not in {MOVE_KEY, TOGETHER}):
        try:
            if fix.how == TOGETHER:
                made += doctor_fix_together.move(fix, run, yes=yes, dry_run=dry_run, keep_in=keep_in)
            else:
                made += _fix(fix, run, yes=yes, dry_run=dry_run, keep_in=keep_in)
        except CcError as error:
            report.say(error)
    return made


def undo() -> None:
    """Put back what the last run changed."""
    changes = backups.last()
    if not changes:
        raise CcError("there is nothing to undo", "backups are next to the files: NAME.cc-backup-TIME", code=USAGE)
    failed: CcError | None = None
    for change in reversed(changes):
        try:
            backups.restore(change)
            render.talk(f"{guard.shown(Path(change.path))} is back as it was")
        except CcError as error:
            report.say(error)
            failed = error
    if failed is not None:
        raise CcError("not everything was put back", failed.hint, code=failed.code)


def _fix(fix: Fix, run: str, *, yes: bool, dry_run: bool, keep_in: str) -> bool:
    path = Path(fix.path)
    if fix.how in {RIGHTS, SWEEP}:
        return _agreed(fix, yes=yes, dry_run=dry_run) and _at_once(fix)
    before = foreign.text_to_change(path)
    after = fixing.fixed(fix, before)
    if after == before:
        return False  # an earlier fix has done it
    render.talk(f"{guard.shown(path)}:")
    for line in repair.shown(fix, before, after):
        sys.stderr.write(f"  {line}\n")
    if not _agreed(fix, yes=yes, dry_run=dry_run):
        return False
    if fix.how == MOVE_KEY:
        _keep(fix, repair.secret_in(fix, before), yes=yes, keep_in=keep_in)

    def changed_now(now: bytes) -> bytes:
        return foreign.encoded(fixing.fixed_now(fix, before, now.decode("utf-8", "surrogateescape")))

    backup = backups.change(path, changed_now, run)
    if backup is None:
        return False
    held = ", with the key in it: delete it when all is well" if fix.how == MOVE_KEY else ""
    render.talk(f"{guard.shown(path)}: done; the backup is {guard.shown(backup)}{held}")
    return True


def _at_once(fix: Fix) -> bool:
    """What is no change of a text, and has no backup."""
    path = Path(fix.path)
    if fix.how == SWEEP:
        gateway_install.sweep()
        render.talk(f"{guard.shown(path)}: what nobody used is gone")
    else:
        _take_rights(path)
        render.talk(f"{guard.shown(path)}: only you can write it now")
    return True


def _agreed(fix: Fix, *, yes: bool, dry_run: bool) -> bool:
    what = f"{fix.does[0].upper()}{fix.does[1:]}"
    if dry_run:
        render.talk(f"would {fix.does}")
        return False
    return yes or typer.confirm(f"{what}?", err=True)


def _keep(fix: Fix, value: str, *, yes: bool, keep_in: str) -> None:
    """Keep a key where its profile has its secret; one that is there already is never replaced by another."""
    resolved = profiles.load(fix.profile)
    reference = secret_values.to_keep(resolved)
    try:
        cleaned = secret_reader.cleaned(value.encode("utf-8", "surrogateescape"))
    except Unfit as bad:
        raise CcError(f"{fix.profile}: the value there {bad}; it was left alone", "look at it", code=REFUSED) from None
    prefix = resolved.profile.key_prefix
    if prefix and not cleaned.startswith(prefix):
        raise CcError(
            f"{fix.profile}: its keys begin with {prefix}, and this one does not",
            "cc secret set PROFILE, for the profile whose key it is; then remove it from the file",
            code=REFUSED,
        )
    if not keep.look(reference, resolved.name)[0]:
        if secret_values.value_of(resolved, reference) != cleaned:
            raise CcError(
                f"{fix.profile} already has another key ({reference}); nothing was changed",
                f"cc secret set {fix.profile}, if the one in the file is right; then remove it from the file",
                code=REFUSED,
            )
        return
    hosts.refuse_stranger(resolved, reference)
    place = doctor_fix_together.place_for(fix.profile, yes=yes, keep_in=keep_in) if reference.store == "keyring" else ""
    if not place:
        questions.keep_secret(resolved, reference, cleaned)
        return
    for line in key_with_route.kept_at(resolved, place, cleaned):
        render.talk(line)


def _take_rights(path: Path) -> None:
    try:
        path.chmod(stat.S_IMODE(path.stat().st_mode) & ~(stat.S_IWGRP | stat.S_IWOTH))
    except OSError as bad:
        raise CcError(f"{guard.shown(path)}: {bad.strerror}", "is it yours?", code=IN_THE_WAY) from None
