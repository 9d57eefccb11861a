"""The line that a place in a text is on, for many places: counted once."""

from bisect import bisect_right
from itertools import accumulate


class LineNumbers:
    """Of one text."""

    def __init__(self, text: str) -> None:
        self._begins = list(accumulate((len(line) + 1 for line in text.split("\n")), initial=0))

    def at(self, place: int) -> int:
        """The line, from 1."""
        return bisect_right(self._begins, place)
