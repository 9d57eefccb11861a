"""Keep a plan for the launch path. That this fails is never an error: the next launch makes the plan anew."""

import contextlib
from pathlib import Path

from cc_launcher.core.errors import CcError
from cc_launcher.core.plan import Plan
from cc_launcher.files import atomic
from cc_launcher.launch import planfile

KEPT = 200  # one plan for each profile, model and directory that it was launched in


def store(plan: Plan, key: tuple[str, ...], asked: dict[str, bool], *, from_path: bool) -> None:
    """Write the plan to the cache, and let the oldest ones go."""
    path = Path(planfile.path_of(key))
    with contextlib.suppress(CcError, OSError):
        atomic.directory(path.parent)
        atomic.write(path, planfile.encode(plan, key, asked, from_path=from_path))
        for old in sorted(path.parent.iterdir(), key=lambda file: file.stat().st_mtime_ns, reverse=True)[KEPT:]:
            old.unlink()
