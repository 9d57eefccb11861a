"""The profiles that were ready when somebody looked last: what completion offers before a letter is typed."""

import contextlib
from collections.abc import Iterable
from pathlib import Path

from cc_launcher.core.errors import CcError
from cc_launcher.files import atomic
from cc_launcher.launch import completion_words


def keep(names: Iterable[str]) -> None:
    """Write them down, if they are others than before."""
    found = sorted(names)
    if found == completion_words.ready():
        return
    path = Path(completion_words.ready_path())
    with contextlib.suppress(CcError):
        atomic.directory(path.parent)
        atomic.write(path, "".join(f"{name}\n" for name in found).encode())
