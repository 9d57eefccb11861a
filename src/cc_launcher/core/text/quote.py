"""Text as a word of a shell: the same bytes after the shell has read it."""

import re

_SAFE = re.compile(r"[A-Za-z0-9_@+:,./-]+")  # not = and %: zsh reads `=ls` as a path, fish `%self` as a number


def sh(word: str) -> str:
    """A word for POSIX shells."""
    if _SAFE.fullmatch(word):
        return word
    return "'" + word.replace("'", "'\\''") + "'"


def posix(argv: list[str]) -> str:
    """A whole command for POSIX shells."""
    return " ".join(sh(word) for word in argv)


def fish(word: str) -> str:
    """A word for fish, which knows backslashes inside single quotes."""
    return word if _SAFE.fullmatch(word) else "'" + word.replace("\\", "\\\\").replace("'", "\\'") + "'"


def powershell(word: str) -> str:
    """A word for PowerShell: every kind of single quote ends a string there, so each is doubled."""
    return "'" + re.sub("(['\u2018\u2019\u201a\u201b])", r"\1\1", word) + "'"


def dotenv(word: str) -> str:
    """A value of a .env file; single quotes take everything but themselves as it stands."""
    if _SAFE.fullmatch(word):
        return word
    if "'" not in word:
        return f"'{word}'"
    return '"' + re.sub(r'(["\\$`])', r"\\\1", word) + '"'


def quoted(text: str) -> str:
    """A text for sh in single quotes, whatever it is."""
    return "'" + text.replace("'", "'\\''") + "'"
