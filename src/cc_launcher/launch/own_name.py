"""What we are called in what we say: `cc`, but `cc-launcher` where `cc` would start the C compiler.

Somebody without us first on PATH calls us by that name, and is not to be told to type a line that would be compiled.
"""

import os
import sys

from cc_launcher.launch import compiler, process
from cc_launcher.launch.request import COMMANDS

SHORT, LONG = "cc", "cc-launcher"
_known: list[str] = []


def name() -> str:
    """The name that starts us here."""
    if not _known:
        # A console script has its whole path there; what we start ourselves has not.
        by_long = "/" in sys.argv[0] and os.path.basename(sys.argv[0]).startswith(LONG)
        first = next(iter(process.find(SHORT, os.environ.get("PATH", os.defpath))), "") if by_long else ""
        _known.append(LONG if by_long and not (first and compiler.is_ours(first)) else SHORT)
    return _known[0]


def in_words(text: str) -> str:
    """A text with each command line in it as it has to be typed here."""
    if f"{SHORT} " not in text or name() == SHORT:
        return text
    parts = text.split(f"{SHORT} ")
    found = parts[0]
    for part in parts[1:]:
        ours = not found[-1:].isalnum() and found[-1:] not in tuple("-_./") and _first_word(part) in COMMANDS
        found += f"{LONG if ours else SHORT} {part}"
    return found


def _first_word(text: str) -> str:
    end = next((index for index, char in enumerate(text) if not (char.isalpha() or char == "-")), len(text))
    return text[:end]
