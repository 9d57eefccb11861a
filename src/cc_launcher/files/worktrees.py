"""The git work trees in which tasks change files: made beside the repository, committed, listed and taken away.

A repository's own hooks and monitors stay out of it, and what a task may have written over its `.git` is not followed.
"""

import contextlib
import json
import os
import re
import shutil
import time
from pathlib import Path
from typing import NamedTuple

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

from cc_launcher.core.ask.outcome import Changes
from cc_launcher.core.errors import IN_THE_WAY, NO_SUCH, CcError
from cc_launcher.files import asked, atomic, git
from cc_launcher.launch import helper

PREFIX = "cc-ask/"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,80}")
_PATIENCE = 300.0  # seconds that a checkout may take
_held: dict[str, int] = {}  # our locks, by the names of work trees
_LINES = 30  # files that the stat names
_WHO = ("-c", "user.name=cc ask", "-c", "user.email=cc-ask@localhost")  # where the user has told git no name


class Tree(NamedTuple):
    """A work tree of ours."""

    name: str
    top: str  # of the user's own work tree
    git_directory: str  # of this one, inside the repository
    branch: str
    base: str
    profile: str
    made: float
    unseen: bool  # there were changes that are in no commit

    @property
    def path(self) -> str:
        """Where it is."""
        return str(_root() / self.name)

    @property
    def file(self) -> Path:
        """What is written down of it."""
        return _root() / f"{self.name}.json"


def make(directory: str, profile: str) -> tuple[Tree, str]:
    """A work tree of the repository that a directory is in; and that directory in it."""
    top = git.top(Path(os.path.realpath(directory)))
    if top is None:
        raise CcError("here is no git repository, so nothing can be changed apart", "ask without write", code=NO_SUCH)
    try:
        base = _line(_git(top, "rev-parse", "--verify", "HEAD^{commit}"))
    except helper.HelperFailed:
        raise CcError("this repository has no commit yet", "commit first, or ask without write", code=NO_SUCH) from None
    name = f"{profile}-{os.urandom(4).hex()}"
    tree = Tree(name, str(top), "", f"{PREFIX}{name}", base, profile, time.time(), _has_changes(top))
    atomic.directory(_root())
    # Written down first: whatever stops us now, it is known what there may be.
    atomic.write(tree.file, _encoded(tree))
    try:
        _git(top, "worktree", "add", "--quiet", "-b", tree.branch, tree.path, base, deadline=_PATIENCE)
        own = _line(_git(Path(tree.path), "rev-parse", "--absolute-git-dir"))
    except BaseException as bad:
        remove(tree)
        if not isinstance(bad, CcError):
            raise
        said = getattr(bad, "said", "").strip().splitlines()
        why = f"git cannot make a work tree{f': {said[-1]}' if said else ''}"
        raise CcError(why, "ask without write, or see what git worktree list says", code=IN_THE_WAY) from None
    tree = tree._replace(git_directory=own)
    atomic.write(tree.file, _encoded(tree))
    _hold(tree)
    inside = os.path.join(tree.path, os.path.relpath(os.path.realpath(directory), top))
    return tree, os.path.normpath(inside) if os.path.isdir(inside) else tree.path


