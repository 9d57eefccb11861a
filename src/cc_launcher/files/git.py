"""Whether git would leave a file out of commits: asked of git itself, or looked up where there is none."""

import os
from pathlib import Path

from cc_launcher.core.errors import IN_THE_WAY, NOT_FOUND, CcError
from cc_launcher.files import foreign, guard
from cc_launcher.launch import branch, helper, process

_DEADLINE = 10.0
_QUIET = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")  # a repository's own programs stay out of it
_MOST = 256 * 1024 * 1024  # bytes of an index: that of the largest repositories has a hundred million
_NOT = 1  # git's exit code for "no"


def top(directory: Path) -> Path | None:
    """The top of the work tree that a directory is in."""
    found = branch.top(str(directory))
    return Path(found) if found else None


def refuse_unless_ignored(file: Path) -> None:
    """Refuse a file that would, or could, be committed."""
    root = top(file.parent.parent)
    if root is None:
        return
    inside = file.relative_to(root).as_posix()
    if process.on_path("git"):
        tracked, ignored = (
            _says(root, "ls-files", "--error-unmatch", "--", inside),
            _says(root, "check-ignore", "-q", inside),
        )
    elif why := process.only_relative("git"):  # what is there may be of this very repository
        raise CcError(why, process.WHOLE_PATH, code=NOT_FOUND)
    else:
        tracked, ignored = _in_index(root, file.name), _named(root, file)
    if tracked:
        raise CcError(
            f"{guard.shown(file)}: git tracks it, so that what is yours alone would be committed",
            f"git rm --cached {inside}, then run this again",
            code=IN_THE_WAY,
        )
    if not ignored:
        raise CcError(
            f"{guard.shown(file)}: git would commit it, and it is yours alone",
            f"add this line to {guard.shown(root / '.gitignore')}, or to .git/info/exclude: /{inside}",
            code=IN_THE_WAY,
        )


def _says(root: Path, *question: str) -> bool:
    """What git answers. It is not told of another repository, and runs nothing of this one's."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name.startswith("GIT_CONFIG")
    }
    what = f"git {question[0]}"
    try:
        helper.read(
            ("git", *_QUIET, "-C", str(root), *question),
            what,
            _DEADLINE,
            helper.Manner(environment=environment, listen=True, alone=True),
        )
    except helper.HelperFailed as failed:
        if failed.status == _NOT:
            return False
        said = failed.said.strip().splitlines()
        raise CcError(
            f"{guard.shown(root)}: git cannot say whether the file is ignored{f': {said[0]}' if said else ''}",
            "see what git status says there",
            code=IN_THE_WAY,
        ) from None
    return True


def _in_index(root: Path, name: str) -> bool:
    """Whether the name stands in the index at all: read as text, so rather too often than not."""
    try:
        return name.encode() in (foreign.content(root / ".git" / "index", _MOST) or b"")
    except foreign.Unreadable:
        return True


def _named(root: Path, file: Path) -> bool:
    """Whether a line that needs no interpretation ignores it, and no line takes anything back."""
    inside = file.relative_to(root).as_posix()
    local, directory = file.name, file.parent.name
    plain = {local, f"{directory}/{local}", f"**/{directory}/{local}", f"**/{local}", directory, f"{directory}/"}
    of_root = (
        {f"/{inside}", inside, f"/{directory}/", f"/{directory}"} if file.parent.parent == root else {f"/{inside}"}
    )
    lines = [
        line
        # The last is where the client itself puts the line, when it makes the file.
        for source in (root / ".gitignore", root / ".git" / "info" / "exclude", Path.home() / ".config/git/ignore")
        for line in _lines(source)
    ]
    return not any(line.startswith("!") for line in lines) and any(line in plain | of_root for line in lines)


def _lines(source: Path) -> list[str]:
    try:
        return (foreign.text(source) or "").splitlines()
    except foreign.Unreadable:
        return []
