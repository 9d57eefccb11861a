"""Our three directories: what of ours is in each, and how it goes. What somebody else has put there stays."""

import contextlib
import os
import re
import shutil
from pathlib import Path

from cc_launcher.core.errors import IN_THE_WAY, CcError
from cc_launcher.files import atomic, guard, places

# Every name that we use there. A test sees that nothing else of ours comes up.
IN_CACHE = re.compile(
    r"bug\.log|client(\.\d+)?|clients\.json|edit|exec|genai-prices\.json|import|models|plans|prices\.json|profiles\.(json|ready|words)|statusline|stay"
)
IN_DATA = re.compile(
    r"asks|backups|changes\.json|client(\.\d+)?|completion\.json|consents\.json|excludes\.json|follows|gateway|hosts\.json|imports|isolated|keys|overrides|probes"
    r"|records\.json|said|usage|wrappers\.json"
)
IN_CONFIG = re.compile(r"config\.toml|profiles")


def cache() -> list[Path]:
    """What can be made again."""
    return _ours(Path(places.cache()), IN_CACHE)


def data() -> list[Path]:
    """What we have to remember."""
    return _ours(Path(places.data()), IN_DATA)


def config() -> list[Path]:
    """What the user has written, or had written."""
    return _ours(Path(places.config()), IN_CONFIG)


def remove(paths: list[Path]) -> None:
    """Take these away; each directory of ours that is empty then goes, too. A link goes, and not what it leads to."""
    for path in paths:
        try:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        except FileNotFoundError:
            continue  # somebody else was quicker
        except OSError as bad:
            raise CcError(
                f"{guard.shown(path)}: cannot be removed: {bad.strerror}", "check its rights", code=IN_THE_WAY
            ) from None
    for directory in map(Path, (places.cache(), places.data(), places.config())):
        with contextlib.suppress(OSError):  # there is something in it
            if not directory.is_symlink():
                directory.rmdir()


def size(paths: list[Path]) -> int:
    """How many bytes these hold."""
    total = 0
    for path in paths:
        for directory, _, names in os.walk(path):
            total += sum(_size(os.path.join(directory, name)) for name in names)
        total += _size(str(path)) if not path.is_dir() else 0
    return total


def _size(path: str) -> int:
    try:
        return os.lstat(path).st_size
    except OSError:
        return 0


def _ours(directory: Path, names: re.Pattern[str]) -> list[Path]:
    try:
        found = sorted(directory.iterdir())
    except OSError:
        return []
    return [path for path in found if names.fullmatch(path.name) or atomic.is_left_over(path.name)]
