"""Tables of figures that fit a terminal: names are cut where they have to be, and no figure ever is.

Where even short names leave no room for all figures, each row takes several lines.
"""

import shutil
import sys
from collections.abc import Sequence
from typing import NamedTuple

from cc_launcher.cli import render
from cc_launcher.core.text import ours, printable
from cc_launcher.core.text.width import cut, width
from cc_launcher.launch.own_name import in_words

_LEAST = 7  # columns of a name that is cut
_NARROWEST = 20
_NEW_LINE = "\n"


class Column(NamedTuple):
    """A column: its title, which may have two lines, and how its cells stand."""

    title: str
    right: bool = True
    name: bool = False  # it may be cut
    ends: bool = False  # of what is cut, the end tells more than the beginning: a path


class Across(NamedTuple):
    """A row that is one text, from the second column on."""

    first: str
    text: str


def columns() -> int:
    """How wide the terminal is."""
    return max(shutil.get_terminal_size().columns, _NARROWEST)


def lines() -> int:
    """How high it is."""
    return shutil.get_terminal_size().lines


def said(text: str) -> None:
    """A line about the figures, in several where the terminal is narrow."""
    whole = in_words(ours(text))
    if sys.stderr.isatty():
        whole = "\n".join(_wrapped(whole, columns(), "    "))
    sys.stderr.write(f"{whole}\n")


def told(text: str) -> None:
    """The same for what is a part of the report: where somebody looks at it, it stands there."""
    if not sys.stdout.isatty():
        said(text)
        return
    for line in _wrapped(text, columns(), "  "):
        render.out(line)


def show(heads: Sequence[Column], rows: Sequence[Sequence[str] | Across]) -> None:
    """The table. In a pipe: values with tabs between them, as they are, and no titles."""
    if not sys.stdout.isatty():
        render.table((), [(row.first, "", row.text) if isinstance(row, Across) else row for row in rows])
        return
    titles, lines = laid_out(heads, rows, columns())
    for line in titles:
        render.heading(line)
    for line in lines:
        render.out(line)


def laid_out(heads: Sequence[Column], rows: Sequence[Sequence[str] | Across], room: int) -> tuple[list[str], list[str]]:
    """The titles and the lines of a table in so many columns."""
    cells = [[printable(cell) for cell in row] for row in rows if not isinstance(row, Across)]
    used = [at for at, head in enumerate(heads) if head.title or any(row[at] for row in cells)]
    widths = _widths(heads, cells, used, room)
    if widths is None:
        return [], _stacked(heads, rows, room)
    gap = "  " if sum(widths.values()) + 2 * (len(used) - 1) <= room else " "
    height = max(head.title.count("\n") + 1 for head in heads)
    titles = []
    for level in range(height):
        each = [_placed(heads[at], _title(heads[at], level, height), widths[at]) for at in used]
        titles.append(gap.join(each).rstrip())
    lines = []
    for row in rows:
        if isinstance(row, Across):
            first = _placed(heads[used[0]], row.first, widths[used[0]])
            lines.append(cut(f"{first}{gap}{printable(row.text)}", room).rstrip())
            continue
        shown = {at: _short(heads[at], printable(row[at]), widths[at]) for at in used}
        lines.append(gap.join(_placed(heads[at], shown[at], widths[at]) for at in used).rstrip())
    return titles, lines


def _widths(
    heads: Sequence[Column], cells: Sequence[Sequence[str]], used: Sequence[int], room: int
) -> dict[int, int] | None:
    """How wide each column is; nothing where they do not fit."""
    widths = {
        at: max([*(width(part) for part in heads[at].title.split("\n")), *(width(row[at]) for row in cells)])
        for at in used
    }
    while sum(widths.values()) + len(used) - 1 > room:
        names = [at for at in used if heads[at].name and widths[at] > _LEAST]
        if not names:
            return None
        widths[max(names, key=widths.__getitem__)] -= 1
    return widths


def _stacked(heads: Sequence[Column], rows: Sequence[Sequence[str] | Across], room: int) -> list[str]:
    """Each row in lines of its own: its names, and under them its figures with their titles."""
    lines = []
    for row in rows:
        if isinstance(row, Across):
            lines += _wrapped(f"{row.first} {printable(row.text)}", room)
            continue
        pairs = list(zip(heads, map(printable, row), strict=True))
        names = "  ".join(cell for at, (head, cell) in enumerate(pairs) if cell and (head.name or not at))
        figures = [
            f"{head.title.replace(_NEW_LINE, ' ')} {cell}".strip() for head, cell in pairs[1:] if cell and not head.name
        ]
        lines += _wrapped(names, room) or [""]
        lines += [f"  {line}" for line in _wrapped(", ".join(figures), room - 2)]
    return lines


def _wrapped(text: str, room: int, below: str = "") -> list[str]:
    """The text in lines: words are broken only where one is longer than a line."""
    import textwrap  # nobody looks at a pipe

    return textwrap.wrap(text, room, subsequent_indent=below, break_on_hyphens=False)


def _title(head: Column, level: int, height: int) -> str:
    parts = head.title.split("\n")
    return ([""] * (height - len(parts)) + parts)[level]


def _placed(head: Column, text: str, size: int) -> str:
    blank = " " * max(size - width(text), 0)
    return f"{blank}{text}" if head.right else f"{text}{blank}"


def _short(head: Column, text: str, size: int) -> str:
    if width(text) <= size:
        return text
    if not head.ends:
        return cut(text, size)
    kept = text
    while width(kept) > size - 1:
        kept = kept[1:]
    return f"…{kept}"