def is_held(tree: Tree) -> bool:
    """Whether a task is at work there: whoever follows it has a lock, which ends with that process."""
    if fcntl is None:
        return False
    try:
        handle = os.open(tree.file, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    else:
        return False
    finally:
        os.close(handle)


def settle(tree: Tree, title: str) -> Changes:
    """Commit what was changed. Without changes, the work tree goes, and its branch."""
    problem = ""
    try:
        _committed(tree, title)
        stat = _stat(tree)
    except CcError as bad:
        said = getattr(bad, "said", "").strip().splitlines()
        stat, problem = "", f"{said[-1] if said else bad.what}; they are in {tree.path}"
    if not stat and not problem:
        remove(tree)
    _let_go(tree)
    return Changes(tree.branch, tree.base, stat, tree.unseen, problem)


def settled(tree: Tree) -> Tree:
    """The same, with what a task that was killed has left there in a commit, so that it can be seen."""
    if tree.git_directory and os.path.isdir(tree.path):
        with contextlib.suppress(CcError, OSError):
            _committed(tree, "left by a task that was stopped")
    return tree


def known() -> list[Tree]:
    """The work trees of ours that are there, the oldest first."""
    found = []
    try:
        names = sorted(path.name for path in _root().iterdir() if path.suffix == ".json")
    except OSError:
        return []
    for name in names:
        tree = _decoded(name.removesuffix(".json"))
        found += [tree] if tree is not None else []
    return sorted(found, key=lambda tree: tree.made)


def stat_of(tree: Tree) -> str:
    """What was changed there, in one line; empty where nothing was, or nobody can tell."""
    try:
        return _line(_git(Path(tree.top), "diff", "--shortstat", tree.base, tree.branch)).strip()
    except CcError:
        return ""


def is_merged(tree: Tree) -> bool:
    """Whether another branch has all that was committed there, so that nothing is lost with it."""
    try:
        said = _git(
            Path(tree.top), "for-each-ref", "--contains", tree.branch, "--format=%(refname:short)", "refs/heads"
        )
    except CcError:
        return False
    return any(line and line != tree.branch for line in said.decode("utf-8", "replace").splitlines())


def remove(tree: Tree) -> None:
    """Take it away, with its branch."""
    top = Path(tree.top)
    for question in (("worktree", "remove", "--force", tree.path), ("branch", "-D", tree.branch)):
        try:
            _git(top, *question, deadline=_PATIENCE)
        except (CcError, OSError):
            continue  # it is gone, or the whole repository is
    shutil.rmtree(tree.path, ignore_errors=True)
    with contextlib.suppress(CcError, OSError):
        _git(top, "worktree", "prune")
    tree.file.unlink(missing_ok=True)


def _git(root: Path, *question: str, deadline: float = 30.0) -> bytes:
    """What git says. A signal that is to end us becomes an exception: there may be something to take away first."""
    return git.answer(root, *question, deadline=deadline, tidy=True)


def _hold(tree: Tree) -> None:
    if fcntl is not None:
        _held[tree.name] = os.open(tree.file, os.O_RDONLY)
        fcntl.flock(_held[tree.name], fcntl.LOCK_EX)


def _let_go(tree: Tree) -> None:
    handle = _held.pop(tree.name, None)
    if handle is not None:
        os.close(handle)


def _root() -> Path:
    return asked.root() / "trees"


def _inside(tree: Tree, *question: str, deadline: float = 30.0) -> bytes:
    """What git says of the work tree, by the repository's own directory and not by what stands in the tree."""
    where = (f"--git-dir={tree.git_directory}", f"--work-tree={tree.path}")
    return _git(Path(tree.path), *where, *question, deadline=deadline)


def _committed(tree: Tree, title: str) -> None:
    _inside(tree, "add", "--all", deadline=_PATIENCE)
    if not _is_clean(tree):
        _inside(tree, *_commit(tree, title), deadline=_PATIENCE)


def _is_clean(tree: Tree) -> bool:
    try:
        _inside(tree, "diff", "--cached", "--quiet", "HEAD")
    except helper.HelperFailed as failed:
        if failed.status == 1:
            return False
        raise
    return True


def _commit(tree: Tree, title: str) -> list[str]:
    try:
        named = bool(_line(_inside(tree, "config", "user.email")))
    except helper.HelperFailed:
        named = False
    who = [] if named else list(_WHO)
    return [*who, "commit", "--quiet", "--no-verify", "--no-gpg-sign", "-m", f"{tree.profile}: {title}"]


def _stat(tree: Tree) -> str:
    shown = _inside(tree, "diff", f"--stat=100,70,{_LINES}", "--no-ext-diff", tree.base, "HEAD")
    return shown.decode("utf-8", "replace").rstrip()


def _has_changes(top: Path) -> bool:
    try:
        return bool(
            _git(
                top, "--no-optional-locks", "status", "--porcelain", "--untracked-files=normal", deadline=_PATIENCE
            ).strip()
        )
    except helper.HelperFailed:
        return False
    except CcError:
        return True  # so many that they are more than is read


def _line(said: bytes) -> str:
    return os.fsdecode(said).rstrip("\n")


def _encoded(tree: Tree) -> bytes:
    return json.dumps(tree._asdict()).encode()


def _decoded(name: str) -> Tree | None:
    if not _NAME.fullmatch(name):
        return None
    try:
        about = json.loads((_root() / f"{name}.json").read_bytes())
        tree = Tree(**about)
        texts = (tree.name, tree.top, tree.git_directory, tree.branch, tree.base, tree.profile)
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    whole = all(isinstance(text, str) for text in texts) and isinstance(tree.made, float)
    return tree if whole and tree.name == name and tree.branch == f"{PREFIX}{name}" else None
