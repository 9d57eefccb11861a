"""The files of the sources that are followed, one each, for their owner alone."""

import contextlib
import hashlib
import os
from pathlib import Path

from cc_launcher.core.errors import CcError
from cc_launcher.core.importing import followed
from cc_launcher.core.importing.followed import Followed
from cc_launcher.files import atomic, places, regular

_MAX_BYTES = 4 * 1024 * 1024


def directory() -> Path:
    """Where they are."""
    return Path(places.data()) / "follows"


def all_of() -> list[Followed]:
    """Every source, by its address. A file that somebody else could have written is none."""
    found = []
    try:
        paths = [path for path in directory().iterdir() if path.suffix == ".json" and not path.name.startswith(".")]
    except OSError:
        return []
    for path in paths:
        with contextlib.suppress(OSError, ValueError):
            content, status = regular.read(path, _MAX_BYTES, getattr(os, "O_NOFOLLOW", 0))
            if os.name != "nt" and (status.st_uid != os.geteuid() or status.st_mode & 0o022):
                continue
            about = followed.decode(content)
            if about is not None and path == _file(about.url):
                found.append(about)
    return sorted(found, key=lambda about: about.url)


def of(url: str) -> Followed | None:
    """The source at this address."""
    return next((about for about in all_of() if about.url == url), None)


def of_profile(name: str) -> Followed | None:
    """The source that this profile follows."""
    return next((about for about in all_of() if name in about.profiles), None)


def write(about: Followed) -> None:
    """Have the file say this; a source of which nothing is followed has none."""
    if not about.profiles:
        _file(about.url).unlink(missing_ok=True)
        return
    atomic.directory(directory())
    atomic.write(_file(about.url), followed.encode(about))


def forget(name: str) -> str:
    """A profile has gone, or is not to be followed. Returns the address that it followed."""
    with contextlib.suppress(CcError, OSError):
        about = of_profile(name)
        if about is not None:
            write(about.without(name))
            return about.url
    return ""


def _file(url: str) -> Path:
    return directory() / f"{hashlib.sha256(url.encode()).hexdigest()[:16]}.json"
