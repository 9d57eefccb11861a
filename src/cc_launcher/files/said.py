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


def missing(profile: str) -> list[str]:
    """The marks of what somebody was told that this profile is without."""
    try:
        return _missing(profile).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return []


def note_missing(profile: str, marks: Iterable[str]) -> None:
    """Somebody is told of these now."""
    with contextlib.suppress(CcError, OSError):
        atomic.directory(_missing(profile).parent)
        atomic.write(_missing(profile), "\n".join(dict.fromkeys([*missing(profile), *marks])).encode())


def forget_missing(profile: str) -> None:
    """The profile has gone."""
    with contextlib.suppress(OSError):
        _missing(profile).unlink()


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


def _missing(profile: str) -> Path:
    return _file(profile).with_name(f"missing-{profile}")


def _file(profile: str) -> Path:
    return Path(places.data()) / "said" / f"window-{profile}"
