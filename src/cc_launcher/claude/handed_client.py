"""A client that stands in front of the arguments: VS Code, and the client itself, hand over the program to start.

It counts as one by its path alone; what it can is judged by its version, as of every client. A path that leads to a
client which others could have put there is refused: it would get the key.
"""

import errno
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePath
from typing import NamedTuple

from cc_launcher.claude import installed_version, project_files
from cc_launcher.core.errors import NOT_EXECUTABLE, REFUSED, CcError
from cc_launcher.core.text import printable
from cc_launcher.files import guard
from cc_launcher.launch import paths, process, start

_LINKS = 40  # as many as the kernel follows
_HINT = "start Claude Code from where its installer, npm or your editor has put it"
_SCRIPT = "cli.js"  # npm's package, as long as it was a script for node
# What the client starts between its daemon and a session. It is no session; each of those comes through us once more.
_PLUMBING = frozenset({"--bg-pty-host", "--daemon-worker", "daemon"})
# Sessions that wait for work before it is known whose. They take nothing that is pinned, so there are none.
_SPARES = frozenset({"--bg-spare", "--preload"})


class Handed(NamedTuple):
    """A client that was handed over, and what follows it."""

    client: str
    node: str  # the program that runs it, where it is a script; else empty
    rest: list[str]
    judged: str  # which files these were: see `is_same`

    @property
    def is_same(self) -> bool:
        """Whether nobody has put another file there since."""
        return self.judged == process.identities(self.client, self.node)

    def take(self, *, as_part: bool) -> None:
        """Have this process start it, and no other client: it is compared once more just before.

        `as_part`: it is to take itself for a part of what hands it over, such as the editor that it is shown in.
        """
        process.hand(self.client, self.node, self.judged, "part" if as_part else "")


def main(args: list[str], go_on: Callable[[list[str]], int]) -> int:
    """`cc __handed PROFILE… -- WORD…`: the launch that a wrapper was asked for, of the client that it was handed."""
    if "--" not in args:
        raise CcError("usage: cc __handed PROFILE… -- WORD…", "a wrapper calls this: cc help install-wrapper")
    at = args.index("--")
    words = args[at + 1 :]
    handed = of(words)
    if handed is not None:
        handed.take(as_part=True)
        words = handed.rest
        if words and words[0] in _SPARES:
            return 1
        if words and words[0] in _PLUMBING:
            return start.unchanged(handed.client, words)
    return go_on(["run", *args[: at + 1], *words])


def of(words: Sequence[str], directory: str = "") -> Handed | None:
    """The client in front of these words, for a launch in this directory; nothing where they are the client's own.

    What only looks like a client and is none (nothing is there, or a directory) stays what it is: a prompt.
    """
    node, client, rest = _looks_like(words)
    if not client or _is_none(client) or (node and _is_none(node)):
        return None
    judged = process.identities(client, node)
    for path in filter(None, (node, client)):
        _check(path, directory or paths.here(), runs=path != client or not node)
    if node and not installed_version.package_of(client):
        raise CcError(
            f"{printable(client)}: not the {_SCRIPT} of npm's @anthropic-ai/claude-code: nothing was started",
            _HINT,
            code=REFUSED,
        )
    return Handed(client, node, rest, judged)


def _looks_like(words: Sequence[str]) -> tuple[str, str, list[str]]:
    """Node or nothing, the client or nothing, and what follows."""
    first, second = [*words[:2], "", ""][:2]
    if not os.path.isabs(first):
        return "", "", []
    if _is_named_as_client(first):
        return "", first, [*words[1:]]
    if os.path.basename(first) == "node" and os.path.isabs(second) and os.path.basename(second) == _SCRIPT:
        return first, second, [*words[2:]]
    return "", "", []


