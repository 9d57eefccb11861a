"""What is said once a profile, and then no more. That nothing can be written is no error: then it is said again."""

import contextlib
from pathlib import Path

from cc_launcher.core.errors import CcError
from cc_launcher.files import atomic, places


def window(profile: str) -> bool:
    """Whether somebody was told that the window of this profile's model is not known."""
    return _file(profile).exists()


def note_window(profile: str) -> None:
    """Somebody is told now."""
    with contextlib.suppress(CcError, OSError):
        atomic.directory(_file(profile).parent)
        atomic.write(_file(profile), b"")


def forget(profile: str) -> None:
    """The profile has gone, or says another window: there is something new to be told."""
    with contextlib.suppress(OSError):
        _file(profile).unlink()


def _file(profile: str) -> Path:
    return Path(places.data()) / "said" / f"window-{profile}"
