"""The user's settings file of the client: changed in one place, with every other byte kept."""

from collections.abc import Callable
from pathlib import Path

from cc_launcher.core.errors import IN_THE_WAY, CcError
from cc_launcher.core.text import json_edit
from cc_launcher.core.text.json_edit import NotJson
from cc_launcher.files import guard, lock, swap
from cc_launcher.launch import paths


def path() -> Path:
    """The file."""
    return Path(paths.client_config()) / "settings.json"


def change(edited: Callable[[str], str], *, dry: bool = False) -> bool:
    """Edit its text, and tell whether that changed anything. A link is followed: people keep it in a repository.

    `edited` is asked again where the client has written the file meanwhile.
    """
    file = path()
    if dry:
        content = _read(file)
        return _made(file, edited, content) != content
    file.parent.mkdir(parents=True, exist_ok=True)
    with lock.alone(file.parent):
        return swap.change(file, _read, lambda content: _made(file, edited, content))


def _made(file: Path, edited: Callable[[str], str], content: bytes | None) -> bytes | None:
    text, encoding = json_edit.decode(content or b"")
    try:
        made = json_edit.encode(edited(text), encoding)
    except NotJson as bad:
        raise CcError(f"{guard.shown(file)}: {bad}", "fix it first; cc left it alone", code=IN_THE_WAY) from None
    return made if made or content is not None else None


def _read(file: Path) -> bytes | None:
    target = file.resolve() if file.is_symlink() else file
    try:
        return target.read_bytes() if target.exists() else None
    except OSError as bad:
        raise CcError(f"{guard.shown(file)}: {bad.strerror}", "check what it is: ls -l", code=IN_THE_WAY) from None
