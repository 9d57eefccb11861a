"""`cc` is the C compiler's name too: what is not ours goes to the next `cc` on PATH that is not ours."""

import os

from cc_launcher.core.errors import CcError
from cc_launcher.core.text.entry_points import PACKAGE
from cc_launcher.launch import process, start

# Set for the candidate: some of what is called `cc` (a pyenv shim, ccache) looks for the real one on PATH again and
# finds us. Then we go on behind the one that was tried, instead of round in circles.
TRIED = "CC_LAUNCHER_TRIED"
MAKES = ("MAKELEVEL", "MAKEFLAGS")  # one of them is there wherever `make` is above us


def is_for_it(arguments: list[str]) -> bool:
    """Whether a line that is no command of ours is the compiler's without a further look, as all of a build is."""
    word = arguments[0] if arguments else "-"
    return word[:1] in "-@" or any(name in os.environ for name in MAKES) or os.path.lexists(word)


def pass_on(arguments: list[str]) -> int:
    """Become the compiler, with the same arguments and its full path as its name: gcc finds its own parts by that."""
    environment = start.inherited()
    tried = [path for path in environment.get(TRIED, "").split("\n") if path]
    left = [path for path in candidates() if path not in tried]
    if not left:
        what = f"{arguments[0]} is not a command of cc" if arguments else "no command"
        why = "the other cc on PATH is this program again" if tried else "there is no C compiler of that name on PATH"
        raise CcError(f"{what}, and {why}", "cc help lists the commands")
    environment[TRIED] = "\n".join([*tried, left[0]])
    return process.become(left[0], [left[0], *arguments], environment)


def candidates() -> list[str]:
    """Every other `cc` on PATH, each program once, without any installation of ours."""
    found: list[str] = []
    seen = set()
    for path in process.find("cc", os.environ.get("PATH", os.defpath)):
        identity = os.stat(path)
        if (identity.st_dev, identity.st_ino) not in seen and not is_ours(path):
            found.append(path if os.path.isabs(path) else os.path.abspath(path))
        seen.add((identity.st_dev, identity.st_ino))
    return found


def is_ours(path: str) -> bool:
    """Whether this is a console script of an installation of ours, this one or another."""
    try:
        with open(path, "rb") as script:
            head = script.read(2048)
    except OSError:
        return False
    return head.startswith(b"#!") and PACKAGE.encode() in head
