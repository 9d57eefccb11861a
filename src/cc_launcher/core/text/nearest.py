"""The nearest right spelling of a mistyped word.

Imported on the launch path: nothing may be imported here (difflib alone costs as much as starting Python).
"""

_ONLY_A_PART = 100  # worse than any typing error


def distance(left: str, right: str) -> int:
    """How many letters to insert, delete, replace or swap to get from one word to the other."""
    before: list[int] = []
    above = list(range(len(right) + 1))
    for row, a in enumerate(left, start=1):
        here = [row]
        for column, b in enumerate(right, start=1):
            cost = min(above[column] + 1, here[column - 1] + 1, above[column - 1] + (a != b))
            if row > 1 and column > 1 and a == right[column - 2] and left[row - 2] == b:
                cost = min(cost, before[column - 2] + 1)
            here.append(cost)
        before, above = above, here
    return above[-1]


def nearest(word: str, known: list[str], most: int = 3) -> list[str]:
    """The known words that somebody who typed this one may have meant, best first."""
    word = word.lower()[:80]
    ranked: list[tuple[int, str]] = []
    for candidate in known:
        low = candidate.lower()
        gap = 0 if word and low.startswith(word) else distance(word, low[:80])
        if gap <= max(1, min(len(word), len(low)) // 3):
            ranked.append((gap, candidate))
        elif word and word in low:
            ranked.append((_ONLY_A_PART, candidate))
    return [candidate for _, candidate in sorted(ranked)[:most]]


def did_you_mean(word: str, known: list[str]) -> str:
    """A hint that names the nearest known words, or nothing."""
    found = nearest(word, known)
    return f"did you mean {' or '.join(found)}?" if found else ""
