"""The user's settings file of the client: changed in one place, with every other byte kept."""

from collections.abc import Callable
from pathlib import Path

from cc_launcher.core import json_edit
from cc_launcher.core.errors import IN_THE_WAY, CcError
from cc_launcher.core.json_edit import NotJson
from cc_launcher.files import atomic, guard, lock
from cc_launcher.launch import paths


def path() -> Path:
    """The file."""
    return Path(paths.client_config()) / "settings.json"


def change(edited: Callable[[str], str], *, dry: bool = False) -> bool:
    """Edit its text, and tell whether that changed anything. A link is followed: people keep it in a repository."""
    file = path()
    if not dry:
        file.parent.mkdir(parents=True, exist_ok=True)
    with lock.alone(file.parent):
        target = file.resolve() if file.is_symlink() else file
        try:
            content = target.read_bytes() if target.exists() else b""
        except OSError as bad:
            raise CcError(f"{guard.shown(file)}: {bad.strerror}", "check what it is: ls -l", code=IN_THE_WAY) from None
        text, encoding = json_edit.decode(content)
        try:
            made = json_edit.encode(edited(text), encoding)
        except NotJson as bad:
            raise CcError(
                f"{guard.shown(file)}: {bad}", "mend it first: it is left as it is", code=IN_THE_WAY
            ) from None
        if made == content or dry:
            return made != content
        atomic.write(target, made, mode=target.stat().st_mode & 0o777 if target.exists() else 0o600)
    return True
