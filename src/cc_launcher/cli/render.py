"""What commands print: data on stdout, talk on stderr, and nothing foreign that could steer a terminal."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cc_launcher.core.errors import WORDS, CcError
from cc_launcher.core.text import ours, printable
from cc_launcher.launch.own_name import in_words

if TYPE_CHECKING:
    from rich.console import Console

ENVELOPE = 1
_answered: list[str] = []  # the commands that have answered a program already


def colour(stream: Any) -> bool:
    """Whether to colour: NO_COLOR, then FORCE_COLOR, then whether somebody looks."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return bool(stream.isatty()) and os.environ.get("TERM") != "dumb"


def console() -> "Console":
    """Where data goes, when somebody looks at it. Rich is imported here, for nobody looks at a pipe."""
    from rich.console import Console

    plain = not colour(sys.stdout)
    return Console(
        file=sys.stdout, no_color=plain, force_terminal=not plain, highlight=False, soft_wrap=not sys.stdout.isatty()
    )


def live_console() -> "Console":
    """Where something is drawn anew while it changes: a terminal, also one on which no colours are wanted."""
    from rich.console import Console

    return Console(file=sys.stdout, no_color=not colour(sys.stdout), force_terminal=True, highlight=False)


def out(text: str) -> None:
    """One line of data."""
    sys.stdout.write((in_words(printable(text)) if sys.stdout.isatty() else printable(text)) + "\n")


def script(text: str) -> None:
    """A whole file, as it would be written: it may hold what a terminal would act on, so there it is made visible."""
    for line in text.splitlines():
        sys.stdout.write((printable(line) if sys.stdout.isatty() else line) + "\n")


def talk(text: str) -> None:
    """One line about what is going on."""
    sys.stderr.write(f"{in_words(ours(text))}\n")


def renamed(old: str, new: str, *, given: bool) -> bool:
    """Whether an option was given by the name that it had before, and a line that says what it is called now."""
    if given:
        talk(f"{old} is called {new} now")
    return given


def table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Rows under titles on a terminal; in a pipe, values with tabs between them and no titles."""
    if not sys.stdout.isatty():
        for row in rows:
            out_cells = [printable(cell) for cell in row]
            sys.stdout.write("\t".join(out_cells) + "\n")
        return
    from rich.table import Table
    from rich.text import Text

    made = Table(box=None, pad_edge=False, header_style="bold")
    for index, title in enumerate(titles):
        made.add_column(title, overflow="fold", no_wrap=index == 0)
    for row in rows:
        made.add_row(*(Text(printable(cell)) for cell in row))
    console().print(made)


def heading(text: str) -> None:
    """A line above a part of the output."""
    if not colour(sys.stdout):
        out(text)
        return
    from rich.text import Text

    console().print(Text(printable(text), style="bold"))


def styled(text: str, style: str, rest: str) -> None:
    """A line that begins with something coloured."""
    if not colour(sys.stdout):
        out(text + rest)
        return
    from rich.text import Text

    console().print(Text.assemble((printable(text), style), printable(rest)), soft_wrap=True)


def styled_end(rest: str, text: str, style: str) -> None:
    """A line whose end is coloured."""
    if not style or not colour(sys.stdout):
        out(rest + text)
        return
    from rich.text import Text

    console().print(Text.assemble(printable(rest), (printable(text), style)), soft_wrap=True)


def envelope(command: str, data: Any, errors: Mapping[str, CcError] | None = None) -> None:
    """The answer for programs. Errors stand by what they are about; where there is data beside them, it is a part."""
    status = ("partial" if data else "error") if errors else "success"
    told = [_error(error, about) for about, error in (errors or {}).items()]
    whole = {"version": ENVELOPE, "command": command, "status": status, "data": data, "errors": told}
    _answered.append(command)
    # ASCII only: no foreign text reaches the terminal raw, and every reader gets the same string back
    sys.stdout.write(json.dumps(whole, indent=2, default=str) + "\n")


def begin() -> None:
    """Nobody has been answered yet."""
    _answered.clear()


def fail(command: str, error: CcError) -> None:
    """The answer for programs where there is no other: one whose report cannot be written has answered all the same."""
    if not _answered:
        envelope(command, None, {"": error})


def _error(error: CcError, about: str) -> dict[str, Any]:
    told: dict[str, Any] = {"code": WORDS.get(error.code, "error"), "exit": error.code, "message": error.what}
    told |= {"hint": error.hint, "details": list(error.details)}
    return told | ({"profile": about} if about else {})
