"""Rows on a terminal, one line each, whatever its width: what does not fit is cut where it matters least."""

import os
import sys
from collections.abc import Sequence

from cc_launcher.cli import render
from cc_launcher.core.text import printable
from cc_launcher.core.text.width import cut, width

GAP = "  "
_NARROWEST = 8  # of a column that is cut
_USUAL = (80, 24)


def size() -> tuple[int, int]:
    """The columns and lines of the terminal."""
    try:
        found = os.get_terminal_size(sys.stdout.fileno())
    except (OSError, ValueError):
        return _USUAL
    return (found.columns or _USUAL[0], found.lines or _USUAL[1])


def show(rows: Sequence[Sequence[str]], cut_first: Sequence[int], titles: Sequence[str] = (), indent: str = "") -> None:
    """The rows under their titles. `cut_first` are the columns that give way, in that order."""
    whole = [[printable(cell) for cell in row] for row in [*([titles] if titles else []), *rows]]
    widths = fitted(whole, cut_first, size()[0] - len(indent))
    for number, row in enumerate(whole):
        (render.heading if titles and not number else render.out)(f"{indent}{line(row, widths)}")


def line(row: Sequence[str], widths: Sequence[int]) -> str:
    """One row in columns of these widths."""
    return GAP.join(_padded(cell, columns) for cell, columns in zip(row, widths, strict=True)).rstrip()


def fitted(rows: Sequence[Sequence[str]], cut_first: Sequence[int], columns: int) -> list[int]:
    """How wide each column is to be, so that no line is longer than the terminal is wide."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)] if rows else []
    over = sum(widths) + len(GAP) * (len(widths) - 1) - columns
    for index in [*cut_first, *reversed(range(len(widths)))]:
        if over <= 0 or index >= len(widths):
            continue
        taken = min(over, max(widths[index] - _NARROWEST, 0))
        widths[index] -= taken
        over -= taken
    return widths


def _padded(text: str, columns: int) -> str:
    shown = cut(text, columns)
    return shown + " " * (columns - width(shown))
