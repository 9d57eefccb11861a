"""A first word that is no command of ours, and for which a compiler would look without finding it: what is meant.

A profile, or a mistyped command. `compiler.is_for_it` has let go of it: it is no option and no file, and no `make` is
above us.
"""

import os

from cc_launcher.core.errors import CcError
from cc_launcher.core.text.nearest import nearest
from cc_launcher.launch import completion
from cc_launcher.launch.request import COMMANDS, TABLE

_IN_MANY = 3  # letters: so few are in the middle of many a name
_PROMPT = ("-p", "--print")  # the client's own: a launch in a pipe has one


def meant_by(args: list[str], *, passes_on: bool = True) -> list[str] | None:
    """What a line asks of us; nothing where it is the compiler's. `passes_on`: whether it could be the compiler's."""
    word = args[0]
    sits = not passes_on or _is_on_a_terminal()
    known = {*completion.own(), *completion.catalog()}
    if word in known and sits:
        return ["run", *args]
    if word in known and _would_fail(args, "run"):
        raise CcError(f"{word} is a profile, but without a terminal cc is the C compiler", f"write cc run {word}")
    near = [] if word in known or "." in word or "/" in word else _near(word, known)
    if near and (sits or all(_would_fail(args, name) for name in near)):
        what = "no command, no profile and no file here" if passes_on else "no command and no profile"
        raise CcError(f"{word}: {what}", f"did you mean {' or '.join(f'cc {name}' for name in near)}?")
    return None


def _is_on_a_terminal() -> bool:
    return all(os.isatty(stream) for stream in (0, 1, 2))


def _near(word: str, profiles: set[str]) -> list[str]:
    """The commands that somebody who typed this word may have meant, or else the profiles."""
    found = nearest(word, list(COMMANDS)) or nearest(word, sorted(profiles))
    return [name for name in found if len(word) > _IN_MANY or name.startswith(word) or word not in name]


def _would_fail(args: list[str], name: str) -> bool:
    """Whether a compiler can only fail here: it looks for the first word, unless an option tells it not to.

    `--version` does, and `--help`, and `-c`, behind `--` as well. So each option has to be one of the command that was
    meant, or `--` itself, which no compiler takes and `cc exec` wants.
    """
    command = name if name in TABLE else "run"
    below = [other for other in TABLE if other == command or other.startswith(f"{command} ")]
    ours = {option.rstrip("=") for other in below for option in TABLE[other][4].split()} | {*_PROMPT, "--"}
    return all(option.partition("=")[0] in ours for option in args[1:] if option.startswith(("-", "@")))
