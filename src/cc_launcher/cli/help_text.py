"""The help on a terminal: the commands in their groups, and one command with its options and examples."""

import os
import shutil
import sys
import textwrap
from itertools import groupby

from cc_launcher.cli import render
from cc_launcher.cli.described import described
from cc_launcher.launch import own_name, paths
from cc_launcher.launch.request import HELP, TABLE

WHAT = "Run Claude Code on any model, with the key from where you keep it. Plain claude stays as it is."
COMPILER = "Anything else goes to the C compiler, which is also called cc."
_WIDEST = 100
_INDENT = 2
_MOST = 26  # how wide the left column may be


def is_asked(args: list[str]) -> bool:
    """Whether a line asks for help: `--help` anywhere, except behind `--` and where it is the value of an option."""
    for index, word in enumerate(args):
        if word == "--":
            return False
        if word in HELP and not (index and _takes_value(args, args[index - 1])):
            return True
    return False


def _takes_value(args: list[str], option: str) -> bool:
    return any(f"{option}=" in TABLE[name][4].split() for name in (" ".join(args[:2]), args[0]) if name in TABLE)


def overview() -> None:
    """`cc help`: every command in its group."""
    lines = [*_wrapped(WHAT), ""]
    called = own_name.name()
    compiler = COMPILER if called == own_name.SHORT else "On your PATH, cc is the C compiler."
    lines += [f"usage: {called} COMMAND [OPTIONS]", f"       {called} PROFILE [MODEL]    the same as {called} run"]
    rows = [(group, name, says) for name, (group, says, *_) in TABLE.items() if group]
    for group, members in groupby(rows, key=lambda row: row[0]):
        lines += ["", _bold(group)]
        entries: list[tuple[str, str]] = []
        for _, name, says in members:
            if says:
                entries.append((name, says))
            else:
                entries[-1] = (f"{entries[-1][0]}, {name}", entries[-1][1])
        lines += _columns(entries, 20)
    lines += ["", *_wrapped(f"cc help COMMAND shows its options and examples. {compiler}"), *_where_more()]
    _print(lines)


def of(name: str) -> None:
    """`cc help COMMAND`."""
    told = described(name)
    lines = [f"usage: {told.usage}"]
    for paragraph in told.about:
        lines += ["", *_wrapped(paragraph)]
    if told.examples:
        lines += ["", _bold("Examples"), *(f"{'':{_INDENT}}{line}" for line in told.examples)]
    if told.arguments:
        lines += ["", _bold("Commands" if told.usage.endswith(" COMMAND") else "Takes"), *_columns(told.arguments)]
    lines += ["", _bold("Options")]
    lines += _columns([(f"{', '.join(names)} {value}".rstrip(), says) for names, value, says in told.options])
    _print([*lines, *_where_more()])


def manual() -> str:
    """How to read the manual that was installed with us; empty where there is none."""
    page = f"{sys.prefix}/share/man/man1/cc-launcher.1"
    if not os.path.exists(page):
        return ""
    for place in (f"{paths.home()}/.local/share/man", "/usr/local/share/man", "/usr/share/man"):
        if os.path.exists(f"{place}/man1/cc-launcher.1"):
            return "man cc-launcher"
    return f"man {page}"


def _where_more() -> list[str]:
    """The last line: where more is to be read, on this machine."""
    source = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    page = f"{source}/docs/reference/commands.md"
    found = [*([manual()] if manual() else []), *([page] if os.path.exists(page) else [])]
    return ["", f"All of it: {', or '.join(found)}"] if found else []


def _columns(entries: list[tuple[str, str]], least: int = 0) -> list[str]:
    """Names on the left, what they mean on the right; a long name has a line of its own."""
    left = max([least, *(len(name) for name, _ in entries if len(name) <= _MOST)])
    lines: list[str] = []
    for name, says in entries:
        told = _wrapped(says, max(20, _width() - _INDENT - left - 2)) or [""]
        if len(name) > left:
            lines.append(f"{'':{_INDENT}}{name}")
        else:
            lines.append(f"{'':{_INDENT}}{name:<{left}}  {told.pop(0)}".rstrip())
        lines += [f"{'':{_INDENT + left + 2}}{line}" for line in told]
    return lines


def _wrapped(text: str, width: int = 0) -> list[str]:
    return textwrap.wrap(own_name.in_words(text), width or _width(), break_on_hyphens=False)


def _width() -> int:
    return max(40, min(shutil.get_terminal_size().columns, _WIDEST))


def _bold(text: str) -> str:
    return f"\x1b[1m{text}\x1b[0m" if render.colour(sys.stdout) else text


def _print(lines: list[str]) -> None:
    sys.stdout.write(own_name.in_words("\n".join(lines)) + "\n")
