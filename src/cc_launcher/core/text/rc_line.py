"""Our line in the start-up file of a shell: put in, found and taken out, with every other byte of the file kept."""

import re
from collections.abc import Sequence

from cc_launcher.core.text.quote import fish, posix, sh

_MARK = "# by cc init --install"
_AFTER = ", behind a line without an end"  # which then gets one, and loses it again
_LINE = re.compile(rf"^[^\n]*{_MARK}(?P<after>{_AFTER})?[ \t\r]*(?:\n|\Z)", re.MULTILINE)
_BY_HAND = re.compile(r"^[^#\n]*\bcc(?:-launcher)?['\"]?[ \t]+init\b", re.MULTILINE)


def line(shell: str, own: Sequence[str], options: Sequence[str] = ()) -> str:
    """What starts completion in each new shell, and does nothing when this program is gone."""
    words = [*own, "init", shell, *options]
    if shell == "fish":
        return f"test -x {fish(own[0])}; and {' '.join(map(fish, words))} | source"
    return f'if [ -x {sh(own[0])} ]; then eval "$({posix(words)})"; fi'


def put_in(text: str, wanted: str) -> str:
    """The text with this line at its end, or in the place of one of ours that says something else."""
    found = _LINE.search(text)
    if found:
        end = "\n" if found[0].endswith("\n") else ""
        return f"{text[: found.start()]}{wanted}  {_MARK}{found['after'] or ''}{end}{text[found.end() :]}"
    if text and not text.endswith("\n"):
        return f"{text}\n{wanted}  {_MARK}{_AFTER}\n"
    return f"{text}{wanted}  {_MARK}\n"


def take_out(text: str) -> str:
    """The text without our lines."""
    while found := _LINE.search(text):
        before, behind = text[: found.start()], text[found.end() :]
        if found["after"] and not behind:
            before = before.removesuffix("\n")
        text = before + behind
    return text


def at(text: str) -> int:
    """The number of our line, from 1; nothing where there is none."""
    found = _LINE.search(text)
    return text.count("\n", 0, found.start()) + 1 if found else 0


def by_hand(text: str) -> int:
    """The number of a line that somebody else has written to the same end."""
    rest = _LINE.sub(lambda match: "\n" if match[0].endswith("\n") else "", text)
    found = _BY_HAND.search(rest)
    return rest.count("\n", 0, found.start()) + 1 if found else 0
