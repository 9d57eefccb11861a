"""The small file that says how a profile's budget stands, for the status line and the hooks of a session.

That it cannot be written is no error: then the line says nothing of it, and a hook reads the profile itself.
"""

import contextlib
from pathlib import Path

from cc_launcher.core.errors import CcError
from cc_launcher.core.plan.hooks import UNHEARD
from cc_launcher.core.status import spending
from cc_launcher.core.status.spending import Spending
from cc_launcher.files import atomic
from cc_launcher.launch import line, planfile


def read(profile: str) -> Spending:
    """What is kept of a profile; nothing of one that nobody has looked at."""
    try:
        return spending.decode(planfile.read_own(line.spending_of(profile)))
    except (OSError, ValueError, IndexError):
        return Spending()


def is_fresh(kept: Spending) -> bool:
    """Whether the files that say what the budget is are as they were."""
    return bool(kept.sources) and all(planfile.fingerprint(path) == was for path, was in kept.sources.items())


def keep(profile: str, kept: Spending) -> None:
    """Keep it, if anything has changed: each write is synced to the disk."""
    path = Path(line.spending_of(profile))
    content = spending.encode(kept)
    with contextlib.suppress(CcError, OSError):
        if not path.exists() or path.read_bytes() != content:
            atomic.directory(path.parent)
            atomic.write(path, content)


def can_look(profile: str) -> None:
    """Somebody can look again: the next time that nobody can, that is told."""
    with contextlib.suppress(OSError):
        Path(line.place_of(profile), UNHEARD).rmdir()
