"""Keep a plan for the launch path. That this fails is never an error: the next launch makes the plan anew."""

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from cc_launcher.core.errors import CcError
from cc_launcher.core.plan import Plan
from cc_launcher.core.profile.remembered import Launch
from cc_launcher.files import atomic, places
from cc_launcher.launch import planfile

_TICK = 10_000_000  # a file's time may be this much, in nanoseconds, behind the clock
KEPT = 200  # one plan for each profile, model and directory that it was launched in


def is_settled(plan: Plan, begun: int) -> bool:
    """Whether no file that the plan is made from has changed since its making began.

    The plan may hold what one that changed said before, while its fingerprint would be that of what it says now.
    """
    for path in plan.sources:
        with contextlib.suppress(OSError):
            found = os.stat(path)
            if stat.S_ISREG(found.st_mode) and found.st_ctime_ns >= begun - _TICK:
                return False
    return True


def count(profile: str) -> int:
    """How many plans are kept of a profile."""
    return len(_of(profile))


def forget(profile: str) -> None:
    """Let go of the plans of a profile."""
    for path in _of(profile):
        with contextlib.suppress(OSError):
            path.unlink()


def launches() -> Iterator[Launch]:
    """What the plans say of launches: each was used last when its client was started last."""
    for path in _all():
        profile, word = planfile.asked_for(str(path))
        with contextlib.suppress(OSError):
            if profile:
                yield Launch(profile, word, path.stat().st_mtime)


def _of(profile: str) -> list[Path]:
    return [path for path in _all() if planfile.asked_for(str(path))[0] == profile]


def _all() -> list[Path]:
    try:
        return list((Path(places.cache()) / "plans").iterdir())
    except OSError:
        return []


def store(plan: Plan, key: tuple[str, ...], asked: dict[str, bool], *, from_path: bool) -> None:
    """Write the plan to the cache, and let the oldest ones go."""
    path = Path(planfile.path_of(key))
    with contextlib.suppress(CcError, OSError):
        atomic.directory(path.parent)
        atomic.write(path, planfile.encode(plan, key, asked, from_path=from_path))
        for old in sorted(path.parent.iterdir(), key=lambda file: file.stat().st_mtime_ns, reverse=True)[KEPT:]:
            old.unlink()
