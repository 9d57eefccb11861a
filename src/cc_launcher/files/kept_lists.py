"""The live lists of models, kept for a day: one a profile, owner-only, and only for the address that it came from."""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from cc_launcher.core.errors import CcError
from cc_launcher.core.models import listing
from cc_launcher.core.models.listing import Listed
from cc_launcher.files import atomic
from cc_launcher.launch import completion_words, planfile

FRESH = 24 * 60 * 60.0  # seconds for which a list is taken as it is

_SKEW = 60.0
_WAIT = 600.0  # seconds after which a provider that did not answer is asked again at a launch


@dataclass(frozen=True)
class Kept:
    """A list that was kept, and how many seconds ago it was asked for, and began to say what it says."""

    listed: list[Listed]
    age: float
    unchanged: float = 0.0

    @property
    def is_fresh(self) -> bool:
        """Whether nobody needs to be asked again."""
        return self.age < FRESH


def path_of(profile: str) -> str:
    """The file of a profile's list. A plan that was made with it has it among its sources."""
    return completion_words.list_path(profile)


def read(profile: str, url: str, now: float) -> Kept | None:
    """The list that this profile got from this address, if one is kept that can be trusted."""
    path = path_of(profile)
    try:
        listed = listing.decode(planfile.read_own(path), url)
        age = now - os.stat(_asked(path)).st_mtime
        unchanged = now - os.stat(path).st_mtime
    except (OSError, ValueError, OverflowError):
        return None
    # A file's time may be a little behind or before the clock; one far ahead says that one of the two is wrong.
    return Kept(listed, max(age, 0.0) if age > -_SKEW else float("inf"), max(age, unchanged, 0.0))


def write(profile: str, url: str, listed: list[Listed]) -> None:
    """Keep a list. Its file is touched only if it says something new: plans are made anew when it changes."""
    path = Path(path_of(profile))
    content = listing.encode(url, listed)
    with contextlib.suppress(CcError):  # a cache that cannot be written keeps nothing
        atomic.directory(path.parent)
        if _content(path) != content:
            atomic.write(path, content)
        atomic.write(Path(_asked(str(path))), b"")


def failed(profile: str) -> None:
    """Write down that nobody answered, so that not every launch waits for it."""
    path = Path(_failed(path_of(profile)))
    with contextlib.suppress(CcError):
        atomic.directory(path.parent)
        atomic.write(path, b"")


def has_just_failed(profile: str, now: float) -> bool:
    """Whether somebody was asked in vain a short while ago."""
    try:
        return 0 <= now - os.stat(_failed(path_of(profile))).st_mtime + _SKEW < _SKEW + _WAIT
    except OSError:
        return False


def forget(profile: str) -> None:
    """Let go of the list of a profile that is removed."""
    for path in (path_of(profile), _asked(path_of(profile)), _failed(path_of(profile))):
        with contextlib.suppress(OSError):
            os.unlink(path)


def _asked(path: str) -> str:
    """The file whose time says when the list was asked for. No profile's name begins with a dot."""
    directory, _, name = path.rpartition("/")
    return f"{directory}/.{name}.asked"


def _failed(path: str) -> str:
    return _asked(path).removesuffix("asked") + "failed"


def _content(path: Path) -> bytes:
    try:
        return planfile.read_own(str(path)).encode("utf-8", "surrogateescape")
    except (OSError, ValueError):
        return b""
