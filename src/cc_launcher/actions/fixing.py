"""The text of a file that a fix is about: as it is, as it is to be, and what it has become since it was shown."""

from pathlib import Path

from cc_launcher.core.doctor import repair
from cc_launcher.core.doctor.findings import BASE_URL, Fix
from cc_launcher.core.errors import IN_THE_WAY, CcError
from cc_launcher.core.text import json_edit
from cc_launcher.files import guard, user_profiles


def fixed(fix: Fix, before: str) -> str:
    """The text after the fix."""
    try:
        after = repair.fixed(fix, before)
    except json_edit.NotJson:
        raise changed(fix) from None
    if fix.path.endswith(".toml") and after != before:
        user_profiles.check(fix.profile, after, guard.shown(Path(fix.path)))
    return after


def fixed_now(fix: Fix, before: str, now: str) -> str:
    """The same in what the file has become since it was shown: only what was agreed to, with the same value in it."""
    after = fixed(fix, now)
    if now != before and (after == now or (fix.how != BASE_URL and _value(fix, now) != _value(fix, before))):
        raise changed(fix)
    return after


def changed(fix: Fix) -> CcError:
    """Somebody has written the file meanwhile."""
    return CcError(f"{guard.shown(Path(fix.path))} has changed in the meantime", "try again", code=IN_THE_WAY)


def _value(fix: Fix, text: str) -> object:
    """What stands where the fix is to be made."""
    return repair.secret_in(fix, text) if fix.shell else json_edit.get(text, fix.keys)
