"""The name that was meant by a mistyped one, among names that differ in a digit from each other and are all right."""

from collections.abc import Iterable

from cc_launcher.core.text.nearest import distance

_MOST = 2  # letters that a hand slips
_LEAST = 4  # of a shorter word any other is near


def meant(word: str, known: Iterable[str]) -> str:
    """The known name that somebody who typed this one has probably meant; empty where the word may well be right.

    Two names that differ only in their digits, in a date or behind a `:` are two versions, and both may be there.
    """
    ranked = [(gap, rank, name) for rank, name in enumerate(known) if (gap := _gap(word, name))]
    return min(ranked)[2] if ranked else ""


def _gap(word: str, name: str) -> int:
    """How many letters are wrong, if the name is near; zero where it is another one, or the same."""
    typed, candidate = word.lower(), name.lower()
    if "/" not in typed:
        candidate = candidate.rsplit("/", 1)[-1]
    body, suffix = _parted(typed)
    other, its_suffix = _parted(candidate)
    if suffix != its_suffix or _digits(body) != _digits(other) or min(len(body), len(other)) < _LEAST:
        return 0
    if abs(len(body) - len(other)) > _MOST:
        return 0
    gap = distance(body, other)
    return gap if gap <= min(_MOST, max(1, len(body) // 4)) else 0


def _parted(name: str) -> tuple[str, str]:
    body, _, suffix = name.partition(":")
    return body, suffix


def _digits(name: str) -> str:
    return "".join(letter for letter in name if letter.isdigit())
