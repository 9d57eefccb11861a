"""Our command in the `statusLine` of the client's settings: told from others, and put around the user's own."""

import shlex
from collections.abc import Sequence

from cc_launcher.core.text.entry_points import FORMERLY, MAIN
from cc_launcher.core.text.quote import posix

HOLDS = ("--after", "--instead-of")


def is_ours(command: str) -> bool:
    """Whether this command is one of ours."""
    return (MAIN in command or FORMERLY in command) and "statusline" in _words(command)


def is_old(command: str) -> bool:
    """Whether this is one of ours, by a name that an older version had."""
    return is_ours(command) and FORMERLY in command


def renewed(command: str) -> str:
    """The same command, by the name of today. What is the user's own in it stays."""
    return command.replace(FORMERLY, MAIN, 1) if is_old(command) else command


def around(own: Sequence[str], theirs: str, option: str = "--after") -> str:
    """Our command, with the user's own in it: to be run, too, or only to be put back one day."""
    return posix([*own, option, theirs] if theirs else list(own))


def inside(command: str) -> tuple[str, str]:
    """The user's own command, of one of ours around it, and how it is in it; empty where there is none."""
    words = _words(command)
    for option in HOLDS:
        if option in words[:-1]:
            return option, words[words.index(option) + 1]
    return HOLDS[0], ""


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:
        return []
