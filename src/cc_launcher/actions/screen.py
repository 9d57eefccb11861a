"""What an action may say and ask. Who calls it has the screen, or none."""

from collections.abc import Callable, Sequence
from typing import NamedTuple


class Screen(NamedTuple):
    """A line to say, and three ways to ask; None where nobody is there to answer it."""

    say: Callable[[str], None]
    agrees: Callable[[str], bool] | None
    types: Callable[[str], str] | None = None  # a word that nobody types by accident
    chooses: Callable[[str, Sequence[str]], str] | None = None  # one of these lines


def _nowhere(_: str) -> None:
    """Nobody looks."""


NOBODY = Screen(_nowhere, None)
