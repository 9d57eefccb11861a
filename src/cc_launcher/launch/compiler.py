"""`cc` is the C compiler's name too: what is not ours goes to the next `cc` on PATH that is not ours."""

import os
import sys

from cc_launcher.core.errors import NOT_FOUND, CcError
from cc_launcher.launch import process

# Set for a candidate after which there are others: some of what is called `cc` (a pyenv shim, ccache) looks for the
# real one on PATH again and finds us. Then we go on behind the one that was tried, instead of round in circles.
TRIED = "CC_LAUNCHER_TRIED"


def pass_on(arguments: list[str]) -> int:
    """Become the compiler, with the same arguments and its full path as its name: gcc finds its own parts by that."""
    if arguments:
        _suggest(arguments[0])
    environment = dict(os.environ)
    tried = environment.pop(TRIED, "").split("\n")
    left = [path for path in candidates() if path not in tried]
    if not left:
        what = (
            f"{arguments[0] if arguments else 'cc'}: no command of cc, and there is no C compiler on PATH to hand it to"
        )
        raise CcError(what, "cc help lists the commands", code=NOT_FOUND)
    if len(left) > 1:
        environment[TRIED] = "\n".join([*filter(None, tried), left[0]])
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
    return head.startswith(b"#!") and b"cc_launcher" in head


def _suggest(word: str) -> None:
    """Say so, on a terminal, when a word is rather a command of ours, mistyped, than anything a compiler could take."""
    if sys.stderr.isatty() and word.replace("-", "").isalpha() and word[0] != "-" and not os.path.exists(word):
        from cc_launcher.core.nearest import did_you_mean
        from cc_launcher.launch.entry import COMMANDS

        hint = did_you_mean(word, list(COMMANDS))
        if hint:
            sys.stderr.write(f"cc: {word} is no command of cc, {hint} The C compiler gets it.\n")
            sys.stderr.flush()
