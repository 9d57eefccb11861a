"""What is said once a profile, and then no more. That nothing can be written is no error: then it is said again."""

import contextlib
import hashlib
from collections.abc import Iterable
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


def new_of(profile: str, notes: Iterable[str]) -> list[str]:
    """Those of a gateway's notes that nobody was told of. They are told now."""
    file = _file(profile).with_name(f"gateway-{profile}")
    try:
        before = file.read_text(encoding="ascii").split()
    except (OSError, ValueError):
        before = []
    by_sum = {hashlib.sha256(note.encode()).hexdigest()[:16]: note for note in notes}
    new = [note for number, note in by_sum.items() if number not in before]
    if new:
        with contextlib.suppress(CcError, OSError):
            atomic.directory(file.parent)
            atomic.write(file, "\n".join(by_sum).encode())
    return new


def forget(profile: str) -> None:
    """The profile has gone, or says another window: there is something new to be told."""
    with contextlib.suppress(OSError):
        _file(profile).unlink()


def _file(profile: str) -> Path:
    return Path(places.data()) / "said" / f"window-{profile}"