def _is_named_as_client(path: str) -> bool:
    """By the names that it is installed by: npm's package has a `claude.exe`, the installer's files are versions.

    The client hands over its own file by that name, and not by the link to it.
    """
    *_, above, parent, name = ("", "", *PurePath(path).parts)
    if name == "claude":
        return True
    if name == "claude.exe":
        return parent == "bin" and bool(installed_version.package_of(path))
    return (above, parent) == ("claude", "versions") and installed_version.parse(name) is not None


def _is_none(path: str) -> bool:
    """Whether nothing is there, or a directory. What cannot be looked at may be one."""
    try:
        return os.path.isdir(path) or not stat.S_IFMT(os.lstat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return True
    except OSError as bad:
        if bad.errno == errno.ENAMETOOLONG:
            return True  # a long text that begins and ends like a path
        raise _refused(path, f"cannot be looked at: {bad.strerror}") from None


def _check(path: str, directory: str, *, runs: bool) -> None:
    """Refuse a file that somebody else could have put there, and one that cannot be started."""
    inside = _projects(directory)
    for place in _on_the_way(path):
        for project in inside:
            if PurePath(project) in PurePath(place).parents:
                raise _refused(path, "is inside this project, which could bring a program of its own")
        _check_owners(path, place)
    if runs and not os.access(path, os.X_OK):
        raise CcError(f"{printable(path)}: not executable: nothing was started", _HINT, code=NOT_EXECUTABLE)
    if process.leads_back(path):
        raise _refused(path, "is a script that starts cc again", "name the real claude")


def _on_the_way(path: str) -> Iterator[str]:
    """The path, and each that its links lead to, down to the file: each also behind the links of its directories."""
    for _ in range(_LINKS):
        real = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
        yield from dict.fromkeys((path, real))
        try:
            path = os.path.join(os.path.dirname(real), os.readlink(real))
        except OSError:
            return  # no link any more
    raise _refused(path, "is a link that leads in a circle")


def _check_owners(path: str, place: str) -> None:
    """Refuse what is somebody else's, or in a directory that others can write: the file, and all above it."""
    try:
        for number, at in enumerate((place, *map(str, PurePath(place).parents))):
            _check_owner(path, at, number, os.lstat(at))
    except FileNotFoundError:
        raise _refused(path, "is a link to nothing", "install Claude Code again") from None
    except OSError as bad:
        raise _refused(path, f"cannot be looked at: {bad.strerror}") from None


def _check_owner(path: str, at: str, number: int, found: os.stat_result) -> None:
    """The same for one of them: the file, the directory that it is in, or one above that."""
    is_link = stat.S_ISLNK(found.st_mode)
    if not number and not is_link and not stat.S_ISREG(found.st_mode):
        raise _refused(path, "is not a file")
    if os.name == "nt":
        return  # untested: rights there are lists
    what = f"is in {printable(at)}, which" if number else "leads to a file that" if at != path else ""
    if found.st_uid not in {os.geteuid(), 0}:
        raise _refused(path, f"{what} belongs to another user".lstrip())
    # In a directory such as /tmp nobody takes away what is another's. But what is put there may be anybody's.
    kept = number > 1 and found.st_mode & stat.S_ISVTX
    if not is_link and not kept and guard.others_write(found):
        others = "others can write" if number else "can be written by others"
        raise _refused(path, f"{what} {others}".lstrip(), f"chmod go-w {printable(at)}")


def _projects(directory: str) -> list[str]:
    """The directory that a launch is in, and the tops of its checkout. Home is no project, nor what is above it."""
    end = f"/{project_files.LOCAL}"
    files = project_files.of_project(directory).files
    tops = [directory, *(path.removesuffix(end) for scope, path in files if scope == "local")]
    homes = {paths.home(), os.path.realpath(paths.home())}
    own = {str(above) for home in homes for above in (PurePath(home), *PurePath(home).parents)}
    return [place for top in tops for place in {top, os.path.realpath(top)} if place not in own]


def _refused(path: str, why: str, hint: str = _HINT) -> CcError:
    return CcError(f"{printable(path)}: {why}: nothing was started", hint, code=REFUSED)
