"""How what `cc doctor` finds is fixed: from a file's text to the changed text, and what of a change can be shown."""

import re
from collections.abc import Iterator

from cc_launcher.core.doctor.findings import BASE_URL, COMMENT_OUT, MOVE_KEY, RENEW, Fix
from cc_launcher.core.doctor.shell_lines import SH, Assignment, assignments, value
from cc_launcher.core.profile import toml_edit
from cc_launcher.core.status import our_command
from cc_launcher.core.text import json_edit, printable

HIDDEN = "…"
_MARK = "(cc doctor)"
_TEXT = re.compile(r'("(?:[^"\\]|\\.)*"\s*:)|"(?:[^"\\]|\\.)*"')  # of JSON: a key, or else a value
# What could be a key wherever it stands: long, and of letters and digits
_LONG = re.compile(r"(?<![\w+/.~-])(?=[A-Za-z_+/.~-]*\d)[\w+/.~-]{16,}=*", re.ASCII)


def fixed(fix: Fix, text: str) -> str:
    """The text after the fix; the same one when what it is about is not there any more."""
    if fix.how == BASE_URL:
        return toml_edit.changed(text, [f"base_url={fix.keys[0]}"], [])
    if fix.how == RENEW:
        command = json_edit.get(text, fix.keys)
        return json_edit.put(text, fix.keys, our_command.renewed(command)) if isinstance(command, str) else text
    if not fix.shell:
        return json_edit.drop(text, fix.keys)
    found = _assignment(fix, text)
    if found is None:
        return text
    lines = text.split("\n")
    first, last = found.first - 1, found.last - 1
    moved = f"{_MARK} {found.name} is kept as the secret of {fix.profile}"
    for index in range(first, last + 1):
        line = lines[index]
        indent = line[: len(line) - len(line.lstrip())]
        ended = "\r" if line.endswith("\r") else ""
        if fix.how == COMMENT_OUT:
            said = f"{_MARK} {line.strip()}" if index == first else line.strip()
        else:
            said = moved if index == first else ""
        # In a body (`then`, a function) something has to stand, so the comment is behind a command that does nothing.
        nothing = ": " if index == first and fix.shell == SH else ""
        lines[index] = f"{indent}{nothing}# {said}".rstrip() + ended
    return "\n".join(lines)


def secret_in(fix: Fix, text: str) -> str:
    """The value that is to be moved; nothing when it is not there any more."""
    if fix.shell:
        found = _assignment(fix, text)
        return value(text, found) if found is not None else ""
    found_there = json_edit.get(text, fix.keys)
    return found_there.strip() if isinstance(found_there, str) else ""


def raw_in(fix: Fix, text: str) -> str:
    """The value as a shell file writes it."""
    found = _assignment(fix, text) if fix.shell else None
    return text[found.start : found.end] if found is not None else ""


def _assignment(fix: Fix, text: str) -> Assignment | None:
    """What the fix is about: the same variable on the same line, alone as it was."""
    return next(
        (
            found
            for found in assignments(text, fix.shell)
            if found.name in fix.keys and found.line == fix.line and found.alone and not found.once
        ),
        None,
    )


def shown(fix: Fix, before: str, after: str) -> Iterator[str]:
    """The changed lines, with every value hidden that could be a secret."""
    old, new = before.split("\n"), after.split("\n")
    shorter = min(len(old), len(new))
    start = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    same = 0
    while same < shorter - start and old[-1 - same] == new[-1 - same]:
        same += 1
    removed, added = old[start : len(old) - same], new[start : len(new) - same]
    yield f"@@ -{start + 1},{len(removed)} +{start + 1},{len(added)} @@"
    yield from (f"-{line}" for line in _hidden(fix, removed))
    written_by_us = bool(fix.shell) and fix.how == MOVE_KEY
    yield from (f"+{line}" for line in ([*map(printable, added)] if written_by_us else _hidden(fix, added)))


def _hidden(fix: Fix, lines: list[str]) -> list[str]:
    if fix.shell:
        first, *rest = lines or [""]
        name = re.escape(fix.keys[0])
        first = re.sub(rf"({name}[}}'\"]?[ \t]*[,+]?[= \t]?[ \t]*).*", rf"\1{HIDDEN}", first, count=1)
        lines = [_without_values(first), *(HIDDEN for _ in rest)]
    elif fix.how != BASE_URL:
        lines = [_TEXT.sub(lambda match: match[1] or f'"{HIDDEN}"', line) for line in lines]
    return [printable(_LONG.sub(HIDDEN, line)) for line in lines]


def _without_values(line: str) -> str:
    """What else the statement sets, before the variable that it is about."""
    return re.sub(r"(\w=)[^ \t]+", rf"\1{HIDDEN}", line)
