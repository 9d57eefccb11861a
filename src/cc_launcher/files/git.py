"""Whether git would leave a file out of commits: asked of git itself, or looked up where there is none.

And where a line stands that makes it do so for this machine alone: `info/exclude` of the repository.
"""

import os
import re
from pathlib import Path
from typing import NamedTuple

from cc_launcher.core.errors import IN_THE_WAY, NOT_FOUND, CcError
from cc_launcher.core.text.quote import sh
from cc_launcher.files import foreign, guard
from cc_launcher.launch import branch, helper, process

_DEADLINE = 10.0
_QUIET = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")  # a repository's own programs stay out of it
_MOST = 256 * 1024 * 1024  # bytes of an index: that of the largest repositories has a hundred million
_NOT = 1  # git's exit code for "no"


class Exclude(NamedTuple):
    """The line that makes git leave a file alone, and the file of the repository in which it is to stand."""

    file: Path
    line: str

    @property
    def by_hand(self) -> str:
        """The command that adds it."""
        made = "" if self.file.parent.is_dir() else f"mkdir -p {sh(str(self.file.parent))} && "
        try:
            there = foreign.content(self.file) or b""
        except foreign.Unreadable:
            there = b""
        first = "\\n" if there and not there.endswith(b"\n") else ""  # its last line has no end
        return f"{made}printf '{first}%s\\n' {sh(self.line)} >> {sh(str(self.file))}"


def top(directory: Path) -> Path | None:
    """The top of the work tree that a directory is in."""
    found = branch.top(str(directory))
    return Path(found) if found else None


def directory(root: Path) -> Path:
    """The repository's own directory, which a submodule and a further work tree have elsewhere."""
    place = root / ".git"
    if place.is_dir():
        return place
    try:
        said = (foreign.content(place) or b"").decode("utf-8", "surrogateescape")
    except foreign.Unreadable:
        return place
    named = said.partition("gitdir:")[2].strip()
    return root / named if named else place


def shared(own: Path) -> Path:
    """What all work trees of a repository share: its configuration, and `info/exclude`."""
    try:
        named = (foreign.content(own / "commondir") or b"").decode("utf-8", "surrogateescape").strip()
    except foreign.Unreadable:
        return own
    return own / named


def not_ignored(file: Path, missing: Exclude) -> CcError:
    """It would be committed."""
    return CcError(
        f"{guard.shown(file)}: git would commit it, and it is for you only",
        f"{missing.by_hand} keeps it out of commits; then run this again",
        code=IN_THE_WAY,
    )


def unignored(file: Path) -> Exclude | None:
    """The line that would keep a file out of commits, where none does. One that git tracks is refused."""
    root = top(file.parent.parent)
    if root is None:
        return None
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
            f"{guard.shown(file)}: git tracks it, so your own settings would be committed",
            f"git rm --cached {inside}, then run this again",
            code=IN_THE_WAY,
        )
    return None if ignored else Exclude(_exclude(root), _as_pattern(inside))


def _exclude(root: Path) -> Path:
    """Where git looks, as it says itself: a `.git` file of a stranger's could name any place."""
    if process.on_path("git"):
        said = os.fsdecode(answer(root, "rev-parse", "--git-path", "info/exclude")).rstrip("\n")
        return Path(os.path.normpath(root / said))
    return Path(os.path.normpath(shared(directory(root)) / "info" / "exclude"))


def _as_pattern(inside: str) -> str:
    """The path as a line of git's: what would be a pattern in it is none."""
    return "/" + re.sub(r"([\\*?\[\]]|\s(?=\Z))", r"\\\1", inside)


def _says(root: Path, *question: str) -> bool:
    """What git answers."""
    try:
        answer(root, *question)
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


def answer(root: Path, *question: str, deadline: float = _DEADLINE, tidy: bool = False) -> bytes:
    """What git prints. It is not told of another repository, and runs nothing of this one's."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name.startswith("GIT_CONFIG")
    }
    return helper.read(
        ("git", *_QUIET, "-C", str(root), *question),
        f"git {next(word for word in question if word[:1] != '-')}",
        deadline,
        helper.Manner(environment=environment, listen=True, alone=True, tidy=tidy),
    )


def _in_index(root: Path, name: str) -> bool:
    """Whether the name stands in the index at all: read as text, so rather too often than not."""
    try:
        return name.encode() in (foreign.content(directory(root) / "index", _MOST) or b"")
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
        for source in (root / ".gitignore", _exclude(root), Path.home() / ".config/git/ignore")
        for line in _lines(source)
    ]
    return not any(line.startswith("!") for line in lines) and any(line in plain | of_root for line in lines)


def _lines(source: Path) -> list[str]:
    try:
        return (foreign.text(source) or "").splitlines()
    except foreign.Unreadable:
        return []
